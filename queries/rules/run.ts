import type { AnalysisResult, Rule } from '../../schema/index.ts';
import { loadRule, type RuleProblem } from './load.ts';

/** Files of a case (path → text), and of an earlier run where the rule compares two, to the result of analysing them; the caller wires readers and store. */
export type ScanCase = (files: Record<string, string>, rules: readonly Rule[], before?: Record<string, string>) => Promise<AnalysisResult>;
export interface CaseOutcome { rule: string; case: string; ok: boolean; says: string }

/** Where a source text stands when its reader is to recognise it. */
const FILE: Record<string, string> = { terraform: 'main.tf', mcp: '.mcp.json', 'overreach-yaml': 'overreach.yaml', 'terraform-plan': 'plan.json', 'aws-dump': 'account.json', a2a: '.well-known/agent-card.json', kubernetes: 'manifest.yaml', github: '.github/workflows/agent.yml' };

type Sources = Rule['hit'];

function filesOf(sources: Sources): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [reader, text] of Object.entries(sources)) {
    if (typeof text === 'string') out[FILE[reader] ?? reader] = text;
    else Object.assign(out, text);
  }
  return out;
}

/** The hit with one fact changed. A replacement that finds nothing is an error in the rule: the miss would be no miss. */
function missFiles(rule: Rule, miss: Rule['miss'][number]): Record<string, string> {
  if (miss.source) return filesOf(miss.source);
  const files = filesOf(rule.hit);
  for (const { from, to } of miss.replace ?? []) {
    const at = Object.keys(files).filter((f) => files[f]!.includes(from));
    if (at.length === 0) throw new Error(`“${from.slice(0, 60)}” does not occur in the hit`);
    for (const f of at) files[f] = files[f]!.split(from).join(to);
  }
  return files;
}

/** Does the rule speak in this result: as a facet of an open finding, or as a row? */
export const speaks = (r: AnalysisResult, rule: string): boolean => r.findings.some((f) => f.rules.includes(rule) && f.state === 'open') || r.posture.some((p) => p.rule === rule && p.state === 'open');

/**
 * `overreach rules test`: each rule's hit fires and each miss is silent, through real readers. A case whose scan reports unreadable input,
 * or where the rule was not evaluated, is not a silent miss but a failure.
 */
export async function testRules(rules: readonly Rule[], scan: ScanCase, extra: readonly Rule[] = []): Promise<CaseOutcome[]> {
  const out: CaseOutcome[] = [];
  for (const rule of rules) {
    const run = async (name: string, files: () => Record<string, string>, fires: boolean): Promise<void> => {
      const done = (ok: boolean, says: string): void => { out.push({ rule: rule.id, case: name, ok, says }); };
      try {
        const result = await scan(files(), extra, rule.before && filesOf(rule.before));
        const failed = result.coverage.filter((c) => c.status === 'failed').map((c) => c.input);
        if (failed.length > 0) return done(false, `not read: ${failed.join(', ')}`);
        const status = result.rules.find((r) => r.id === rule.id);
        if (!status) return done(false, 'the rule is not among those evaluated');
        if (!status.evaluated) return done(false, `not evaluated, needs ${status.needs.join(', ')}`);
        const spoke = speaks(result, rule.id);
        done(spoke === fires, spoke ? 'fires' : 'silent');
      } catch (e) {
        done(false, (e as Error).message);
      }
    };
    await run('hit', () => filesOf(rule.hit), true);
    for (const miss of rule.miss) await run(`miss: ${miss.name}`, () => missFiles(rule, miss), false);
  }
  return out;
}

/** Problems of rules that a user brings, said by file. */
export const checkRules = (raw: readonly { name: string; rule: unknown }[]): RuleProblem[] => raw.flatMap((r) => loadRule(r.rule, r.name).problems);
