import { isCode } from './drift.ts';
import { saysUse } from './last-use.ts';
import { PREDICATES } from './predicates.ts';
import type { Outcome, RuleInput } from './predicate.ts';
import { trailsOf } from './traceability.ts';
import type { LoadedRule } from '../rules/load.ts';

export interface Evaluated { rule: LoadedRule; outcome: Outcome; status: Status }
type Status = { id: string; title: string; lowNoise: boolean; evaluated: boolean; needs: string[]; matches: number; blindSpots: string[] };

/** Sources that the input holds, as rules name them in `needs`. What is absent makes a rule “not evaluated”, never clean. */
export function sourcesOf(input: RuleInput): ReadonlySet<string> {
  const { snapshot } = input.estate;
  const has = new Set<string>(['config']);
  const all = input.baseline ? [...snapshot.nodes, ...input.baseline.snapshot.nodes] : snapshot.nodes;
  if (all.some(isCode)) has.add('code');
  if (input.baseline) has.add('history');
  if (trailsOf(snapshot).length > 0) has.add('log-config');
  if (snapshot.ofKind('Credential').some((c) => c.props['scopes'] !== undefined || snapshot.in(c.id, 'USES_CREDENTIAL').some((e) => e.props['scopes'] !== undefined))) has.add('oauth-grants');
  if (snapshot.ofKind('Channel').some((c) => c.props['rendersLinks'] !== undefined)) has.add('page-policy');
  if (snapshot.ofKind('Owner').some((o) => o.props['active'] !== undefined)) has.add('directory');
  if (snapshot.ofKind('Identity').some(saysUse)) has.add('last-used');
  if (all.some((n) => n.state === 'live')) has.add('live');
  return has;
}

/** Runs every rule whose needs are met. A need that ends in `?` is for a part only. */
export function evaluateRules(rules: readonly LoadedRule[], input: RuleInput): Evaluated[] {
  const sources = sourcesOf(input);
  return rules.map((rule) => {
    const lacking = rule.needs.filter((n) => !n.endsWith('?') && !sources.has(n));
    const part = rule.needs.filter((n) => n.endsWith('?') && !sources.has(n.slice(0, -1)));
    const blindSpots = [...rule.blindSpots, ...part.map((n) => `without ${n.slice(0, -1)}: decided in part`)];
    const base = { id: rule.id, title: rule.title, lowNoise: rule.lowNoise, needs: [...rule.needs], blindSpots };
    if (lacking.length > 0) return { rule, outcome: { labels: new Map(), matches: [] }, status: { ...base, evaluated: false, needs: lacking, matches: 0 } };
    const outcome = PREDICATES[rule.predicate.name]!.run(rule.predicate.params as never, input);
    return { rule, outcome, status: { ...base, evaluated: true, matches: 0 } };
  });
}

/** Rule ids on each row key. */
export function facetsByKey(evaluated: readonly Evaluated[]): ReadonlyMap<string, Map<string, Record<string, string | number | boolean>>> {
  const out = new Map<string, Map<string, Record<string, string | number | boolean>>>();
  for (const e of evaluated) {
    if (!e.rule.type.includes('facet')) continue;
    for (const [key, facts] of e.outcome.labels) {
      let m = out.get(key);
      if (!m) out.set(key, (m = new Map()));
      m.set(e.rule.id, facts);
    }
  }
  return out;
}

export const statusOf = (e: Evaluated, matches: number): Status => ({ ...e.status, matches });
