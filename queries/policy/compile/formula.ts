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
    for (let i = 0; i < size; i++) {
      const lim = limit ? limit[i]! : -1;
      const own = a[i]! & lim;
      const direct = s[i]! | (r[i]! & lim);
      const must = agrees ? agree[i % w]! : 0;
      const granted = same ? ((own | direct) & ~must) | ((direct | (c[i]! & own)) & must) : own & (s[i]! | r[i]! | c[i]!);
      yes[i] = granted & ~d[i]!;
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
  const planes = ['unknown', 'if', 'yes'] as const;
  const across = same === undefined ? planes.map(() => new Int32Array(size)) : [];
  planes.forEach((name, level) => {
    grant(x, g, size, name, same !== false, out[name]);
    if (same === undefined) grant(x, g, size, name, false, across[level]!);
  });
  if (same === undefined) undecided(out, across, size);
  const { yes: dy, if: di, unknown: du } = x.deny;
  for (let i = 0; i < size; i++) {
    const spared = ~dy[i]! & g.allBits[i % g.words]!;
    out.unknown[i] = out.unknown[i]! & spared;
    out.if[i] = out.if[i]! & spared & ~du[i]!;
    out.yes[i] = out.yes[i]! & spared & ~du[i]! & ~di[i]!;
  }
}

function grant(x: Inputs, g: Group, size: number, level: keyof Granted, same: boolean, out: Int32Array): void {
  const w = g.words;
  const limit = x.limit?.[level];
  const scp = x.scp?.[level];
  const rcp = x.rcp?.[level];
  const [a, s, r, c] = [x.identity, x.self, x.role, x.account].map((p) => threshold(p, level, size)) as [Int32Array, Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < size; i++) {
    const lim = limit ? limit[i]! : -1;
    const own = a[i]! & lim;
    const direct = s[i]! | (r[i]! & lim);
    const must = g.agreeBits[i % w]!;
    let v = same ? ((own | direct) & ~must) | ((direct | (c[i]! & own)) & must) : own & (s[i]! | r[i]! | c[i]!);
    if (scp) v &= scp[i]!;
    if (rcp) v &= rcp[i]!;
    out[i] = v;
  }
}

/** Bits that a layer holds at least at a level. */
function threshold(p: Planes, level: keyof Granted, size: number): Int32Array {
  if (level === 'yes' || !p.soft) return p.yes;
  const out = new Int32Array(size);
  for (let i = 0; i < size; i++) out[i] = p.yes[i]! | p.if[i]! | (level === 'unknown' ? p.unknown[i]! : 0);
  return out;
}

/** Where it matters whether caller and thing share an account and that is not known, the answer is not known. */
function undecided(inside: Granted, across: readonly Int32Array[], size: number): void {
  const [u, m, y] = across as [Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < size; i++) {
    const equal = ~((inside.unknown[i]! ^ u[i]!) | (inside.if[i]! ^ m[i]!) | (inside.yes[i]! ^ y[i]!));
    inside.unknown[i]! |= u[i]!;
    inside.if[i] = m[i]! & equal;
    inside.yes[i] = y[i]! & equal;
  }
}
