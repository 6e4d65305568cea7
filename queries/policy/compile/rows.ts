import type { Statement } from '../../../schema/index.ts';
import type { Keys } from '../conditions/evaluate.ts';
import { sameAccount } from '../combine.ts';
import { keysOf } from '../decide.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import type { Truth } from '../truth.ts';
import { type Ceiling, Ceilings } from './ceiling.ts';
import { type Granted, grantedHard, grantedSoft, type Inputs } from './formula.ts';
import type { Group } from './groups.ts';
import { Planes } from './planes.ts';
import { type Program, programOf, reachOf } from './program.ts';
import { type ResourceSide, resourceSide, runResourceSide } from './resource-side.ts';
import { RowKeys } from './row-key.ts';
import { run } from './run.ts';

/**
 * What one identity may do on the rows of one group: bit set in `unknown` = at least unknown, `if` = at least conditional, `yes` = certain.
 * Without `soft` only `yes` is filled. The arrays are reused by the next call. `signature` tells rows apart whose conditional statements differ.
 */
export interface Rows extends Granted { signature: Int32Array; soft: boolean }
/** Rows of all callers that bring the same to a group; their arrays stay as they are. `told`: also what makes them conditional reads the same. */
export interface SharedRows extends Rows { told: boolean }

const EMPTY = new Int32Array(0);
const MOST_WORDS = 12_000_000;
const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

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
  /** Programs of the caller at hand, by group. */
  readonly #said: readonly Program[][];

  constructor(estate: PolicyEstate, groups: readonly Group[]) {
    this.#estate = estate;
    this.#groups = groups;
    this.#said = groups.map(() => []);
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
    const open = new Set<number>(l.identityIs ? said.keys() : this.#sided());
    for (const d of l.identity) for (const { group, program } of reachOf(d, this.#groups)) {
      said[group.index]!.push(program);
      open.add(group.index);
    }
    try {
      for (const i of [...open].sort((a, b) => a - b)) {
        const rows = this.#rows(l, this.#groups[i]!, said[i]!);
        if (rows) yield [this.#groups[i]!, rows];
      }
    } finally {
      for (const i of open) said[i]!.length = 0;
    }
  }

  /** Rows of one identity on one group; undefined: nothing at all. */
  on(l: IdentityLayers, g: Group): Rows | undefined {
    if (this.#of !== l) {
      this.#of = l;
      this.#held.clear();
    }
    const programs: Program[] = [];
    for (const d of l.identity) {
      const program = programOf(d, g);
      if (program) programs.push(program);
    }
    return programs.length > 0 || l.identityIs || resourceSide(this.#estate, g) ? this.#rows(l, g, programs) : undefined;
  }

  /** Groups with policies on their things. */
  #sided(): readonly number[] { return (this.#withSide ??= this.#groups.filter((g) => resourceSide(this.#estate, g)).map((g) => g.index)); }

  /** undefined: nothing at all. */
  #rows(l: IdentityLayers, g: Group, programs: readonly Program[]): Rows | undefined {
    const side = resourceSide(this.#estate, g);
    const same = sameAccount(l.principal, g.account);
    // Across accounts both sides must allow.
    if (same === false && !side) return undefined;
    const keysAt = this.#keys(l, g);
    const found = this.#shared.find({ l, g, programs, side, same, keysAt, held: this.#held });
    if (!found) return this.#evaluate(l, g, programs, side, same, keysAt, this.#out);
    if (found.node.value === undefined) found.node.value = this.#kept(l, g, programs, side, same, keysAt, found.told);
    return found.node.value ?? undefined;
  }

  /** Rows in arrays of their own. A bound on memory: when it is reached, what was kept is let go. */
  #kept(l: IdentityLayers, g: Group, programs: readonly Program[], side: ResourceSide | null, same: boolean | undefined, keysAt: (row: number) => Keys, told: boolean): SharedRows | null {
    const rows = this.#evaluate(l, g, programs, side, same, keysAt, this.#out);
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

  #evaluate(l: IdentityLayers, g: Group, programs: readonly Program[], side: ResourceSide | null, same: boolean | undefined, keysAt: (row: number) => Keys, out: Rows): Rows | undefined {
    const size = g.texts.length * g.words;
    const { identity, self, role, account, deny } = this.#planes;
    for (const p of [identity, self, role, account, deny]) p.clear(size);
    if (out.soft) out.signature.fill(0);
    out.soft = false;
    for (const p of programs) run(p, g, keysAt, identity, deny, out.signature, this.#held);
    if (l.identityIs) identity.setAll(size, l.identityIs.v, g.allBits);
    if (side) runResourceSide(side, g, l.principal, l.boundary !== undefined, keysAt, { self, role, account, deny }, out.signature);
    const dirty = identity.soft || self.soft || role.soft || account.soft || deny.soft;
    out.soft = dirty;
    if (!identity.any && !self.any && !role.any) return undefined;

    const limit = this.#ceiling([l.boundary, l.session].filter((x) => x !== undefined), g, keysAt);
    const scp = this.#ceiling(l.scps, g, keysAt);
    const rcp = l.principal.serviceLinked ? undefined : this.#ceiling(g.rcps, g, keysAt, g.rcpBits);
    const inputs: Inputs = { identity, self, role, account, deny, limit, scp, rcp, resource: side !== null };
    if (!deny.soft && !dirty && !limit?.soft && !scp?.soft && !rcp?.soft && same !== undefined) grantedHard(inputs, g, size, same, out);
    else {
      grantedSoft(inputs, g, size, same, out);
      out.soft = true;
    }
    return out;
  }

  #ceiling(levels: Parameters<Ceilings['of']>[0], g: Group, keysAt: (row: number) => Keys, bits?: Int32Array): Ceiling | undefined {
    const c = (bits ? this.#rcps : this.#ceilings).of(levels, g, keysAt, bits, this.#held);
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

  #keys(l: IdentityLayers, g: Group): (row: number) => Keys {
    const cache: (Keys | undefined)[] = [];
    let shared: Keys | undefined;
    const make = (row: number): Keys => {
      const at = Math.max(row, 0);
      return keysOf(this.#estate, { identity: l, action: '', resource: g.texts[at]!, target: g.nodes[at]!, position: 'direct', given: NOTHING, complete: false }, g.account || l.principal.account);
    };
    return (row) => (row < 0 ? (shared ??= make(-1)) : (cache[row] ??= make(row)));
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
