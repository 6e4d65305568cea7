import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { Metrics } from '../../server/service/metrics.ts';
import { serveConfig } from '../../server/service/config.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-ops-'));
const store = join(dir, 'graph.db');
const main = new URL('../../server/main.ts', import.meta.url).pathname;
const project = new URL('../..', import.meta.url).pathname;
let child: ChildProcess | undefined;
afterEach(() => { child?.kill('SIGKILL'); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

interface Started { url: string; log: () => string; gone: Promise<number | null>; child: ChildProcess }
async function start(...argv: string[]): Promise<Started> {
  const p = spawn(process.execPath, ['--import', 'tsx', main, 'serve', '--store', store, '--port', '0', ...argv], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  child = p;
  let [out, log] = ['', ''];
  p.stdout!.on('data', (d) => { out += String(d); });
  p.stderr!.on('data', (d) => { log += String(d); });
  const gone = new Promise<number | null>((ok) => { p.once('exit', (code) => { ok(code); }); });
  for (;;) {
    const url = /GraphQL: (\S+)/.exec(out)?.[1];
    if (url) return { url, log: () => log, gone, child: p };
    if (p.exitCode !== null) throw new Error(log);
    await new Promise((ok) => setTimeout(ok, 50));
  }
}
const post = async (url: string, query: string): Promise<any> => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': 'mine-1' }, body: JSON.stringify({ query }) })).json();

test('all wrong settings are said at once, each with where it was given', () => {
  writeFileSync(join(dir, 'serve.yaml'), 'port: 99999\nhots: x\nkeepRuns: none\nuploadLimit: 5 parsecs\n');
  const wrong = (): unknown => serveConfig({ config: 'serve.yaml', ingestRoot: 'nowhere' }, { OVERREACH_AUTH: 'maybe', OVERREACH_REQUESTS_PER_MINUTE: '0' }, dir);
  for (const says of [/serve\.yaml: port 99999: at most 65535/, /serve\.yaml: hots: there is no such setting/, /serve\.yaml: keepRuns/, /uploadLimit .*500MB/, /--ingest-root .*not a folder/, /OVERREACH_AUTH "maybe": auto, token or none/, /OVERREACH_REQUESTS_PER_MINUTE "0": at least 1/]) expect(wrong).toThrow(says);
  writeFileSync(join(dir, 'serve.yaml'), 'port: 1\nhost: 10.0.0.1\nuploadLimit: 5 MB\nintrospection: false\n');
  expect(serveConfig({ config: 'serve.yaml', port: '3', introspection: true }, { OVERREACH_PORT: '2', OVERREACH_HOST: '::1' }, dir)).toMatchObject({ port: 3, host: '::1', uploadLimit: 5_000_000, introspection: false, keepRuns: 10 });
  expect(() => serveConfig({ config: 'absent.yaml' }, {}, dir)).toThrow(/does not exist/);
});

test('metrics are in the Prometheus text format', () => {
  const m = new Metrics();
  m.count('c', 'help', { a: 'x"\n' });
  m.count('c', 'help', { a: 'x"\n' }, 2);
  m.seconds('s', 'time', 0.03);
  expect(m.print()).toContain('# HELP c help\n# TYPE c counter\nc{a="x\\"\\n"} 3\n');
  expect(m.print()).toMatch(/# TYPE s histogram\ns_bucket\{le="0\.005"\} 0\n[^]*s_bucket\{le="0\.05"\} 1\n[^]*s_bucket\{le="\+Inf"\} 1\ns_sum 0\.03\ns_count 1\n/);
});

describe('the service as a process', () => {
  test('probes, metrics, request ids; SIGTERM lets requests in flight end and gives a running ingest up', async () => {
    const s = await openStore(store);
    await storeFindings(s, 'first', Array.from({ length: 2_000 }, (_, i) => finding(i, 6)));
    await s.close();
    const root = join(dir, 'root');
    mkdirSync(root);
    for (let i = 0; i < 300; i++) writeFileSync(join(root, `m${i}.tf`), Array.from({ length: 20 }, (_, k) => `resource "aws_s3_bucket" "b${i}_${k}" {\n  bucket = "bucket-${i}-${k}"\n}\n`).join(''));
    const { url, log, gone, child: p } = await start('--ingest-root', root, '--spool', dir);
    const at = (path: string): string => url.replace('/graphql', path);
    expect(await (await fetch(at('/healthz'))).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(at('/readyz'))).json()).toEqual({ status: 'ready' });
    expect((await post(url, '{ findings(first: 1) { totalCount } }')).data.findings.totalCount).toBe(2_000);
    await post(url, '{ nonsense }');
    const metrics = await (await fetch(at('/metrics'))).text();
    expect(metrics).toMatch(/overreach_http_requests_total\{route="\/graphql",status="200"\} \d/);
    expect(metrics).toMatch(/overreach_graphql_errors_total\{code="GRAPHQL_VALIDATION_FAILED"\} 1/);
    expect(metrics).toMatch(/overreach_findings_open\{severity="critical"\} 500/);
    const { ingest } = (await post(url, 'mutation { ingest(input: {paths: ["."]}) { id run } }')).data;
    for (;;) if ((await post(url, `{ job(id: "${ingest.id}") { status } }`)).data.job.status === 'running') break;
    // A large page is being sent while the signal arrives: its body must still come whole.
    const body = JSON.stringify({ query: '{ findings(first: 500) { nodes { fingerprint title path { hops { says evidence { text source { file startLine } } } } } } }' });
    const page = new Promise<string>((ok, no) => {
      const r = request(url, { method: 'POST', agent: new Agent(), headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (res) => { let text = ''; res.setEncoding('utf8').on('data', (d: string) => { text += d; }).on('end', () => { ok(text); }).on('error', no); });
      r.on('error', no);
      r.write(body.slice(0, 10));
      setTimeout(() => { p.kill('SIGTERM'); }, 100);
      setTimeout(() => { r.end(body.slice(10)); }, 300);
    });
    expect((JSON.parse(await page) as any).data.findings.nodes).toHaveLength(500);
    expect(await gone).toBe(0);
    expect(readdirSync(dir).filter((f) => f.startsWith('uploads-'))).toEqual([]);
    const lines = log().trim().split('\n').filter((l) => l.startsWith('{')).map((l) => JSON.parse(l) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ message: 'request', request: 'mine-1', route: '/graphql', status: 200, caller: 'local' }));
    expect(lines).toContainEqual(expect.objectContaining({ message: 'job ended', status: 'abandoned' }));
    expect(lines.at(-1)!['message']).toBe('stopped');
    const after = await openStore(store);
    expect((await after.runs()).filter((r) => r.status === 'complete').map((r) => r.id)).toEqual(['first']);
    expect((await after.runs()).some((r) => r.status === 'running')).toBe(false);
    expect((await after.ledger.audit(1))[0]).toMatchObject({ what: 'ingest.abandoned', subject: ingest.run });
    await after.close();
  }, 120_000);

  test('wrong settings end the start with 3 and every reason', async () => {
    const p = spawn(process.execPath, ['--import', 'tsx', main, 'serve', '--port', 'x', '--keep-runs', '0'], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    p.stderr.on('data', (d) => { log += String(d); });
    expect(await new Promise((ok) => { p.once('exit', ok); })).toBe(3);
    expect(log).toMatch(/--port "x"/);
    expect(log).toMatch(/--keep-runs "0"/);
  });
});
