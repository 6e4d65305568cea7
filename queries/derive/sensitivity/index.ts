import { SENSITIVITY_WORDS as W } from '../../../knowledge/sensitivity.gen.ts';
import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import { inForce, type NodeRecord, type OverreachConfig, type Sensitivity, type SensitivityResult } from '../../../schema/index.ts';
import { matches, specificity } from '../match.ts';
import { readSignals, type Signal } from './signals.ts';
import { NO_WORDS, type OwnWords } from './words.ts';

export { ownWords, tokens, type Level } from './words.ts';

type Override = NonNullable<OverreachConfig['sensitivity']>[number];
export interface SensitivityOptions { overrides?: readonly Override[]; words?: OwnWords; now?: string }

const RANK: Record<Sensitivity, number> = { restricted: 4, confidential: 3, internal: 2, public: 1, unknown: 0 };
export const sensitivityRank = (s: Sensitivity): number => RANK[s];
/** Counts as sensitive: confidential and above; unknown counts too, but then the verdict is conditional (model 7.3). */
export const isSensitive = (r: SensitivityResult | undefined): boolean => r === undefined || r.level === 'unknown' || RANK[r.level] >= RANK.confidential;

const KINDS = ['DataStore', 'Secret', 'Repository', 'Pipeline', 'Artifact', 'Channel'] as const;
const C = W.confidence;

/** Sensitivity of every asset, from names, tags, types and where copies come from; no data is read (model §7). */
export function deriveSensitivity(snapshot: GraphSnapshot, options: SensitivityOptions = {}): ReadonlyMap<string, SensitivityResult> {
  const out = new Map<string, SensitivityResult>();
  const fixed = new Set<string>();
  for (const kind of KINDS)
    for (const n of snapshot.ofKind(kind)) {
      const own = readLevel(n, snapshot, options.words ?? NO_WORDS);
      const override = nearest(n, options, own.level);
      if (override) fixed.add(n.id);
      out.set(n.id, override ? overridden(own, override) : own);
    }
  propagate(snapshot, out, fixed);
  return out;
}

function readLevel(n: NodeRecord, snapshot: GraphSnapshot, words: OwnWords): SensitivityResult {
  if (n.kind === 'Repository') {
    const open = n.props['visibility'] === 'public';
    return result(open ? 'public' : 'confidential', 0.6, [{ level: open ? 'public' : 'confidential', signal: 'structure', weight: 0.6, evidence: open ? 'public repository' : 'repository that is not public', basis: 'signal' }], true, 'signal');
  }
  if (n.kind === 'Pipeline') return result('confidential', C.structure, [{ level: 'confidential', signal: 'structure', weight: C.structure, evidence: 'pipeline: what it builds is run', basis: 'signal' }], true, 'signal');
  if (n.kind === 'Artifact') return result('internal', 0.4, [{ level: 'internal', signal: 'default', weight: 0.4, evidence: 'artifact', basis: 'default' }], true, 'default');
  if (n.kind === 'Channel') return result('internal', 0.4, [{ level: 'internal', signal: 'default', weight: 0.4, evidence: 'channel', basis: 'default' }], false, 'default');
  const reading = readSignals(n, snapshot, words);
  return combine(reading.signals, reading.integrityHigh, reading.customerKey);
}

/**
 * Highest level among signals of confidence 0.5 and more, else the highest of all; agreeing signals add up to the confidence.
 * A customer key (or object lock) lifts what nothing else speaks about from unknown to confidential: somebody cared.
 */
export function combine(signals: readonly Signal[], integrityHigh: boolean, customerKey: boolean): SensitivityResult {
  const top = (list: readonly Signal[]): Sensitivity => list.reduce<Sensitivity>((best, s) => (RANK[s.level] > RANK[best] ? s.level : best), 'unknown');
  const strong = signals.filter((s) => s.weight >= 0.5);
  let level = strong.length > 0 ? top(strong) : top(signals);
  let all = [...signals];
  if (customerKey && (level === 'unknown' || level === 'confidential')) {
    level = 'confidential';
    all = [...all, { level, signal: 'protection', weight: C.customerKey, evidence: 'customer key or object lock', basis: 'signal' }];
  }
  if (level === 'unknown') return result('unknown', 0, all, integrityHigh, 'none');
  const agreeing = all.filter((s) => s.level === level);
  const confidence = Math.min(0.95, 1 - agreeing.reduce((p, s) => p * (1 - s.weight), 1));
  return result(level, confidence, all, integrityHigh, agreeing.every((s) => s.basis === 'default') ? 'default' : 'signal');
}

function result(level: Sensitivity, confidence: number, signals: readonly Signal[], integrityHigh: boolean, decidedBy: SensitivityResult['decidedBy']): SensitivityResult {
  return { level, integrity: integrityHigh ? 'high' : 'normal', availability: 'normal', confidence: round(confidence), reasons: signals.map((s) => ({ signal: s.signal, weight: s.weight, evidence: s.evidence })), decidedBy };
}

const round = (x: number): number => Math.round(x * 100) / 100;

/** The most specific override that is still in force; among equals the later one. One that lowers the level needs a reason and an expiry. */
function nearest(n: NodeRecord, options: SensitivityOptions, level: Sensitivity): Override | undefined {
  let best: Override | undefined;
  for (const o of options.overrides ?? []) {
    if (!matches(o.match, n)) continue;
    if (!inForce(o.expires, options.now ?? '')) continue;
    if (o.level !== undefined && RANK[o.level] < RANK[level] && (o.reason === undefined || o.expires === undefined)) continue;
    if (best === undefined || specificity(o.match) >= specificity(best.match)) best = o;
  }
  return best;
}

function overridden(own: SensitivityResult, o: Override): SensitivityResult {
  return {
    ...own,
    level: o.level ?? own.level,
    integrity: o.integrity ?? own.integrity,
    confidence: o.level === undefined ? own.confidence : 1,
    reasons: [{ signal: 'override', weight: 1, evidence: o.reason ?? 'overreach.yaml' }, ...own.reasons],
    decidedBy: o.level === undefined ? own.decidedBy : 'override',
  };
}

/** Copies inherit the level of their source, a little less sure (model 7.2, 8). Levels only rise, so the work list ends. */
function propagate(snapshot: GraphSnapshot, out: Map<string, SensitivityResult>, fixed: ReadonlySet<string>): void {
  const queue = [...out.keys()].filter((id) => RANK[out.get(id)!.level] > RANK.public);
  for (let at = 0; at < queue.length; at++) {
    const id = queue[at]!;
    const from = out.get(id)!;
    for (const e of snapshot.out(id, 'FEEDS', 'CONTAINS')) {
      if (e.kind === 'FEEDS' && e.props['mode'] !== 'ingest') continue;
      const to = out.get(e.to);
      const kind = snapshot.node(e.to)?.kind;
      if (!to || fixed.has(e.to) || kind !== 'DataStore' || RANK[from.level] <= RANK[to.level]) continue;
      const weight = round(from.confidence * C.propagation);
      out.set(e.to, { ...to, level: from.level, confidence: weight, decidedBy: 'signal', reasons: [{ signal: 'copy', weight, evidence: `copy of ${snapshot.node(id)?.name ?? id}` }, ...to.reasons] });
      queue.push(e.to);
    }
  }
}
