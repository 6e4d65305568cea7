import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison } from '../../schema/index.ts';
import { commandLine, type Ran } from '../helpers/cli.ts';

/**
 * Plans of terraform 1.11.4 with provider aws 5.100.0 over a state, as `terraform show -json` wrote them (without planned_values, prior_state
 * and null values): a chat agent whose tool may look at a table, or write to it, behind a URL that asks for SigV4, or for nothing.
 */
const recorded = (name: string): string => readFileSync(new URL(`plans/${name}.json`, import.meta.url), 'utf8');

interface Said { ran: Ran; c: Comparison; titles: (list: Comparison['opened']) => string[] }
async function reviewed(plan: string, ...more: string[]): Promise<Said> {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), plan);
  const ran = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'json', ...more);
  return { ran, c: (ran.out.startsWith('{') ? JSON.parse(ran.out) : {}) as Comparison, titles: (list) => list.map((x) => x.finding.title) };
}
const WRITES = 'Anyone on the internet can write to customers through agent support';

test.each<[name: string, code: number, opened: string[], closed: string[], says: string]>([
  ['explosive', 1, [WRITES], [], 'a door that asks nobody and a tool that writes'],
  ['exposed', 1, [WRITES], [], 'only the door: what was there already is now open to the internet'],
  ['clean', 0, [], [], 'a tag'],
  ['closed', 0, [], [WRITES], 'door shut, tool narrowed'],
  ['destroyed', 0, [], [WRITES], 'the action group goes'],
  ['renamed', 0, [], [], 'a role renamed by a moved block'],
  ['module', 0, [], [], 'role, policy and function moved into a module'],
  ['sensitive', 0, [], [], 'the instruction takes a sensitive value'],
])('%s: exit %i', async (name, code, opened, closed) => {
  const { ran, c, titles } = await reviewed(recorded(name));
  expect([ran.code, titles(c.opened), titles(c.closed), titles(c.undetermined)]).toEqual([code, opened, closed, []]);
  if (name === 'renamed' || name === 'module') expect([c.same, c.toolsAdded, c.toolsRemoved]).toEqual([1, [], []]);
  expect(ran.out).not.toContain('Be kind');
});

test('unknown-policy: what is allowed is known after apply; every such path is undetermined, and the policy is named', async () => {
  const { ran, c, titles } = await reviewed(recorded('unknown-policy'));
  expect([ran.code, c.opened]).toEqual([2, []]);
  expect(titles(c.undetermined)).toContain(WRITES);
  expect(c.undetermined.every((x) => x.finding.verdict === 'unknown')).toBe(true);
  expect(c.notes.join()).toMatch(/known after apply only: what support-tool will be allowed, the whole document of policy data/);
});

test('unknown-principal: whom a role will trust is said, and nothing is called opened or closed by it', async () => {
  const { ran, c } = await reviewed(recorded('unknown-principal'));
  expect([ran.code, c.opened, c.closed]).toEqual([0, [], []]);
  expect(c.notes.join()).toMatch(/known after apply only: whom support-tool will trust/);
  const headline = async (name: string): Promise<string> => (await reviewed(recorded(name), '--format', 'markdown')).ran.out.split('\n')[1]!;
  expect(await headline('unknown-principal')).toBe('## Overreach: no path opens in what can be seen; 1 policy is known after apply only');
  expect(await headline('clean')).toBe('## Overreach: no path opens');
});

test('unguarded: a guardrail that goes opens no path, and is said', async () => {
  const { ran, c } = await reviewed(recorded('unguarded'));
  expect([ran.code, c.opened, c.same]).toEqual([0, [], 1]);
  expect(c.notes.join()).toContain('gr12345 no longer stands on support');
  expect((await reviewed(recorded('clean'))).c.notes).toEqual([]);
  expect((await reviewed(recorded('unguarded'), '--format', 'markdown')).ran.out.split('\n')[1]).toBe('## Overreach: no path opens; 1 control goes or changes');
});

test('a newer minor format with fields nobody knows yet is read', async () => {
  const plan = JSON.parse(recorded('explosive')) as Record<string, unknown> & { resource_changes: Record<string, unknown>[] };
  Object.assign(plan, { format_version: '1.9', terraform_version: '1.42.0', applyable: true, complete: true, deferred_changes: [], something_new: { a: [1] } });
  for (const r of plan.resource_changes) Object.assign(r, { generated_config: '', action_reason: 'something_new', change: { ...(r['change'] as object), before_identity: { account_id: '111122223333' }, replace_paths: [] } });
  const { ran, titles, c } = await reviewed(JSON.stringify(plan));
  expect([ran.code, titles(c.opened)]).toEqual([1, [WRITES]]);
});

test('an accepted path does not fail the gate, and is said; after its date it does', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), recorded('explosive'));
  const first = JSON.parse((await cli.run('plan', 'tfplan.json', '--format', 'json')).out) as Comparison;
  await cli.run('scan', 'tfplan.json', '--format', 'json', '--output', 'r.json');
  const { fingerprint } = first.opened[0]!.finding;
  const accept = (until: string): Promise<Ran> => cli.run('accept', fingerprint, '--owner', 'crm@example.com', '--reason', 'pilot with test data', '--until', until);
  expect((await accept('2026-12-31')).code).toBe(0);
  const kept = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'markdown');
  expect(kept.code).toBe(0);
  expect(kept.out).toMatch(/new, but accepted by crm@.?example\.com until 2026-12-31: Anyone on the internet can write/);
  // The plan of another change is not covered by it.
  writeFileSync(join(cli.cwd, 'other.json'), recorded('explosive').replaceAll('customers', 'invoices'));
  expect((await cli.run('plan', 'other.json', '--fail-on', 'high')).code).toBe(1);
  expect((await cli.run('accept', fingerprint, '--remove')).code).toBe(0);
  expect((await cli.run('plan', 'tfplan.json', '--fail-on', 'high')).code).toBe(1);
});

test('the comment alone tells what opens and what to change', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), recorded('explosive'));
  const { out } = await cli.run('plan', 'tfplan.json', '--fail-on', 'high', '--format', 'markdown');
  expect(out).toMatch(/^<!-- overreach-plan -->\n## Overreach: rejected/);
  expect(out).toMatch(/```mermaid\nflowchart LR\n {2}s\(\["anyone on the internet"\]\)/);
  expect(out).toMatch(/### What to change[\s\S]*opens nothing[\s\S]*closes 1 of 1[\s\S]*```diff\n {3}- Action = \["dynamodb:PutItem"/);
  expect(out).toMatch(/every opened path passes URL of chat.*support.*update/);
  expect(out).toMatch(/\| support \| \d+ \(\d+\) → \d+ \(\d+\)/);
});
