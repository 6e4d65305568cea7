import { parsePolicyDocument } from '../../knowledge/policy-document/parse.ts';
import type { Value } from '../../schema/index.ts';
import { combine, sameAccount, type Layers } from './combine.ts';
import type { Keys, KeyState } from './conditions/evaluate.ts';
import { fullAccess, type PolicyDocument } from './document.ts';
import { accountOfArn, mustAgree, rootKeeps } from './rules.ts';
import { type Principal, principalFromArn } from './principal.ts';
import { yes } from './truth.ts';

/** A request with the documents that have a say, and nothing else: no graph, and a context that is complete. */
export interface DocumentRequest {
  request: { principal: string; action: string; resource: string; resourceAccount?: string; context?: Record<string, string | number | boolean | (string | number | boolean)[]> };
  identityPolicies?: Value[];
  permissionBoundaries?: Value[];
  sessionPolicies?: Value[];
  resourcePolicies?: Value[];
  scps?: { scope: string; policies: Value[] }[];
  rcps?: { scope: string; policies: Value[] }[];
  endpointPolicies?: Value[];
}

export type DocumentDecision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied' | 'Unknown';

/**
 * The decision that AWS documents for these policies. `Unknown` only when a document could not be understood.
 * An absent layer is not there, but a key or a role without a policy of its own lets nobody in.
 */
export function decideDocuments(input: DocumentRequest): { decision: DocumentDecision; blockedBy?: string; requires: readonly string[] } {
  const { request } = input;
  const p = callerOf(request.principal, request.action);
  const account = request.resourceAccount ?? (accountOfArn(request.resource) || p.account);
  const exempt = p.serviceLinked || p.kind === 'service' || p.kind === 'anonymous';
  const layers: Layers = {
    identity: documents(input.identityPolicies, 'identity'),
    ...(p.kind === 'root' ? { identityIs: yes } : {}),
    ...(p.kind === 'root' ? {} : layer('boundary', input.permissionBoundaries)),
    ...layer('session', input.sessionPolicies), ...(p.kind === 'root' && rootKeeps(request.action) && p.account === account ? {} : layer('resource', input.resourcePolicies)), ...layer('endpoint', input.endpointPolicies),
    scps: exempt ? [] : (input.scps ?? []).map((l) => documents(l.policies, `scp ${l.scope}`)),
    rcps: p.serviceLinked ? [] : (input.rcps ?? []).map((l) => [fullAccess('RCPFullAWSAccess'), ...documents(l.policies, `rcp ${l.scope}`)]),
  };
  const { held, blockedBy } = combine({ action: request.action, resource: request.resource, keys: completeKeys(request.context ?? {}) }, p, layers, {
    sameAccount: sameAccount(p, account),
    resourceMustAgree: mustAgree(request.action, request.resource),
    rcpBinds: true,
  });
  const decision = held.v === 3 ? 'Allowed' : held.v === 0 ? (blockedBy?.startsWith('explicit') ? 'ExplicitlyDenied' : 'ImplicitlyDenied') : 'Unknown';
  return { decision, ...(blockedBy ? { blockedBy } : {}), requires: held.why };
}

/**
 * A role without session name is itself no session: the request is complete, so a statement that names one session does not mean it.
 * Whoever brings a token of a provider is one of its users, also where the provider has a plain name (`accounts.google.com`, `cognito-identity.amazonaws.com`).
 */
function callerOf(text: string, action: string): Principal {
  const p = principalFromArn(text);
  if (!text.startsWith('arn:') && text !== 'anonymous' && /^sts:assumerolewith(webidentity|saml)$/i.test(action)) return { ...p, kind: 'federated', name: text };
  return p.kind === 'role' && p.session === undefined ? { ...p, session: p.arn } : p;
}

/** A layer without a document is not there. */
function layer(name: 'boundary' | 'session' | 'resource' | 'endpoint', list: readonly Value[] | undefined): Partial<Layers> {
  return list && list.length > 0 ? { [name]: documents(list, name) } : {};
}

function documents(list: readonly Value[] | undefined, layer: string): PolicyDocument[] {
  return (list ?? []).map((doc, i) => {
    const { statements, parse } = parsePolicyDocument(doc);
    return { id: `${layer} ${i + 1}`, name: `${layer} ${i + 1}`, statements, failed: parse === 'failed', sources: [] };
  });
}

function completeKeys(context: Record<string, unknown>): Keys {
  const map = new Map<string, KeyState>();
  for (const [key, v] of Object.entries(context)) map.set(key.toLowerCase(), { state: 'known', values: (Array.isArray(v) ? v : [v]).map(String) });
  return (key) => map.get(key.toLowerCase()) ?? { state: 'absent' };
}
