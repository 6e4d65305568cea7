import { buildAttack } from '../../../queries/attack/build.ts';
import { attackQueries } from '../../../queries/attack/queries.ts';
import type { Start } from '../../../queries/attack/query.ts';
import type { AttackPath, Hop } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { keyNode, places } from '../nodes.ts';

const READS = new Set(['read', 'credential']);

/** What principals reach through something else than permissions and techniques: credentials they find, agents and workloads they steer. */
export function throughOthers({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const from: Start[] = s.ofKind('Identity').filter((n) => ['user', 'role'].includes(String(n.props['identityType'])) && n.completeness !== 'none').map((n) => ({ principal: n.id }));
  if (from.length === 0) return [];
  const attack = attackQueries(buildAttack(estate));
  const out = new Map<string, KeyFinding>();
  const put = (start: Start, path: AttackPath, kind: string, targetId: string, own: string[]): void => {
    const source = s.node((start as { principal: string }).principal)!;
    const target = s.node(targetId);
    const ids = path.hops.flatMap(techniqueOf);
    // What lies behind an admin is everything, and is told as admin.
    if (path.hops.slice(0, -1).some((h) => s.node(h.node.id)?.props['isAdmin'] === true)) return;
    if (!target || path.verdict === 'unknown' || !ids.some((id) => id.startsWith('x-credential') || id.startsWith('x-agent') || id.startsWith('x-workload'))) return;
    out.set(`${kind} ${source.id} ${targetId}`, {
      kind, source: keyNode(source), target: keyNode(target), technique: { ids: [...ids, ...own] }, chain: ids,
      via: path.hops.slice(0, -1).map((h) => s.node(h.node.id)).filter((n) => n !== undefined).map(keyNode), iac: places(path.hops.flatMap((h) => h.evidence)),
    });
  };
  const reach = attack.reach({ from, to: [{ fact: 'CRED' }, { fact: 'PRESENCE' }, { fact: 'INFLUENCE' }] });
  reach.starts.forEach((start, i) => {
    for (const hit of reach.hits(i)) for (const path of reach.paths(i, hit.fact.vertex).paths) put(start, path, 'lateral-path', hit.fact.node.id, []);
  });
  for (const deed of attack.deeds({ from })) {
    if (!READS.has(deed.effect) || deed.verdict === 'unknown') continue;
    for (const asset of deed.assets.slice(0, 50)) for (const path of deed.path(asset.id).paths) put(from[deed.start]!, path, 'data-access-path', asset.id, []);
  }
  return [...out.values()];
}

function techniqueOf(h: Hop): string[] {
  if (h.technique !== undefined) return [h.technique];
  switch (h.transition) {
    case 'from-effect/credential': case 'from-effect/login': case 'from-execution/login': case 'from-config/credential': return ['x-credential-in-resource'];
    case 'from-execution/credential': return ['x-workload-takeover'];
    case 'from-credential/assume': return ['sts-001'];
    case 'from-effect/influence': case 'from-effect/presence': case 'from-presence/influence': case 'from-effect/tool': return ['x-agent-tool-chain'];
    default: return [];
  }
}
