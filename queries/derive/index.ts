import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { NodeRecord, OverreachConfig } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { compileAccess } from '../policy/index.ts';
import type { Access } from '../policy/types.ts';
import { isAdmin } from './admin.ts';
import { deriveAgentTools, deriveOwnTools } from './agent-tools.ts';
import { deriveCanAssume, externalPrincipals } from './can-assume.ts';
import { deriveCanEscalate } from './can-escalate.ts';
import { deriveCandidates } from './candidates.ts';
import { deriveFeeds } from './feeds.ts';
import { NamedTargets } from './named.ts';
import { deriveReaches, INTERNET, type Reached } from './reaches.ts';
import { deriveRoutes } from './routes.ts';
import { deriveSensitivity } from './sensitivity/index.ts';

export interface DeriveOptions {
  /** ISO date or instant; overrides that expired before it do not count. */
  now?: string;
  /** Sensitivity overrides of `overreach.yaml` and of --rules folders. */
  sensitivity?: OverreachConfig['sensitivity'];
}

/**
 * Everything that follows from the stored graph: permissions, exposure, routes, feeds, tools of code agents, inferred agents, sensitivity.
 * The stored graph is not changed; the result is an overlay on it.
 */
export function derive(stored: GraphSnapshot, options: DeriveOptions = {}): Estate {
  const access = compileAccess(stored);
  const known = access.anyAssets.filter((n) => stored.node(n.id) === undefined);
  const reaches = deriveReaches(stored);
  let snapshot = new GraphSnapshot([...withAdmins(withExposure(stored.nodes, reaches.exposure), stored, access), ...known, ...externalPrincipals(stored), INTERNET], [...stored.edges, ...reaches.edges]);
  const named = new NamedTargets(snapshot);
  snapshot = snapshot.with(deriveRoutes(snapshot, access, named));
  const candidates = deriveCandidates(snapshot, access);
  snapshot = snapshot.with(candidates.edges, candidates.nodes);
  const own = deriveOwnTools(snapshot);
  snapshot = snapshot.with([...deriveAgentTools(snapshot, access, new NamedTargets(snapshot)), ...own.edges], own.nodes);
  snapshot = snapshot.with(deriveFeeds(snapshot));
  const assume = deriveCanAssume(snapshot, access);
  snapshot = snapshot.with(assume);
  snapshot = snapshot.with(deriveCanEscalate(snapshot, access, assume));
  return { snapshot, access, sensitivity: deriveSensitivity(snapshot, { ...(options.sensitivity ? { overrides: options.sensitivity } : {}), ...(options.now === undefined ? {} : { now: options.now }) }) };
}

function withExposure(nodes: readonly NodeRecord[], exposure: ReadonlyMap<string, Reached>): NodeRecord[] {
  return nodes.map((n) => {
    const r = exposure.get(n.id);
    return r ? { ...n, props: { ...n.props, exposure: r.exposure } } : n;
  });
}

/** Marks identities that are admin as they stand, so that walks which only see nodes can ask. */
function withAdmins(nodes: readonly NodeRecord[], stored: GraphSnapshot, access: Access): NodeRecord[] {
  return nodes.map((n) => (n.kind === 'Identity' && isAdmin(stored, access, n) ? { ...n, props: { ...n.props, isAdmin: true } } : n));
}
