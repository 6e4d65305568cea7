import type { EntryClass, Verdict } from '../../../schema/index.ts';
import type { World } from './world.ts';

/** An entry class an endpoint accepts, and how sure that is. */
export interface Accepted { entry: EntryClass; verdict: Verdict; requires: readonly string[] }

interface AuthDetail { open?: boolean; selfSignup?: boolean; publicStatement?: boolean }

/** Networks each class sends from, weakest class first. */
const NETWORKS: readonly (readonly [EntryClass, readonly string[]])[] = [
  ['E0', ['internet']], ['E1', ['internet']], ['E3', ['internet', 'partner']], ['E4', ['internet', 'partner', 'private']],
];

/**
 * The weakest class whose packets arrive (`network`) and whose callers the endpoint's authentication accepts (model 4.5); declared callers count
 * beside it, and replace it where there is authentication. Authentication that was not read is taken as none, verdict unknown.
 */
export function acceptedBy(world: World, endpoint: number, network: string): readonly Accepted[] {
  const n = world.node(endpoint);
  const auth = (n.props['auth'] as string | undefined) ?? 'unknown';
  const declared = n.props['callers'] as EntryClass[] | undefined;
  const found = new Map<EntryClass, Accepted>();
  for (const c of declared ?? []) if (c !== 'E2' && sends(c, network)) found.set(c, { entry: c, verdict: 'proven', requires: [] });
  const known = weakest(auth, (n.props['authDetail'] as AuthDetail | undefined) ?? {});
  if (known && (auth === 'none' || declared === undefined)) {
    const from = NETWORKS.findIndex(([c]) => c === known);
    const entry = NETWORKS.slice(from).find(([, nets]) => nets.includes(network))?.[0];
    if (entry && !found.has(entry)) found.set(entry, auth === 'unknown' ? { entry, verdict: 'unknown', requires: [`who may call ${n.name}`] } : { entry, verdict: 'proven', requires: [] });
  }
  return [...found.values()];
}

const sends = (c: EntryClass, network: string): boolean => NETWORKS.find(([e]) => e === c)?.[1].includes(network) ?? true;

/** The class that needs least to be accepted. aws-iam and database take named principals only, unless a statement opens them. */
function weakest(auth: string, d: AuthDetail): EntryClass | undefined {
  const open = d.open === true || d.selfSignup === true;
  switch (auth) {
    case 'none': return d.publicStatement === false ? undefined : 'E0'; // a function URL needs the open statement as well
    case 'unknown': return 'E0';
    case 'api-key': return d.open === true ? 'E0' : 'E3';
    case 'jwt': case 'oauth2': case 'session': return open ? 'E1' : 'E3';
    case 'mtls': return 'E3';
    case 'aws-iam': return d.open === true || d.publicStatement === true ? 'E1' : undefined;
    default: return undefined;
  }
}
