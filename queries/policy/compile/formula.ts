import type { Ceiling } from './ceiling.ts';
import type { Group } from './groups.ts';
import type { Planes } from './planes.ts';

export interface Granted { yes: Int32Array; if: Int32Array; unknown: Int32Array }

/** Planes of what grants, what limits and what denies. An absent ceiling lets everything through. */
export interface Inputs { identity: Planes; self: Planes; role: Planes; account: Planes; deny: Planes; limit: Ceiling | undefined; scp: Ceiling | undefined; rcp: Ceiling | undefined; resource: boolean }

/** Everything is certain: one word in, one word out. */
export function grantedHard(x: Inputs, g: Group, size: number, same: boolean, out: Granted): void {
  const yes = out.yes;
  const a = x.identity.yes;
  const d = x.deny.yes;
  const w = g.words;
  const agree = g.agreeBits;
  const agrees = agree.some((b) => b !== 0);
  if (same && !x.resource && !agrees) {
    if (x.deny.any) for (let i = 0; i < size; i++) yes[i] = a[i]! & ~d[i]!;
    else for (let i = 0; i < size; i++) yes[i] = a[i]!;
    if (x.limit) and(yes, x.limit.yes, size);
  } else {
    const s = x.self.yes;
    const r = x.role.yes;
    const c = x.account.yes;
    const limit = x.limit?.yes;
    for (let i = 0, k = 0; i < size; i++, k = k + 1 === w ? 0 : k + 1) {
      const must = agrees ? agree[k]! : 0;
      yes[i] = granted(a[i]!, s[i]!, r[i]!, c[i]!, limit ? limit[i]! : -1, must, same) & ~d[i]!;
    }
  }
  if (x.scp) and(yes, x.scp.yes, size);
  if (x.rcp) and(yes, x.rcp.yes, size);
}

function and(to: Int32Array, mask: Int32Array, size: number): void {
  for (let i = 0; i < size; i++) to[i]! &= mask[i]!;
}

/** With conditions or unknowns: the same formula once per threshold, since minimum and maximum are `and` and `or` on thresholds. */
export function grantedSoft(x: Inputs, g: Group, size: number, same: boolean | undefined, out: Granted): void {
  grant(x, g, size, same !== false, out);
  if (same === undefined) {
    const across: Granted = { yes: new Int32Array(size), if: new Int32Array(size), unknown: new Int32Array(size) };
    grant(x, g, size, false, across);
    undecided(out, across, size);
  }
  const { yes: dy, if: di, unknown: du } = x.deny;
  const { yes, if: maybe, unknown } = out;
  const w = g.words;
  const all = g.allBits;
  for (let i = 0, k = 0; i < size; i++, k = k + 1 === w ? 0 : k + 1) {
    const spared = ~dy[i]! & all[k]!;
    unknown[i] = unknown[i]! & spared;
    const sparedIf = spared & ~du[i]!;
    maybe[i] = maybe[i]! & sparedIf;
    yes[i] = yes[i]! & sparedIf & ~di[i]!;
  }
}

function grant(x: Inputs, g: Group, size: number, same: boolean, out: Granted): void {
  const { identity: a, self: s, role: r, account: c, limit, scp, rcp } = x;
  const w = g.words;
  for (let i = 0, k = 0; i < size; i++, k = k + 1 === w ? 0 : k + 1) {
    const must = g.agreeBits[k]!;
    let own = a.yes[i]!;
    let self = 0;
    let role = 0;
    let account = 0;
    if (x.resource) { self = s.yes[i]!; role = r.yes[i]!; account = c.yes[i]!; }
    out.yes[i] = granted(own, self, role, account, limit ? limit.yes[i]! : -1, must, same);
    // What a layer holds at least at a level: its bits of this level and of those above.
    own |= a.if[i]!;
    if (x.resource) { self |= s.if[i]!; role |= r.if[i]!; account |= c.if[i]!; }
    out.if[i] = granted(own, self, role, account, limit ? limit.if[i]! : -1, must, same);
    own |= a.unknown[i]!;
    if (x.resource) { self |= s.unknown[i]!; role |= r.unknown[i]!; account |= c.unknown[i]!; }
    out.unknown[i] = granted(own, self, role, account, limit ? limit.unknown[i]! : -1, must, same);
  }
  for (const ceiling of [scp, rcp]) {
    if (!ceiling) continue;
    and(out.yes, ceiling.yes, size);
    and(out.if, ceiling.if, size);
    and(out.unknown, ceiling.unknown, size);
  }
}

/** Bits that are granted at one level, control policies and denies aside. */
function granted(identity: number, self: number, role: number, account: number, limit: number, must: number, same: boolean): number {
  const own = identity & limit;
  const direct = self | (role & limit);
  return same ? ((own | direct) & ~must) | ((direct | (account & own)) & must) : own & (self | role | account);
}

/** Where it matters whether caller and thing share an account and that is not known, the answer is not known. */
function undecided(inside: Granted, across: Granted, size: number): void {
  const { unknown: u, if: m, yes: y } = across;
  for (let i = 0; i < size; i++) {
    const equal = ~((inside.unknown[i]! ^ u[i]!) | (inside.if[i]! ^ m[i]!) | (inside.yes[i]! ^ y[i]!));
    inside.unknown[i]! |= u[i]!;
    inside.if[i] = m[i]! & equal;
    inside.yes[i] = y[i]! & equal;
  }
}
