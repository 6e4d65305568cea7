import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AnalysisResult, Comparison } from '../../schema/index.ts';
import { commandLine } from '../helpers/cli.ts';
import { CHAT, SECOND_STORE } from './chat.ts';
import { fresh } from './plan-file.ts';

/** Top-level blocks of formatted code. */
const blocks = (text: string): string[] => [...text.matchAll(/^\S[^\n]*\{\n[\s\S]*?^\}\n/gm)].map((m) => m[0]);
const WHOLE = CHAT + SECOND_STORE;
const layouts: [string, Record<string, string>][] = [
  ['lines moved', { 'main.tf': `# who, and why\n\n\n${WHOLE.replaceAll('\n\n', '\n\n\n# …\n')}` }],
  ['file renamed', { 'agent.tf': WHOLE }],
  ['blocks reordered', { 'main.tf': blocks(WHOLE).reverse().join('\n') }],
  ['spread over files', Object.fromEntries(blocks(WHOLE).map((b, i) => [`part-${(i * 7) % 10}-${i}.tf`, b]))],
];
interface Seen { findings: string[]; posture: string[] }

async function seen(files: Record<string, string>, plan?: string): Promise<Seen> {
  const cli = commandLine();
  for (const [name, text] of Object.entries({ ...files, ...(plan !== undefined && { 'tfplan.json': plan }) })) writeFileSync(join(cli.cwd, name), text);
  if (plan === undefined) {
    const r = JSON.parse((await cli.run('scan', '.', '--scope', 'acme', '--format', 'json')).out) as AnalysisResult;
    return { findings: r.findings.map((f) => f.fingerprint).sort(), posture: r.posture.map((p) => p.fingerprint).sort() };
  }
  const ran = await cli.run('plan', 'tfplan.json', '--scope', 'acme', '--format', 'json');
  expect(ran.log).not.toContain('error');
  const c = JSON.parse(ran.out) as Comparison;
  return { findings: c.opened.map((x) => x.finding.fingerprint).sort(), posture: c.postureOpened.map((p) => p.fingerprint).sort() };
}

test.each([['of the code', undefined], ['of a plan beside its code', fresh()]] as const)('fingerprints %s are those of before when', async (_, plan) => {
  const first = await seen({ 'main.tf': WHOLE }, plan);
  expect(blocks(WHOLE).length).toBeGreaterThan(10);
  expect(first.findings.length).toBeGreaterThan(0);
  for (const [name, files] of layouts) expect([name, await seen(files, plan)]).toEqual([name, first]);
  // Another thing is another fingerprint.
  const other = await seen({ 'main.tf': WHOLE.replaceAll('customers', 'clients') }, plan?.replaceAll('customers', 'clients'));
  expect(other.findings).not.toEqual(first.findings);
});
