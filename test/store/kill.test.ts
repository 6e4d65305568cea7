import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { startNeo4j, TURN, type Neo4jServer } from '../helpers/neo4j/start.ts';

/** `npm run torture` asks for more. */
const KILLS = Number(process.env['OVERREACH_KILLS'] ?? 3);
const SIZE = 300;
const child = new URL('../helpers/ingest-child.ts', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'overreach-kill-'));
let server: Neo4jServer | undefined;
beforeAll(async () => { server = await startNeo4j(); }, TURN);
afterAll(async () => { await server?.stop(); rmSync(dir, { recursive: true, force: true }); });

/** Runs the child; kills it as soon as it has said `until` and `afterMs` have gone by. Resolves with all it said. */
function ingest(where: string, id: string, until?: string, afterMs = 0): Promise<string> {
  return new Promise((ok, no) => {
    const p = spawn(process.execPath, ['--import', 'tsx', child, where, id, String(SIZE)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    p.stdout.on('data', (d) => {
      said += String(d);
      if (until && said.includes(until)) setTimeout(() => p.kill('SIGKILL'), afterMs);
    });
    p.on('error', no);
    p.on('exit', () => ok(said));
  });
}

describe.each(['embedded', 'neo4j'] as const)('%s', (which) => {
  test(`the last complete run is intact after ${KILLS} kills during ingest`, async (ctx) => {
    if (which === 'neo4j' && !server) return ctx.skip();
    const where = which === 'neo4j' ? server!.uri : join(dir, 'kill.db');
    expect(await ingest(where, 'base')).toContain('complete\n');
    let last = 'base';
    const stages = ['begun', 'applied 0', 'applied 4', 'applied 8', 'completing'];
    for (let k = 0; k < KILLS; k++) {
      const id = `killed${k}`;
      const said = await ingest(where, id, stages[(k * 2 + 1) % stages.length], (k * 7) % 23);
      const store = await openStore(where);
      const got = (await store.load())!;
      if (got.run.id === id) { expect(said).toContain('completing'); last = id; } else expect(got.run.id).toBe(last);
      expect(got.nodes).toHaveLength(10 * SIZE);
      expect(new Set(got.nodes.map((n) => n.props['run']))).toEqual(new Set([last]));
      await store.close();
    }
    expect(await ingest(where, 'after')).toContain('complete\n');
    const store = await openStore(where);
    await store.prune(1);
    expect((await store.runs()).map((r) => r.id)).toEqual(['after']);
    expect((await store.load())!.nodes).toHaveLength(10 * SIZE);
    await store.close();
  }, 600_000 + KILLS * 30_000);
});
