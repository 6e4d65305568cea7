import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { NodeRecord, OverreachConfig, Technique } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { compileAccess } from '../policy/index.ts';
import type { Access } from '../policy/types.ts';
import { isAdmin } from './admin.ts';
import { deriveAgentTools, deriveOwnTools } from './agent-tools.ts';
import { deriveCanAssume, externalPrincipals } from './can-assume.ts';
import { deriveCanEscalate } from './can-escalate.ts';
import { deriveCandidates } from './candidates.ts';
import { deriveFederation, externalProviders } from './federation.ts';
import { deriveFeeds } from './feeds.ts';
import { follow, type Kept } from './keep.ts';
import { deriveHosts } from './hosts.ts';
import { deriveLogins } from './logins.ts';
import { NamedTargets } from './named.ts';
import { ownArtifacts } from './publishers.ts';
import { deriveReaches, INTERNET, type Reached } from './reaches.ts';
import { deriveRoutes } from './routes.ts';
import { withSessions } from './sessions.ts';
import { deriveSignIns } from './sign-ins.ts';
import { deriveSensitivity, ownWords, type Level } from './sensitivity/index.ts';

export interface DeriveOptions {
  /** ISO date or instant; overrides that expired before it do not count. */
  now?: string;
  /** Sensitivity overrides of `overreach.yaml` and of --rules folders. */
  sensitivity?: OverreachConfig['sensitivity'];
  /** Techniques and sensitivity words of --rules folders. */
  techniques?: readonly Technique[];
  words?: Partial<Record<Level, readonly string[]>>;
}

export type Derived = Estate & Pick<Kept, 'routes'>;

/**
 * Everything that follows from the stored graph: permissions, exposure, routes, feeds, tools of code agents, inferred agents, sensitivity.
 * The stored graph is not changed; the result is an overlay on it. `before`: an analysed graph of which this one is a change.
 */
export function derive(given: GraphSnapshot, options: DeriveOptions = {}, before?: Kept): Derived {
  const stored = withSessions(given);
  const after = before ? follow(stored, { ...before, stored: withSessions(before.stored) }) : { access: compileAccess(stored) };
  const { access } = after;
  const known = access.anyAssets.filter((n) => stored.node(n.id) === undefined);
  const reaches = deriveReaches(stored);
  let snapshot = new GraphSnapshot([...amended(stored, access, reaches.exposure), ...known, ...externalPrincipals(stored), ...externalProviders(stored), INTERNET], [...stored.edges, ...reaches.edges]);
  const named = new NamedTargets(snapshot);
  const routes = deriveRoutes(snapshot, after, named);
  snapshot = snapshot.with(routes);
  const candidates = deriveCandidates(snapshot, access);
  snapshot = snapshot.with(candidates.edges, candidates.nodes);
  const functions = deriveOwnTools(snapshot);
  snapshot = snapshot.with([...deriveAgentTools(snapshot, access, new NamedTargets(snapshot)), ...functions.edges], functions.nodes);
  snapshot = snapshot.with([...deriveFeeds(snapshot), ...deriveSignIns(snapshot), ...deriveLogins(snapshot), ...deriveHosts(snapshot, access)]);
  const assume = [...deriveCanAssume(snapshot, access), ...deriveFederation(snapshot, access)];
  snapshot = snapshot.with(assume);
  snapshot = snapshot.with(deriveCanEscalate(snapshot, access, assume, options.techniques));
  return { snapshot, access, routes, sensitivity: deriveSensitivity(snapshot, { ...(options.words ? { words: ownWords(options.words) } : {}), ...(options.sensitivity ? { overrides: options.sensitivity } : {}), ...(options.now === undefined ? {} : { now: options.now }) }) };
}

/** Stored nodes with what is known better now, on copies: exposure of endpoints, admins as they stand, publisher of our own images. */
function amended(stored: GraphSnapshot, access: Access, exposure: ReadonlyMap<string, Reached>): NodeRecord[] {
  const own = ownArtifacts(stored);
  return stored.nodes.map((n) => {
    const reached = exposure.get(n.id);
    if (reached) return { ...n, props: { ...n.props, exposure: reached.exposure } };
    if (own.has(n.id)) return { ...n, props: { ...n.props, publisher: 'own' } };
    return n.kind === 'Identity' && isAdmin(stored, access, n) ? { ...n, props: { ...n.props, isAdmin: true } } : n;
  });
}
