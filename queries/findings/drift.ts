import { driftOf, type Drift, type NodeRecord } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { addedByHand } from './attachments.ts';

/** What is deployed and what the code says of one thing, and where they part. `code` is absent when nothing in the code makes it. */
export interface Drifted { node: NodeRecord; code?: NodeRecord; differences: Drift[] }

/** Sources that say how things are meant to be. */
const CODE = new Set(['terraform', 'terraform-plan', 'cloudformation', 'mcp', 'a2a']);
export const isCode = (n: NodeRecord): boolean => n.state !== 'live' && n.sources.some((s) => CODE.has(s.source));
const isLive = (n: NodeRecord): boolean => n.state === 'live';

/**
 * Differences between live and code: those found when two sources of one run named one thing, pairs of one run that stand at one address
 * (a state beside its code), and pairs over two runs of which one is live. The policies of a thing are its own matter.
 */
export function driftsOf(estate: Estate, baseline: Estate | undefined): Drifted[] {
  const { snapshot } = estate;
  const out = new Map<string, Drifted>();
  const add = (node: NodeRecord, differences: readonly Drift[], code?: NodeRecord): void => {
    if (differences.length === 0) return;
    for (const holder of node.kind === 'Policy' ? snapshot.in(node.id, 'HAS_POLICY').map((e) => ({ id: e.from, as: String(e.props['as']) })) : [{ id: node.id, as: '' }]) {
      const n = snapshot.node(holder.id);
      if (!n) continue;
      const there = out.get(n.id) ?? { node: n, ...(code ? { code } : {}), differences: [] };
      there.differences.push(...differences.map((d) => (holder.as === '' ? d : { ...d, field: `${holder.as} policy` })));
      out.set(n.id, there);
    }
  };
  for (const n of snapshot.nodes) add(n, (n.props['drift'] as Drift[] | undefined) ?? []);
  for (const [live, code] of pairsIn(snapshot.nodes)) add(live, driftOf(live, code), code);
  for (const n of snapshot.nodes) {
    const other = baseline?.snapshot.node(n.id);
    if (!other || isLive(n) === isLive(other) || n.completeness === 'none' || other.completeness === 'none') continue;
    const [live, code] = isLive(n) ? [n, other] : [other, n];
    add(n, n.kind === 'Identity' ? addedByHand(n.id, isLive(n) ? snapshot : baseline!.snapshot, isLive(n) ? baseline!.snapshot : snapshot) : driftOf(live, code), code);
  }
  for (const n of withoutOrigin(estate, baseline)) if (!out.has(n.id)) out.set(n.id, { node: n, differences: [{ field: 'origin', live: n.name, code: null }] });
  return [...out.values()].sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
}

/** A live and a written record of one kind at one address, each alone there. */
function pairsIn(nodes: readonly NodeRecord[]): [NodeRecord, NodeRecord][] {
  const byPlace = new Map<string, NodeRecord[]>();
  for (const n of nodes) {
    const s = n.sources[0];
    if (s?.address === undefined || s.source === 'aws-dump') continue;
    const key = `${n.kind}|${s.address}|${n.type}|${n.name}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), n]);
  }
  return [...byPlace.values()].flatMap((list): [NodeRecord, NodeRecord][] => {
    const [live, code] = [list.filter(isLive), list.filter(isCode)];
    return list.length === 2 && live.length === 1 && code.length === 1 ? [[live[0]!, code[0]!]] : [];
  });
}

/** Live agents, and the identities they run as, that no code of the input makes. Without any code that makes agents nobody can tell. */
function withoutOrigin(estate: Estate, baseline: Estate | undefined): NodeRecord[] {
  const written = (baseline ? [...baseline.snapshot.nodes] : [...estate.snapshot.nodes]).filter(isCode);
  if (!written.some((n) => n.kind === 'Agent')) return [];
  const ids = new Set(written.map((n) => n.id));
  const names = new Set(written.map((n) => `${n.kind}|${n.name}`));
  const fromCode = (n: NodeRecord): boolean => ids.has(n.id) || n.aliases.some((a) => ids.has(a)) || n.sources.some((s) => CODE.has(s.source)) || names.has(`${n.kind}|${n.name}`) || writtenAt(n, written);
  return estate.snapshot.ofKind('Agent').filter((n) => isLive(n) && n.completeness !== 'none' && !fromCode(n));
}

const writtenAt = (n: NodeRecord, written: readonly NodeRecord[]): boolean => {
  const address = n.sources[0]?.source === 'terraform-state' ? n.sources[0].address : undefined;
  return address !== undefined && written.some((w) => w.kind === n.kind && w.sources.some((s) => s.address === address));
};
