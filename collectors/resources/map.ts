import type { EdgeRecord, NodeRecord, Problem, RawResource } from '../../schema/index.ts';

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

/** Canonical shape, identities, references, then nodes and edges. Pure: no files, clock or randomness. */
export function mapInputs(inputs: readonly MapInput[], options: MapOptions): Mapped {
  void inputs; void options;
  throw new Error('collectors/resources/map.ts is not built yet');
}
