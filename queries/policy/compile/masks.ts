import type { Statement } from '../../../schema/index.ts';
import { actionMatch } from '../match/index.ts';
import { servicesOf } from '../statement.ts';
import type { Group } from './groups.ts';

/** Bits of a group: surely named, and named where a hole decides. */
export interface Masks { sure: Int32Array; maybe: Int32Array | undefined }

const patterns = new Map<string, Masks | null>();
const statements = new WeakMap<Statement, Map<string, Masks | null>>();

/** Bits that a statement names; null when none. Kept per statement and form. */
export function masks(s: Statement, g: Group): Masks | null {
  let byForm = statements.get(s);
  if (!byForm) statements.set(s, (byForm = new Map()));
  let m = byForm.get(g.shape.form);
  if (m === undefined) byForm.set(g.shape.form, (m = build(s, g)));
  return m;
}

/** Whether a statement may name an action of one of these services; a cheap test before the patterns are matched. */
export const mayName = (s: Statement, services: ReadonlySet<string>): boolean => servicesOf(s)?.some((h) => services.has(h)) ?? true;

function build(s: Statement, g: Group): Masks | null {
  const list = s.actions ?? s.notActions;
  if (!mayName(s, g.services)) return null;
  if (!list) return { sure: new Int32Array(g.words), maybe: g.allBits };
  const sure = new Int32Array(g.words);
  const maybe = new Int32Array(g.words);
  for (const p of list) {
    const m = ofPattern(p, g);
    if (!m) continue;
    for (let k = 0; k < g.words; k++) {
      sure[k]! |= m.sure[k]!;
      if (m.maybe) maybe[k]! |= m.maybe[k]!;
    }
  }
  const leftOut = s.unresolved?.includes(s.actions ? 'Action' : 'NotAction') ?? false;
  let some = 0;
  let open = 0;
  for (let k = 0; k < g.words; k++) {
    const all = g.allBits[k]!;
    const unsure = (leftOut ? all : maybe[k]!) & ~sure[k]!;
    if (!s.actions) sure[k] = all & ~sure[k]! & ~unsure;
    maybe[k] = unsure;
    some |= sure[k]!;
    open |= unsure;
  }
  return some === 0 && open === 0 ? null : { sure, maybe: open === 0 ? undefined : maybe };
}

function ofPattern(pattern: string, g: Group): Masks | null {
  const key = `${pattern}\u0000${g.shape.form}`;
  let m = patterns.get(key);
  if (m === undefined) {
    if (patterns.size > 100_000) patterns.clear();
    patterns.set(key, (m = match(pattern, g)));
  }
  return m;
}

function match(pattern: string, g: Group): Masks | null {
  const colon = pattern.indexOf(':');
  const head = colon < 0 ? '' : pattern.slice(0, colon).toLowerCase();
  // A plain service name settles most patterns at once.
  if (head !== '' && /^[a-z0-9-]+$/.test(head) && !g.services.has(head)) return null;
  const sure = new Int32Array(g.words);
  const maybe = new Int32Array(g.words);
  let some = false;
  let open = false;
  g.actions.forEach((a, i) => {
    const t = actionMatch(pattern, a.name);
    if (t === 2) { sure[i >> 5]! |= 1 << (i & 31); some = true; } else if (t === 1) { maybe[i >> 5]! |= 1 << (i & 31); open = true; }
  });
  return some || open ? { sure, maybe: open ? maybe : undefined } : null;
}
