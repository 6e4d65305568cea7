import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisResult, BlastRadius, Holder } from '../../schema/index.ts';
import { AnalysisResult as Schema } from '../../schema/index.ts';
import { commandLine, EXAMPLE, type Ran } from '../helpers/cli.ts';

const { run, cwd } = commandLine();
let first: Ran;
let result: AnalysisResult;
beforeAll(async () => {
  first = await run('scan', EXAMPLE);
  result = JSON.parse((await run('scan', EXAMPLE, '--format', 'json')).out) as AnalysisResult;
}, 120_000);

describe('scan', () => {
  test('first screen: worst path hop by hop with lines, a table, what is open, within 40 lines', () => {
    expect(first.code).toBe(0);
    const lines = first.out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines[0]).toMatch(/^CRITICAL \d+ /);
    expect(first.out).toMatch(/can send requests to .* modules\/chat\/main\.tf:\d+/);
    expect(first.out).toMatch(/layers not in the input: .*scp/);
    expect(first.log).toContain('analysing');
  });

  test('JSON is a valid result, and stdout carries nothing else', () => {
    expect(Schema.safeParse(result).error).toBeUndefined();
    expect(result.run.status).toBe('complete');
  });

  test('--fail-on: 1 for a sure finding; bad usage is 3 with a message', async () => {
    expect((await run('scan', EXAMPLE, '--fail-on', 'high')).code).toBe(1);
    for (const [argv, says] of [[['scan', EXAMPLE, '--fail-on', 'hgih'], 'one of critical, high'], [['scan', 'nowhere'], 'does not exist'], [['scan', EXAMPLE, '--format', 'xml'], 'one of'], [['scan', EXAMPLE, '--var', 'x'], 'name=value'], [['frobnicate'], 'unknown command'], [['scan', EXAMPLE, '--account-id', '12'], '12 digits']] as const) {
      const r = await run(...argv);
      expect([argv, r.code]).toEqual([argv, 3]);
      expect(r.log).toContain(says);
      expect(r.log + r.out).not.toMatch(/\n\s+at .*\(/);
    }
  });

  test('--baseline shows only what is new', async () => {
    const base = join(cwd, 'base.json');
    writeFileSync(base, JSON.stringify({ ...result, findings: result.findings.slice(1) }));
    const r = await run('scan', EXAMPLE, '--baseline', base, '--format', 'json');
    expect((JSON.parse(r.out) as AnalysisResult).findings.map((f) => f.fingerprint)).toEqual([result.findings[0]!.fingerprint]);
    writeFileSync(base, JSON.stringify(result));
    expect((await run('scan', EXAMPLE, '--baseline', base, '--fail-on', 'low')).code).toBe(0);
    writeFileSync(base, '{');
    expect((await run('scan', EXAMPLE, '--baseline', base)).code).toBe(3);
  });

  test('a second scan adds a run; graph, findings and fingerprints are equal, also from another folder', async () => {
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'overreach-checkout-')), 'another-name');
    cpSync(EXAMPLE, elsewhere, { recursive: true });
    const other = commandLine();
    const again = JSON.parse((await other.run('scan', elsewhere, '--format', 'json')).out) as AnalysisResult;
    const plain = (r: AnalysisResult): unknown => ({ ...r, run: { ...r.run, id: '', inputs: [], startedAt: '', completedAt: '' } });
    expect(plain(again)).toEqual(plain(result));
    expect(again.run.graphHash).toBe(result.run.graphHash);
  });

  test('a broken file is located, the rest is scanned, the exit code is 3', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'overreach-broken-'));
    cpSync(EXAMPLE, dir, { recursive: true });
    mkdirSync(join(dir, 'other'));
    writeFileSync(join(dir, 'other', 'broken.tf'), 'resource "aws_s3_bucket" "b" {\n  bucket = "x\n}\n');
    const r = await commandLine().run('scan', dir);
    expect(r.code).toBe(3);
    expect(r.out).toContain('other/broken.tf:2');
    expect(r.out).toMatch(/^CRITICAL/);
  });

  test('recognised files without a reader are counted, never silent', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'overreach-unread-'));
    writeFileSync(join(dir, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n');
    const r = await commandLine().run('scan', dir);
    expect(r.code).toBe(0);
    expect(r.out).toMatch(/recognised, not read: 1 /);
  });
});

describe('questions', () => {
  test('agents', async () => {
    const r = await run('agents');
    expect(r.out).toMatch(/harbourline-shipment-chat .*bedrock-agent .*internet/);
    expect(r.out).toMatch(/modules\/bedrock-agent\/main\.tf:\d+/);
  });

  test('principals: who is admin, who can become admin and why, in every form', async () => {
    const all = JSON.parse((await run('principals', '--format', 'json')).out) as AnalysisResult['principals'];
    expect(all.map((r) => r.identity.id).toSorted()).toEqual(result.principals.map((r) => r.identity.id).toSorted());
    const only = async (...flags: string[]): Promise<typeof all> => JSON.parse((await run('principals', ...flags, '--format', 'json')).out) as typeof all;
    const become = await only('--can-become-admin');
    expect(become.length).toBeGreaterThan(0);
    expect(become).toEqual(all.filter((r) => r.canBecomeAdmin.value && !r.isAdmin.value));
    expect(await only('--admin')).toEqual(all.filter((r) => r.isAdmin.value));
    const [first] = become;
    const technique = first!.canBecomeAdmin.steps[0]!.technique;
    expect((await only('--by', technique)).map((r) => r.identity.id)).toContain(first!.identity.id);
    expect((await run('principals', '--by', 'iam-999')).log).toContain('no technique of that id');
    expect(await run('principals', first!.identity.id, '--admin')).toMatchObject({ code: 3, out: '' });
    const table = (await run('principals')).out;
    expect(table.split('\n')[1]).toContain(first!.identity.name);
    const why = (await run('principals', first!.identity.id)).out;
    expect(why).toMatch(/admin now: no\ncan become admin: (proven|conditional|unknown), \d+ step/);
    expect(why).toContain(`1. ${technique}`);
    expect(why).toMatch(/\[1\] .*\.tf:\d+/);
    expect([table, why].every((text) => text.trimEnd().split('\n').filter((l) => /^layers not in the input: .*scp/.test(l)).length === 1)).toBe(true);
    const [head, ...lines] = (await run('principals', '--format', 'csv')).out.trimEnd().split('\r\n');
    expect([head!.split(',')[0], lines.length]).toEqual(['principal', all.length]);
    expect((await run('principals', 'nobody-of-that-name')).code).toBe(3);
    expect((await run('principals', '--format', 'xml')).code).toBe(3);
  });

  test('explain by a short fingerprint; unknown ones are 3', async () => {
    const r = await run('explain', result.findings[0]!.fingerprint.slice(0, 8));
    expect(r.out).toContain(result.findings[0]!.title);
    expect(r.out).toMatch(/evidence\n\s+1\. \S+:\d+/);
    expect((await run('explain', '00000000')).code).toBe(3);
  });

  test('paths between, and why there is none', async () => {
    const r = await run('paths', '--from', 'internet', '--to', 'harbourline-customers');
    expect(r.out).toMatch(/path 1: (proven|conditional)/);
    expect(r.out).toMatch(/\.tf:\d+/);
    const why = await run('explain', '--why-not', 'harbourline-release-status', 'harbourline/prod/database');
    expect(why.code).toBe(0);
    expect(why.out).toMatch(/^Not reached/);
    expect(why.out).toMatch(/blocked by/);
  });

  test('an ambiguous name lists the candidates and ends with 3', async () => {
    const r = await run('paths', '--from', 'internet', '--to', 'harbourline-*');
    expect(r.code).toBe(3);
    expect(r.log).toMatch(/names \d+ things; say which/);
  });

  test('blast radius and who can', async () => {
    const b = JSON.parse((await run('blast-radius', 'harbourline-shipment-chat', '--format', 'json')).out) as BlastRadius;
    expect(b.influence.effects.map((e) => e.asset.name)).toContain('harbourline-customers');
    expect(b.credential.weight).toBeGreaterThanOrEqual(b.influence.weight);
    const holders = JSON.parse((await run('who-can', 'dynamodb:PutItem', 'harbourline-customers', '--format', 'json')).out) as Holder[];
    expect(holders.some((h) => h.identity.name === 'harbourline-shipment-chat-tool' && !h.through)).toBe(true);
    expect(holders.some((h) => h.through?.name === 'harbourline-shipment-chat')).toBe(true);
  });

  test('accept keeps the finding, marked, until the date', async () => {
    const fp = result.findings[0]!.fingerprint;
    expect((await run('accept', fp, '--owner', 'maria', '--reason', 'known')).code).toBe(3);
    expect((await run('accept', fp, '--owner', 'maria', '--reason', 'known', '--until', '2026-12-31')).code).toBe(0);
    const after = JSON.parse((await run('scan', EXAMPLE, '--format', 'json')).out) as AnalysisResult;
    expect(after.findings.find((f) => f.fingerprint === fp)).toMatchObject({ state: 'accepted', accepted: { owner: 'maria', reason: 'known' } });
    await run('accept', fp, '--remove');
    expect((JSON.parse((await run('scan', EXAMPLE, '--format', 'json')).out) as AnalysisResult).findings.find((f) => f.fingerprint === fp)!.state).toBe('open');
  });

  test('a missing store says what to do', async () => {
    const r = await commandLine().run('agents');
    expect(r.code).toBe(3);
    expect(r.log).toContain('overreach scan');
  });
});

test('no literal secret of the input is in any output or in the store', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'overreach-secret-'));
  const secret = ['AKIAIOSFODNN7', 'QWERTYU'].join('');
  const password = ['h7$kQ9', 'zzTop-42-correct'].join('');
  writeFileSync(join(dir, 'main.tf'), `resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "arn:aws:iam::111122223333:role/r"\n  environment {\n    variables = { AWS_ACCESS_KEY_ID = "${secret}", DB_PASSWORD = "${password}" }\n  }\n}\n`);
  const c = commandLine();
  const outputs = [];
  for (const f of ['table', 'json', 'sarif', 'markdown', 'csv']) outputs.push(await c.run('scan', dir, '--format', f));
  const everything = outputs.map((o) => o.out + o.log).join('') + readFileSync(join(c.cwd, '.overreach', 'graph.db'), 'latin1');
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(password);
});
