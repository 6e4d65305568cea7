import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison, FixPlan } from '../../schema/index.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { CHAT, edit, SECOND_STORE } from '../review/chat.ts';

const hasTerraform = (() => { try { execFileSync('terraform', ['version'], { stdio: 'ignore' }); return true; } catch { console.log('terraform is not on PATH: the formatter is not asked'); return false; } })();

type Answer = FixPlan & { patched: Record<string, string> };

function estate(text: string): { cli: ReturnType<typeof commandLine>; folder: string } {
  const cli = commandLine();
  const folder = join(cli.cwd, 'code');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf'), text);
  return { cli, folder };
}

/** Applies the patch with git and compares the estate before and after. */
async function applied(cli: ReturnType<typeof commandLine>, folder: string): Promise<{ answer: Answer; diff: string; c: Comparison }> {
  cpSync(folder, join(cli.cwd, 'before'), { recursive: true });
  const ran = await cli.run('fixes', folder, '--patch', 'out.diff', '--format', 'json');
  const diff = readFileSync(join(cli.cwd, 'out.diff'), 'utf8');
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['apply', '--check', join(cli.cwd, 'out.diff')], { cwd: folder, stdio: 'pipe' });
  execFileSync('git', ['apply', join(cli.cwd, 'out.diff')], { cwd: folder, stdio: 'pipe' });
  return { answer: JSON.parse(ran.out) as Answer, diff, c: JSON.parse((await cli.run('compare', 'before', folder, '--format', 'json')).out) as Comparison };
}

test('a mixed statement keeps what reads: the patch applies, the path is gone, none is new', async () => {
  const { cli, folder } = estate(edit(CHAT, ['["dynamodb:PutItem", "dynamodb:UpdateItem"]', '["dynamodb:PutItem", "dynamodb:DescribeTable"] /* tool */']));
  const { answer, diff, c } = await applied(cli, folder);
  const fix = answer.fixes.find((f) => f.edit.kind === 'actions')!;
  expect(fix.edit).toMatchObject({ from: ['dynamodb:PutItem', 'dynamodb:DescribeTable'], to: ['dynamodb:DescribeTable'] });
  expect(fix.closes.length).toBeGreaterThan(0);
  expect(diff.split('\n').filter((l) => /^[-+] /.test(l))).toEqual([
    expect.stringMatching(/^- .*"dynamodb:PutItem", "dynamodb:DescribeTable"\] \/\* tool \*\//), expect.stringMatching(/^\+ .*\["dynamodb:DescribeTable"\] \/\* tool \*\//),
  ]);
  expect(c.opened).toEqual([]);
  expect(c.closed.map((x) => x.finding.fingerprint).sort()).toEqual(answer.closedTogether);
});

test('the only statement of a policy takes the policy along; near miss: something else names it, and that is said', async () => {
  const only = edit(CHAT, ['"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:PutItem"']);
  const { answer, diff, c } = await applied(...Object.values(estate(only)) as [ReturnType<typeof commandLine>, string]);
  const fix = answer.fixes.find((f) => f.op === 'remove' && f.what === 'CAN')!;
  expect(answer.patched[fix.id]).toBe('patched in main.tf');
  expect(diff).toMatch(/^-resource "aws_iam_role_policy"/m);
  expect(c.opened).toEqual([]);
  const name = /^-resource "aws_iam_role_policy" "(\w+)"/m.exec(diff)![1]!;
  const { cli, folder } = estate(`${only}\noutput "policy" {\n  value = aws_iam_role_policy.${name}.id\n}\n`);
  const kept = JSON.parse((await cli.run('fixes', folder, '--patch', 'out.diff', '--format', 'json')).out) as Answer;
  expect(kept.patched[kept.fixes.find((f) => f.id === fix.id)!.id]).toBe(`no patch: aws_iam_role_policy.${name} is used elsewhere in main.tf`);
  expect(existsSync(join(cli.cwd, 'out.diff'))).toBe(Object.values(kept.patched).some((p) => p.startsWith('patched')));
});

test('a file that is changed while it is looked at gets no patch, and that is said', async () => {
  const { cli, folder } = estate(CHAT);
  const file = join(folder, 'main.tf');
  const { sideOf } = await import('../../server/service/sides.ts');
  const { fixPlan } = await import('../../queries/remedy/plan.ts');
  const { provenPatch } = await import('../../server/patch/proven.ts');
  const outside = { out: () => undefined, log: () => undefined, env: {}, cwd: cli.cwd, now: () => new Date('2026-06-01'), newId: () => 'r', color: false, width: 100, version: '0' };
  const side = await sideOf(outside, folder, {});
  const plan = fixPlan(side.graph!, side.result.findings);
  writeFileSync(file, CHAT.replaceAll('dynamodb:PutItem', 'dynamodb:BatchWriteItem'));
  const { patched, diff } = await provenPatch(outside, side, plan);
  const actions = plan.fixes.filter((f) => f.edit.kind === 'actions');
  expect(actions.length).toBeGreaterThan(0);
  for (const f of actions) expect(patched.get(f.id)).toBe('no patch: the code has changed since it was scanned; run again');
  expect(diff).not.toContain('BatchWriteItem');
});

test('ids of fixes are the same in every run and under moved lines; each fix adds something', async () => {
  const a = estate(CHAT + SECOND_STORE);
  const b = estate('# above\n\n' + SECOND_STORE + CHAT);
  const [x, y] = (await Promise.all([a, b].map((e) => e.cli.run('fixes', e.folder, '--format', 'json')))).map((r) => JSON.parse(r.out) as FixPlan);
  expect(x!.fixes.map((f) => f.id).sort()).toEqual(y!.fixes.map((f) => f.id).sort());
  for (const f of x!.fixes) expect(f.adds.length).toBeGreaterThan(0);
  expect([...x!.closedTogether, ...x!.remaining].length).toBeGreaterThan(1);
});

test('the example estate: one choice of changes, a patch that applies, fewer paths, no new ones', async () => {
  const cli = commandLine();
  const folder = join(cli.cwd, 'estate');
  cpSync(EXAMPLE, folder, { recursive: true });
  const { answer, c } = await applied(cli, folder);
  const patched = answer.fixes.filter((f) => answer.patched[f.id]?.startsWith('patched'));
  // All but the version of a tool server, which only its users know.
  expect(answer.fixes.filter((f) => !patched.includes(f) && f.what !== 'ToolServer.pinned')).toEqual([]);
  expect(answer.remaining).toEqual([]);
  if (hasTerraform) execFileSync('terraform', ['fmt', '-check', '-recursive', folder], { stdio: 'pipe' });
  expect(c.opened).toEqual([]);
  const gone = new Set([...c.closed, ...c.changed].map((x) => x.before?.fingerprint ?? x.finding.fingerprint));
  for (const f of patched) for (const x of f.adds) expect(gone.has(x)).toBe(true);
}, 180_000);

test('a run has no code to patch, and a result no graph', async () => {
  const { cli, folder } = estate(CHAT);
  await cli.run('scan', folder, '--format', 'json', '--output', 'r.json');
  expect((await cli.run('fixes', 'latest', '--patch', 'x.diff')).log).toContain('give its folder instead of a run');
  expect((await cli.run('fixes', 'r.json')).log).toContain('holds findings and no graph');
  expect((await cli.run('fixes')).out).toMatch(/change[s]? close \d+ of \d+ findings/);
});
