import { bestVerdict, Verdict, type AttackPath, type Evidence, type NodeRef, type SourceRef } from '../../../schema/index.ts';
import type { Sight } from './sight.ts';

export const OUTSIDE = 'outside your scope';
export const OUTSIDE_REF: NodeRef = Object.freeze({ id: 'outside', kind: 'Scope', type: 'outside', name: OUTSIDE });
export const OUTSIDE_CONDITION = 'a condition outside your scope';

/** Closed vocabularies of ours: they name nothing of the estate, and some are enums. */
const OURS: ReadonlySet<string> = new Set([
  'kind', 'type', 'provider', 'effect', 'effects', 'verdict', 'severity', 'startClass', 'alsoFrom', 'fact', 'goal', 'basis', 'certainty', 'transition', 'technique', 'state', 'environment', 'class', 'classes', 'status', 'code',
  'rules', 'rule', 'platform', 'autonomy', 'toolClass', 'contract', 'sensitivity', 'sourceType', 'fingerprint', 'collectedAt', 'completeness', 'settleBy', 'auth',
]);

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const isRef = (v: Record<string, unknown>): boolean => typeof v['id'] === 'string' && typeof v['kind'] === 'string' && typeof v['name'] === 'string' && typeof v['type'] === 'string';
const isEvidence = (v: Record<string, unknown>): boolean => typeof v['basis'] === 'string';
const isSource = (v: Record<string, unknown>): boolean => typeof v['source'] === 'string' && ['file', 'call', 'jsonPointer', 'address'].some((k) => typeof v[k] === 'string');

const isPath = (v: Record<string, unknown>): boolean => Array.isArray(v['hops']) && isObject(v['start']);

/** A value as a caller may read it: what is outside is one nameless thing, however much of it there is. */
export class Cover {
  readonly #sight: Sight;
  readonly #path: (p: AttackPath) => AttackPath;
  /** `path`: what becomes of a path wherever one stands. */
  constructor(sight: Sight, path: (p: AttackPath) => AttackPath) { this.#sight = sight; this.#path = path; }

  ref(r: NodeRef): NodeRef { return this.#sight.node(r.id) ? r : OUTSIDE_REF; }
  text(t: string): string { return this.#sight.hides(t) ? OUTSIDE : t; }
  source(s: SourceRef | undefined): SourceRef | undefined {
    return s === undefined || (s.file !== undefined && !this.#sight.file(s.file)) || [s.address, s.call, s.field, s.jsonPointer].some((t) => t !== undefined && this.#sight.hides(t)) ? undefined : s;
  }

  evidence(list: readonly Evidence[]): Evidence[] {
    return list.flatMap((e) => {
      const source = this.source(e.source);
      return e.source !== undefined && source === undefined ? [] : [{ ...e, ...(e.text === undefined ? {} : { text: this.text(e.text) }) }];
    });
  }

  requires(list: readonly string[]): string[] { return [...new Set(list.map((r) => (this.#sight.hides(r) ? OUTSIDE_CONDITION : r)))]; }

  /** Any other value, by its shape. */
  any<T>(value: T): T { return this.#walk(value, '') as T; }

  #walk(v: unknown, key: string): unknown {
    if (typeof v === 'string') return OURS.has(key) ? v : key === 'requires' && this.#sight.hides(v) ? OUTSIDE_CONDITION : this.text(v);
    if (Array.isArray(v)) return merged(v.map((x) => this.#walk(x, key)).filter((x) => x !== undefined));
    if (!isObject(v)) return v;
    if (isRef(v)) return this.ref(v as unknown as NodeRef);
    if (isEvidence(v)) return this.evidence([v as unknown as Evidence])[0];
    if (isSource(v)) return this.source(v as unknown as SourceRef);
    if (isPath(v)) return this.#path(v as unknown as AttackPath);
    const out: Record<string, unknown> = {};
    for (const [k, x] of Object.entries(v)) {
      const covered = this.#sight.hides(k) ? undefined : this.#walk(x, k);
      if (covered !== undefined) out[k] = covered;
    }
    return headOf(out) === OUTSIDE_REF ? faceless(out) : out;
  }
}

/** The thing a row is about: its first reference. */
const headOf = (row: unknown): unknown => (isObject(row) ? Object.values(row).find((x) => isObject(x) && isRef(x)) : undefined);

/** A row about something outside keeps what happens, not to what, by what or how often. */
function faceless(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).flatMap(([k, x]): [string, unknown][] => {
    if (x === OUTSIDE_REF || k === 'verdict' || k === 'effect' || k === 'effects') return [[k, x]];
    if (Array.isArray(x)) return [[k, []]];
    return typeof x === 'string' ? [[k, OUTSIDE]] : isObject(x) ? [] : [[k, x]];
  }));
}

/** Nameless entries of a list become one. */
function merged(list: unknown[]): unknown[] {
  const out: unknown[] = [];
  let at = -1;
  for (const x of list) {
    const nameless = x === OUTSIDE || x === OUTSIDE_CONDITION || x === OUTSIDE_REF || headOf(x) === OUTSIDE_REF;
    if (!nameless) { out.push(x); continue; }
    if (at < 0) at = out.push(x) - 1;
    else if (isObject(x) && x !== OUTSIDE_REF && isObject(out[at])) out[at] = joined(out[at] as Record<string, unknown>, x);
  }
  return out;
}

const joined = (a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.keys({ ...a, ...b }).map((k) => {
  const [x, y] = [a[k], b[k]];
  if (Array.isArray(x) && Array.isArray(y)) return [k, [...new Set([...x, ...y])].sort()];
  const [v, w] = [Verdict.safeParse(x), Verdict.safeParse(y)];
  return [k, k === 'verdict' && v.success && w.success ? bestVerdict(v.data, w.data) : (x ?? y)];
}));
