import { hasHole, hole, type NodeRecord, type TechniquePermission } from '../../../schema/index.ts';
import { ownVariables } from '../../policy/context.ts';
import { spelledOut, type Variables } from '../../policy/match/index.ts';
import { principalFromArn } from '../../policy/principal.ts';
import { isVendingCall } from '../../policy/vended.ts';
import type { Access, Decision } from '../../policy/types.ts';
import { THINGS } from '../../../knowledge/techniques/index.ts';
import { accountText, arnOf, arnParts } from './arn.ts';
import type { Candidate } from './bind.ts';
import type { CoveredBy } from './covering.ts';
import { both, either, foundBy, PROVEN, type Found } from './found.ts';
import type { Holders } from './holders.ts';
import { statementsOf } from '../policies-of.ts';
import { tagAction, tagContext, taggingContext, tagsAsked } from './tagging.ts';
import { fillTemplate, witnesses, type Place } from './witness.ts';

export type OnTarget = (target: NodeRecord) => Found | undefined;

/** One principal under test, with every decision about it made once. */
export class Actor {
  readonly node: NodeRecord;
  readonly place: Place;
  readonly #access: Access;
  readonly #holders: Holders;
  readonly #ownPolicy: (thing: NodeRecord) => boolean;
  readonly #decisions = new Map<string, Decision>();
  readonly #variables: Variables;
  readonly #asks = new Map<string, OnTarget>();
  readonly #on = new Map<string, Map<NodeRecord, Found | null>>();
  readonly #contextual = new Map<string, boolean>();
  readonly #possible = new Map<string, boolean>();
  readonly #tags = new Map<string, ReturnType<typeof tagsAsked>>();
  readonly #candidates = new Map<string, Map<OnTarget | undefined, readonly Candidate[]>>();
  /** By action and kind, account, and statements. */
  readonly #alike = new Map<string, Map<string, Map<number | string, Found | null>>>();

  /** `ownPolicy`: whether a thing has a policy of its own, which may let the principal in. */
  constructor(node: NodeRecord, place: Place, access: Access, holders: Holders, ownPolicy: (thing: NodeRecord) => boolean) {
    this.#ownPolicy = ownPolicy;
    this.node = node;
    this.place = place;
    this.#access = access;
    this.#holders = holders;
    this.#variables = ownVariables({ ...principalFromArn(arnOf(node) ?? ''), node });
  }

  /**
   * The permission, asked of existing nodes: in the best way the attacker can choose the request, with the statements of every way. Techniques
   * that ask the same have one answer.
   */
  on(p: TechniquePermission, thing?: string): OnTarget {
    const question = questionOf(p, thing);
    let ask = this.#asks.get(question);
    if (!ask) this.#asks.set(question, (ask = this.#ask(p, thing, question)));
    return ask;
  }

  /** Values of variables that ask the same, found once: `alike` says what is bound, `of` what is asked of it. */
  candidates(alike: string, of: OnTarget | undefined, make: () => readonly Candidate[]): readonly Candidate[] {
    let byAsk = this.#candidates.get(alike);
    if (!byAsk) this.#candidates.set(alike, (byAsk = new Map()));
    let found = byAsk.get(of);
    if (!found) byAsk.set(of, (found = make()));
    return found;
  }

  #ask(p: TechniquePermission, thing: string | undefined, question: string): OnTarget {
    const free = !this.#isContextual(p.action);
    const coveredBy = free && !isVendingCall(p.action) && !(thing !== undefined && THINGS[thing]?.also) ? this.#holders.coveredBy(this.node.id, p.action) : undefined;
    if (coveredBy) return this.#likeOthers(p, thing, coveredBy);
    const key = free ? `${p.action} ${thing ?? ''}` : question;
    let known = this.#on.get(key);
    if (!known) this.#on.set(key, (known = new Map()));
    const byTarget = known;
    return (target) => {
      let found = byTarget.get(target);
      if (found === undefined) {
        // The policy of the thing may ask for more than those of the actor.
        if (free && this.#ownPolicy(target)) return this.#best(p, target, thing, contextsOf(p));
        byTarget.set(target, (found = this.#best(p, target, thing, free ? NO_CONTEXT : contextsOf(p)) ?? null));
      }
      return found ?? undefined;
    };
  }

  /** One decision for all things of a kind and account that the same statements cover, with what lies below them. */
  #likeOthers(p: TechniquePermission, thing: string | undefined, coveredBy: CoveredBy): OnTarget {
    const kind = `${p.action} ${thing ?? ''}`;
    let byAccount = this.#alike.get(kind);
    if (!byAccount) this.#alike.set(kind, (byAccount = new Map()));
    const known = byAccount;
    return (target) => {
      const { plain, account } = ownArns(target);
      const own = this.#ownPolicy(target);
      if (own || plain === undefined) return this.#best(p, target, thing, own ? contextsOf(p) : NO_CONTEXT);
      // Nothing of IAM has parts of its own.
      const by = thing === undefined ? coveredBy(plain) : this.#access.textsOn(this.node, p.action, target).map(coveredBy).join();
      let mine = known.get(account);
      if (!mine) known.set(account, (mine = new Map()));
      let found = mine.get(by);
      if (found === undefined) mine.set(by, (found = this.#best(p, target, thing, NO_CONTEXT) ?? null));
      return found ?? undefined;
    };
  }

  #isContextual(action: string): boolean {
    let c = this.#contextual.get(action);
    if (c === undefined) this.#contextual.set(action, (c = /^sts:/i.test(action) || this.#holders.contextual(this.node.id, action)));
    return c;
  }

  #best(p: TechniquePermission, target: NodeRecord, thing: string | undefined, contexts: readonly Context[]): Found | undefined {
    let best: Found | undefined;
    const mayCover = this.#holders.mayCover(this.node.id, p.action);
    for (const resource of requestArns(target, thing, this.place)) {
      if (!mayCover(resource) && !this.#ownPolicy(target)) continue;
      for (const context of contexts) {
        const found = foundBy(this.#whole(p.action, resource, target, context));
        if (found) best = either(best, found);
      }
    }
    return best ?? this.#afterTagging(p, target, contexts, thing);
  }

  /** What tags on the thing decide, the actor decides itself when it may put tags there. */
  #afterTagging(p: TechniquePermission, target: NodeRecord, contexts: readonly Context[], thing: string | undefined): Found | undefined {
    let asked = this.#tags.get(p.action);
    if (!asked) this.#tags.set(p.action, (asked = tagsAsked(this.#holders.policies(this.node.id).flatMap(statementsOf), p.action)));
    const action = asked.length > 0 ? tagAction(target) : undefined;
    if (action === undefined) return undefined;
    let best: Found | undefined;
    for (const tags of asked) {
      for (const resource of requestArns(target, thing, this.place)) {
        const tagging = foundBy(this.#decide(action, resource, target, taggingContext(tags)));
        if (!tagging) continue;
        for (const context of contexts) {
          const found = foundBy(this.#decide(p.action, resource, target, { ...context, ...tagContext(tags) }));
          if (found) best = either(best, both(found, tagging));
        }
      }
    }
    return best;
  }

  /** All permissions that are asked for on one new thing, or on anything: is there a name for which they all hold? */
  onNew(permissions: readonly TechniquePermission[], thing: string | undefined): Found | undefined {
    const patterns = permissions.flatMap((p) => this.#holders.patterns(this.node.id, p.action)).flatMap((p) => spelledOut(p, this.#variables) ?? []);
    let best: Found | undefined;
    for (const arn of witnesses(thing, patterns, this.place)) {
      let all: Found | undefined = PROVEN;
      let complete = true;
      for (const p of permissions) {
        const d = this.#whole(p.action, arn, undefined, p.context);
        const one = foundBy(d);
        all = one && all && both(all, one);
        if (!all) break;
        complete &&= this.#saidAll(p.action, d);
      }
      if (all) best = either(best, all);
      if (best?.verdict === 'proven' && all && complete) break;
    }
    return best;
  }

  /**
   * Whether the permission can hold on anything at all: some resource of its kind, at best. What only a Deny takes away is left open,
   * since a Deny may spare the one thing that matters; so is what is named by a variable, which no resource spells out.
   */
  possible(p: TechniquePermission): boolean {
    const free = !this.#isContextual(p.action);
    const key = free ? p.action : `${p.action}\n${p.passedTo?.join() ?? ''}`;
    let known = this.#possible.get(key);
    if (known === undefined) {
      known = this.#holders.patterns(this.node.id, p.action).some((r) => r.includes('${')) || (free ? NO_CONTEXT : contextsOf(p)).some((c) => { const d = this.#decide(p.action, '*', undefined, c); return d.outcome !== 'denied' || (d.blockedBy?.startsWith('explicit-deny') ?? true); });
      this.#possible.set(key, known);
    }
    return known;
  }

  /** A decision that names every statement which allows the action on some part of the resource. */
  #whole(action: string, resource: string, target: NodeRecord | undefined, context: Record<string, string[]> | undefined): Decision {
    const d = this.#decide(action, resource, target, context);
    return d.outcome === 'denied' || this.#saidAll(action, d) ? d : this.#decide(action, resource, target, context, true);
  }

  #saidAll(action: string, d: Decision): boolean {
    return d.because.filter((b) => b.layer === 'identity' && b.effect === 'Allow').length >= this.#holders.count(this.node.id, action);
  }

  #decide(action: string, resource: string, target: NodeRecord | undefined, context: Record<string, string[]> | undefined, every = false): Decision {
    const key = `${every ? 'every ' : ''}${action}\n${resource}\n${target?.id ?? ''}\n${context ? JSON.stringify(context) : ''}`;
    let d = this.#decisions.get(key);
    if (!d) {
      d = this.#access.decide({ principal: this.node, action, resource, position: 'direct', ...(target ? { target } : {}), ...(context ? { context } : {}), ...(every ? { every } : {}) });
      this.#decisions.set(key, d);
    }
    return d;
  }
}

type Context = Record<string, string[]> | undefined;
const NO_CONTEXT: readonly Context[] = [undefined];
const contexts = new WeakMap<TechniquePermission, readonly Context[]>();

/** The contexts that an attacker may choose from. */
function contextsOf(p: TechniquePermission): readonly Context[] {
  let list = contexts.get(p);
  if (!list) contexts.set(p, (list = p.passedTo ? p.passedTo.map((s) => ({ ...p.context, 'iam:PassedToService': [s] })) : [p.context]));
  return list;
}

const questions = new WeakMap<TechniquePermission, Map<string | undefined, string>>();

/** Equal for permissions that ask the same of what they are held on. */
function questionOf(p: TechniquePermission, thing: string | undefined): string {
  let byThing = questions.get(p);
  if (!byThing) questions.set(p, (byThing = new Map()));
  let text = byThing.get(thing);
  if (text === undefined) byThing.set(thing, (text = `${p.action} ${thing ?? ''} ${JSON.stringify(contextsOf(p))}`));
  return text;
}

/** `plain`: the ARN, where it is known to its end. */
interface Own { arns: readonly string[]; plain: string | undefined; account: string }
const own = new WeakMap<NodeRecord, Own>();

function ownArns(n: NodeRecord): Own {
  let found = own.get(n);
  if (!found) {
    const arn = arnOf(n);
    own.set(n, (found = arn !== undefined && arnParts(arn) !== undefined ? { arns: [arn], plain: hasHole(arn) ? undefined : arn, account: accountText(arn) ?? '' } : { arns: [], plain: undefined, account: '' }));
  }
  return found;
}

/** ARNs under which requests about a node are authorised. A part of the name that only the provider knows is a hole. */
function requestArns(n: NodeRecord, thing: string | undefined, place: Place): readonly string[] {
  const named = ownArns(n).arns;
  if (thing === undefined) return named;
  const rest = [THINGS[thing]!.arn, ...(THINGS[thing]!.also ?? [])].slice(named.length);
  if (rest.length === 0) return named;
  const unnamed = hole({ kind: 'unknown', key: n.id });
  return [...named, ...rest.map((t) => fillTemplate(t, place, unnamed))];
}
