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
import { groupsOf, programOf, run } from './program.ts';
import { resourceSide, runResourceSide } from './resource-side.ts';

/**
 * What one identity may do on the rows of one group: bit set in `unknown` = at least unknown, `if` = at least conditional, `yes` = certain.
 * Without `soft` only `yes` is filled. The arrays are reused by the next call. `signature` tells rows apart whose conditional statements differ.
 */
export interface Rows extends Granted { signature: Int32Array; soft: boolean }

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

  constructor(estate: PolicyEstate, groups: readonly Group[]) {
    this.#estate = estate;
    this.#groups = groups;
    const size = Math.max(1, ...groups.map((g) => g.texts.length * g.words));
    const planes = (): Planes => new Planes(size);
    this.#planes = { identity: planes(), self: planes(), role: planes(), account: planes(), deny: planes() };
    this.#out = { yes: new Int32Array(size), if: new Int32Array(size), unknown: new Int32Array(size), signature: new Int32Array(size), soft: false };
  }

  /** Groups on which an identity may have anything. */
  *groups(l: IdentityLayers): Generator<Group> {
    const reached = l.identity.map((d) => groupsOf(d, this.#groups));
    for (const g of this.#groups) if (l.identityIs || reached.some((r) => r[g.index]) || resourceSide(this.#estate, g)) yield g;
  }

  /** undefined: nothing at all. */
  rows(l: IdentityLayers, g: Group): Rows | undefined {
    const size = g.texts.length * g.words;
    const out = this.#out;
    const { identity, self, role, account, deny } = this.#planes;
    for (const p of [identity, self, role, account, deny]) p.clear(size);
    if (out.soft) out.signature.fill(0);
    out.soft = false;
    const keysAt = this.#keys(l, g);
    if (this.#of !== l) {
      this.#of = l;
      this.#held.clear();
    }
    for (const d of l.identity) {
      const p = programOf(d, g);
      if (p) run(p, g, keysAt, identity, deny, out.signature, this.#held);
    }
    if (l.identityIs) identity.setAll(size, l.identityIs.v, g.allBits);
    const side = resourceSide(this.#estate, g);
    if (side) runResourceSide(side, g, l.principal, l.boundary !== undefined, keysAt, { self, role, account, deny }, out.signature);
    const dirty = identity.soft || self.soft || role.soft || account.soft || deny.soft;
    out.soft = dirty;
    if (!identity.any && !self.any && !role.any) return undefined;

    const limit = this.#ceiling([l.boundary, l.session].filter((x) => x !== undefined), g, keysAt);
    const scp = this.#ceiling(l.scps, g, keysAt);
    const rcp = l.principal.serviceLinked ? undefined : this.#ceiling(g.rcps, g, keysAt, g.rcpBits);
    const same = sameAccount(l.principal, g.account);
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

export const levelAt = (rows: Rows, at: number, bit: number): Truth => {
  const m = 1 << bit;
  if (rows.yes[at]! & m) return 3;
  if (!rows.soft) return 0;
  return rows.if[at]! & m ? 2 : rows.unknown[at]! & m ? 1 : 0;
};
