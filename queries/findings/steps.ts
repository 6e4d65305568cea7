import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { AttackPath, Evidence, Hop, NodeRecord } from '../../schema/index.ts';
import { showSource } from '../../schema/index.ts';

/** A factor of the likelihood: a step that can fail, or a gate that may hold. `fixed`: its value once it is closed or opened for everyone. */
export interface Factor { name: string; value: number; evidence?: string; kind: 'step' | 'gate' | 'guardrail' }

const FEED: Record<string, [number, string]> = {
  auto: [0.8, 'indirect, ingested without a click'], trigger: [0.8, 'indirect, triggered without a click'], on_user_action: [0.5, 'indirect, a user must open or ask'],
  on_query: [0.45, 'retrieval: must match a query'], ingest: [0.45, 'retrieval: must match a query'], memory: [0.5, 'through memory'], instruction: [0.9, 'authored instructions'],
};

const where = (e: readonly Evidence[]): string | undefined => e.map((x) => showSource(x.source)).find((s) => s !== '');

/** Steps of a walk that can fail against a configuration that allows them (model 6.2). Structural hops count 1.0 and are left out. */
export function stepFactors(path: AttackPath, snapshot: GraphSnapshot): Factor[] {
  const out: Factor[] = [];
  let before: Hop | undefined;
  for (const hop of path.hops) {
    const f = factorOf(before, hop, snapshot);
    if (f) out.push({ name: f[1], value: f[0], kind: 'step', ...withEvidence(where(hop.evidence)) });
    before = hop;
  }
  return out;
}

const withEvidence = (e: string | undefined): { evidence?: string } => (e === undefined ? {} : { evidence: e });

function factorOf(before: Hop | undefined, hop: Hop, snapshot: GraphSnapshot): [number, string] | undefined {
  const from = before?.fact;
  switch (hop.fact) {
    case 'INFLUENCE':
      if (from === 'INFLUENCE') return before!.node.id === hop.node.id ? [0.9, 'data out on a known channel'] : [0.6, 'through delegation'];
      if (from === 'PRESENCE' || from === 'EFFECT' || from === undefined) return from === undefined ? undefined : [0.9, 'direct influence'];
      if (from === 'CONTENT') return FEED[modeOf(hop, snapshot)] ?? FEED['auto'];
      return [0.9, 'authored influence'];
    case 'TOOL':
      return from === 'INFLUENCE' ? [0.95, 'the model calls the tool as asked'] : undefined;
    case 'EXEC':
      if (from === 'TOOL' || from === 'EFFECT') return [0.95, 'code execution'];
      if (from === 'PRESENCE') return vulnerability(hop, snapshot);
      return from === 'CONTENT' ? [0.8, 'pivot through a cache, image or checkout'] : undefined;
    case 'CRED':
      if (from === 'EXEC' || from === 'TOOL') return [0.95, 'credentials from metadata or environment'];
      return from === 'EFFECT' && before!.node.kind !== 'Secret' ? [0.4, 'a credential found in a store'] : undefined;
    default: return undefined;
  }
}

function modeOf(hop: Hop, snapshot: GraphSnapshot): string {
  const ids = new Set(hop.edgeIds);
  const feeds = snapshot.in(hop.node.id, 'FEEDS').find((e) => ids.has(e.id));
  return typeof feeds?.props['mode'] === 'string' ? feeds.props['mode'] : 'auto';
}

function vulnerability(hop: Hop, snapshot: GraphSnapshot): [number, string] {
  const list = (snapshot.node(hop.node.id)?.props['vulnerabilities'] as { exploited?: boolean }[] | undefined) ?? [];
  return list.some((v) => v.exploited) ? [0.95, 'vulnerability known to be exploited'] : list.length > 0 ? [0.7, 'vulnerability with a public exploit'] : [0.95, 'command interface'];
}

/** What stands between (model 4.7): approvals on the tools used, guardrails of the agents steered. They scale, they never cut. */
export function gateFactors(path: AttackPath, snapshot: GraphSnapshot): Factor[] {
  const out: Factor[] = [];
  let execution = false;
  path.hops.forEach((hop, i) => {
    if (hop.fact === 'EXEC') execution = true;
    const before = path.hops[i - 1];
    if (hop.fact === 'TOOL' && before?.fact === 'INFLUENCE')
      for (const c of gatesOf(before.node.id, hop.node.id, snapshot)) {
        if (execution && c.props['enforcedOutsideCompute'] !== true) continue;
        const [value, says] = residual(c, String(before.variant['session'] ?? 'none'));
        out.push({ name: `${says} (${c.name})`, value, kind: 'gate', ...withEvidence(showSource(c.sources[0])) });
      }
    if (hop.fact === 'INFLUENCE' && before?.fact !== 'INFLUENCE' && !execution) {
      const direct = before?.fact === 'PRESENCE' || before?.fact === 'EFFECT';
      for (const c of guardrails(hop.node.id, snapshot))
        if (c.props['promptAttack'] === true && (direct || surfaces(c).includes('tool_output') || surfaces(c).includes('retrieved'))) out.push({ name: `guardrail against prompt attacks (${c.name})`, value: direct ? 0.85 : 0.9, kind: 'guardrail', ...withEvidence(showSource(c.sources[0])) });
    }
  });
  return out;
}

const surfaces = (c: NodeRecord): string[] => (c.props['surfaces'] as string[] | undefined) ?? [];

export function guardrails(agent: string, snapshot: GraphSnapshot): NodeRecord[] {
  const scope = snapshot.out(agent, 'IN_SCOPE').flatMap((e) => snapshot.out(e.to, 'GUARDED_BY'));
  return [...snapshot.out(agent, 'GUARDED_BY'), ...scope].flatMap((e) => snapshot.node(e.to) ?? []).filter((c) => c.props['controlType'] === 'guardrail' && (c.props['mode'] ?? 'enforce') === 'enforce');
}

export function gatesOf(agent: string, tool: string, snapshot: GraphSnapshot): NodeRecord[] {
  const has = snapshot.out(agent, 'HAS_TOOL').find((e) => e.to === tool);
  const ids = [...((has?.props['gates'] as string[] | undefined) ?? []), ...snapshot.out(tool, 'GUARDED_BY').map((e) => e.to)];
  return [...new Set(ids)].flatMap((id) => snapshot.node(id) ?? []).filter((c) => c.props['controlType'] === 'approval');
}

function residual(c: NodeRecord, session: string): [number, string] {
  switch (c.props['approver']) {
    case 'independent_human': case 'resource_owner': return [0.25, 'approval by an independent human'];
    case 'session_user': return session === 'victim' ? [0.5, 'approval by the session user, who is the victim'] : [1, 'approval that the attacker, or nobody, answers'];
    default: return [1, 'approval without a known approver'];
  }
}
