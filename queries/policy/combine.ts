import type { Statement } from '../../schema/index.ts';
import type { PolicyDocument } from './document.ts';
import { type Principal, principalNamed, type Strength } from './principal.ts';
import { type Asked, statementFits, statementsNaming } from './statement.ts';
import { allOf, both, either, type Held, no, unknownBecause, unless, yes } from './truth.ts';

const EVERYONE: Record<Strength, Held> = { self: yes, role: no, account: no };

/** Every policy that has a say in one request. An absent layer is not there: it neither grants nor limits. */
export interface Layers {
  identity: readonly PolicyDocument[];
  /** What the identity side is when its policies are not in the input: unread, or in the hands of the other account. */
  identityIs?: Held;
  boundary?: readonly PolicyDocument[];
  session?: readonly PolicyDocument[];
  resource?: readonly PolicyDocument[];
  /** The default policy of a key, or one that was not read: leaves everything to identity policies of its account. */
  resourceDelegates?: Held;
  /** One entry per level of the organisation that has any. */
  scps: readonly (readonly PolicyDocument[])[];
  rcps: readonly (readonly PolicyDocument[])[];
  endpoint?: readonly PolicyDocument[];
}

/** Account rules of a request: same account or not (undefined: not known), and whether the resource policy must agree even inside the account (keys, role trust). */
export interface Rules { sameAccount: boolean | undefined; resourceMustAgree: boolean; rcpBinds: boolean }

/** One statement that had a say. */
export interface Said { layer: string; document: PolicyDocument; statement: Statement | undefined; held: Held }

export interface Combined { held: Held; said: Said[]; blockedBy?: string }

/** No policy grants or denies it: whoever signs a request may ask who signed it (STS API reference, GetCallerIdentity). */
const isFree = (action: string, p: Principal): boolean => action.toLowerCase() === 'sts:getcalleridentity' && p.kind !== 'anonymous' && p.kind !== 'service';

/** The documented evaluation: explicit denies of every layer, then each layer that limits, then what grants. */
export function combine(asked: Asked, p: Principal, layers: Layers, rules: Rules): Combined {
  const said: Said[] = [];
  const bounded = layers.boundary !== undefined;
  let spared = yes;
  let deniedBy: string | undefined;
  const allows = (layer: string, documents: readonly PolicyDocument[], own: boolean): Record<Strength, Held> => {
    const grants: Record<Strength, Held> = { self: no, role: no, account: no };
    for (const document of documents) {
      if (document.failed) {
        const held = unknownBecause(`policy ${document.name} could not be read`);
        said.push({ layer, document, statement: undefined, held });
        grants.self = either(grants.self, held);
        spared = both(spared, held);
        continue;
      }
      for (const s of statementsNaming(document.statements, asked.action)) {
        const named = own ? principalNamed(s, p, bounded) : EVERYONE;
        if (named.self.v + named.role.v + named.account.v === 0) continue;
        const fits = statementFits(s, asked, own);
        if (fits.v === 0) continue;
        let top = no;
        for (const strength of ['self', 'role', 'account'] as const) {
          const held = both(fits, named[strength]);
          top = either(top, held);
          if (s.effect === 'Allow') grants[strength] = either(grants[strength], held);
        }
        if (top.v === 0) continue;
        said.push({ layer, document, statement: s, held: top });
        if (s.effect === 'Deny') {
          spared = both(spared, unless(top));
          if (top.v === 3) deniedBy ??= layer;
        }
      }
    }
    return grants;
  };
  const top = (g: Record<Strength, Held>): Held => either(g.self, either(g.role, g.account));

  const scp = allOf(layers.scps.map((docs) => top(allows('scp', docs, false))));
  const rcp = rules.rcpBinds ? allOf(layers.rcps.map((docs) => top(allows('rcp', docs, false)))) : yes;
  const endpoint = layers.endpoint ? top(allows('endpoint', layers.endpoint, true)) : yes;
  const identity = either(layers.identityIs ?? no, top(allows('identity', layers.identity, false)));
  const boundary = layers.boundary ? top(allows('boundary', layers.boundary, false)) : yes;
  const session = layers.session ? top(allows('session', layers.session, false)) : yes;
  const resource = layers.resource ? allows(rules.resourceMustAgree && asked.action.toLowerCase().startsWith('sts:') ? 'trust' : 'resource', layers.resource, true) : { self: no, role: no, account: no };
  const delegated = either(resource.account, layers.resourceDelegates ?? no);

  const limited = both(boundary, session);
  const own = both(identity, limited);
  const viaRole = both(resource.role, limited);
  const inside = rules.resourceMustAgree ? either(either(resource.self, viaRole), both(delegated, own)) : either(own, either(resource.self, viaRole));
  const across = crossAccount(p, own, resource, delegated);
  // Where it is open whether the accounts are one, both answers are compared as the outer layers leave them.
  const outer = allOf([scp, rcp, endpoint]);
  const one = both(inside, outer);
  const two = both(across, outer);
  const granted = rules.sameAccount === true ? one : rules.sameAccount === false || one.v === two.v ? two : unknownBecause('whether caller and resource are in one account');
  const held = isFree(asked.action, p) ? yes : both(spared, granted);
  const out: Combined = { held, said };
  if (held.v === 0) out.blockedBy = deniedBy !== undefined ? `explicit-deny in ${deniedBy}` : scp.v === 0 ? 'scp' : rcp.v === 0 ? 'rcp' : endpoint.v === 0 ? 'endpoint' : blockedGrant(identity, boundary, session, resource, rules);
  return out;
}

/** Whether two accounts are one; undefined when a hole hides it. An account that nothing names is the caller's own. */
export function sameAccount(p: Principal, account: string): boolean | undefined {
  if (p.kind === 'service' || p.kind === 'anonymous' || p.kind === 'federated') return false;
  if (p.account === account || p.account === '' || account === '') return true;
  return p.account.includes('\uE000') || account.includes('\uE000') ? undefined : false;
}

/** Both accounts must agree; a service or an anonymous caller has no identity policies, so the resource alone decides. */
function crossAccount(p: Principal, own: Held, resource: Record<Strength, Held>, delegated: Held): Held {
  const theirs = either(resource.self, either(resource.role, delegated));
  return p.kind === 'service' || p.kind === 'anonymous' || p.kind === 'federated' ? resource.self : both(own, theirs);
}

function blockedGrant(identity: Held, boundary: Held, session: Held, resource: Record<Strength, Held>, rules: Rules): string {
  if (identity.v > 0 && boundary.v === 0) return 'boundary';
  if (identity.v > 0 && session.v === 0) return 'session';
  if (identity.v > 0 && (rules.resourceMustAgree || !rules.sameAccount)) return 'resource';
  return resource.role.v > 0 && boundary.v === 0 ? 'boundary' : 'identity';
}
