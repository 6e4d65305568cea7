import type { Chain } from '../../../queries/review/escalation-graph.ts';
import { EscalationGraph } from '../../../queries/review/escalation-graph.ts';
import { stepsOf } from '../../../queries/review/principals.ts';
import type { NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { evidenceOf, keyNode, places } from '../nodes.ts';

const READS = new Set(['read', 'credential']);
const WRITES = new Set(['write', 'delete']);

/** Stores and secrets that each principal reads or changes, by its own permissions or as something it can become. */
export function dataPaths({ estate }: Loaded): KeyFinding[] {
  const graph = new EscalationGraph(estate.snapshot, estate.access);
  const out = new Map<string, KeyFinding>();
  for (const start of graph.nodes) {
    if (start.kind !== 'Identity' || !['user', 'role'].includes(String(start.props['identityType'])) || start.completeness === 'none') continue;
    const chains: Chain[] = [{ edges: [], verdict: 'proven' }, ...graph.chainsFrom(start.id)];
    for (const chain of chains) {
      const end = estate.snapshot.node(chain.edges.at(-1)?.to ?? start.id)!;
      for (const { asset, kind, own } of end.kind === 'Scope' ? everything(end, estate.snapshot.nodes) : granted(end, estate)) {
        const steps = stepsOf(estate, chain);
        const f: KeyFinding = {
          kind, source: keyNode(start), target: keyNode(asset), targetSensitivity: 'sensitive-data',
          via: steps.map((x) => keyNode(estate.snapshot.node(x.to.id)!)),
          technique: { ids: steps.length > 0 ? steps.map((x) => x.technique) : [own], permissions: steps.at(-1)?.permissions ?? [] },
          ...(steps.length > 0 ? { chain: steps.map((x) => x.technique) } : {}), iac: places(evidenceOf(chain.edges)),
        };
        out.set(`${start.id} ${asset.id} ${kind} ${f.technique!.ids.join()}`, f);
      }
    }
  }
  return [...out.values()];
}

interface Reached { asset: NodeRecord; kind: string; own: string }
const isStore = (n: NodeRecord): boolean => (n.kind === 'DataStore' || n.kind === 'Secret') && n.props['any'] !== true;

function* granted(end: NodeRecord, estate: Loaded['estate']): Iterable<Reached> {
  for (const g of estate.access.grantsOf(end.id)) {
    const kind = READS.has(g.effect) ? 'data-access-path' : WRITES.has(g.effect) ? 'data-write-path' : undefined;
    if (!kind || g.verdict === 'unknown') continue;
    for (const id of g.assets) {
      const asset = estate.snapshot.node(id);
      if (asset && isStore(asset)) {
        const d = estate.access.decide({ principal: end, action: g.actions[0]!, resource: String(asset.props['arn'] ?? '*'), target: asset, position: 'direct' });
        const byResource = d.because.some((b) => b.effect === 'Allow' && b.layer === 'resource') && !d.because.some((b) => b.effect === 'Allow' && b.layer === 'identity');
        yield { asset, kind, own: byResource ? 'x-resource-policy-grant' : 'x-direct-permission' };
      }
    }
  }
}

function* everything(scope: NodeRecord, nodes: readonly NodeRecord[]): Iterable<Reached> {
  for (const asset of nodes) if (isStore(asset) && asset.scope === scope.id) for (const kind of ['data-access-path', 'data-write-path']) yield { asset, kind, own: 'x-direct-permission' };
}
