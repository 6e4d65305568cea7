import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, FixEdit } from '../../schema/index.ts';
import type { DeriveOptions } from '../derive/index.ts';
import { applyEdits, besideControl, controlId, type Graph } from './edit.ts';
import { passOf, proofOf, type Pass, type Proof } from './prove.ts';
import { Touched, type Touch } from './touched.ts';

/** Hears of each proof, and may say that a change need not be tried any more. */
export interface Watch { proven(index: number, proof: Proof): void; isNeedless(index: number): boolean }
interface Trial { index: number; edit: FixEdit; deeds: ReadonlySet<number> | undefined }
export interface Proofs {
  /** By position of the edit; undefined: there was no analysis left for it. */
  proofs: (Proof | undefined)[];
  runs: number;
  /** The last group that was proven: all of it is often what is chosen. */
  last?: { members: readonly number[]; pass: Pass };
}

/**
 * Proves many changes with few analyses. Changes that cannot concern one deed do not act on each other, so they are applied together, analysed
 * once, and every row that became less belongs to exactly one of them. Where that is not so (a path opens, a principal is asked as start that was
 * not, a row belongs to none), the group is halved and analysed again, down to a change by itself: no answer rests on the grouping.
 */
export function proveAll(g: Graph, base: Pass, edits: readonly FixEdit[], options: DeriveOptions & { maxRuns: number; progress?: ((done: number, of: number) => void) | undefined; watch?: Watch | undefined }): Proofs {
  const touched = new Touched(base.attack, base.stored, base.rows.keys());
  const records = new Records(base.stored);
  const out: Proofs = { proofs: edits.map(() => undefined), runs: 0 };
  let left: readonly Trial[] = edits.map((edit, index) => ({ index, edit, deeds: touched.deeds(records.touch(edit)) }));
  let done = 0;
  let vain = false;
  const halves: (readonly Trial[])[] = [];
  while (out.runs < options.maxRuns) {
    const isOpen = (t: Trial): boolean => !options.watch?.isNeedless(t.index);
    let group = halves.shift()?.filter(isOpen);
    if (!group) ({ group, left } = nextGroup(left.filter(isOpen)));
    if (group.length === 0) { if (halves.length + left.length === 0) break; continue; }
    out.runs++;
    const after = passOf(applyAll(g, group.map((t) => t.edit)), options, base);
    const proofs = group.length === 1 ? [proofOf(base, after)] : attributed(base, after, group, touched);
    if (!proofs) { halves.unshift(group.slice(0, group.length >> 1), group.slice(group.length >> 1)); continue; }
    out.last = { members: group.map((t) => t.index), pass: after };
    group.forEach((t, i) => { out.proofs[t.index] = proofs[i]; options.watch?.proven(t.index, proofs[i]!); });
    done += group.length;
    const doors = oneOfEach(left.filter((t) => t.deeds && t.edit.kind === 'auth' && isOpen(t)));
    if (!vain && doors.length >= FEW && out.runs < options.maxRuns && isInVain(group, proofs)) {
      vain = true;
      out.runs++;
      const unmoved = unmovedBy(base, passOf(applyAll(g, doors.map((t) => t.edit)), options, base), doors, touched);
      for (const t of unmoved) { out.proofs[t.index] = NOTHING; options.watch?.proven(t.index, NOTHING); }
      left = left.filter((t) => !unmoved.has(t));
      done += unmoved.size;
    }
    options.progress?.(done, edits.length);
  }
  return out;
}

const NOTHING: Proof = { closes: [], weakens: [], opens: [] };
/** So few doors are tried as they come. */
const FEW = 8;

/** One change for each door. */
const oneOfEach = (doors: readonly Trial[]): Trial[] => [...new Map(doors.map((t) => [t.edit.kind === 'auth' ? t.edit.endpoint : t.index, t] as const)).values()];

/** Some doors were shut, and nothing came of any. */
function isInVain(group: readonly Trial[], proofs: readonly Proof[]): boolean {
  const doors = group.flatMap((t, i) => (t.edit.kind === 'auth' ? [proofs[i]!] : []));
  return doors.length >= FEW && doors.every((p) => p.closes.length + p.weakens.length + p.opens.length === 0);
}

/**
 * Changes that concern nothing that became less when all were made at once: by itself none makes it less either, since each leaves what all of
 * them leave. Where anything became more, that is not so, and none is returned.
 */
function unmovedBy(base: Pass, after: Pass, trials: readonly Trial[], touched: Touched): ReadonlySet<Trial> {
  if (isMore(base, after)) return new Set();
  const moved = new Set<number>();
  for (const [key, start] of base.rows) if (after.rows.get(key) !== start) moved.add(touched.numberOf(key));
  return new Set(trials.filter((t) => !some(t.deeds!, (d) => moved.has(d))));
}

/** All changes at once. Of one policy the last statements first, since a statement that goes renumbers those after it. */
export function applyAll(g: Graph, edits: readonly FixEdit[]): Graph {
  const at = (e: FixEdit): number => ('statement' in e && typeof e.statement === 'number' ? e.statement : -1);
  const goes = (e: FixEdit): number => (e.kind === 'actions' && e.to.length === 0 ? 1 : 0);
  return applyEdits(g, [...edits].sort((a, b) => at(b) - at(a) || goes(a) - goes(b)));
}

/** The first change with all after it of which no two concern one deed, and what is left for later. One whose deeds are not known stays by itself, behind the others. */
function nextGroup(trials: readonly Trial[]): { group: Trial[]; left: Trial[] } {
  const group: Trial[] = [];
  const left: Trial[] = [];
  const deeds = new Set<number>();
  for (const t of trials) {
    if (!t.deeds || some(t.deeds, (d) => deeds.has(d))) { left.push(t); continue; }
    group.push(t);
    for (const d of t.deeds) deeds.add(d);
  }
  return group.length > 0 ? { group, left } : { group: left.slice(0, 1), left: left.slice(1) };
}

function some<T>(list: Iterable<T>, test: (x: T) => boolean): boolean {
  for (const x of list) if (test(x)) return true;
  return false;
}

/** Whether something can be done, or from so strong a start, or is asked as one, that was not before. */
function isMore(base: Pass, after: Pass): boolean {
  const asked = new Set(base.principals);
  return after.principals.some((p) => !asked.has(p)) || some(after.rows, ([key, start]) => (base.rows.get(key) ?? 99) > start);
}

/** The proof of each change of a group, undefined when some difference cannot be told to be of one of them. */
function attributed(base: Pass, after: Pass, group: readonly Trial[], touched: Touched): Proof[] | undefined {
  if (isMore(base, after)) return undefined;
  const owner = new Map<number, number>();
  group.forEach((t, i) => { for (const d of t.deeds!) owner.set(d, i); });
  const changed: Map<string, number | undefined>[] = group.map(() => new Map());
  for (const [key, start] of base.rows) {
    const now = after.rows.get(key);
    if (now === start) continue;
    const i = owner.get(touched.numberOf(key));
    if (i === undefined) return undefined;
    changed[i]!.set(key, now);
  }
  const byKey = problemsByKey(base);
  return changed.map((mine) => {
    const concerned = new Set([...mine.keys()].flatMap((k) => byKey.get(k) ?? []));
    const found = new Map([...concerned].map((f) => [f, base.found.get(f)!] as const));
    const rows = new Map<string, number>();
    for (const p of found.values()) for (const k of p.keys) { const now = mine.has(k) ? mine.get(k) : base.rows.get(k); if (now !== undefined) rows.set(k, now); }
    return proofOf({ rows: base.rows, found }, { rows });
  });
}

const keyed = new WeakMap<Pass, ReadonlyMap<string, readonly string[]>>();
function problemsByKey(pass: Pass): ReadonlyMap<string, readonly string[]> {
  let index = keyed.get(pass);
  if (!index) {
    const all = new Map<string, string[]>();
    for (const [fingerprint, p] of pass.found) for (const k of p.keys) { const list = all.get(k); if (list) list.push(fingerprint); else all.set(k, [fingerprint]); }
    keyed.set(pass, (index = all));
  }
  return index;
}

/** What edits do to the records of a graph. */
class Records {
  readonly #g: GraphSnapshot;
  readonly #edges: ReadonlyMap<string, EdgeRecord>;

  constructor(g: GraphSnapshot) {
    this.#g = g;
    this.#edges = new Map(g.edges.map((e) => [e.id, e]));
  }

  touch(edit: FixEdit): Touch {
    switch (edit.kind) {
      case 'actions': case 'statement': return { nodes: [edit.policy], edges: [] };
      case 'auth': return { nodes: [edit.endpoint], edges: [] };
      case 'properties': return { nodes: [edit.node], edges: [] };
      case 'detach': case 'edge': return { nodes: [], edges: this.#named([edit.edge]) };
      case 'edges': return { nodes: edit.nodes, edges: [...this.#named(edit.remove), ...edit.nodes.flatMap((id) => [...this.#g.out(id), ...this.#g.in(id)])] };
      case 'control': {
        const beside = besideControl(this.#g, edit);
        return { nodes: [...edit.guards, ...(beside ? [controlId(beside, edit)] : [])], edges: this.#named(edit.gates) };
      }
    }
  }

  #named(ids: readonly string[]): EdgeRecord[] { return ids.flatMap((id) => this.#edges.get(id) ?? []); }
}
