import { rcpApplies } from '../../knowledge/actions/index.ts';
import type { NodeRecord } from '../../schema/index.ts';
import { accessPointKey, isAccessPointKey } from './access-points.ts';
import { combine, sameAccount, type Combined, type Layers, type Said } from './combine.ts';
import { type Keys, type KeyState } from './conditions/evaluate.ts';
import { keyState } from './context.ts';
import { statementEvidence, type PolicyDocument } from './document.ts';
import { dataAccess } from './data-access.ts';
import { passagesOf, wayKeys } from './endpoints.ts';
import type { IdentityLayers, PolicyEstate } from './estate.ts';
import { type Principal, principalFromArn } from './principal.ts';
import { accountOfArn, mustAgree, rootKeeps } from './rules.ts';
import { both, type Held, unknownBecause, yes } from './truth.ts';
import type { Because, Decision, Outcome, Position, Request } from './types.ts';

/** One question on one text: who, what, on which text, whose thing that is, and from where. */
export interface Question {
  identity: IdentityLayers;
  action: string;
  resource: string;
  target?: NodeRecord;
  position: Position;
  given: ReadonlyMap<string, readonly string[]>;
  complete: boolean;
  endpoint?: readonly PolicyDocument[];
}

const OUTCOMES: readonly Outcome[] = ['denied', 'unknown', 'conditional', 'allowed'];
const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

export function questionOf(estate: PolicyEstate, r: Request): Question {
  const q = plainQuestion(estate, r);
  if (r.from === undefined) return q;
  const passage = passagesOf(estate, r.from).get(r.action.slice(0, r.action.indexOf(':')).toLowerCase());
  return { ...q, given: new Map([...wayKeys(passage), ...q.given]), ...(passage?.policy ? { endpoint: passage.policy } : {}) };
}

const plainQuestion = (estate: PolicyEstate, r: Request): Question => ({
  identity: r.principal ? estate.layers(r.principal) : { principal: r.service ? principalFromArn(r.service) : ANONYMOUS, identity: [], scps: [] },
  action: r.action, resource: r.resource, position: r.position ?? 'direct', complete: r.complete ?? false,
  given: r.context ? new Map(Object.entries(r.context).map(([k, v]) => [k.toLowerCase(), v])) : NOTHING,
  ...(r.target ? { target: r.target } : {}),
});

const ANONYMOUS: Principal = { kind: 'anonymous', arn: '', account: '', name: 'anonymous', serviceLinked: false };

/** Account of what is asked about; where neither ARN nor node says it, the caller's own. */
export function accountOf(estate: PolicyEstate, resource: string, target: NodeRecord | undefined, p: Principal): string {
  return accountOfArn(resource) || (target ? estate.account(target) : '') || p.account;
}

export function decideOne(estate: PolicyEstate, q: Question): Combined {
  const p = q.identity.principal;
  const account = accountOf(estate, q.resource, q.target, p);
  const { identity, identityIs, boundary, session, scps } = q.identity;
  const agree = mustAgree(q.action, q.resource);
  const layers: Layers = {
    identity, scps,
    ...(identityIs ? { identityIs } : {}), ...(boundary ? { boundary } : {}), ...(session ? { session } : {}),
    rcps: q.target && !p.serviceLinked ? estate.levels(q.target.id, 'rcp') : [],
    ...(q.endpoint ? { endpoint: q.endpoint } : {}),
    ...(p.kind === 'root' && rootKeeps(q.action) && p.account === account ? {} : resourceLayer(estate, q.target, agree && q.action.toLowerCase().startsWith('sts:'), agree)),
  };
  const combined = combine({ action: q.action, resource: q.resource, keys: keysOf(estate, q, account) }, p, layers, {
    sameAccount: sameAccount(p, account), resourceMustAgree: agree, rcpBinds: rcpApplies(q.action.slice(0, Math.max(0, q.action.indexOf(':')))),
  });
  const data = dataAccess(estate, q.target, q.action, q.identity);
  if (!data || combined.held.v === 0) return combined;
  const held = both(combined.held, data.held);
  return { held, said: [...combined.said, ...data.rules.map((r) => ({ layer: 'data-access', ...r }))], ...(held.v === 0 ? { blockedBy: 'data-access' } : {}) };
}

/** The policy on the thing itself. A key without one in the input has the default policy, which leaves it to IAM; a role's trust is never empty. */
export function resourceLayer(estate: PolicyEstate, target: NodeRecord | undefined, trust: boolean, agree: boolean): { resource?: readonly PolicyDocument[]; resourceDelegates?: Held } {
  const docs = target ? estate.attached(target.id, trust ? 'trust' : 'resource') : [];
  if (docs.length > 0) return { resource: docs };
  if (!agree) return {};
  return { resourceDelegates: trust ? unknownBecause(target ? `trust policy of ${target.name} was not read` : 'trust policy was not read') : yes };
}

export function keysOf(estate: PolicyEstate, q: Question, resourceAccount: string): Keys {
  const p = q.identity.principal;
  const cache = new Map<string, KeyState>();
  const organisations = (): { principalOrganisation?: string; resourceOrganisation?: string } => {
    const mine = p.node ? estate.organisation(p.node.id) : undefined;
    const theirs = q.target ? estate.organisation(q.target.id) : resourceAccount === p.account ? mine : undefined;
    return { ...(mine ? { principalOrganisation: mine } : {}), ...(theirs ? { resourceOrganisation: theirs } : {}) };
  };
  return (key) => {
    let state = cache.get(key);
    if (!state && isAccessPointKey(key) && !q.complete && !q.given.has(key.toLowerCase())) state = accessPointKey(estate, key, q.target, q.identity, (action, resource, target) => decideOne(estate, { ...q, action, resource, target, given: NOTHING }).held.v);
    if (!state) {
      state = keyState(key, { principal: p, position: q.position, resource: q.resource, resourceAccount, ...(q.target ? { target: q.target } : {}), given: q.given, complete: q.complete, ...(/org/i.test(key) ? organisations() : {}) });
      cache.set(key, state);
    }
    return state;
  };
}

export function decisionOf(c: Combined): Decision {
  const outcome = OUTCOMES[c.held.v]!;
  return {
    outcome, requires: outcome === 'allowed' || outcome === 'denied' ? [] : [...c.held.why],
    because: c.said.map(becauseOf),
    ...(c.blockedBy ? { blockedBy: c.blockedBy } : {}),
  };
}

function becauseOf({ layer, document, statement, held }: Said): Because {
  return {
    layer, policy: document.name, effect: statement?.effect ?? 'Allow', ...(statement?.sid ? { sid: statement.sid } : {}),
    match: held.v === 3 ? 'yes' : 'maybe', requires: [...held.why], evidence: statementEvidence(document, statement),
  };
}
