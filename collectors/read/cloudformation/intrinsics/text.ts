import { hasHole, hole, HOLE_OPEN, isUnknown, splitHoles, stableHash, type Value } from '../../../../schema/index.ts';
import type { Node } from '../syntax/node.ts';

/** A property that `AWS::NoValue` removes. */
export const NOTHING: unique symbol = Symbol('AWS::NoValue');
export type Result = Value | typeof NOTHING;

const MAX_KEY = 160;

/** An expression on one line: equal expressions of one template have equal values, so it names what is not known. */
export function print(n: Node): string {
  switch (n.kind) {
    case 'scalar': return typeof n.value === 'string' ? n.value : String(n.value);
    case 'list': return `[${n.items.map(print).join(', ')}]`;
    case 'map': return `{${n.entries.map((e) => `${e.key}: ${print(e.value)}`).join(', ')}}`;
    case 'call': return `${n.name}(${n.argument.kind === 'list' ? n.argument.items.map(print).join(', ') : print(n.argument)})`;
    case 'unknown': return `? line ${n.at.start}`;
  }
}

/** Text that nothing decides, named by `key`. */
export function opaque(key: string): string {
  return hole({ kind: 'unknown', key: key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)} ${stableHash(key)}` : key });
}

/** Text of a plain value as the service writes it; undefined for lists, maps and what is not decided. */
export const asText = (v: Result | undefined): string | undefined => (typeof v === 'string' ? v : typeof v === 'number' || typeof v === 'boolean' ? String(v) : undefined);

/** Three-valued: whether two values are the same. The service compares as text. */
export function same(a: Result, b: Result): boolean | undefined {
  if (a === NOTHING || b === NOTHING) return a === b ? true : isUnknown(a) || isUnknown(b) ? undefined : false;
  const [x, y] = [asText(a), asText(b)];
  if (x !== undefined && y !== undefined) return sameText(x, y);
  if (isUnknown(a) || isUnknown(b)) return undefined;
  const [p, q] = [JSON.stringify(a), JSON.stringify(b)];
  return p === q ? true : p.includes(HOLE_OPEN) || q.includes(HOLE_OPEN) || p.includes('"$unknown"') || q.includes('"$unknown"') ? undefined : false;
}

function sameText(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  if (!hasHole(a) && !hasHole(b)) return false;
  const [x, y] = [splitHoles(a), splitHoles(b)];
  const [headA, headB] = [x[0], y[0]].map((p) => (typeof p === 'string' ? p : ''));
  const [tailA, tailB] = [x.at(-1), y.at(-1)].map((p) => (typeof p === 'string' ? p : ''));
  if (!(headA!.startsWith(headB!) || headB!.startsWith(headA!))) return false;
  if (!(tailA!.endsWith(tailB!) || tailB!.endsWith(tailA!))) return false;
  // An account has twelve digits, and no hole of a provider is empty.
  const sure = (parts: ReturnType<typeof splitHoles>, other: string): boolean => parts.length === 1 && typeof parts[0] === 'object' && parts[0].kind !== 'unknown' && !hasHole(other) && impossible(parts[0], other);
  return sure(x, b) || sure(y, a) ? false : undefined;
}

function impossible(h: Exclude<ReturnType<typeof splitHoles>[number], string>, text: string): boolean {
  if (text === '') return true;
  if (h.kind !== 'pseudo') return false;
  if (h.name === 'account') return !/^\d{12}$/.test(text);
  if (h.name === 'region') return !/^[a-z]{2}(-[a-z]+)+-\d$/.test(text);
  return h.name === 'partition' && !/^aws(-[a-z]+)*$/.test(text);
}
