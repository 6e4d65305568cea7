import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { UserError } from '../../../schema/index.ts';
import type { CliCommand } from '../command.ts';
import { checkFormat, writeResult } from '../output.ts';
import { scanRequest, withOutputOptions, withStoreOptions } from '../scan-options.ts';
import { isRemote, storeOf, storePlace } from '../store.ts';

const SOURCES = ['opengraph', 'cartography'];

export const command: CliCommand = {
  name: 'import',
  define: (c) => withOutputOptions(withStoreOptions(c.description('take in a graph of another tool and analyse it: an OpenGraph payload (BloodHound), or what Cartography found').argument('<source>', 'OpenGraph .json, Cartography graph as .json or .jsonl (apoc.export.json), or the neo4j:// or bolt:// address of the server that Cartography filled')))
    .option('--scope <name>', 'name of this estate in ids (default: local)')
    .option('--keep-runs <n>', 'complete runs kept in the store', '10')
    .addHelpText('after', '\nCredentials of the server: SOURCE_NEO4J_USERNAME, SOURCE_NEO4J_PASSWORD or SOURCE_NEO4J_PASSWORD_FILE (default: those of --store).'),
  async run(cli, [source], o) {
    checkFormat(String(o['format']));
    const { where } = storePlace(cli, o);
    if (isRemote(source!) && source === where) throw new UserError('import: source and --store are the same database; Overreach keeps its graph in one of its own');
    const dir = mkdtempSync(join(tmpdir(), 'overreach-import-'));
    try {
      const path = isRemote(source!) ? await fromServer(source!, dir) : source!;
      const request = { ...(await scanRequest(cli, [path], { ...o, scope: o['scope'] ?? 'local', allRules: true })), sources: SOURCES };
      const { scan } = await import('../../service/scan.ts');
      const store = await storeOf(cli, o);
      try {
        const result = await scan(store, request, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version });
        const of = result.coverage.filter((c) => SOURCES.includes(c.source));
        for (const c of of) for (const [what, n] of Object.entries(c.unmapped)) cli.log(`not taken: ${n} of ${what}`);
        writeResult(cli, result, o);
        return of.some((c) => c.status === 'failed') ? 3 : 0;
      } finally {
        await store.close();
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }

    async function fromServer(uri: string, folder: string): Promise<string> {
      const { graphLines } = await import('../../../graph/store/neo4j/lines.ts');
      const { options } = storePlace({ ...cli, env: { ...cli.env, ...theirs(cli.env) } }, { store: uri });
      const file = join(folder, 'cartography.jsonl');
      const out = createWriteStream(file, { mode: 0o600 });
      const said = await graphLines(uri, options, 'AWS', async (line) => { if (!out.write(`${line}\n`)) await once(out, 'drain'); });
      out.end();
      await finished(out);
      if (said.nodes === 0) throw new UserError('import: this database holds no node of Cartography (labels AWS…)');
      cli.log(`${said.nodes} nodes and ${said.relationships} relationships taken from the server`);
      return file;
    }
  },
};

/** Credentials of the server that is read, where they differ from those of the store. */
const theirs = (env: Record<string, string | undefined>): Record<string, string | undefined> =>
  Object.fromEntries(['NEO4J_USERNAME', 'NEO4J_PASSWORD', 'NEO4J_PASSWORD_FILE', 'NEO4J_DATABASE', 'NEO4J_CERTIFICATE_FILE'].flatMap((k) => (env[`SOURCE_${k}`] === undefined ? [] : [[k, env[`SOURCE_${k}`]]])));
