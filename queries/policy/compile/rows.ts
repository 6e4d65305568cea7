import type { Keys } from '../conditions/evaluate.ts';
import { sameAccount } from '../combine.ts';
import { keysOf } from '../decide.ts';
import type { PolicyDocument } from '../document.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import { Planes } from './planes.ts';
import { documentOps, run } from './program.ts';
import { resourceSide, runResourceSide } from './resource-side.ts';

/**
 * What one identity may do on the rows of one group: bit set in `unknown` = at least unknown, `if` = at least conditional, `yes` = certain.
 * The arrays are reused by the next call. `signature` tells rows apart whose conditional statements differ.
 */
export interface Rows { yes: Int32Array; if: Int32Array; unknown: Int32Array; signature: Int32Array; soft: boolean }

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/** Evaluates identity × group on masks, by the same formula as `combine` (queries/policy/combine.ts). */
export class RowEvaluator {
  readonly #estate: PolicyEstate;
  readonly #identity: Planes;
  readonly #limit: Planes;
  readonly #level: Planes;
  readonly #deny: Planes;
  readonly #self: Planes;
  readonly #role: Planes;
  readonly #account: Planes;
  readonly #ceiling: { yes: Int32Array; if: Int32Array; unknown: Int32Array };
  readonly #limits: { yes: Int32Array; if: Int32Array; unknown: Int32Array };
  readonly #out: Rows;

  constructor(estate: PolicyEstate, groups: readonly Group[]) {
    this.#estate = estate;
    const size = Math.max(1, ...groups.map((g) => g.texts.length * g.words));
    [this.#identity, this.#limit, this.#level, this.#deny, this.#self, this.#role, this.#account] = Array.from({ length: 7 }, () => new Planes(size)) as [Planes, Planes, Planes, Planes, Planes, Planes, Planes];
    const three = (): { yes: Int32Array; if: Int32Array; unknown: Int32Array } => ({ yes: new Int32Array(size), if: new Int32Array(size), unknown: new Int32Array(size) });
    this.#ceiling = three();
    this.#limits = three();
    this.#out = { ...three(), signature: new Int32Array(size), soft: false };
  }

  /** undefined: nothing at all. */
  rows(l: IdentityLayers, g: Group): Rows | undefined {
    const n = g.texts.length;
    const size = n * g.words;
    const out = this.#out;
    out.signature.fill(0, 0, n);
    for (const p of [this.#identity, this.#deny, this.#self, this.#role, this.#account]) p.clear(size);
    const keysAt = this.#keys(l, g);
    for (const d of l.identity) run(documentOps(d, g, false, keysAt), g, this.#identity, this.#deny, out.signature);
    if (l.identityIs) this.#identity.setAll(size, l.identityIs.v, g.allBits);
    const side = resourceSide(this.#estate, g);
    if (side) runResourceSide(side, g, l.principal, l.boundary !== undefined, keysAt, { self: this.#self, role: this.#role, account: this.#account, deny: this.#deny }, out.signature);
    if (!this.#identity.any && !this.#self.any && !this.#role.any) return undefined;

    const limited = this.#layers([l.boundary, l.session].filter((x) => x !== undefined), g, keysAt, this.#limits, undefined);
    const scped = this.#layers(l.scps, g, keysAt, this.#ceiling, undefined);
    const rcped = !l.principal.serviceLinked && this.#layers(g.rcps, g, keysAt, this.#ceiling, g.rcpBits, scped);
    this.#combine(g, size, sameAccount(l.principal, g.account), limited, scped || rcped, side !== null);
    return out;
  }

  /** Minimum over levels; each level is the maximum over its documents. `bits`: actions that the layer binds. */
  #layers(levels: readonly (readonly PolicyDocument[])[], g: Group, keysAt: (row: number) => Keys, into: { yes: Int32Array; if: Int32Array; unknown: Int32Array }, bits: Int32Array | undefined, started = false): boolean {
    const size = g.texts.length * g.words;
    let first = !started;
    for (const docs of levels) {
      const p = this.#level;
      p.clear(size);
      const deny = bits ? this.#limit : this.#deny;
      if (bits) deny.clear(size);
      for (const d of docs) run(documentOps(d, g, false, keysAt), g, p, deny, this.#out.signature);
      if (bits) this.#addDenies(deny, bits, size);
      for (let i = 0; i < size; i++) {
        const free = bits ? ~bits[i % g.words]! : 0;
        const yes = p.yes[i]! | free;
        const maybe = yes | (p.soft ? p.if[i]! : 0);
        const any = maybe | (p.soft ? p.unknown[i]! : 0);
        if (first) { into.yes[i] = yes; into.if[i] = maybe; into.unknown[i] = any; }
        else { into.yes[i]! &= yes; into.if[i]! &= maybe; into.unknown[i]! &= any; }
      }
      first = false;
    }
    return levels.length > 0;
  }

  #addDenies(from: Planes, bits: Int32Array, size: number): void {
    if (!from.any) return;
    const w = bits.length;
    for (const v of [3, 2, 1] as const) {
      if (v < 3 && !from.soft) break;
      const to = this.#deny.level(v);
      const src = from.level(v);
      for (let i = 0; i < size; i++) to[i]! |= src[i]! & bits[i % w]!;
    }
  }

  #combine(g: Group, size: number, same: boolean | undefined, limited: boolean, ceiled: boolean, resource: boolean): void {
    const out = this.#out;
    const [a, d, s, r, c] = [this.#identity, this.#deny, this.#self, this.#role, this.#account];
    const soft = a.soft || d.soft || s.soft || r.soft || c.soft || same === undefined || limited || ceiled;
    out.soft = soft;
    const w = g.words;
    const simple = !soft && !resource && same === true;
    if (simple) {
      const agree = g.agreeBits;
      for (let i = 0; i < size; i++) out.yes[i] = a.yes[i]! & ~d.yes[i]! & ~agree[i % w]! & g.allBits[i % w]!;
      return;
    }
    for (let i = 0; i < size; i++) {
      const k = i % w;
      const value = (level: 0 | 1 | 2): number => {
        const at = (p: Planes): number => p.yes[i]! | (level < 2 && p.soft ? p.if[i]! : 0) | (level < 1 && p.soft ? p.unknown[i]! : 0);
        const limit = !limited ? -1 : level === 2 ? this.#limits.yes[i]! : level === 1 ? this.#limits.if[i]! : this.#limits.unknown[i]!;
        const own = at(a) & limit;
        const self = at(s);
        const role = at(r);
        const account = at(c);
        const agree = g.agreeBits[k]!;
        const inside = ((own | self | (role & limit)) & ~agree) | ((self | (role & limit) | (account & own)) & agree);
        const across = own & (self | role | account);
        return same === true ? inside : same === false ? across : (levelsInside[level] = inside, levelsAcross[level] = across, 0);
      };
      let u = value(0);
      let m = soft || same === undefined ? value(1) : 0;
      let y = value(2);
      if (same === undefined) {
        const equal = ~((levelsInside[0]! ^ levelsAcross[0]!) | (levelsInside[1]! ^ levelsAcross[1]!) | (levelsInside[2]! ^ levelsAcross[2]!));
        u = levelsInside[0]! | levelsAcross[0]!;
        m = levelsInside[1]! & equal;
        y = levelsInside[2]! & equal;
      } else if (!soft) m = y;
      if (ceiled) { y &= this.#ceiling.yes[i]!; m &= this.#ceiling.if[i]!; u &= this.#ceiling.unknown[i]!; }
      const free = ~d.yes[i]! & g.allBits[k]!;
      const sure = d.soft ? ~d.unknown[i]! : -1;
      out.unknown[i] = u & free;
      out.if[i] = m & free & sure;
      out.yes[i] = y & free & sure & (d.soft ? ~d.if[i]! : -1);
    }
    if (!soft) return;
    out.soft = false;
    for (let i = 0; i < size && !out.soft; i++) out.soft = out.yes[i] !== out.unknown[i];
  }

  #keys(l: IdentityLayers, g: Group): (row: number) => Keys {
    const cache: (Keys | undefined)[] = [];
    let shared: Keys | undefined;
    const make = (row: number): Keys => {
      const text = g.texts[Math.max(row, 0)]!;
      const node = g.nodes[Math.max(row, 0)]!;
      const account = g.account || l.principal.account;
      return keysOf(this.#estate, { identity: l, action: '', resource: text, target: node, position: 'direct', given: NOTHING, complete: false }, account);
    };
    return (row) => (row < 0 ? (shared ??= make(-1)) : (cache[row] ??= make(row)));
  }
}

const levelsInside: number[] = [0, 0, 0];
const levelsAcross: number[] = [0, 0, 0];
export const levelAt = (rows: Rows, at: number, bit: number): Truth => {
  const m = 1 << bit;
  if (rows.yes[at]! & m) return 3;
  if (!rows.soft) return 0;
  return rows.if[at]! & m ? 2 : rows.unknown[at]! & m ? 1 : 0;
};
