import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { AttackPath } from '../../schema/index.ts';
import { buildAttack, attackQueries } from '../attack/index.ts';
import type { AttackGraph } from '../attack/graph.ts';
import { derive, type Derived, type DeriveOptions } from '../derive/index.ts';
import type { Kept } from '../derive/keep.ts';
import { overridesOf } from '../findings/config.ts';
import { groupRows } from '../findings/group.ts';
import { collectRows, type Rows } from '../findings/rows.ts';
import { strength } from '../findings/starts.ts';
import type { Graph } from './edit.ts';

/** What an analysis without rules and scores finds: enough to say which problems are there. */
export interface Problems {
  /** (subject, identity, effect, asset) → strength of the strongest start; lower is stronger. */
  rows: ReadonlyMap<string, number>;
  found: ReadonlyMap<string, { start: number; keys: readonly string[]; path: () => AttackPath | undefined; effect: string }>;
}

/** A whole analysis, kept so that changes of its graph can be followed from it. */
export interface Pass extends Problems, Kept { attack: AttackGraph; /** principals asked as starts */ principals: readonly string[] }

/** `before`: a pass over a graph of which this one is a change; what the change cannot touch is taken from it. */
export function passOf(g: Graph, options: DeriveOptions = {}, before?: Pass): Pass {
  const stored = new GraphSnapshot(g.nodes, g.edges);
  const estate = derive(stored, { ...options, sensitivity: [...overridesOf(stored), ...(options.sensitivity ?? [])] }, before);
  const attack = buildAttack(estate);
  return passFrom(stored, estate, attack, collectRows(estate, attackQueries(attack)));
}

/** The pass that an analysis has made already. */
export function passFrom(stored: GraphSnapshot, estate: Derived, attack: AttackGraph, { rows, principals }: Pick<Rows, 'rows' | 'principals'>): Pass {
  const best = new Map<string, number>();
  for (const r of rows) best.set(r.key, Math.min(best.get(r.key) ?? 99, strength(r.startClass)));
  let found: Problems['found'] | undefined;
  return {
    rows: best, stored, access: estate.access, routes: estate.routes, attack, principals,
    // Most passes are only asked for their rows.
    get found() {
      return (found ??= new Map(groupRows(rows, estate).map((p) => [p.fingerprint, {
        start: strength(p.startClass), keys: [...new Set(p.rows.map((r) => r.key))], effect: p.lead.effect as string, path: () => p.lead.deed.path(p.lead.asset.id, 1).paths[0],
      }] as const)));
    },
  };
}

export const problemsOf = (g: Graph, options: DeriveOptions = {}): Problems => passOf(g, options);

/** What became of the problems of `before`. `opens`: deeds that were not possible before, or not from so strong a start. */
export interface Proof { closes: string[]; weakens: string[]; opens: string[] }

export function proofOf(before: Problems, after: Pick<Problems, 'rows'>): Proof {
  const out: Proof = { closes: [], weakens: [], opens: [] };
  for (const [fingerprint, p] of before.found) {
    const left = p.keys.filter((k) => after.rows.has(k));
    if (left.length === 0) out.closes.push(fingerprint);
    else if (left.length < p.keys.length || left.every((k) => after.rows.get(k)! > p.start)) out.weakens.push(fingerprint);
  }
  for (const [key, start] of after.rows) if ((before.rows.get(key) ?? 99) > start) out.opens.push(key);
  return out;
}
