import type { EdgeRecord, NodeRecord, Problem, RawResource } from '../../schema/index.ts';
import { canonicaliseInputs } from './canonical/index.ts';
import { Context } from './context/context.ts';
import { MAPPINGS } from './mappings.gen.ts';

/** All resources that one reader found in one input (root module, dump, file). References are resolved inside an input, ARNs across all. */
export interface MapInput { source: string; input: string; resources: RawResource[]; account?: string }

export interface MapOptions {
  /** `iac:<scope>@…` (architecture §7). */
  scope: string;
  /** Key of the hash that stands for a literal secret. */
  hashKey: string;
}

export interface Mapped {
  nodes: NodeRecord[];
  edges: EdgeRecord[];
  problems: Problem[];
  /** input → canonical or source type → count */
  unmapped: Map<string, Record<string, number>>;
}

const BY_TYPE = new Map(MAPPINGS.map((m) => [m.type, m]));

/** Canonical shape, identities, references, then nodes and edges. Pure: no files, clock or randomness. */
export function mapInputs(inputs: readonly MapInput[], options: MapOptions): Mapped {
  const { inputs: canonical, names, problems } = canonicaliseInputs(inputs);
  const ctx = new Context(canonical, names, BY_TYPE, options);
  const unmapped = new Map<string, Record<string, number>>();
  for (const c of canonical) {
    const counts = { ...c.unmapped };
    for (const { resource: r } of c.drafts) {
      if (BY_TYPE.has(r.type)) ctx.map(r);
      else if (r.mode !== 'data') counts[r.sourceType] = (counts[r.sourceType] ?? 0) + 1;
    }
    if (Object.keys(counts).length) unmapped.set(c.input.input, Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))));
  }
  return { ...ctx.graph.finish(), problems: [...problems, ...ctx.problems], unmapped };
}
