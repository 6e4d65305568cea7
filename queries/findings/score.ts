import type { Score, Severity } from '../../schema/index.ts';
import type { AttackPath, GoalKind, NodeRecord, StartClass } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { START_SAYS, START_WEIGHT } from './starts.ts';
import { gateFactors, stepFactors } from './steps.ts';

export interface ScoreInput {
  startClass: StartClass;
  /** Weight of the start when the class alone does not say it: a named principal. */
  entry?: number;
  /** Who starts, as a person reads it; default: what the class stands for. */
  who?: string;
  path: AttackPath;
  goal: GoalKind;
  assets: readonly NodeRecord[];
  tool: NodeRecord | undefined;
  identity: NodeRecord | undefined;
  /** Other sensitive assets reachable from the same foothold. */
  others: number;
}

const BANDS: readonly [number, Severity][] = [[75, 'critical'], [55, 'high'], [35, 'medium'], [15, 'low'], [0, 'info']];
export const band = (score: number): Severity => BANDS.find(([min]) => score >= min)![1];
/** Lowest score of a band: what a floor raises to, for ordering. */
export const bandFloor = (s: Severity): number => BANDS.find(([, name]) => name === s)![0];

const ASSET: Record<string, number> = { restricted: 1, confidential: 0.8, unknown: 0.8, internal: 0.5, public: 0.1 };
const EFFECT: Record<GoalKind, number> = { admin: 1, code: 1, destroy: 0.95, exfil: 0.9, tamper: 0.9, persist: 0.7, spend: 0.6, send: 0.6 };

const recoverable = (n: NodeRecord): boolean => ((n.props['recovery'] as unknown[] | undefined) ?? []).length > 0;

/** The asset that weighs most, and its weight (model 6.2, A). Things that are not stores are control plane. */
export function assetValue(assets: readonly NodeRecord[], goal: GoalKind, estate: Estate): { value: number; level: string } {
  if (goal === 'admin' || goal === 'code') return { value: 1, level: 'control plane' };
  let best = { value: 0, level: 'public' };
  for (const a of assets) {
    const known = estate.sensitivity.get(a.id);
    const level = known?.level ?? (a.kind === 'DataStore' || a.kind === 'Secret' ? 'unknown' : undefined);
    const control = level === undefined || a.kind === 'Repository' || a.kind === 'Pipeline';
    const value = control && a.kind !== 'Channel' ? 1 : (ASSET[level ?? 'internal'] ?? 0.8);
    if (value > best.value) best = { value, level: control && a.kind !== 'Channel' ? 'control plane' : (level ?? 'internal') };
  }
  return best;
}

/** L, I, B and the score, with what each factor contributes and what the score would be without it. */
export function scoreOf(s: ScoreInput, estate: Estate): Score {
  const entry = s.entry ?? START_WEIGHT[s.startClass];
  const steps = stepFactors(s.path, estate.snapshot);
  const gates = gateFactors(s.path, estate.snapshot);
  const asset = assetValue(s.assets, s.goal, estate);
  const destroyed = s.goal === 'destroy' && s.assets.every(recoverable);
  const effect = destroyed ? 0.5 : EFFECT[s.goal];
  const own = s.tool?.props['argumentBinding'] === 'caller_identity';
  const scale = own ? 0.3 : 1;
  const breadth = Math.min(1.25, 1 + 0.05 * Math.log2(1 + s.others));
  const product = (skip?: number): number => [...steps, ...gates].reduce((p, f, i) => (i === skip ? p : p * f.value), 1);
  const points = (e: number, chain: number, impact: number, b: number): number => Math.min(100, Math.round(100 * Math.sqrt(e * chain * impact) * b));
  const impact = asset.value * effect * scale;
  const raw = points(entry, product(), impact, breadth);
  const withoutGuardrails = points(entry, steps.reduce((p, f) => p * f.value, 1) * gates.filter((g) => g.kind === 'gate').reduce((p, f) => p * f.value, 1), impact, breadth);
  const value = withoutGuardrails >= 75 ? Math.max(75, raw) : raw;
  const fixedEntry = points(Math.min(entry, START_WEIGHT.E4), product(), impact, breadth);
  const narrowed = points(entry, product(), asset.value * effect * 0.3, 1);
  const approved = gates.some((g) => g.kind === 'gate' && g.value < 1) ? raw : points(entry, product() * 0.25, impact, breadth);
  const factors: Score['factors'] = [
    { name: `start ${s.startClass}: ${s.who ?? START_SAYS[s.startClass]}`, value: entry, scoreIfFixed: fixedEntry },
    ...[...steps, ...gates].map((f, i) => ({ name: f.name, value: f.value, ...(f.evidence === undefined ? {} : { evidence: f.evidence }), scoreIfFixed: f.kind === 'step' ? points(entry, product(i) * 0.25 * f.value, impact, breadth) : points(entry, product(i), impact, breadth) })),
    { name: `asset: ${asset.level}`, value: asset.value, scoreIfFixed: points(entry, product(), 0.1 * effect * scale, breadth) },
    { name: `effect: ${s.goal}${destroyed ? ', recoverable' : ''}`, value: effect, ...(s.goal === 'destroy' && !destroyed ? { scoreIfFixed: points(entry, product(), asset.value * 0.5 * scale, breadth) } : {}) },
    { name: own ? 'scale: own record' : 'scale: whole store', value: scale, scoreIfFixed: narrowed },
    { name: `breadth: ${s.others} other sensitive assets`, value: Math.round(breadth * 100) / 100, scoreIfFixed: points(entry, product(), impact, 1) },
  ];
  const round = (x: number): number => Math.round(x * 1000) / 1000;
  return { value, likelihood: round(entry * product()), impact: round(impact), breadth: round(breadth), factors, why: why(s, value, { entry: fixedEntry, narrowed, approved }, asset.level) };
}

/** The three largest drops as one sentence. */
function why(s: ScoreInput, value: number, fixed: { entry: number; narrowed: number; approved: number }, level: string): string {
  const agent = s.path.hops.some((h) => h.fact === 'INFLUENCE');
  const named = s.assets.filter((a) => a.props['any'] !== true);
  const target = named.length > 1 ? `${named.length} ${level} assets` : `${level === 'control plane' ? '' : `${level} `}${s.assets[0]?.name ?? 'the asset'}`;
  const verb = { exfil: 'read', tamper: 'write', destroy: 'delete', admin: 'take over', code: 'change the code of', spend: 'spend through', persist: 'change', send: 'send through' }[s.goal];
  const parts: { drop: number; text: string }[] = [
    { drop: value - fixed.entry, text: `${s.who ?? START_SAYS[s.startClass]} (${s.startClass}) can ${agent ? 'instruct the agent' : 'start it'}` },
    { drop: value - fixed.narrowed, text: `${s.identity?.name ?? 'the tool'} can ${verb} all of ${target}` },
    { drop: value - fixed.approved, text: 'nobody has to approve' },
  ];
  const said = parts.filter((p) => p.drop > 0).map((p) => p.text);
  const name = band(value);
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${value}: ${said.join('; ') || 'no single factor stands out'}.`;
}
