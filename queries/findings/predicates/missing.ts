import { z } from 'zod';
import { StartClass, type Evidence } from '../../../schema/index.ts';
import { classesOf } from '../influence.ts';
import { tracesOf } from '../traceability.ts';
import { findPath, parsePath } from '../language/path.ts';
import { PathText } from '../language/texts.ts';
import { predicate, type Match } from '../predicate.ts';

const Params = z.strictObject({
  /** Who should have it, as a path; the first node is the subject. */
  subject: PathText,
  /** Only subjects that one of these classes can steer. */
  influencedFrom: z.array(StartClass).default([]),
  /** What should be there: an edge to a node (`OWNED_BY -> Owner{ownerKind: person}`), a field with a value, or a record in the logs. */
  edge: z.string().optional(),
  field: z.string().optional(),
  record: z.enum(['user, identity, workflow, data']).optional(),
  /** Things that are less than what should be there but more than nothing: name → path. The first that is found is said. */
  instead: z.record(z.string(), z.string()).default({}),
  tried: z.array(z.string()).default([]),
  /** Only subjects that this path leads on from. */
  where: PathText.optional(),
  /** Subjects of this path may have it: what decides it is not in the input. */
  unsure: PathText.optional(),
  /** What is missing, for people; default: the edge or field. */
  says: z.string().optional(),
}).refine((p) => [p.edge, p.field, p.record].filter((x) => x !== undefined).length === 1, 'give one of edge, field, record');

/** Subjects that lack an edge, a field or a log record. */
export const missing = predicate('something that should be there is not', Params, (p, input) => {
  const { estate } = input;
  const subjects = findPath(parsePath(p.subject), estate, input.agentFacts).map((f) => f.nodes[0]!);
  const has = p.edge === undefined ? undefined : new Set(findPath(parsePath(`${p.subject} ${p.edge.startsWith('<-') ? '' : '-'}${p.edge}`), estate, input.agentFacts).map((f) => f.nodes[0]!.id));
  const among = (path: string | undefined): ReadonlySet<string> | undefined => (path === undefined ? undefined : new Set(findPath(parsePath(path), estate, input.agentFacts).map((f) => f.nodes[0]!.id)));
  const [where, open] = [among(p.where), among(p.unsure)];
  const instead = Object.entries(p.instead).map(([name, edge]) => [name, new Set(findPath(parsePath(`${p.subject} -${edge}`), estate, input.agentFacts).map((f) => f.nodes[0]!.id))] as const);
  const matches: Match[] = [];
  const seen = new Set<string>();
  for (const n of subjects) {
    if (seen.has(n.id) || where?.has(n.id) === false) continue;
    seen.add(n.id);
    const classes = classesOf(input.influence, n.id);
    if (p.influencedFrom.length > 0 && !classes.some((c) => p.influencedFrom.includes(c))) continue;
    if (has?.has(n.id) || (p.field !== undefined && n.props[p.field] !== undefined)) continue;
    const found = instead.find(([, ids]) => ids.has(n.id))?.[0] ?? 'none';
    const evidence: Evidence[] = n.sources.slice(0, 1).map((source) => ({ source, basis: 'code' as const }));
    const base = { node: n, requires: [], evidence, passes: [n.id] };
    if (p.record !== undefined) {
      const t = tracesOf(n, estate);
      if (t.gaps.length === 0) continue;
      matches.push({ ...base, verdict: t.verdict, evidence: [...evidence, ...t.evidence], detail: `cannot be answered from the logs: ${t.gaps.join(', ')}`, facts: { gaps: t.gaps.length, privilegedOnRestricted: t.privilegedOnRestricted } });
      continue;
    }
    const unsure = (n.completeness !== 'full' && n.completeness !== 'partial') || open?.has(n.id) === true;
    const what = p.says ?? p.field ?? p.edge ?? '';
    const by = classes.length > 0 ? `; steerable from ${classes.join(', ')}` : '';
    matches.push({ ...base, verdict: unsure ? 'unknown' : 'proven', detail: `${found === 'none' ? `no ${what}` : `only ${found}`}${p.tried.length > 0 ? ` (tried: ${p.tried.join(', ')})` : ''}${by}`, facts: { found, steered: classes.length > 0 } });
  }
  return { labels: new Map(), matches };
});
