import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READY } from '../../server/graphql/explorer.ts';
import { serving } from '../../test/helpers/serving.ts';

/**
 * `npm run soak`: a real service under eight clients that ask and page, while estates are loaded one after the other, for
 * OVERREACH_SOAK_MINUTES (default 10). Ends with 1 when an answer was an error or memory kept growing.
 */
const MINUTES = Number(process.env['OVERREACH_SOAK_MINUTES'] ?? 10);
const CLIENTS = 8;
const dir = mkdtempSync(join(tmpdir(), 'overreach-soak-'));
const estate = new URL('../../examples/estate', import.meta.url).pathname;

function write(name: string, buckets: number): void {
  mkdirSync(join(dir, 'root', name), { recursive: true });
  writeFileSync(join(dir, 'root', name, 'main.tf'), Array.from({ length: buckets }, (_, k) => `resource "aws_s3_bucket" "b${k}" {\n  bucket = "${name}-${k}"\n}\n`).join(''));
}

async function main(): Promise<number> {
  write('small', 50);
  write('larger', 400);
  execFileSync('cp', ['-r', estate, join(dir, 'root', 'estate')]);
  const first = await serving(process.env['OVERREACH_SOAK_STORE'] ?? join(dir, 'graph.db'), ['--ingest-root', join(dir, 'root'), '--spool', dir, '--requests-per-minute', '1000000', '--keep-runs', '3']);
  const end = Date.now() + MINUTES * 60_000;
  const errors: string[] = [];
  const times: number[] = [];
  const memory: number[] = [];
  let asked = 0, loaded = 0, pulled = 0;
  const ask = async (query: string, variables: object = {}): Promise<any> => {
    const begun = performance.now();
    const a = await first.ask(query, variables).catch((e: Error) => ({ errors: [{ message: `${e.message}: ${String((e.cause as { code?: string } | undefined)?.code)}` }] }));
    if (times.length < 200_000) times.push(performance.now() - begun);
    asked++;
    for (const e of a.errors ?? []) if (!['CURSOR_EXPIRED'].includes(e.extensions?.code)) errors.push(`${e.extensions?.code ?? ''} ${e.message}`);
    return a;
  };
  const load = async (path: string): Promise<void> => {
    const id = (await ask('mutation($p: [String!]) { ingest(input: {paths: $p}) { id } }', { p: [path] })).data?.ingest?.id as string | undefined;
    while (id !== undefined) {
      const job = (await ask('query($id: ID!) { job(id: $id) { status problem { code message } } }', { id })).data?.job;
      if (job?.status === 'complete') { loaded++; return; }
      if (!job || job.status === 'failed') { errors.push(`job ${JSON.stringify(job)}`); return; }
      await new Promise((ok) => setTimeout(ok, 200));
    }
  };
  await load('estate');
  const client = async (n: number): Promise<void> => {
    for (let i = n; Date.now() < end; i++) {
      if (i % 5 !== 4) { await ask(READY[i % READY.length]!.query); continue; }
      const seen = new Set<string>();
      for (let after: string | null = null; ;) {
        const page: any = (await ask('query($after: String) { findings(first: 20, after: $after) { nodes { fingerprint title path { hops { says } } } pageInfo { hasNextPage endCursor } } }', { after })).data?.findings;
        if (!page) break;
        for (const f of page.nodes) { if (seen.has(f.fingerprint)) errors.push('a finding twice'); seen.add(f.fingerprint); }
        if (!page.pageInfo.hasNextPage) { pulled++; break; }
        after = page.pageInfo.endCursor as string;
      }
    }
  };
  const loader = async (): Promise<void> => {
    for (let i = 0; Date.now() < end; i++) { await load(['small', 'larger', 'estate'][i % 3]!); await new Promise((ok) => setTimeout(ok, 3_000)); }
  };
  const watch = async (): Promise<void> => {
    while (Date.now() < end) { memory.push(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(first.child.pid)]).toString()) / 1_024); await new Promise((ok) => setTimeout(ok, 1_000)); }
  };
  await Promise.all([...Array.from({ length: CLIENTS }, (_, n) => client(n)), loader(), watch()]);
  await first.kill();
  return report({ asked, loaded, pulled, errors, times, memory });
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

function report(r: { asked: number; loaded: number; pulled: number; errors: string[]; times: number[]; memory: number[] }): number {
  const sorted = [...r.times].sort((a, b) => a - b);
  const at = (q: number): number => Math.round(sorted[Math.floor(sorted.length * q)] ?? 0);
  // The first third is warming up: caches of the runs that are kept, compiled queries.
  const third = Math.floor(r.memory.length / 3);
  const [before, after] = [median(r.memory.slice(third, 2 * third)), median(r.memory.slice(2 * third))];
  const flat = after <= before * 1.15 + 40;
  console.log(`${MINUTES} minutes, ${CLIENTS} clients: ${r.asked} requests (p50 ${at(0.5)} ms, p99 ${at(0.99)} ms), ${r.pulled} lists pulled page by page, ${r.loaded} estates loaded`);
  console.log(`memory: median ${before.toFixed(0)} MB in the second third, ${after.toFixed(0)} MB in the last, at most ${Math.max(...r.memory).toFixed(0)} MB: ${flat ? 'flat' : 'GROWING'}`);
  console.log(`errors: ${r.errors.length}${r.errors.length > 0 ? `\n  ${[...new Set(r.errors)].slice(0, 10).join('\n  ')}` : ''}`);
  return r.errors.length === 0 && flat && r.loaded > 0 ? 0 : 1;
}

try { process.exitCode = await main(); } finally { rmSync(dir, { recursive: true, force: true }); }
