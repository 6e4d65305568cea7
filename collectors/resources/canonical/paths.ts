import { isUnknown, type Value } from '../../../schema/index.ts';

export type Fields = { [key: string]: Value };

export const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v) && !isUnknown(v);

/** One step of a JSON pointer, with its slash. */
export const pointerOf = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Value at a JSON pointer, undefined where the way ends. */
export function atPointer(v: Value | undefined, pointer: string): Value | undefined {
  let here = v;
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isFields(here)) here = (here as Fields)[step];
    else return undefined;
  }
  return here;
}

/** Puts a value below an object, making objects (or a list, for a numeric step) on the way and merging with what is there. */
export function setPath(root: Fields, steps: readonly string[], value: Value): void {
  let here: Fields | Value[] = root;
  steps.forEach((step, i) => {
    const last = i === steps.length - 1;
    const fresh: Value = last ? value : /^\d+$/.test(steps[i + 1]!) ? [] : {};
    const key = Array.isArray(here) ? Number(step) : step;
    const slots = here as { [k: string | number]: Value };
    const there: Value | undefined = slots[key];
    if (last) slots[key] = merge(there, value);
    else if (!isFields(there) && !Array.isArray(there)) slots[key] = fresh;
    here = slots[key] as Fields | Value[];
  });
}

/** Objects join, lists follow each other, the first plain value stays. */
export function merge(a: Value | undefined, b: Value): Value {
  if (a === undefined || a === null) return b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (isFields(a) && isFields(b)) {
    const out: Fields = { ...a };
    for (const [k, v] of Object.entries(b)) out[k] = merge(out[k], v);
    return out;
  }
  return a;
}
