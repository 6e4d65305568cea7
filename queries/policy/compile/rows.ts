import type { Statement } from '../../../schema/index.ts';
import { sameAccount } from '../combine.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import type { Truth } from '../truth.ts';
import { type Ceiling, Ceilings } from './ceiling.ts';
import { type Granted, grantedHard, grantedSoft, type Inputs } from './formula.ts';
import type { Group } from './groups.ts';
import { Planes } from './planes.ts';
import { type Asked, programOf, reachOf } from './program.ts';
import { type ResourceSide, resourceSide, runResourceSide } from './resource-side.ts';
import { RequestKeys } from './request-keys.ts';
import { RowKeys } from './row-key.ts';
import { levelFor, run } from './run.ts';
import { Said } from './said.ts';

/**
 * What one identity may do on the rows of one group: bit set in `unknown` = at least unknown, `if` = at least conditional, `yes` = certain.
 * Without `soft` only `yes` is filled. The arrays are reused by the next call. `signature` tells rows apart whose conditional statements differ.
 */
export interface Rows extends Granted { signature: Int32Array; soft: boolean }
/** Rows of all callers that bring the same to a group; their arrays stay as they are. `told`: also what makes them conditional reads the same. */
export interface SharedRows extends Rows { told: boolean }

const EMPTY = new Int32Array(0);
const MOST_WORDS = 12_000_000;

/** Evaluates identity × group on masks, by the same formula as `combine` (queries/policy/combine.ts). */
export class RowEvaluator {
  readonly #estate: PolicyEstate;
  readonly #groups: readonly Group[];
  readonly #planes: Record<'identity' | 'self' | 'role' | 'account' | 'deny', Planes>;
  readonly #ceilings = new Ceilings();
  readonly #rcps = new Ceilings();
  readonly #out: Rows;
  /** Conditions of the caller at hand that do not look at the row. */
  readonly #held = new Map<Statement, Truth>();
  #of: IdentityLayers | undefined;
  readonly #shared = new RowKeys<SharedRows | null>();
  readonly #arena = new Arena();
  #keptWords = 0;
  #withSide: readonly number[] | undefined;
  /** What the caller at hand brings, by group. */
  readonly #said: readonly Said[];
  readonly #one = new Said();
  readonly #keys: RequestKeys;
  readonly #level = (a: Asked): Truth => levelFor(a, this.#keys.at, this.#held);

  constructor(estate: PolicyEstate, groups: readonly Group[]) {
    this.#estate = estate;
    this.#groups = groups;
    this.#keys = new RequestKeys(estate);
    this.#said = groups.map(() => new Said());
    const size = Math.max(1, ...groups.map((g) => g.texts.length * g.words));
    const planes = (): Planes => new Planes(size);
    this.#planes = { identity: planes(), self: planes(), role: planes(), account: planes(), deny: planes() };
    this.#out = { yes: new Int32Array(size), if: new Int32Array(size), unknown: new Int32Array(size), signature: new Int32Array(size), soft: false };
  }

  /** Groups on which an identity has anything, in their order. The arrays are reused by the next step. */
  *evaluate(l: IdentityLayers): Generator<[Group, Rows]> {
    this.#of = l;
    this.#held.clear();
    const said = this.#said;
    for (const x of said) x.clear(l.identityIs !== undefined);
    if (!l.identityIs) for (const i of this.#sided()) said[i]!.open = true;
    for (const d of l.identity) for (const { group, program } of reachOf(d, this.#groups)) said[group.index]!.add(program, d.heldOnce === true);
    for (let i = 0; i < said.length; i++) {
      const rows = said[i]!.open ? this.#rows(l, this.#groups[i]!, said[i]!) : undefined;
      if (rows) yield [this.#groups[i]!, rows];
    }
  }

  /** Rows of one identity on one group; undefined: nothing at all. */
  on(l: IdentityLayers, g: Group): Rows | undefined {
    if (this.#of !== l) {
      this.#of = l;
      this.#held.clear();
    }
    const said = this.#one;
    said.clear(l.identityIs !== undefined || resourceSide(this.#estate, g) !== null);
    for (const d of l.identity) {
      const program = programOf(d, g);
      if (program) said.add(program, d.heldOnce === true);
    }
    return said.open ? this.#rows(l, g, said) : undefined;
  }

  /** Groups with policies on their things. */
  #sided(): readonly number[] { return (this.#withSide ??= this.#groups.filter((g) => resourceSide(this.#estate, g)).map((g) => g.index)); }

  /** undefined: nothing at all. */
  #rows(l: IdentityLayers, g: Group, said: Said): Rows | undefined {
    const side = resourceSide(this.#estate, g);
    const same = sameAccount(l.principal, g.account);
    // Across accounts both sides must allow.
    if (same === false && !side) return undefined;
    this.#keys.of(l, g);
    const found = said.once ? undefined : this.#shared.find(l, g, said, side, same, this.#level);
    if (!found) return this.#evaluate(l, g, said, side, same);
    if (found.node.value === undefined) found.node.value = this.#kept(l, g, said, side, same, found.told);
    return found.node.value ?? undefined;
  }

  /** Rows in arrays of their own. A bound on memory: when it is reached, what was kept is let go. */
  #kept(l: IdentityLayers, g: Group, said: Said, side: ResourceSide | null, same: boolean | undefined, told: boolean): SharedRows | null {
    const rows = this.#evaluate(l, g, said, side, same);
    if (!rows) return null;
    const size = g.texts.length * g.words;
    if ((this.#keptWords += size * (rows.soft ? 4 : 1)) > MOST_WORDS) {
      this.#shared.clear();
      this.#keptWords = 0;
    }
    const own = (a: Int32Array, n = size): Int32Array => this.#arena.copy(a, n);
    return rows.soft ? { yes: own(rows.yes), if: own(rows.if), unknown: own(rows.unknown), signature: own(rows.signature, g.texts.length), soft: true, told }
      : { yes: own(rows.yes), if: EMPTY, unknown: EMPTY, signature: EMPTY, soft: false, told };
  }

  #evaluate(l: IdentityLayers, g: Group, said: Said, side: ResourceSide | null, same: boolean | undefined): Rows | undefined {
    const out = this.#out;
    const keysAt = this.#keys.at;
    const size = g.texts.length * g.words;
    const { identity, self, role, account, deny } = this.#planes;
    for (const p of [identity, self, role, account, deny]) p.clear(size);
    if (out.soft) out.signature.fill(0);
    out.soft = false;
    for (let i = 0; i < said.count; i++) run(said.programs[i]!, g, keysAt, identity, deny, out.signature, this.#held);
    if (l.identityIs) identity.setAll(size, l.identityIs.v, g.allBits);
    if (side) runResourceSide(side, g, l.principal, l.boundary !== undefined, keysAt, { self, role, account, deny }, out.signature);
    const dirty = identity.soft || self.soft || role.soft || account.soft || deny.soft;
    out.soft = dirty;
    if (!identity.any && !self.any && !role.any) return undefined;

    const limit = l.boundary || l.session ? this.#ceiling([l.boundary, l.session].filter((x) => x !== undefined), g) : undefined;
    const scp = this.#ceiling(l.scps, g);
    const rcp = l.principal.serviceLinked ? undefined : this.#ceiling(g.rcps, g, g.rcpBits);
    const inputs: Inputs = { identity, self, role, account, deny, limit, scp, rcp, resource: side !== null };
    if (!deny.soft && !dirty && !limit?.soft && !scp?.soft && !rcp?.soft && same !== undefined) grantedHard(inputs, g, size, same, out);
    else {
      grantedSoft(inputs, g, size, same, out);
      out.soft = true;
    }
    return out;
  }

  #ceiling(levels: Parameters<Ceilings['of']>[0], g: Group, bits?: Int32Array): Ceiling | undefined {
    const c = (bits ? this.#rcps : this.#ceilings).of(levels, g, this.#keys.at, bits, this.#held);
    if (!c) return undefined;
    const { deny } = this.#planes;
    const size = g.texts.length * g.words;
    for (const v of [3, 2, 1] as const) {
      if (!c.deny.any || (v < 3 && !c.deny.soft)) break;
      const to = deny.level(v);
      const from = c.deny.level(v);
      for (let i = 0; i < size; i++) to[i]! |= from[i]!;
    }
    if (c.soft || c.deny.soft) for (let r = 0; r < g.texts.length; r++) this.#out.signature[r] = Math.imul(this.#out.signature[r]! ^ c.signature[r]!, 0x9e3779b1);
    if (c.soft || c.deny.soft) this.#out.soft = true;
    return c.open ? undefined : c;
  }
}

/** Many small arrays in few large ones. */
class Arena {
  #free = EMPTY;

  copy(from: Int32Array, n: number): Int32Array {
    if (this.#free.length < n) this.#free = new Int32Array(Math.max(n, 1 << 16));
    const to = this.#free.subarray(0, n);
    this.#free = this.#free.subarray(n);
    to.set(n === from.length ? from : from.subarray(0, n));
    return to;
  }
}

export const levelAt = (rows: Rows, at: number, bit: number): Truth => {
  const m = 1 << bit;
  if (rows.yes[at]! & m) return 3;
  if (!rows.soft) return 0;
  return rows.if[at]! & m ? 2 : rows.unknown[at]! & m ? 1 : 0;
};
