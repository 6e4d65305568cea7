import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

/** File systems of a few megabytes, seen by the service alone: needs no rights where user namespaces are allowed. */
const possible = process.platform === 'linux' && spawnSync('unshare', ['-rm', 'sh', '-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs "$d"']).status === 0;
if (!possible) console.warn('NO SMALL FILE SYSTEM: what a full disk does is not tested (unshare and tmpfs are needed)');
const small = test.skipIf(!possible);

const dir = mkdtempSync(join(tmpdir(), 'overreach-full-'));
const [data, spool, code, seed] = ['data', 'spool', 'code', 'seed'].map((d) => join(dir, d)) as [string, string, string, string];
const project = new URL('../..', import.meta.url).pathname;
let child: ChildProcess;
let url: string;
let log = '';

beforeAll(async () => {
  if (!possible) return;
  for (const d of [data, spool, code, seed]) mkdirSync(d);
  const store = await openStore(join(seed, 'graph.db'));
  await storeFindings(store, 'first', [finding(1)]);
  await store.close();
  for (let i = 0; i < 60; i++) writeFileSync(join(code, `m${i}.tf`), Array.from({ length: 50 }, (_, k) => `resource "aws_s3_bucket" "b${i}_${k}" {\n  bucket = "bucket-${i}-${k}"\n}\n`).join(''));
  const script = 'mount -t tmpfs -o size=2m tmpfs "$1" && mount -t tmpfs -o size=4m tmpfs "$2" && cp "$3"/* "$1"/ && shift 3 && exec "$@"';
  child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', data, spool, seed, process.execPath, '--import', 'tsx', 'server/main.ts', 'serve', '--store', join(data, 'graph.db'), '--spool', spool, '--ingest-root', code, '--port', '0'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  let out = '';
  child.stdout!.on('data', (d) => { out += String(d); });
  child.stderr!.on('data', (d) => { log += String(d); });
  while (!/GraphQL: \S+/.test(out)) {
    if (child.exitCode !== null) throw new Error(log);
    await new Promise((ok) => setTimeout(ok, 50));
  }
  url = /GraphQL: (\S+)/.exec(out)![1]!;
}, 120_000);
afterAll(async () => {
  if (possible) { const gone = new Promise((ok) => child.once('exit', ok)); child.kill('SIGTERM'); await gone; }
  rmSync(dir, { recursive: true, force: true });
});

const ask = async (query: string): Promise<any> => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).json();
const upload = async (name: string, body: Buffer): Promise<[number, string | undefined]> => {
  const r = await fetch(url.replace('/graphql', `/uploads?name=${name}`), { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(body) });
  return [r.status, ((await r.json()) as any).errors?.[0].extensions.code];
};
/** A zip of one stored name. */
function zip(content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0); head.writeUInt16LE(8, 4); head.writeUInt32LE(crc32(content), 10); head.writeUInt32LE(packed.length, 14); head.writeUInt32LE(content.length, 18); head.writeUInt16LE(1, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from('a'), packed]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), head, Buffer.alloc(14), Buffer.from('a')]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4); end.writeUInt16LE(1, 6); end.writeUInt32LE(central.length, 8); end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}

small('an upload that does not fit, packed or unpacked, is refused and leaves its room to others', async () => {
  for (let round = 0; round < 3; round++) {
    expect(await upload('big.json', Buffer.alloc(6_000_000, 'x'))).toEqual([507, 'DISK_FULL']);
    expect(await upload('big.zip', zip(Buffer.from(Array.from({ length: 900_000 }, (_, i) => `${i * 7919}`.slice(-7)).join(''))))).toEqual([507, 'DISK_FULL']);
  }
  expect(await upload('small.json', Buffer.alloc(3_000_000, 'x'))).toEqual([201, undefined]);
}, 60_000);

small('a run that does not fit fails with its reason; the last complete run answers as before', async () => {
  const { id } = (await ask('mutation { ingest(input: {paths: ["."]}) { id } }')).data.ingest;
  let job: any;
  do { await new Promise((ok) => setTimeout(ok, 200)); job = (await ask(`{ job(id: "${id}") { status finishedAt problem { code message } } }`)).data.job; } while (!job.finishedAt);
  expect(job).toMatchObject({ status: 'failed', problem: { code: 'DISK_FULL', message: 'there is no space left for the store' } });
  const { data: answer } = await ask('{ findings { totalCount nodes { fingerprint } } }');
  expect(answer.findings).toEqual({ totalCount: 1, nodes: [{ fingerprint: finding(1).fingerprint }] });
  expect(await (await fetch(url.replace('/graphql', '/healthz'))).json()).toEqual({ status: 'ok' });
  expect(log).not.toMatch(/internal error/);
}, 120_000);

small('a decision that cannot be written is refused as such, and was not made', async () => {
  const accept = (n: number): Promise<any> => ask(`mutation { acceptRisk(fingerprint: "${finding(1).fingerprint}", owner: "o${n}", reason: "${'long '.repeat(390)}", expires: "2999-01-01") { finding { accepted { owner } } } }`);
  let last = '';
  for (let n = 0; ; n++) {
    const a = await accept(n);
    if (!a.errors) { last = a.data.acceptRisk.finding.accepted.owner; expect(n).toBeLessThan(3_000); continue; }
    expect(a.errors[0]).toMatchObject({ message: 'there is no space left for the store: nothing was changed', extensions: { code: 'DISK_FULL' } });
    break;
  }
  expect((await ask('{ findings { nodes { accepted { owner } } } }')).data.findings.nodes).toEqual([{ accepted: last === '' ? null : { owner: last } }]);
}, 120_000);
