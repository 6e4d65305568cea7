import type { EffectClass, Evidence, NodeRecord, Verdict } from '../../schema/index.ts';

/** `conditional`: holds if `requires` hold. `unknown`: a needed fact was not read. */
export type Outcome = 'allowed' | 'conditional' | 'unknown' | 'denied';

/** Where the request stands when it is made (architecture §7 “request context of a condition”). */
export type Position = 'direct' | 'mediated' | 'in_situ';

export interface Request {
  /** Identity node that makes it; undefined = anonymous. A service principal is given by `service`. */
  principal?: NodeRecord;
  service?: string;
  action: string;
  /** ARN or '*', may contain holes. */
  resource: string;
  /** Node the resource belongs to, when there is one: its resource policies and tags count. */
  target?: NodeRecord;
  position?: Position;
  /** Known request context; a key given with no values is known to be absent. With `complete`, every key not given is absent. */
  context?: Record<string, string[]>;
  complete?: boolean;
  /** Compute the request is made from: the endpoint of its VPC stands between. */
  from?: string;
  /** Name the statements of every part of the resource on which it is allowed, not only of the best. */
  every?: boolean;
}

/** One deciding statement. */
export interface Because { layer: string; policy: string; effect: 'Allow' | 'Deny'; sid?: string; match: 'yes' | 'maybe' | 'no'; requires: string[]; evidence: Evidence[] }

export interface Decision {
  outcome: Outcome;
  /** What must hold for `conditional`; what was not read for `unknown`. */
  requires: string[];
  because: Because[];
  /** For denied: the layer that decided (explicit-deny, boundary, scp, identity, trust, …). */
  blockedBy?: string;
}

export const verdictOf = (o: Outcome): Verdict | undefined => (o === 'allowed' ? 'proven' : o === 'denied' ? undefined : o);

/**
 * What an identity may do, as grants over sets of assets (model 4.9): the residual after denies, boundaries and key rights.
 * Two identities share a `key` only when effects, assets, verdict and requires are all equal.
 */
export interface Grant {
  key: string;
  effect: EffectClass;
  /** Node ids, sorted. */
  assets: readonly string[];
  actions: readonly string[];
  verdict: Verdict;
  requires: readonly string[];
  evidence: readonly Evidence[];
}

/** How much weighs what somebody may do: that of the asset (0: it does not count) times that of the effect. */
export interface Weights { asset(id: string): number; effect(effect: EffectClass): number }
export interface Heaviest { asset: string; effect: EffectClass; verdict: Verdict; weight: number }

/** The compiled permissions of a whole snapshot. */
export interface Access {
  /** Nodes for “any <service> resource” of a scope, where `*` is granted and the input holds no such resource. Add them to the snapshot. */
  readonly anyAssets: readonly NodeRecord[];
  grantsOf(identityId: string): readonly Grant[];
  /** Of the grants of an identity the heaviest; of equally heavy ones the surest, then the first by asset and effect. Quicker than all grants, where nobody asked for those yet. */
  heaviestOf(identityId: string, weights: Weights): Heaviest | undefined;
  /** Full answer for one request, with the deciding statements. */
  decide(r: Request): Decision;
  /** The texts on which a request about a thing is decided: its ARN, what lies below it, and what the policies of the principal spell out there. */
  textsOn(principal: NodeRecord, action: string, target: NodeRecord): readonly string[];
}
