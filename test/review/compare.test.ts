import { mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare } from '../../queries/review/compare.ts';
import type { AnalysisResult, Comparison } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { commandLine } from '../helpers/cli.ts';
import { CHAT, CLOSED_DOOR, edit, SECOND_STORE } from './chat.ts';

const scan = (text: string, file = 'main.tf'): Promise<AnalysisResult> => analyzeText({ [file]: text });
const names = { before: 'a', after: 'b' };
const diff = async (a: string, b: string): Promise<Comparison> => compare(await scan(a), await scan(b), names);
const base = await scan(CHAT);

test('moved lines, renamed files and reordered blocks change nothing', async () => {
  const blocks = CHAT.split(/\n(?=resource |provider )/);
  const moved = await analyzeText({ 'z.tf': `# a comment\n\n${blocks.slice(4).join('\n')}`, 'a.tf': blocks.slice(0, 4).reverse().join('\n\n') });
  const c = compare(base, moved, names);
  expect(base.findings.length).toBeGreaterThan(0);
  expect({ ...c, postureOpened: [], postureClosed: [] }).toEqual({ ...names, opened: [], closed: [], changed: [], undetermined: [], postureOpened: [], postureClosed: [], agentsAdded: [], agentsRemoved: [], toolsAdded: [], toolsRemoved: [], same: base.findings.length, notes: [] });
});

test('a right that is taken away closes its paths, and the other way round opens them', async () => {
  const clean = edit(CHAT, ['"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:DescribeTable"']);
  const c = await diff(CHAT, clean);
  expect(c.opened).toEqual([]);
  expect(c.closed.map((x) => x.finding.title)).toEqual(base.findings.map((f) => f.title));
  const back = await diff(clean, CHAT);
  expect(back.closed).toEqual([]);
  expect(back.opened.map((x) => x.finding.fingerprint)).toEqual(base.findings.map((f) => f.fingerprint));
});

test('a weaker start is a change, not an opened path; the stronger one again is opened', async () => {
  const closed = edit(CHAT, CLOSED_DOOR);
  const c = await diff(CHAT, closed);
  expect(c.opened).toEqual([]);
  expect([...c.changed, ...c.closed].length).toBe(base.findings.length);
  expect(c.changed.every((x) => x.what.some((w) => w.startsWith('start:')))).toBe(true);
  expect((await diff(closed, CHAT)).opened.map((x) => x.finding.startClass)).toContain('E0');
});

test('a store that is newly reached is opened, also when the agent reached others before', async () => {
  const c = await diff(CHAT, CHAT + SECOND_STORE);
  expect(c.opened.map((x) => x.finding.asset.name)).toContain('payroll');
  expect(c.closed).toEqual([]);
  expect(c.same).toBe(base.findings.length);
});

test('what was not read on the second side is not closed', async () => {
  const broken: AnalysisResult = { ...(await scan('')), coverage: base.coverage.map((x) => ({ ...x, status: 'failed' as const })) };
  const c = compare(base, broken, names);
  expect(c.closed).toEqual([]);
  expect(c.undetermined.map((x) => x.finding.fingerprint)).toEqual(base.findings.map((f) => f.fingerprint));
  expect(c.notes.join()).toContain('was read before');
});

test('an acceptance is no closing of a path, and its end opens none', () => {
  const accepted: AnalysisResult = { ...base, findings: base.findings.map((f) => ({ ...f, state: 'accepted' as const })) };
  expect(compare(base, accepted, names).closed.every((x) => x.what.includes('accepted or ignored now'))).toBe(true);
  expect(compare(accepted, base, names).opened).toEqual([]);
});

test('agents and tools that come and go', async () => {
  const c = await diff(CHAT, edit(CHAT, ['name        = "update_customer"', 'name        = "change_customer"']));
  expect([c.toolsAdded, c.toolsRemoved].map((l) => l.map((t) => t.tool.name))).toEqual([['change_customer'], ['update_customer']]);
  const agents = await diff('', CHAT);
  expect(agents.agentsAdded.map((a) => a.name)).toEqual(['support']);
  expect(agents.agentsRemoved).toEqual([]);
});

test('overreach compare: folders, a result and a run; exit codes', async () => {
  const cli = commandLine();
  const write = (name: string, text: string): void => { mkdirSync(join(cli.cwd, name), { recursive: true }); writeFileSync(join(cli.cwd, name, 'main.tf'), text); };
  write('old', edit(CHAT, CLOSED_DOOR));
  write('new', CHAT);
  const opened = await cli.run('compare', 'old', 'new', '--fail-on', 'high');
  expect(opened.code).toBe(1);
  expect(opened.out).toMatch(/^old → new: [1-9]\d* opened/);
  expect((await cli.run('compare', 'new', 'old', '--fail-on', 'low')).code).toBe(0);
  await cli.run('scan', 'old', '--format', 'json', '--output', 'old.json');
  const markdown = (await cli.run('compare', 'old.json', 'new', '--format', 'markdown')).out;
  expect(markdown).toMatch(/## Opened[\s\S]*```mermaid[\s\S]*`main\.tf:\d+/);
  const c = JSON.parse((await cli.run('compare', 'latest', 'old.json', '--format', 'json')).out) as Comparison;
  expect([c.opened, c.closed, c.changed]).toEqual([[], [], []]);
  const wrong = await cli.run('compare', 'nowhere', 'new');
  expect(wrong.code).toBe(3);
  expect(wrong.log).toContain('is no file, folder or run');
}, 60_000);

test('two revisions of a checkout; a revision that is not there', async () => {
  const cli = commandLine();
  const git = (...args: string[]): void => { execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: cli.cwd, stdio: 'pipe' }); };
  git('init', '-q');
  for (const text of [edit(CHAT, CLOSED_DOOR), CHAT]) {
    writeFileSync(join(cli.cwd, 'main.tf'), text);
    git('add', 'main.tf');
    git('commit', '-q', '-m', 'x');
  }
  const c = await cli.run('compare', 'git:HEAD~1', 'git:HEAD', '--fail-on', 'high');
  expect([c.code, c.out.split('\n')[0]]).toEqual([1, expect.stringMatching(/^git:HEAD~1 → git:HEAD: [1-9]/)]);
  expect((await cli.run('compare', 'git:HEAD', '.', '--fail-on', 'low')).code).toBe(0);
  for (const bad of ['git:nowhere', 'git:--output=x']) expect([bad, (await cli.run('compare', bad, '.')).code]).toEqual([bad, 3]);
}, 60_000);
