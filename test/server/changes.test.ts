import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-changes-'));
const root = join(dir, 'root');
const spool = join(dir, 'spool');
const ROLE = 'resource "aws_iam_role" "r" {\n  name = "made-by-ingest"\n  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })\n}\n';
let store: GraphStore;
let service: Service;
let running: Running;
const tokens = { operator: '', other: '', 'risk-owner': '', admin: '' };

beforeAll(async () => {
  mkdirSync(join(root, 'code'), { recursive: true });
  mkdirSync(spool);
  mkdirSync(join(dir, 'outside'));
  writeFileSync(join(dir, 'outside', 'secret.tf'), ROLE);
  writeFileSync(join(root, 'code', 'main.tf'), ROLE);
  symlinkSync(join(dir, 'outside'), join(root, 'link'));
  const where = join(dir, 'graph.db');
  store = await openStore(where);
  await storeFindings(store, 'first', [finding(1), finding(2)]);
  service = createService(store, { env: process.env, now: () => new Date(), newId: randomUUID, progress: () => undefined, version: 't' }, () => undefined, { ingestRoot: root, spool, uploadLimit: 200_000, place: { where, options: {} } });
  for (const [name, role] of [['operator', 'operator'], ['other', 'operator'], ['risk-owner', 'risk-owner'], ['admin', 'admin']] as const) tokens[name] = (await service.decisions.createToken({ who: 'test' }, { role, label: name })).text;
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
});
afterAll(async () => { await running.close(); await store.close(); rmSync(dir, { recursive: true, force: true }); });

interface Answer { data?: any; errors?: { message: string; extensions: { code: string } }[] }
async function ask(as: keyof typeof tokens, query: string, variables: object = {}): Promise<Answer> {
  return (await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[as]}` }, body: JSON.stringify({ query, variables }) })).json()) as Answer;
}
const code = (a: Answer): string | undefined => a.errors?.[0]?.extensions.code;
const upload = async (as: keyof typeof tokens, name: string, body: string, type = 'application/octet-stream'): Promise<{ status: number; json: any }> => {
  const r = await fetch(running.url.replace('/graphql', `/uploads?name=${encodeURIComponent(name)}`), { method: 'POST', headers: { 'content-type': type, authorization: `Bearer ${tokens[as]}` }, body });
  return { status: r.status, json: await r.json() };
};
const audit = async (): Promise<any[]> => (await ask('admin', '{ audit(first: 500) { who what subject before after request } }')).data.audit;
async function done(id: string): Promise<any> {
  for (;;) {
    const { data } = await ask('operator', 'query($id: ID!) { job(id: $id) { status progress run findings finishedAt problem { code message } } }', { id });
    if (data.job.finishedAt) return data.job;
    await new Promise((ok) => setTimeout(ok, 100));
  }
}
const INGEST = 'mutation($input: IngestInput!, $key: String) { ingest(input: $input, idempotencyKey: $key) { id run status } }';

describe('acceptRisk and reopen', () => {
  const f = finding(1).fingerprint;
  const accept = (extra = '', key = ''): string => `mutation { acceptRisk(fingerprint: "${f.slice(0, 12)}", owner: "maria", reason: "known${extra}", expires: "2999-12-31"${key === '' ? '' : `, idempotencyKey: "${key}"`}) { fingerprint finding { state accepted { owner until } } } }`;
  test('counts at once, is audited with before and after, and can be taken back', async () => {
    expect((await ask('risk-owner', accept())).data.acceptRisk).toEqual({ fingerprint: f, finding: { state: 'accepted', accepted: { owner: 'maria', until: '2999-12-31' } } });
    expect((await ask('risk-owner', accept(', still'))).errors).toBeUndefined();
    expect((await ask('risk-owner', `mutation { reopen(fingerprint: "${f}") { finding { state } } }`)).data.reopen.finding.state).toBe('open');
    const [back, second, first] = await audit();
    expect(first).toMatchObject({ who: expect.stringMatching(/^token:[0-9a-f]{12} risk-owner$/), what: 'acceptRisk', subject: f, before: null, after: { owner: 'maria', reason: 'known' }, request: expect.any(String) });
    expect(second).toMatchObject({ before: { reason: 'known' }, after: { reason: 'known, still' } });
    expect(back).toMatchObject({ what: 'reopen', before: { reason: 'known, still' }, after: null });
    expect(code(await ask('risk-owner', `mutation { reopen(fingerprint: "${f}") { fingerprint } }`))).toBe('NOT_ACCEPTED');
  });
  test('what is wrong is refused with a code and leaves no entry', async () => {
    const before = (await audit()).length;
    const bad = (args: string): Promise<Answer> => ask('risk-owner', `mutation { acceptRisk(${args}) { fingerprint } }`);
    expect(code(await bad(`fingerprint: "${f}", owner: "m", reason: "r", expires: "soon"`))).toBe('BAD_INPUT');
    expect(code(await bad(`fingerprint: "${f}", owner: "m", reason: "r", expires: "2026-02-31"`))).toBe('BAD_INPUT');
    expect(code(await bad(`fingerprint: "${f}", owner: "m", reason: "r", expires: "2020-01-01"`))).toBe('BAD_INPUT');
    expect(code(await bad(`fingerprint: "${f}", owner: " ", reason: "r", expires: "2999-01-01"`))).toBe('BAD_INPUT');
    expect(code(await bad('fingerprint: "0000000000", owner: "m", reason: "r", expires: "2999-01-01"'))).toBe('NOT_FOUND');
    expect((await audit()).length).toBe(before);
    expect(await store.acceptances()).toEqual([]);
  });
  test('one key, one change: repeated, at the same time, and with another request', async () => {
    const before = (await audit()).length;
    const answers = await Promise.all([1, 2, 3].map(() => ask('risk-owner', accept(' twice', 'k1'))));
    expect(new Set(answers.map((a) => JSON.stringify(a)))).toHaveLength(1);
    expect((await audit()).length).toBe(before + 1);
    expect(code(await ask('risk-owner', accept(' other', 'k1')))).toBe('IDEMPOTENCY_CONFLICT');
    expect((await ask('admin', accept(' by another caller', 'k1'))).errors).toBeUndefined();
    expect((await audit()).length).toBe(before + 2);
  });
});

describe('ingest', () => {
  test('a path under the root: a job, its run, the answer, the audit trail', async () => {
    const a = await ask('operator', INGEST, { input: { paths: ['code'] }, key: 'i1' });
    expect(a.errors).toBeUndefined();
    expect(await done(a.data.ingest.id)).toMatchObject({ status: 'complete', run: a.data.ingest.run, problem: null });
    expect((await ask('operator', '{ identities(name: "made-by-ingest") { totalCount } runs { id status } }')).data).toMatchObject({ identities: { totalCount: 1 }, runs: [{ id: a.data.ingest.run, status: 'complete' }, { id: 'first', status: 'complete' }] });
    expect((await ask('operator', INGEST, { input: { paths: ['code'] }, key: 'i1' })).data.ingest.id).toBe(a.data.ingest.id);
    expect((await audit()).slice(0, 2).map((e) => [e.what, e.subject])).toEqual([['ingest.complete', a.data.ingest.run], ['ingest', a.data.ingest.run]]);
    const again = await ask('operator', 'mutation { analyze { id run } }');
    expect(again.data.analyze.run).toBe(a.data.ingest.run);
    expect((await done(again.data.analyze.id)).status).toBe('complete');
  }, 120_000);

  test('an archive is unpacked on its way in and read as the folder it holds; one that is refused leaves nothing to ingest', async () => {
    const packed = async (entries: Record<string, string>): Promise<Buffer> => {
      const p = pack();
      for (const [name, text] of Object.entries(entries)) p.entry({ name }, text);
      p.finalize();
      return gzipSync(Buffer.concat(await (async () => { const all: Buffer[] = []; for await (const c of p) all.push(c as Buffer); return all; })()));
    };
    const send = async (body: Buffer): Promise<{ status: number; json: any }> => {
      const r = await fetch(running.url.replace('/graphql', '/uploads?name=code.tgz'), { method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${tokens.operator}` }, body: new Uint8Array(body) });
      return { status: r.status, json: await r.json() };
    };
    const before = readdirSync(join(spool, readdirSync(spool).find((d) => d.startsWith('uploads-'))!)).length;
    for (const [name, codeOf] of [['../../evil.tf', 'ARCHIVE_UNSAFE'], ['/evil.tf', 'ARCHIVE_UNSAFE']] as const) {
      const bad = await send(await packed({ 'main.tf': ROLE, [name]: ROLE }));
      expect([bad.status, bad.json.errors[0].extensions.code]).toEqual([422, codeOf]);
    }
    expect(readdirSync(join(spool, readdirSync(spool).find((d) => d.startsWith('uploads-'))!)).length).toBe(before);
    const good = await send(await packed({ 'repo/a/main.tf': ROLE.replace('made-by-ingest', 'made-in-archive'), 'repo/b/main.tf': ROLE.replace('made-by-ingest', 'beside-it') }));
    expect(good).toMatchObject({ status: 201, json: { files: 2 } });
    const a = await ask('operator', INGEST, { input: { uploads: [good.json.id] } });
    expect((await done(a.data.ingest.id)).status).toBe('complete');
    const { nodes } = (await ask('operator', '{ identities { nodes { name definedAt { file } } } }')).data.identities;
    expect(nodes.filter((n: any) => /made-in-archive|beside-it/.test(n.name)).map((n: any) => n.definedAt.file).sort()).toEqual(['repo/a/main.tf', 'repo/b/main.tf']);
    expect(existsSync(join(dir, 'evil.tf'))).toBe(false);
  }, 120_000);

  test('paths outside the root are refused with the same words, there or not', async () => {
    const words = new Set<string>();
    for (const path of ['..', '../outside', 'link', 'link/secret.tf', join(dir, 'outside'), '/etc', 'nowhere', 'code/../../outside', 'code\0']) {
      const a = await ask('operator', INGEST, { input: { paths: [path] } });
      expect([path, code(a)]).toEqual([path, 'OUTSIDE_ROOT']);
      words.add(a.errors![0]!.message);
    }
    expect(words.size).toBe(1);
    expect(code(await ask('operator', INGEST, { input: {} }))).toBe('BAD_INPUT');
    expect(code(await ask('operator', INGEST, { input: { paths: ['code'], accountId: '12' } }))).toBe('BAD_INPUT');
  });

  test('an upload, ingested once, by the one who sent it', async () => {
    const u = await upload('operator', 'main.tf', ROLE.replace('made-by-ingest', 'made-by-upload'));
    expect(u).toMatchObject({ status: 201, json: { name: 'main.tf', id: expect.stringMatching(/^[0-9a-f]{32}$/) } });
    expect(code(await ask('other', INGEST, { input: { uploads: [u.json.id] } }))).toBe('NOT_FOUND');
    const a = await ask('operator', INGEST, { input: { uploads: [u.json.id] } });
    expect((await done(a.data.ingest.id)).status).toBe('complete');
    expect((await ask('operator', '{ identities(name: "made-by-upload") { totalCount } }')).data.identities.totalCount).toBe(1);
    await new Promise((ok) => setTimeout(ok, 200));
    expect(code(await ask('operator', INGEST, { input: { uploads: [u.json.id] } }))).toBe('NOT_FOUND');
  }, 120_000);

  test('uploads: names that are paths, wrong type, too large announced or streamed, broken off', async () => {
    for (const name of ['../x.tf', 'a/b.tf', '.hidden', '', 'a\\b', 'x..y', 'x\0.tf', 'C:x', 'ä.tf']) expect([name, (await upload('operator', name, 'x')).json.errors?.[0].extensions.code]).toEqual([name, 'BAD_NAME']);
    expect((await upload('operator', 'x.tf', '{}', 'application/json')).status).toBe(415);
    const large = await upload('operator', 'x.tf', 'x'.repeat(200_001)).catch(() => ({ status: 413 }));
    expect(large.status).toBe(413);
    const to = (headers: object): ReturnType<typeof request> => request(running.url.replace('/graphql', '/uploads?name=x.tf'), { method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${tokens.operator}`, ...headers } });
    const streamed = await new Promise<number>((ok) => {
      const r = to({ 'transfer-encoding': 'chunked' });
      r.on('response', (x) => ok(x.statusCode!)).on('error', () => ok(413));
      for (let i = 0; i < 30; i++) r.write('x'.repeat(10_000));
      r.end();
    });
    expect(streamed).toBe(413);
    const r = to({ 'content-length': '1000' });
    r.on('error', () => undefined);
    r.write('half');
    await new Promise((ok) => setTimeout(ok, 100));
    r.destroy();
    await new Promise((ok) => setTimeout(ok, 200));
    expect(readdirSync(join(spool, readdirSync(spool)[0]!))).toEqual([]);
    expect((await ask('operator', '{ viewer { role } }')).data.viewer.role).toBe('operator');
  });
});
