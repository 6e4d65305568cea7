import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BlastReport } from '../../queries/review/blast-report.ts';
import { commandLine } from '../helpers/cli.ts';
import { CHAT, edit } from './chat.ts';
import { fresh } from './plan-file.ts';

const WIDE = edit(CHAT, ['["dynamodb:PutItem", "dynamodb:UpdateItem"]', '["dynamodb:PutItem", "dynamodb:DeleteItem"]']);

async function radius(text: string, ...more: string[]): Promise<{ code: number; out: string; log: string }> {
  const cli = commandLine();
  mkdirSync(join(cli.cwd, 'code'));
  writeFileSync(join(cli.cwd, 'code/main.tf'), text);
  return cli.run('blast-radius', 'support', '--in', 'code', ...more);
}

test('both radii, with and without what its tools do not ask for; where it reaches and what comes back', async () => {
  const b = JSON.parse((await radius(WIDE, '--format', 'json')).out) as BlastReport;
  const customers = b.assets.find((a) => a.asset.name === 'customers')!;
  expect(customers.influence.sort()).toEqual(['delete', 'write']);
  // The tool is called update_customer: deleting is not what it is for.
  expect(customers.needless).toEqual(['delete']);
  expect(b.needed.from).toBe('tools');
  expect(b.needed.influence).toBeLessThan(b.influence.weight);
  expect([b.doesNotRecover, b.recovers]).toEqual([['customers'], []]);
  expect(b.reach.byClass.map((t) => [t.name, t.byInfluence])).toContainEqual(['DataStore (table)', 1]);
  const safe = JSON.parse((await radius(edit(WIDE, ['hash_key     = "id"', 'hash_key     = "id"\n  point_in_time_recovery {\n    enabled = true\n  }']), '--format', 'json')).out) as BlastReport;
  expect([safe.doesNotRecover, safe.recovers]).toEqual([[], ['customers']]);
});

test('near miss: what the tool is for is no excess', async () => {
  const b = JSON.parse((await radius(CHAT, '--format', 'json')).out) as BlastReport;
  expect(b.needed.excess).toEqual([]);
  expect(b.needed.influence).toBe(b.influence.weight);
});

test('pictures stand by themselves, and names cannot break out of them', async () => {
  const named = edit(WIDE, ['agent_name              = "support"', 'agent_name              = "sup<b>&\\"port"']);
  const cli = commandLine();
  mkdirSync(join(cli.cwd, 'code'));
  writeFileSync(join(cli.cwd, 'code/main.tf'), named);
  const svg = (await cli.run('blast-radius', 'sup*port', '--in', 'code', '--format', 'svg')).out;
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('sup&lt;b&gt;&amp;&quot;port');
  expect(svg).not.toMatch(/<script|<b>|href=|url\(|@import/);
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)].filter((m) => m[3] === '');
  expect(tags.filter((m) => m[1] === '').length).toBe(tags.filter((m) => m[1] === '/').length);
  const mermaid = (await cli.run('blast-radius', 'sup*port', '--in', 'code', '--format', 'mermaid')).out;
  expect(mermaid).toMatch(/^flowchart LR\n {2}a\(\("sup b/);
});

test('from a plan before anything exists, without an account or a scan', async () => {
  const cli = commandLine();
  writeFileSync(join(cli.cwd, 'tfplan.json'), fresh());
  writeFileSync(join(cli.cwd, 'main.tf'), CHAT);
  const ran = await cli.run('blast-radius', 'support', '--in', 'tfplan.json');
  expect([ran.code, ran.out.split('\n')[0]]).toEqual([0, expect.stringMatching(/^support: reached from E0/)]);
  expect((await cli.run('blast-radius', 'support', '--in', 'tfplan.json', '--format', 'png')).code).toBe(3);
});
