import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { hasHole, nodeId, type EdgeRecord, type Evidence, type NodeRecord, type Verdict } from '../../schema/index.ts';
import { definedBy, derivedEdge } from './edge.ts';

export type Exposure = 'internet' | 'partner' | 'private' | 'unknown';
export interface Reached { exposure: Exposure; verdict: Verdict; requires: string[]; evidence: Evidence[] }

/** The overlay's node for “anyone who can send packets over the internet”. */
export const INTERNET: NodeRecord = {
  id: nodeId('Scope', 'overreach', 'internet'), kind: 'Scope', type: 'overreach.internet', name: 'internet', provider: 'overreach', scope: '', environment: 'unknown', tags: {},
  state: 'declared', completeness: 'full', sources: [], aliases: [], props: { scopeType: 'any' },
};

interface IngressRule { fromPort?: number; toPort?: number; protocol?: string; cidrs?: string[]; groups?: string[]; source?: number }

const PRIVATE = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80|::1)/i;
const isOpen = (cidr: string): boolean => cidr.endsWith('/0');

/** Whether packets of the internet pass a set of security groups: any one that admits them is enough. */
function throughGroups(groups: readonly NodeRecord[]): Reached | undefined {
  if (groups.length === 0) return undefined;
  let partner: NodeRecord | undefined;
  let undecided: NodeRecord | undefined;
  for (const g of groups) {
    const rules = g.props['ingress'] as IngressRule[] | undefined;
    if (g.completeness === 'none' || rules === undefined) { undecided ??= g; continue; }
    for (const r of rules)
      for (const cidr of r.cidrs ?? []) {
        const source = r.source === undefined ? g.sources[0] : (g.sources[r.source] ?? g.sources[0]);
        if (hasHole(cidr)) undecided ??= g;
        else if (isOpen(cidr)) return { exposure: 'internet', verdict: 'proven', requires: [], evidence: [{ basis: 'code', text: `${g.name} admits ${cidr}`, ...(source ? { source } : {}) }] };
        else if (!PRIVATE.test(cidr)) partner ??= g;
      }
  }
  if (undecided) return { exposure: 'unknown', verdict: 'unknown', requires: [`the rules of security group ${undecided.name} admit the internet`], evidence: definedBy(undecided) };
  if (partner) return { exposure: 'partner', verdict: 'proven', requires: [], evidence: definedBy(partner, 'admits listed public addresses only') };
  return { exposure: 'private', verdict: 'proven', requires: [], evidence: definedBy(groups[0]!, 'no rule admits a public address') };
}

/** Networks an endpoint or its compute is attached to, subnets and groups alike. */
function networksOf(snapshot: GraphSnapshot, ids: readonly string[]): NodeRecord[] {
  const seen = new Map<string, NodeRecord>();
  const queue = [...ids];
  for (let at = 0; at < queue.length; at++)
    for (const e of snapshot.out(queue[at]!, 'ATTACHED_TO')) {
      const n = snapshot.node(e.to);
      if (n && !seen.has(n.id)) { seen.set(n.id, n); queue.push(n.id); }
    }
  return [...seen.values()];
}

const routesOut = (n: NodeRecord): boolean => ((n.props['routes'] as { destination: string; target: string }[] | undefined) ?? []).some((r) => isOpen(r.destination) && /igw|internet_gateway|InternetGateway/i.test(r.target));

/** Where requests to an endpoint can come from: what it says itself, then groups, subnets and public address. Never guessed: undecided is `unknown`. */
export function exposureOf(endpoint: NodeRecord, snapshot: GraphSnapshot): Reached {
  const says = endpoint.props['networkScope'] as string | undefined;
  const here = definedBy(endpoint);
  if (says === 'private') return { exposure: 'private', verdict: 'proven', requires: [], evidence: here };
  const networks = networksOf(snapshot, [endpoint.id]);
  const groups = throughGroups(networks.filter((n) => n.props['networkType'] === 'security_group'));
  if (says === 'public') {
    if (!groups || groups.exposure === 'internet') return { exposure: 'internet', verdict: 'proven', requires: [], evidence: [...here, ...(groups?.evidence ?? [])] };
    if (groups.exposure === 'unknown') return { ...groups, evidence: [...here, ...groups.evidence] };
    return groups;
  }
  if (groups && (groups.exposure === 'private' || groups.exposure === 'partner')) return groups;
  const subnets = networks.filter((n) => n.props['networkType'] === 'subnet' || n.props['networkType'] === 'route_table');
  if (subnets.some(routesOut) && (subnets.some((n) => n.props['publicIp'] === true) || endpoint.props['publicIp'] === true) && groups?.exposure === 'internet')
    return { exposure: 'internet', verdict: 'proven', requires: [], evidence: [...here, ...groups.evidence] };
  return { exposure: 'unknown', verdict: 'unknown', requires: [`${endpoint.name} can be reached from the internet`], evidence: here };
}

export interface Exposed { edges: EdgeRecord[]; exposure: ReadonlyMap<string, Reached> }

/** `REACHES` from the internet to each endpoint it can, or may, send packets to. Whether a caller is accepted is decided per entry class. */
export function deriveReaches(snapshot: GraphSnapshot): Exposed {
  const edges: EdgeRecord[] = [];
  const exposure = new Map<string, Reached>();
  for (const e of snapshot.ofKind('Endpoint')) {
    if (e.completeness === 'none') continue;
    const r = exposureOf(e, snapshot);
    exposure.set(e.id, r);
    if (r.exposure === 'private') continue;
    edges.push(derivedEdge('REACHES', INTERNET.id, e.id, { verdict: r.verdict, requires: r.requires, evidence: r.evidence, props: { from: r.exposure === 'partner' ? 'partner' : 'internet' } }));
  }
  return { edges, exposure };
}
