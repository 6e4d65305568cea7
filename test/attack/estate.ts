import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Estate } from '../../queries/attack/estate.ts';
import type { Access, Grant } from '../../queries/policy/types.ts';
import { edgeId, type EdgeKind, type EdgeRecord, type EffectClass, type NodeKind, type NodeRecord, type Sensitivity, type SensitivityResult, type Verdict } from '../../schema/index.ts';

/** Records of a small estate, written by hand in tests. Ids are the names. */
export type NodeSpec = [kind: NodeKind, id: string, props?: Record<string, unknown>];
export type EdgeSpec = [from: string, kind: EdgeKind, to: string, props?: Record<string, unknown>, verdict?: Verdict, requires?: string[]];
export interface GrantSpec { to: string; effect: EffectClass; assets: string[]; verdict?: Verdict; requires?: string[] }
export interface EstateSpec { nodes: NodeSpec[]; edges: EdgeSpec[]; grants?: GrantSpec[]; sensitivity?: Record<string, Sensitivity> }

export const node = ([kind, id, props = {}]: NodeSpec): NodeRecord => ({
  id, kind, type: `test.${kind.toLowerCase()}`, name: id, provider: 'test', scope: 's', environment: 'prod', tags: {}, state: 'declared', completeness: 'full',
  sources: [{ source: 'test', file: 'main.tf', startLine: 1 + id.length, address: id }], aliases: [], props,
});
export const edge = ([from, kind, to, props = {}, verdict = 'proven', requires = []]: EdgeSpec, n: number): EdgeRecord => ({
  id: edgeId(kind, from, to, String(n)), kind, from, to, discriminator: String(n), verdict, requires, evidence: [{ basis: 'code', source: { source: 'test', file: 'main.tf', startLine: 100 + n } }], props,
});

export function access(grants: readonly GrantSpec[]): Access {
  const by = new Map<string, Grant[]>();
  for (const g of grants) {
    const assets = [...g.assets].sort();
    const verdict = g.verdict ?? 'proven';
    const requires = g.requires ?? [];
    const grant: Grant = { key: [g.effect, assets, verdict, requires].join('|'), effect: g.effect, assets, actions: [], verdict, requires, evidence: [{ basis: 'code', text: `${g.to} ${g.effect}` }] };
    by.set(g.to, [...(by.get(g.to) ?? []), grant]);
  }
  return { anyAssets: [], heaviestOf: () => undefined, textsOn: () => [], grantsOf: (id) => by.get(id) ?? [], decide: () => { throw new Error('not asked in these tests'); } };
}

export function estateOf(spec: EstateSpec): Estate {
  const levels = Object.entries(spec.sensitivity ?? {}).map(([id, level]) => [id, { level, integrity: 'normal', availability: 'normal', confidence: 1, reasons: [], decidedBy: 'signal' }] as [string, SensitivityResult]);
  return { snapshot: new GraphSnapshot(spec.nodes.map(node), spec.edges.map(edge)), access: access(spec.grants ?? []), sensitivity: new Map(levels) };
}
