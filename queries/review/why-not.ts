import { effectOf, expandActions } from '../../knowledge/actions/index.ts';
import { showHoles, type Evidence, type NodeRecord, type Statement, type WhyNot } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries, FactView, Start } from '../attack/query.ts';
import { entryEndpoints } from './agents.ts';
import { nodeRef } from '../findings/ref.ts';

type Blocked = NonNullable<WhyNot['blockedBy']>;
const MAX_ACTIONS = 12;
const FAR = ['PRESENCE', 'CONTENT', 'CONFIG', 'INFLUENCE', 'TOOL', 'EXEC', 'CRED', 'EFFECT', 'GOAL'];
const ANY = ['PRESENCE', 'CONTENT', 'INFLUENCE', 'TOOL', 'EFFECT', 'EXEC', 'CRED', 'CONFIG'] as const;

/** Why a start does not come to a node: the first fact that blocks on the way that comes nearest. */
export function whyNot(start: Start, target: NodeRecord, estate: Estate, attack: AttackQueries): WhyNot {
  const all = attack.reach({ from: [start], to: [{ fact: [...ANY, 'GOAL'] }] }).hits(0);
  if (all.some((h) => h.fact.node.id === target.id)) return { reached: true, lastFact: says(all.find((h) => h.fact.node.id === target.id)!.fact) };
  const furthest = [...all].sort((a, b) => FAR.indexOf(b.fact.fact) - FAR.indexOf(a.fact.fact))[0];
  const lastFact = furthest ? says(furthest.fact) : 'the start itself';
  if (target.completeness === 'none' || target.completeness === 'denied') return { reached: false, lastFact, blockedBy: { kind: 'unread', text: `${nodeRef(target).name} was not read: nothing is known about who reaches it`, evidence: [] } };
  const steered = all.filter((h) => h.fact.fact === 'INFLUENCE').map((h) => h.fact.node);
  const identities = [...new Map([...('principal' in start ? [estate.snapshot.node(start.principal)] : []), ...all.filter((h) => h.fact.fact === 'CRED').map((h) => h.fact.node)].flatMap((n) => (n ? [[n.id, n] as const] : []))).values()];
  const blockedBy = byAgent(steered, target, estate, attack) ?? byPermission(identities, target, estate) ?? byEntry(target, estate, attack) ?? { kind: 'no-edge' as const, text: `nothing in the input leads from there to ${nodeRef(target).name}`, evidence: [] };
  return { reached: false, lastFact, blockedBy };
}

const says = (f: FactView): string => `${f.fact}(${showHoles(f.node.name)}${f.effect ? `, ${f.effect}` : ''}${f.goal ? `, ${f.goal}` : ''})`;

/** The start steers agents, but none of them has this effect: what stops their tools, gate and contract before permission. */
function byAgent(agents: readonly NodeRecord[], target: NodeRecord, estate: Estate, attack: AttackQueries): Blocked | undefined {
  const { snapshot } = estate;
  for (const a of new Map(agents.map((n) => [n.id, n])).values())
    for (const e of snapshot.out(a.id, 'HAS_TOOL')) {
      const tool = snapshot.node(e.to);
      if (!tool) continue;
      const evidence = [...e.evidence, ...at(tool)];
      if (e.props['enabled'] === false) return { kind: 'gate', text: `tool ${tool.name} of ${a.name} is disabled`, evidence };
      const identities = [...snapshot.out(tool.id, 'RUNS_AS'), ...snapshot.out(tool.id, 'EXECUTES_IN').flatMap((x) => snapshot.out(x.to, 'RUNS_AS'))].flatMap((x) => snapshot.node(x.to) ?? []);
      const held = identities.flatMap((p) => estate.access.grantsOf(p.id).filter((g) => g.assets.includes(target.id)));
      const contract = tool.props['effects'] as string[] | undefined;
      if (held.length > 0 && contract !== undefined && !held.some((g) => contract.includes(g.effect))) return { kind: 'contract', text: `${tool.name} is declared to ${contract.join(', ') || 'do nothing'}; its identity may ${[...new Set(held.map((g) => g.effect))].join(', ')}`, evidence };
      if (held.length > 0 && attack.facts({ fact: 'TOOL', nodes: new Set([tool.id]) }).length === 0) return { kind: 'gate', text: `nothing gets ${a.name} to call ${tool.name}`, evidence };
      const denied = byPermission(identities, target, estate);
      if (denied) return denied;
    }
  return undefined;
}

/** The identities that are held may not: a deny or a boundary is said before a mere lack. */
function byPermission(identities: readonly NodeRecord[], target: NodeRecord, estate: Estate): Blocked | undefined {
  if (identities.length === 0) return undefined;
  const resource = String(target.props['arn'] ?? target.id.split(':').slice(3).join(':'));
  const actions = actionsOn(target, resource, identities, estate);
  let first: Blocked | undefined;
  for (const p of identities.slice(0, 5))
    for (const action of actions) {
      const d = estate.access.decide({ principal: p, action, resource, target });
      if (d.outcome !== 'denied') continue;
      const evidence: Evidence[] = d.because.filter((b) => b.effect === 'Deny' || d.blockedBy === 'boundary').flatMap((b) => b.evidence);
      const layer = d.blockedBy ?? '';
      const kind = /deny/.test(layer) ? 'deny' : /boundary|scp|rcp/.test(layer) ? 'boundary' : 'no-permission';
      const text = `${p.name} may not ${action} on ${nodeRef(target).name}${layer ? `: ${layer}` : ''}`;
      if (kind !== 'no-permission') return { kind, text, evidence };
      first ??= { kind, text, evidence };
    }
  return first ?? { kind: 'no-permission', text: `${identities[0]!.name} holds no permission on ${nodeRef(target).name}`, evidence: at(identities[0]!) };
}

/** What is asked: actions that a statement of these identities names for the target's service, else those that anyone else holds on it. */
function actionsOn(target: NodeRecord, resource: string, identities: readonly NodeRecord[], estate: Estate): string[] {
  const { snapshot } = estate;
  const service = resource.startsWith('arn:') ? (resource.split(':')[2] ?? '') : '';
  const policies = identities.flatMap((p) => [p.id, ...snapshot.out(p.id, 'MEMBER_OF').map((e) => e.to)]).flatMap((id) => snapshot.out(id, 'HAS_POLICY').filter((e) => e.props['as'] === 'identity').map((e) => e.to));
  const patterns = [...new Set(policies)].flatMap((id) => (snapshot.node(id)?.props['statements'] as Statement[] | undefined) ?? []).filter((s) => s.effect === 'Allow').flatMap((s) => s.actions ?? []);
  const named = service === '' ? [] : patterns.filter((a) => a === '*' || a.toLowerCase().startsWith(`${service}:`)).flatMap((a) => expandActions(a === '*' ? `${service}:*` : a)).filter((a) => effectOf(a) !== undefined);
  const held = (): string[] => snapshot.ofKind('Identity').flatMap((p) => estate.access.grantsOf(p.id).filter((g) => g.assets.includes(target.id)).flatMap((g) => g.actions));
  return [...new Set(named.length > 0 ? named : held())].sort().slice(0, MAX_ACTIONS);
}

/** Agents that do reach the target are there, but the start does not get in: what their endpoints ask for. */
function byEntry(target: NodeRecord, estate: Estate, attack: AttackQueries): Blocked | undefined {
  const up = attack.upstream([{ fact: [...ANY], nodes: new Set([target.id]) }]);
  for (const id of [...up.agents.keys()].sort()) {
    const endpoints = entryEndpoints(id, estate);
    const name = estate.snapshot.node(id)?.name ?? id;
    const closed = endpoints.find((e) => e.props['auth'] !== 'none') ?? endpoints[0];
    if (!closed) return { kind: 'no-edge', text: `${name} reaches it, but nothing in the input leads to ${name}`, evidence: [] };
    if (closed.props['exposure'] === 'private') return { kind: 'no-edge', text: `${closed.name} is reachable from private networks only`, evidence: at(closed) };
    return { kind: 'auth', text: `${closed.name} asks for ${String(closed.props['auth'] ?? 'unknown')}; it leads to ${name}`, evidence: at(closed) };
  }
  const endpoint = target.kind === 'Endpoint' ? target : undefined;
  return endpoint ? { kind: 'auth', text: `${endpoint.name} asks for ${String(endpoint.props['auth'] ?? 'unknown')}`, evidence: at(endpoint) } : undefined;
}

const at = (n: NodeRecord): Evidence[] => n.sources.slice(0, 1).map((source) => ({ source, basis: 'code' as const }));
