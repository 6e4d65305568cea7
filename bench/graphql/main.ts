/**
 * Pages of 50 paths (6 nodes, 5 pieces of evidence each) from the service as it is served, and from the same service with Apollo's own
 * executor, in one run. Both bodies are compared byte for byte first. Client and servers are processes of their own.
 *   --seconds 5   of each measurement     --findings 5000     --clients 16
 */
import { fork, type ChildProcess } from 'node:child_process';
import { parseArgs } from 'node:util';
import { load } from './client.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, findings: { type: 'string', default: '5000' }, clients: { type: 'string', default: '16' } } });
const [seconds, findings, clients] = [Number(values.seconds), Number(values.findings), Number(values.clients)];

async function server(compiled: boolean): Promise<{ url: string; process: ChildProcess }> {
  const process = fork(new URL('./server.ts', import.meta.url), [String(compiled), String(findings)], { execArgv: ['--import', 'tsx'] });
  const url = await new Promise<string>((ok, no) => { process.once('message', (m) => { ok(String(m)); }); process.once('exit', () => { no(new Error('the server ended')); }); });
  return { url, process };
}

/** CPU milliseconds the server has spent: other than requests per second it does not depend on who else uses the machine. */
const cpu = (s: { process: ChildProcess }): Promise<number> => new Promise((ok) => { s.process.once('message', (m) => { ok(Number(m)); }); s.process.send('cpu'); });

const QUERY = `query($after: String) { findings(first: 50, after: $after) { nodes { fingerprint title severity path { hops { verdict node { name } evidence { source { file startLine } } } } } pageInfo { hasNextPage endCursor } } }`;
const ask = async (url: string, after: string | null): Promise<string> => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: QUERY, variables: { after } }) })).text();

const servers = { stock: await server(false), compiled: await server(true) };
try {
  const bodies: string[] = [];
  let bytes = 0;
  for (let after: string | null = null; ;) {
    const a: string = await ask(servers.stock.url, after);
    if (a !== (await ask(servers.compiled.url, after))) throw new Error('the two servers do not give the same bytes');
    bytes += Buffer.byteLength(a);
    bodies.push(JSON.stringify({ query: QUERY, variables: { after } }));
    const { hasNextPage, endCursor } = (JSON.parse(a) as { data: { findings: { pageInfo: { hasNextPage: boolean; endCursor: string } } } }).data.findings.pageInfo;
    if (!hasNextPage) break;
    after = endCursor;
  }
  console.log(`${bodies.length} pages, ${Math.round(bytes / bodies.length)} bytes on average, all equal byte for byte; ${clients} connections, ${seconds} s each`);
  const rates: Record<string, number> = {};
  const costs: Record<string, number> = {};
  for (const round of [1, 2]) {
    for (const [name, s] of Object.entries(servers)) {
      const before = await cpu(s);
      const r = await load(s.url, bodies, clients, seconds);
      costs[name] = ((await cpu(s)) - before) / r.count;
      rates[name] = Math.max(rates[name] ?? 0, r.rate);
      console.log(`round ${round}  ${name.padEnd(8)}  ${r.rate.toFixed(0).padStart(6)} requests/s   p50 ${r.p50.toFixed(1)} ms   p99 ${r.p99.toFixed(1)} ms   ${costs[name]!.toFixed(2)} ms CPU of the server a request   ${r.errors} errors`);
    }
  }
  // A known document and rows that nobody asked for in it: nothing of the page was made before. Then documents that were never seen.
  for (const [what, alias] of [['rows', () => 'never'], ['document', (i: number) => `t${i}`]] as const) {
    for (const [name, s] of Object.entries(servers)) {
      const fresh = bodies.map((b, i) => b.replace('fingerprint title', `fingerprint ${alias(i)}: title`));
      const before = await cpu(s);
      const r = await load(s.url, fresh, clients, Infinity);
      costs[`${name} ${what}`] = ((await cpu(s)) - before) / r.count;
      rates[`${name} ${what}`] = r.rate;
      console.log(`first ${what.padEnd(9)} ${name.padEnd(8)} ${r.rate.toFixed(0).padStart(6)} requests/s   ${costs[`${name} ${what}`]!.toFixed(2)} ms CPU of the server a request`);
    }
  }
  const first = (what: string): string => `${(rates[`compiled ${what}`]! / rates[`stock ${what}`]!).toFixed(1)} in requests/s, ${(costs[`stock ${what}`]! / costs[`compiled ${what}`]!).toFixed(1)} in CPU`;
  const ratio = rates['compiled']! / rates['stock']!;
  console.log(`compiled / stock: ${ratio.toFixed(1)} in requests/s, ${(costs['stock']! / costs['compiled']!).toFixed(1)} in CPU; rows first asked for: ${first('rows')}; documents first seen: ${first('document')}`);
  if (ratio < 4) { console.log('floor of 4 missed'); process.exitCode = 1; }
} finally {
  for (const s of Object.values(servers)) s.process.kill('SIGTERM');
}
