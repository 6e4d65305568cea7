import { z } from 'zod';
import { PRIVILEGED, StartClass, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { effectsOf } from '../weights.ts';
import { findPath, parsePath } from '../language/path.ts';
import { many, PathText } from '../language/texts.ts';
import { labelled, predicate, type Match, type RuleInput } from '../predicate.ts';
import { over, walks } from '../walks.ts';
import { accountOf, broadness, BroadStatement } from '../broad.ts';

const Params = z.strictObject({
  /** Paths; the policy is on the first node, findings are looked for over any of the nodes. */
  on: many(PathText),
  as: z.array(z.string()).min(1),
  statement: BroadStatement,
  /** Actions by which someone else gets into the match set. */
  matchSet: z.array(z.string()).default([]),
  /** Starts whose walks over the nodes carry the facet; default: all. */
  from: z.array(StartClass).default([]),
});

/** Attached statements that admit more than they should. */
export const grants = predicate('statements of an attached policy', Params, (p, input) => {
  const { snapshot } = input.estate;
  const matches: Match[] = [];
  const others = matchSet(p.matchSet, input);
  const found = p.on.flatMap((path) => findPath(parsePath(path), input.estate, input.agentFacts));
  const done = new Set<string>();
  for (const { nodes: [n] } of found) {
    if (!n || done.has(n.id)) continue;
    done.add(n.id);
    for (const e of snapshot.out(n.id, 'HAS_POLICY')) {
      const policy = snapshot.node(e.to);
      if (!policy || !p.as.includes(String(e.props['as']))) continue;
      const assumers = e.props['as'] === 'trust' ? assumersOf(n, input) : [];
      ((policy.props['statements'] as Statement[] | undefined) ?? []).forEach((s) => {
        const broad = broadness(s, p.statement, accountOf(String(n.props['arn'] ?? '')));
        if (!broad) return;
        const source = s.source === undefined ? policy.sources[0] : policy.sources[s.source];
        const privileged = identitiesOf(n, input).some((id) => [...effectsOf(id, input.estate).keys()].some((x) => PRIVILEGED.has(x)));
        const more = [...(others.length > 0 ? [`${others.length} identities may create or change agents there`] : []), ...(assumers.length > 0 ? [`may be assumed by ${assumers.slice(0, 3).join(', ')}${assumers.length > 3 ? ` and ${assumers.length - 3} more` : ''}`] : [])];
        matches.push({
          node: n, verdict: broad.sure ? 'proven' : 'unknown', requires: broad.sure ? [] : [`${broad.says} is not narrowed by an unresolved value`],
          evidence: source ? [{ source, basis: 'code', text: broad.says }] : [{ basis: 'code', text: broad.says }],
          detail: [broad.says, ...more].join('; '),
          facts: { privileged, others: others.length + assumers.length, everyone: broad.everyone }, passes: found.filter((x) => x.nodes[0] === n).flatMap((x) => x.nodes.map((m) => m.id)),
        });
      });
    }
  }
  if (matches.length === 0) return { labels: new Map(), matches };
  const starts = StartClass.options.filter((c) => input.starts.has(c) && (p.from.length === 0 || p.from.includes(c)));
  const rows = walks(starts, [over(matches.flatMap((m) => m.passes ?? []))], [], input);
  const everyone = matches.some((m) => m.facts['everyone'] === true);
  return { labels: everyone ? new Map(rows.map((r) => [r.key, { everyone }])) : labelled(rows.map((r) => r.key)), matches };
});

/** The identity itself, or those a thing runs as. */
const identitiesOf = (n: NodeRecord, input: RuleInput): string[] => (n.kind === 'Identity' ? [n.id] : input.estate.snapshot.out(n.id, 'RUNS_AS').map((e) => e.to));

/** Names of whoever may obtain a session of the identity. */
const assumersOf = (n: NodeRecord, input: RuleInput): string[] => input.estate.snapshot.in(n.id, 'CAN_ASSUME').flatMap((e) => input.estate.snapshot.node(e.from)?.name ?? []).sort();

function matchSet(actions: readonly string[], input: RuleInput): string[] {
  if (actions.length === 0) return [];
  const wanted = new Set(actions.map((a) => a.toLowerCase()));
  return input.estate.snapshot.ofKind('Identity').filter((n) => input.estate.access.grantsOf(n.id).some((g) => g.effect === 'permission' && g.actions.some((a) => wanted.has(a.toLowerCase())))).map((n) => n.id);
}
