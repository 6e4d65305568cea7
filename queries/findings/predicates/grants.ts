import { z } from 'zod';
import { hasHole, PRIVILEGED, StartClass, type Statement } from '../../../schema/index.ts';
import { effectsOf } from '../weights.ts';
import { findPath, parsePath } from '../language/path.ts';
import { PathText } from '../language/texts.ts';
import { labelled, predicate, type Match, type RuleInput } from '../predicate.ts';
import { over, walks } from '../walks.ts';

const Params = z.strictObject({
  /** A path; the policy is on its first node, findings are looked for over any of its nodes. */
  on: PathText,
  as: z.array(z.string()).min(1),
  statement: z.strictObject({
    /** Principals that make it broad: `service:<name>`, or `*` for anyone. */
    principals: z.array(z.string()).min(1),
    /** Condition keys that narrow it, when they hold a value without wildcard in its last part. */
    without: z.array(z.string()).default([]),
  }),
  /** Actions by which someone else gets into the match set. */
  matchSet: z.array(z.string()).default([]),
});

/** Attached statements that admit more than they should. */
export const grants = predicate('statements of an attached policy', Params, (p, input) => {
  const matches: Match[] = [];
  const others = matchSet(p.matchSet, input);
  const found = findPath(parsePath(p.on), input.estate, input.agentFacts);
  const done = new Set<string>();
  for (const f of found) {
    const n = f.nodes[0]!;
    for (const e of input.estate.snapshot.out(n.id, 'HAS_POLICY')) {
      const policy = input.estate.snapshot.node(e.to);
      if (!policy || !p.as.includes(String(e.props['as']))) continue;
      ((policy.props['statements'] as Statement[] | undefined) ?? []).forEach((s, i) => {
        if (done.has(`${n.id}|${policy.id}|${i}`)) return;
        const broad = s.effect === 'Allow' ? broadness(s, p.statement) : undefined;
        if (!broad) return;
        done.add(`${n.id}|${policy.id}|${i}`);
        const source = s.source === undefined ? policy.sources[0] : policy.sources[s.source];
        const privileged = identitiesOf(n.id, input).some((id) => [...effectsOf(id, input.estate).keys()].some((x) => PRIVILEGED.has(x)));
        matches.push({
          node: n, verdict: broad.sure ? 'proven' : 'unknown', requires: broad.sure ? [] : [`${broad.says} is not narrowed by an unresolved value`],
          evidence: source ? [{ source, basis: 'code', text: broad.says }] : [{ basis: 'code', text: broad.says }],
          detail: `${broad.says}${others.length > 0 ? `; ${others.length} identities may create or change agents there` : ''}`,
          facts: { privileged, others: others.length }, passes: found.filter((x) => x.nodes[0] === n).flatMap((x) => x.nodes.map((m) => m.id)),
        });
      });
    }
  }
  if (matches.length === 0) return { labels: new Map(), matches };
  return { labels: labelled(walks(StartClass.options.filter((c) => input.starts.has(c)), [over(matches.flatMap((m) => m.passes ?? []))], [], input).map((r) => r.key)), matches };
});

const identitiesOf = (id: string, input: RuleInput): string[] => input.estate.snapshot.out(id, 'RUNS_AS').map((e) => e.to);

/** Why a statement admits too many, and whether that is decided. */
function broadness(s: Statement, p: z.infer<typeof Params>['statement']): { says: string; sure: boolean } | undefined {
  const named = Object.entries(s.principals ?? {}).flatMap(([type, values]) => values.map((v) => (type === 'Service' ? `service:${v}` : v)));
  const who = p.principals.find((w) => named.includes(w));
  if (who === undefined) return undefined;
  let sure = (s.unresolved ?? []).length === 0;
  for (const [operator, keys] of Object.entries(s.conditions ?? {}))
    for (const [key, values] of Object.entries(keys)) {
      if (!p.without.some((w) => w.toLowerCase() === key.toLowerCase()) || /IfExists$|^Null$|Not/i.test(operator)) continue;
      if (values.every((v) => narrow(v))) return undefined;
      if (values.some(hasHole)) sure = sure && values.every((v) => v.endsWith('*') || !hasHole(v));
    }
  return { says: `${who.replace('service:', '')} is admitted ${Object.keys(s.conditions ?? {}).length > 0 ? 'with a wildcard source' : 'without a source'}`, sure };
}

/** A source that names one thing: its last part has no wildcard. An account alone does not: any agent of the account fits. */
const narrow = (v: string): boolean => v.includes(':') && !/[*?]/.test(v.slice(v.lastIndexOf('/') + 1)) && !v.startsWith('*');

function matchSet(actions: readonly string[], input: RuleInput): string[] {
  if (actions.length === 0) return [];
  const wanted = new Set(actions.map((a) => a.toLowerCase()));
  return input.estate.snapshot.ofKind('Identity').filter((n) => input.estate.access.grantsOf(n.id).some((g) => g.effect === 'permission' && g.actions.some((a) => wanted.has(a.toLowerCase())))).map((n) => n.id);
}
