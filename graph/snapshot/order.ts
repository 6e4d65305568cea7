export interface Named { id: string }

const byId = (a: Named, b: Named): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** In order of id; what is so already stays as it is, what comes behind it is merged in. */
export function ordered<T extends Named>(list: readonly T[]): readonly T[] {
  for (let i = 1; i < list.length; i++) if (list[i - 1]!.id > list[i]!.id) return merged(list.slice(0, i), sorted(list.slice(i))).list;
  return list;
}

/** Two ordered lists as one, and where the members of each are in it; of equal ids those of the first list come first. */
export function merged<T extends Named>(a: readonly T[], b: readonly T[]): { list: readonly T[]; first: Int32Array; second: Int32Array } {
  const first = new Int32Array(a.length);
  const second = new Int32Array(b.length);
  const list: T[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (j >= b.length || (i < a.length && a[i]!.id <= b[j]!.id)) { first[i] = list.length; list.push(a[i++]!); } else { second[j] = list.length; list.push(b[j++]!); }
  }
  return { list, first, second };
}

/** A position in the list, below the first characters of its id: both fit into a double exactly. */
const POSITIONS = 2 ** 24;
const FEW = 64;

/** Derived ids are hashes, which differ in their first characters: sorted as numbers, and as texts only where these are equal. */
function sorted<T extends Named>(list: T[]): readonly T[] {
  if (list.length < FEW || list.length >= POSITIONS) return list.sort(byId);
  const keys = Float64Array.from(list, ({ id }, i) => headOf(id) * POSITIONS + i).sort();
  const out = Array.from(keys, (k) => list[k % POSITIONS]!);
  for (let from = 0; from < out.length;) {
    const head = Math.floor(keys[from]! / POSITIONS);
    let end = from + 1;
    while (end < out.length && Math.floor(keys[end]! / POSITIONS) === head) end++;
    if (end - from > 1) out.slice(from, end).sort(byId).forEach((x, i) => { out[from + i] = x; });
    from = end;
  }
  return out;
}

/** Four characters of seven bits; what is no such character, and all behind it, is left to the comparison of texts. */
function headOf(id: string): number {
  let head = 0;
  let plain = true;
  for (let i = 0; i < 4; i++) {
    const c: number = plain && i < id.length ? Math.min(id.charCodeAt(i), 127) : 0;
    plain &&= c < 127;
    head = head * 128 + c;
  }
  return head;
}
