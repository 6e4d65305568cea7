import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';
import { definedBy, derivedEdge } from './edge.ts';

/** More pairs than this in one account, and a private key says nothing about which of them it belongs to. */
const FEW = 3;

/**
 * `AUTHENTICATES_AS` from what is held to what it logs in to: a private key to the machines of a key pair, a password to the database whose
 * password it is. Where packets have to get there first, that is asked for.
 */
export function deriveLogins(snapshot: GraphSnapshot): EdgeRecord[] {
  const machines = new Map<string, Map<string, NodeRecord[]>>();
  for (const k of snapshot.ofKind('Compute')) {
    const pair = k.props['keyPair'];
    if (typeof pair !== 'string') continue;
    const pairs = machines.get(k.scope) ?? new Map<string, NodeRecord[]>();
    machines.set(k.scope, pairs.set(pair, [...(pairs.get(pair) ?? []), k]));
  }
  return snapshot.ofKind('Credential').flatMap((c) => [...(c.props['credType'] === 'private_key' ? keys(snapshot, c, machines.get(c.scope)) : []), ...databases(snapshot, c)]);
}

function keys(snapshot: GraphSnapshot, c: NodeRecord, pairs: ReadonlyMap<string, readonly NodeRecord[]> | undefined): EdgeRecord[] {
  if (!pairs || pairs.size > FEW) return [];
  return [...pairs.values()].flat().map((k) => derivedEdge('AUTHENTICATES_AS', c.id, k.id, {
    requires: [`${c.name} is the private key of the key pair of ${k.name}`, ...reachable(snapshot, k)], evidence: [...definedBy(c, 'private key'), ...definedBy(k, 'key pair of the machine')],
  }));
}

function databases(snapshot: GraphSnapshot, c: NodeRecord): EdgeRecord[] {
  const opens = Array.isArray(c.props['opens']) ? (c.props['opens'] as string[]) : [];
  return opens.flatMap((id) => snapshot.in(id, 'ROUTES_TO').flatMap((e) => snapshot.node(e.from) ?? []).filter((n) => n.kind === 'Endpoint' && n.props['auth'] === 'database'))
    .map((e) => derivedEdge('AUTHENTICATES_AS', c.id, e.id, { requires: e.props['exposure'] === 'internet' ? [] : [`${e.name} can be reached`], evidence: [...definedBy(c, 'password of the database'), ...definedBy(e)] }));
}

/** A machine with an address that the internet reaches asks for nothing more. */
function reachable(snapshot: GraphSnapshot, k: NodeRecord): string[] {
  const open = snapshot.in(k.id, 'ROUTES_TO').some((e) => snapshot.node(e.from)?.kind === 'Endpoint' && snapshot.node(e.from)?.props['exposure'] === 'internet');
  return open ? [] : [`a login to ${k.name} can be reached`];
}
