import type { NodeRecord } from '../../schema/index.ts';
import type { KeyState } from './conditions/evaluate.ts';
import type { Variables } from './match/index.ts';
import type { Principal } from './principal.ts';
import { regionOfArn, serviceOfArn } from './rules.ts';
import { SOMETHING } from './targets.ts';
import type { Position } from './types.ts';

/** What is known about the request beyond its names. */
export interface Situation {
  principal: Principal;
  position: Position;
  resource: string;
  resourceAccount: string;
  target?: NodeRecord;
  principalOrganisation?: string;
  resourceOrganisation?: string;
  /** Given by the asker, keys in lower case. */
  given: ReadonlyMap<string, readonly string[]>;
  complete: boolean;
}

const ABSENT: KeyState = { state: 'absent' };
const OPEN: KeyState = { state: 'open' };
const known = (...values: string[]): KeyState => ({ state: 'known', values });
const GLOBAL_SERVICES = new Set(['iam', 'sts', 'organizations', 'route53', 'cloudfront', 'account', 'support', 'globalaccelerator', 'waf', 'shield', 'budgets', 'ce']);

/** State of a condition key in a situation (IAM user guide, global condition context keys). Keys that nothing here decides are open. */
export function keyState(key: string, s: Situation): KeyState {
  const k = key.toLowerCase();
  const given = s.given.get(k);
  if (given) return given.length === 0 ? ABSENT : { state: 'known', values: given };
  if (s.complete) return ABSENT;
  const slash = k.indexOf('/');
  if (slash > 0) {
    const name = key.slice(slash + 1);
    const family = k.slice(0, slash);
    if (family === 'aws:principaltag') return tag(s.principal.node, name, 'tags of the principal', principalTags);
    if (family === 'aws:resourcetag' || (family.endsWith(':resourcetag') && !family.startsWith('aws:'))) return tag(s.target, name, 'tags of the resource', (n) => n.tags);
    return OPEN;
  }
  if (k.startsWith('aws:')) return global(k.slice(4), s);
  if (k === 'kms:viaservice') return ABSENT;
  if (k === 'kms:calleraccount') return s.principal.account ? known(s.principal.account) : ABSENT;
  return OPEN;
}

/** What a variable stands for in every request of a principal: its name, its tags; undefined where the request decides. */
export const ownVariables = (principal: Principal): Variables => (key) => {
  const state = keyState(key, { principal, position: 'direct', resource: '*', resourceAccount: '', given: NOTHING, complete: false });
  return state.state === 'known' && state.values.length === 1 ? state.values[0] : undefined;
};
const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

const principalTags = (n: NodeRecord): Record<string, string> => ({ ...n.tags, ...(n.props.principalTags as Record<string, string> | undefined) });

function tag(node: NodeRecord | undefined, name: string, what: string, tagsOf: (n: NodeRecord) => Record<string, string>): KeyState {
  if (!node) return { state: 'unread', what };
  const lower = name.toLowerCase();
  for (const [k, v] of Object.entries(tagsOf(node))) if (k.toLowerCase() === lower) return known(v);
  return node.completeness === 'full' ? ABSENT : { state: 'unread', what };
}

function global(k: string, s: Situation): KeyState {
  const p = s.principal;
  const signed = p.kind !== 'anonymous' && p.kind !== 'service';
  switch (k) {
    case 'principalarn': return signed && p.arn ? known(p.arn) : ABSENT;
    case 'principalaccount': return signed ? (p.account ? known(p.account) : { state: 'unread', what: 'account of the principal' }) : ABSENT;
    case 'principaltype': return known({ user: 'User', role: 'AssumedRole', root: 'Account', account: 'Account', 'federated-user': 'FederatedUser', federated: 'FederatedUser', service: 'Service', anonymous: 'Anonymous' }[p.kind]);
    case 'principalorgid': return signed ? (s.principalOrganisation ? known(s.principalOrganisation) : { state: 'unread', what: 'organisation of the principal' }) : ABSENT;
    case 'principalorgpaths': return signed ? { state: 'unread', what: 'organisation path of the principal' } : ABSENT;
    case 'principalisawsservice': return known(String(p.kind === 'service'));
    case 'principalservicename': case 'principalservicenameslist': return p.kind === 'service' ? known(p.name) : ABSENT;
    case 'username': return p.kind === 'user' ? known(p.name) : ABSENT;
    case 'userid': return userId(p);
    case 'resourceaccount': return s.resourceAccount ? known(s.resourceAccount) : { state: 'unread', what: 'account of the resource' };
    case 'resourceorgid': return s.resourceOrganisation ? known(s.resourceOrganisation) : { state: 'unread', what: 'organisation of the resource' };
    case 'resourceorgpaths': return { state: 'unread', what: 'organisation path of the resource' };
    case 'securetransport': return known('true');
    case 'viaawsservice': return known('false');
    case 'calledvia': case 'calledviafirst': case 'calledvialast': return ABSENT;
    case 'requestedregion': return region(s.resource);
    case 'multifactorauthpresent': case 'multifactorauthage': return p.kind === 'role' && s.position !== 'direct' ? ABSENT : p.kind === 'service' || p.kind === 'anonymous' ? ABSENT : OPEN;
    case 'sourcearn': case 'sourceaccount': case 'sourceorgid': case 'sourceorgpaths': return p.kind === 'service' ? OPEN : ABSENT;
    case 'tokenissuetime': return signed ? OPEN : ABSENT;
    case 'federatedprovider': return p.kind === 'federated' ? known(p.arn || p.name) : p.kind === 'user' || p.kind === 'root' ? ABSENT : OPEN;
    default: return OPEN;
  }
}

function userId(p: Principal): KeyState {
  if (p.kind === 'root' || p.kind === 'account') return known(p.account);
  const id = p.node?.props.uniqueId;
  if (p.kind === 'user') return typeof id === 'string' ? known(id) : { state: 'unread', what: 'unique id of the user' };
  // `<unique id of the role>:<session name>`; whoever starts the session chooses its name.
  return p.kind === 'role' && typeof id === 'string' ? known(`${id}:\uE000unknown|request session name\uE001`) : p.kind === 'role' ? { state: 'unread', what: 'unique id of the role' } : ABSENT;
}

function region(resource: string): KeyState {
  const r = regionOfArn(resource);
  if (r.includes(SOMETHING)) return OPEN;
  if (r !== '' && r !== '*') return known(r);
  return GLOBAL_SERVICES.has(serviceOfArn(resource)) ? known('us-east-1') : OPEN;
}
