import { ANY, type Box, box, Dict, Handle, List, type Origin, type Type, Undecided } from './box.ts';
import { show } from './inspect.ts';
import { equal } from './compare.ts';
import { toNumber, toText } from './convert.ts';
import { fail } from './failure.ts';
import type { Hole } from '../../../../schema/index.ts';

/** The part of an undecided value that `suffix` (`.name`, `[0]`) selects. */
export function extend(u: Undecided, suffix: string, type: Type = ANY): Undecided {
  const h = u.hole;
  const longer: Hole = h.kind === 'ref'
    ? { ...h, attribute: h.attribute ? h.attribute + suffix : suffix.replace(/^\./, '') }
    : { kind: 'unknown', key: (h.kind === 'pseudo' ? h.name : h.key) + suffix };
  return new Undecided(longer, type);
}

/** Blocks as the provider gives them back: attributes that nobody wrote are its own. */
export function filledIn(b: Box, self: Undecided): Box {
  if (b.data instanceof List) return { ...b, data: new List(b.data.items.map((x, i) => filledIn(x, extend(self, `[${i}]`))), b.data.set) };
  if (!(b.data instanceof Dict)) return b;
  return { ...b, data: new Dict(new Map([...b.data.entries].map(([k, x]) => [k, x.data instanceof List ? filledIn(x, extend(self, `.${k}`)) : x])), self) };
}

export function attribute(target: Box, name: string, at: Origin): Box {
  const d = target.data;
  if (d instanceof Dict) return d.entries.get(name) ?? (d.beyond ? box(extend(d.beyond, `.${name}`), at) : fail(`there is no attribute "${name}"`));
  if (d instanceof Handle) return d.source.attribute(name);
  if (d instanceof Undecided) {
    const type = d.type.kind === 'object' ? d.type.attributes.get(name)?.type : d.type.kind === 'map' ? d.type.of : ANY;
    if (!type) return fail(`there is no attribute "${name}"`);
    return box(extend(d, `.${name}`, type), at);
  }
  return fail(d === null ? `null has no attribute "${name}"` : `attribute "${name}" is asked of a value that has none`);
}

export function index(target: Box, key: Box, at: Origin): Box {
  const d = target.data;
  if (d instanceof List) {
    if (d.set) return fail('a set has no index');
    const n = toNumber(key);
    if (n instanceof Undecided) return box(new Undecided({ kind: 'unknown', key: `${show(d)}[${show(n)}]` }, ANY), at);
    return d.items[n] ?? fail(`index ${n} is outside the list of ${d.items.length}`);
  }
  if (d instanceof Dict) {
    const k = toText(key);
    const found = d.entries.get(k);
    if (found) return found;
    const maybe = [...d.entries.keys()].some((other) => equal(box(k), box(other)) === undefined);
    return maybe ? box(new Undecided({ kind: 'unknown', key: `${show(d)}[${show(key)}]` }, ANY), at) : fail(`there is no key ${JSON.stringify(show(key))}`);
  }
  if (d instanceof Handle) return d.source.attribute(toText(key));
  if (d instanceof Undecided) {
    const type = d.type.kind === 'list' || d.type.kind === 'map' ? d.type.of : d.type.kind === 'object' ? d.type.attributes.get(toText(key))?.type ?? ANY : ANY;
    return box(extend(d, typeof key.data === 'string' ? `[${JSON.stringify(show(key))}]` : `[${show(key)}]`, type), at);
  }
  return fail(d === null ? 'null has no elements' : 'an index is asked of a value that has no elements');
}

/** `each` applied to all elements; what is not a list counts as a list of one, null as none. */
export function splat(target: Box, each: (item: Box) => Box, suffix: string, at: Origin): Box {
  const d = target.data instanceof Handle && target.data.source.many ? target.data.source.whole : target.data;
  if (d === null) return box(new List([]), at);
  if (d instanceof List) return box(new List(d.items.map(each)), at);
  if (d instanceof Undecided && (d.type.kind === 'any' || d.type.kind === 'list' || d.type.kind === 'set')) {
    const of = 'of' in d.type ? d.type.of : ANY;
    return box(extend(d, `[*]${suffix}`, { kind: 'list', of: suffix ? ANY : of }), at);
  }
  return box(new List([each(target)]), at);
}
