import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError, type Batch } from '../../schema/index.ts';
import type { ScanRequest, ScanWorld } from './scan.ts';

/** A payload is read as a whole. */
const MOST = 400_000_000;

/** What the inputs say: a single OpenGraph payload is a graph already (decisions/0013), everything else is read and mapped. */
export async function batchOf(request: ScanRequest, world: ScanWorld): Promise<Batch> {
  const batch = await anyBatch(request, world);
  const wanted = request.sources;
  if (wanted && !batch.coverage.some((c) => wanted.includes(c.source))) throw new UserError(`${request.paths.map((p) => basename(p)).join(', ')}: neither an OpenGraph payload nor a Cartography graph`);
  return batch;
}

async function anyBatch(request: ScanRequest, world: ScanWorld): Promise<Batch> {
  const payload = await payloadOf(request);
  if (payload !== undefined) {
    const { importOpenGraph } = await import('../../collectors/import/opengraph.ts');
    return importOpenGraph(await readFile(payload, 'utf8'), basename(payload), request.scope ?? 'local');
  }
  const { collect } = await import('../../collectors/run.ts');
  return collect({
    paths: request.paths, scope: request.scope, roots: request.roots, variables: request.variables, varFiles: request.varFiles, workspace: request.workspace,
    accounts: request.accounts, account: request.account, env: world.env, progress: world.progress, hashKey: world.env['OVERREACH_HASH_KEY'] ?? 'overreach',
  });
}

async function payloadOf(request: ScanRequest): Promise<string | undefined> {
  if (request.paths.length !== 1 || request.accounts.length > 0) return undefined;
  const named = request.paths[0]!;
  const info = await stat(named).catch(() => undefined);
  // An upload is a folder with one file.
  const inside = info?.isDirectory() ? await readdir(named) : [];
  const file = info?.isFile() ? named : inside.length === 1 ? join(named, inside[0]!) : undefined;
  if (file === undefined || !/\.json$/i.test(file)) return undefined;
  const { isOpenGraph } = await import('../../collectors/import/opengraph.ts');
  const handle = await open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const head = Buffer.alloc(4_096);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    if (!isOpenGraph(head.subarray(0, bytesRead).toString('utf8'))) return undefined;
    if ((await handle.stat()).size > MOST) throw new UserError(`${basename(file)}: an OpenGraph payload may have ${MOST / 1e6} MB; split it`);
    return file;
  } finally {
    await handle.close();
  }
}
