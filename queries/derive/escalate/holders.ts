import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import { HOLE_CLOSE, HOLE_OPEN, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { boundsOf, controlPolicies, identityPolicies, statementsOf } from '../policies-of.ts';
import { type CoveredBy, Covering } from './covering.ts';

/**
 * Which identity holds which action in any Allow statement of its own policies or its groups', whatever resource, condition or deny.
 * A cheap upper bound: it chooses what is worth a full decision. One pass over the policies, one bit per action.
 */
export class Holders {
  readonly #actions: readonly string[];
  readonly #number = new Map<string, number>();
  readonly #byService = new Map<string, { name: string; n: number }[]>();
  readonly #words: number;
  /** Of all graphs: a policy says the same of the same actions. */
  readonly #policies: WeakMap<NodeRecord, PolicyBits>;
  readonly #expanded = new Map<string, readonly number[]>();
  readonly #identities = new Map<string, Uint32Array>();
  readonly #snapshot: GraphSnapshot;
  readonly #covers = new Map<string, (arn: string) => boolean>();
  readonly #own = new Map<string, NodeRecord[]>();
  readonly #covering = new Covering((identity) => this.#binding(identity));
  readonly #asking = new Map<string, Set<number>>();
  readonly #bindings = new Map<string, readonly NodeRecord[]>();
  #controls: readonly NodeRecord[] | undefined;

  constructor(snapshot: GraphSnapshot, actions: Iterable<string>) {
    this.#snapshot = snapshot;
    this.#actions = [...new Set([...actions].map((a) => a.toLowerCase()))].sort();
    this.#words = Math.ceil(this.#actions.length / 32);
    const asked = this.#actions.join();
    let policies = read.get(asked);
    if (!policies) {
      if (read.size >= MOST_LISTS) read.clear();
      read.set(asked, (policies = new WeakMap()));
    }
    this.#policies = policies;
    this.#actions.forEach((a, n) => {
      this.#number.set(a, n);
      const [service, name] = a.split(':') as [string, string];
      const list = this.#byService.get(service);
      if (list) list.push({ name, n });
      else this.#byService.set(service, [{ name, n }]);
    });
  }

  may(identity: string, action: string): boolean {
    const n = this.#number.get(action.toLowerCase());
    return n !== undefined && (this.#bits(identity)[n >>> 5]! & (1 << (n & 31))) !== 0;
  }

  /** Equal for identities that hold the same of the actions. */
  key(identity: string): string { return this.#bits(identity).join(); }

  /** Resource patterns of the Allow statements in which the identity holds the action. A statement with NotResource counts as `*`. */
  patterns(identity: string, action: string): string[] {
    const n = this.#number.get(action.toLowerCase());
    if (n === undefined) return [];
    const out = new Set<string>();
    for (const p of this.policies(identity)) for (const s of this.#policy(p).statements.get(n) ?? []) for (const r of s.resources ?? ['*']) out.add(r);
    return [...out];
  }

  /** Number of Allow statements in which the identity holds the action. */
  count(identity: string, action: string): number {
    const n = this.#number.get(action.toLowerCase());
    return n === undefined ? 0 : [...new Set(this.policies(identity))].reduce((sum, p) => sum + (this.#policy(p).statements.get(n)?.length ?? 0), 0);
  }

  /** By which statements a thing is covered; undefined when every thing has to be asked for by itself. */
  coveredBy(identity: string, action: string): CoveredBy | undefined { return this.#covering.of(identity, action); }

  /** Whether the answer may depend on the context of the request: some policy of the identity, or one that bounds it, names the action and asks for more than names. */
  contextual(identity: string, action: string): boolean {
    const n = this.#number.get(action.toLowerCase());
    if (n === undefined) return true;
    let asking = this.#asking.get(identity);
    if (!asking) {
      this.#asking.set(identity, (asking = new Set()));
      for (const p of this.#binding(identity)) for (const k of this.#policy(p).contextual) asking.add(k);
    }
    return asking.has(n);
  }

  /** Everything that binds an identity or may: what it holds, its boundaries, and the control policies of the input. */
  #binding(identity: string): readonly NodeRecord[] {
    let binding = this.#bindings.get(identity);
    if (!binding) {
      this.#controls ??= [...controlPolicies(this.#snapshot, 'scp'), ...controlPolicies(this.#snapshot, 'rcp')];
      this.#bindings.set(identity, (binding = [...this.policies(identity), ...boundsOf(this.#snapshot, identity), ...this.#controls]));
    }
    return binding;
  }

  /** Could any Allow pattern for the action cover this ARN? A part that is not known may be anything. */
  mayCover(identity: string, action: string): (arn: string) => boolean {
    const key = `${identity}\n${action}`;
    let covers = this.#covers.get(key);
    if (!covers) {
      const patterns = this.patterns(identity, action).map((p) => actionGlob(p.replace(/\$\{[^}]*\}/g, '*')));
      this.#covers.set(key, (covers = (arn) => arn.includes(HOLE_OPEN) || patterns.some((p) => p.test(arn))));
    }
    return covers;
  }

  /** Identity policies, own and inherited from groups. */
  policies(identity: string): readonly NodeRecord[] {
    let held = this.#own.get(identity);
    if (!held) this.#own.set(identity, (held = identityPolicies(this.#snapshot, identity)));
    return held;
  }

  #bits(identity: string): Uint32Array {
    let bits = this.#identities.get(identity);
    if (bits) return bits;
    bits = new Uint32Array(this.#words);
    for (const p of this.policies(identity)) {
      const b = this.#policy(p).bits;
      for (let w = 0; w < this.#words; w++) bits[w]! |= b[w]!;
    }
    this.#identities.set(identity, bits);
    return bits;
  }

  #policy(p: NodeRecord): PolicyBits {
    let found = this.#policies.get(p);
    if (found) return found;
    found = { bits: new Uint32Array(this.#words), statements: new Map(), contextual: new Set() };
    for (const s of statementsOf(p)) {
      if (asksContext(s)) for (const n of this.#matched(s)) found.contextual.add(n);
      if (s.effect === 'Deny') continue;
      for (const n of this.#matched(s)) {
        found.bits[n >>> 5]! |= 1 << (n & 31);
        const list = found.statements.get(n);
        if (list) list.push(s);
        else found.statements.set(n, [s]);
      }
    }
    this.#policies.set(p, found);
    return found;
  }

  #matched(s: Statement): Iterable<number> {
    if (s.notActions) {
      const not = new Set(s.notActions.flatMap((p) => this.#expand(p)));
      return [...this.#actions.keys()].filter((n) => !not.has(n));
    }
    const [first, ...more] = s.actions ?? [];
    return first === undefined ? [] : more.length === 0 ? this.#expand(first) : new Set(s.actions!.flatMap((p) => this.#expand(p)));
  }

  /** Actions that a pattern names. */
  #expand(pattern: string): readonly number[] {
    let found = this.#expanded.get(pattern);
    if (!found) this.#expanded.set(pattern, (found = [...this.#named(pattern)]));
    return found;
  }

  *#named(pattern: string): Iterable<number> {
    const at = pattern.indexOf(':');
    const service = at < 0 ? '*' : pattern.slice(0, at).toLowerCase();
    const name = actionGlob(at < 0 ? pattern : pattern.slice(at + 1));
    const lists = /[*?\uE000]/.test(service) ? [...this.#byService].filter(([s]) => actionGlob(service).test(s)).map(([, l]) => l) : [this.#byService.get(service) ?? []];
    for (const list of lists) for (const a of list) if (name.test(a.name)) yield a.n;
  }
}

/** Names everything, without condition. */
export const isOnAll = (s: Statement): boolean => s.resources !== undefined && s.resources.includes('*') && !s.conditions && !s.unresolved?.length;

/** Has conditions, or variables in what it names. */
const asksContext = (s: Statement): boolean => s.conditions !== undefined || [...(s.resources ?? []), ...(s.notResources ?? [])].some((r) => r.includes('${'));

/** By list of actions. */
const read = new Map<string, WeakMap<NodeRecord, PolicyBits>>();
const MOST_LISTS = 8;

interface PolicyBits { bits: Uint32Array; statements: Map<number, Statement[]>; contextual: Set<number> }

const globs = new Map<string, RegExp>();
const HOLES = new RegExp(`${HOLE_OPEN}[^${HOLE_CLOSE}]*${HOLE_CLOSE}`, 'g');

/** `*` and `?` over a whole text, letter case aside; a hole may stand for anything. */
export function actionGlob(pattern: string): RegExp {
  let re = globs.get(pattern);
  if (!re) {
    re = new RegExp(`^${pattern.replace(HOLES, '*').replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 'is');
    globs.set(pattern, re);
  }
  return re;
}
