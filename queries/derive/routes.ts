import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';
import type { Access, Grant } from '../policy/types.ts';
import { bestOf, definedBy, derivedEdge } from './edge.ts';
import type { After } from './keep.ts';
import type { NamedTargets } from './named.ts';

export const TEXT_FORWARDED = 'text forwarded';
const NOT_NAMED = 'calls it although its configuration does not name it';

const CALLED: ReadonlySet<NodeRecord['kind']> = new Set(['Endpoint', 'Agent', 'ToolServer', 'Compute']);
const QUEUED: ReadonlySet<unknown> = new Set(['queue', 'stream', 'event_bus']);

/** The identities a compute's own code acts as. */
export const codeIdentities = (snapshot: GraphSnapshot, computeId: string): NodeRecord[] =>
  snapshot.out(computeId, 'RUNS_AS').filter((e) => (e.props['for'] ?? 'code') === 'code').flatMap((e) => snapshot.node(e.to) ?? []);

/**
 * `ROUTES_TO` from a compute to what its identity may call: agents and their aliases, gateways, functions, routes of an API, queues.
 * Permission says it can, configuration says it does, and only code says that the text goes along: so the edge asks for `text forwarded`
 * unless `overreach.yaml` declared it. What is permitted but not named is kept, and says so.
 */
export function deriveRoutes(snapshot: GraphSnapshot, { access, routes: kept }: After, named: NamedTargets): EdgeRecord[] {
  const same = new Set<string>();
  const fresh: EdgeRecord[] = [];
  for (const k of snapshot.ofKind('Compute')) {
    const identities = codeIdentities(snapshot, k.id);
    if (kept?.same(identities)) same.add(k.id);
    else fresh.push(...routesFrom(k, identities, snapshot, access, named));
  }
  const before = kept?.before.filter((e) => same.has(e.from)) ?? [];
  return fresh.length === 0 ? before : [...before, ...fresh].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function routesFrom(k: NodeRecord, identities: readonly NodeRecord[], snapshot: GraphSnapshot, access: Access, named: NamedTargets): EdgeRecord[] {
  const out: EdgeRecord[] = [];
  const forwards = declaredForwarding(snapshot, k);
  for (const p of identities)
    for (const g of access.grantsOf(p.id)) {
      if (g.effect !== 'invoke' && g.effect !== 'execute' && g.effect !== 'write' && g.effect !== 'send') continue;
      for (const id of g.assets) {
        const target = snapshot.node(id);
        const e = target && target.id !== k.id ? route(snapshot, k, target, g, forwards, named) : undefined;
        if (e) out.push(e);
      }
    }
  return bestOf(out);
}

function route(snapshot: GraphSnapshot, k: NodeRecord, target: NodeRecord, g: Grant, forwards: boolean, named: NamedTargets): EdgeRecord | undefined {
  const call = g.effect === 'invoke' || (g.effect === 'execute' && target.kind === 'Compute');
  const put = target.kind === 'DataStore' ? QUEUED.has(target.props['storeType']) : target.kind === 'Channel' && snapshot.out(target.id, 'FEEDS').length > 0;
  if (!(call && CALLED.has(target.kind)) && !(put && g.effect !== 'execute')) return undefined;
  if (target.kind === 'Compute' && snapshot.in(target.id, 'EXECUTES_IN').length > 0) return undefined; // an interpreter or browser is a tool, not a way on
  const isNamed = named.names(k, target);
  if (!isNamed && (target.kind === 'Compute' || put || isApiRoute(target))) return undefined; // agents are worth a doubt, every function, queue and API of an account is not
  const requires = [...g.requires, ...(forwards && isNamed ? [] : [TEXT_FORWARDED]), ...(isNamed ? [] : [NOT_NAMED])];
  const text = isNamed ? `configuration names ${target.name}` : `may invoke ${target.name}`;
  return derivedEdge('ROUTES_TO', k.id, target.id, {
    verdict: g.verdict, requires, evidence: [...g.evidence, ...definedBy(k, text)],
    props: { forwardsText: forwards && isNamed ? true : 'unknown', relaysReply: !put && k.props['asynchronous'] !== true, asynchronous: put, named: isNamed },
  });
}

const isApiRoute = (n: NodeRecord): boolean => n.kind === 'Endpoint' && String(n.props['arn'] ?? '').includes(':execute-api:');

/** `forwardsText: true` declared on the compute, or on every endpoint that leads to it. */
function declaredForwarding(snapshot: GraphSnapshot, k: NodeRecord): boolean {
  if (k.props['forwardsText'] === true) return true;
  const before = snapshot.in(k.id, 'ROUTES_TO').flatMap((e) => snapshot.node(e.from) ?? []).filter((n) => n.kind === 'Endpoint');
  return before.length > 0 && before.every((n) => n.props['forwardsText'] === true);
}
