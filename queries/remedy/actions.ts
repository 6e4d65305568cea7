import { effectsOf, expandActions } from '../../knowledge/actions/index.ts';
import type { EffectClass } from '../../schema/index.ts';

/** Patterns that name a whole service or more than one: what is left of them is not worth keeping by name. */
const isEverything = (pattern: string): boolean => pattern.startsWith('*') || /^[^:]*[*?]/.test(pattern);

/**
 * The action list of a statement without the actions that have one of the effects; of a pattern, nothing is kept that has one of `wild`. Never broader than before: a pattern is replaced by
 * narrower patterns that name kept actions only. Undefined when nothing would change.
 */
export function withoutEffects(actions: readonly string[], drop: ReadonlySet<EffectClass>, wild: ReadonlySet<EffectClass> = drop): Narrowed | undefined {
  const effects = `${[...drop].sort().join()}|${[...wild].sort().join()}`;
  const found = once(narrowed, `${actions.join()}|${effects}`, () => gathered(actions, (pattern) => once(parts, `${pattern}|${effects}`, () => split(pattern, drop, wild))) ?? null);
  return found ? { ...found } : undefined;
}

/** What stays of a list of actions, and what goes. */
export interface Narrowed { to: readonly string[]; dropped: readonly string[] }

function gathered(actions: readonly string[], partsOfPattern: (pattern: string) => Parts): Narrowed | undefined {
  const parts = actions.map(partsOfPattern);
  const dropped = new Set(parts.flatMap((p) => p.dropped));
  return dropped.size === 0 ? undefined : { to: [...new Set(parts.flatMap((p) => p.to))], dropped: [...dropped].sort() };
}

interface Parts { to: readonly string[]; dropped: readonly string[] }
/** `*` is twenty thousand actions and stands in many statements. */
const parts = new Map<string, Parts>();
const narrowed = new Map<string, Narrowed | null>();
const MOST_KNOWN = 500;

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  let found = known.get(key);
  if (found === undefined) {
    found = make();
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, found);
  }
  return found;
}

function split(pattern: string, drop: ReadonlySet<EffectClass>, wild: ReadonlySet<EffectClass>): Parts {
  const all = expandActions(pattern);
  if (!all.some((a) => effectsOf(a).some((e) => drop.has(e)))) return { to: [pattern], dropped: [] };
  const isGone = (a: string): boolean => effectsOf(a).some((e) => drop.has(e) || (all.length > 1 && wild.has(e)));
  return { to: isEverything(pattern) ? [] : compress(all.filter((a) => !isGone(a))), dropped: all.filter(isGone) };
}

/** The action list without single actions; of a pattern over services, the services that lose nothing are kept whole. Undefined when nothing goes. */
export const withoutThose = (actions: readonly string[], isGone: (action: string) => boolean): Narrowed | undefined => gathered(actions, (pattern) => {
  const all = expandActions(pattern);
  const dropped = all.filter(isGone);
  if (dropped.length === 0) return { to: [pattern], dropped };
  return { to: isEverything(pattern) ? byService(all, isGone) : compress(all.filter((a) => !isGone(a))), dropped };
});

function byService(all: readonly string[], isGone: (action: string) => boolean): string[] {
  const services = new Map<string, string[]>();
  for (const a of all) {
    const service = a.slice(0, a.indexOf(':'));
    const list = services.get(service);
    if (list) list.push(a);
    else services.set(service, [a]);
  }
  return [...services].flatMap(([service, list]) => {
    const kept = list.filter((a) => !isGone(a));
    return kept.length === list.length && expandActions(`${service}:*`).length === list.length ? [`${service}:*`] : compress(kept);
  });
}

/** Shortest list of patterns by leading words that name these actions and no others. */
function compress(kept: readonly string[]): string[] {
  const allowed = new Set(kept);
  const left = new Set(kept);
  const out: string[] = [];
  for (const action of kept) {
    if (!left.has(action)) continue;
    const [service, name] = [action.slice(0, action.indexOf(':')), action.slice(action.indexOf(':') + 1)];
    const words = name.match(/[A-Z][a-z0-9]*/g) ?? [name];
    let chosen = action;
    for (let n = 1; n < words.length && chosen === action; n++) {
      const pattern = `${service}:${words.slice(0, n).join('')}*`;
      const named = expandActions(pattern);
      if (named.length > 1 && named.every((a) => allowed.has(a))) chosen = pattern;
    }
    out.push(chosen);
    for (const a of expandActions(chosen)) left.delete(a);
  }
  return out;
}
