import { stableHash, verdictRank, type GoalKind, type NodeRecord, type StartClass } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { Row } from './rows.ts';
import { unique } from './ref.ts';
import { strength } from './starts.ts';

/** Rows that are one problem: one subject, identity and effect on assets of one kind and sensitivity, from all starts. */
export interface Problem { fingerprint: string; startClass: StartClass; alsoFrom: StartClass[]; lead: Row; rows: Row[]; assets: NodeRecord[]; groupKey: string | undefined; keys: string[] }

interface Group { rows: Row[]; subsumed: Row[] }

const levelOf = (estate: Estate, n: NodeRecord): string => (assetKind(n) === 'control plane' ? 'control plane' : estate.sensitivity.get(n.id)?.level ?? (n.kind === 'DataStore' || n.kind === 'Secret' ? 'unknown' : 'internal'));
/** Stores and secrets are told apart; everything else that can be changed is control plane, one group. */
const assetKind = (n: NodeRecord): string => (n.kind === 'DataStore' || n.kind === 'Secret' || n.kind === 'Channel' ? n.kind : 'control plane');
const isStandIn = (n: NodeRecord): boolean => n.props['any'] === true;
/** Who gets there from where: administrators of a scope need not be told each thing in it. */
const from = (r: Row): string => `${r.startClass}|${'principal' in r.start ? r.start.principal : ''}|${r.subject.id}`;
const who = (r: Row): string => `${r.subject.id}|${r.identity?.id ?? ''}`;

/**
 * Groups rows by the finding key (model 4.4). Three things are said once where they would be said again:
 * GOAL(admin) takes in what the same subject could do from the same start to single assets, as whomever, unless that is surer; the right to change who may use a store goes with the
 * finding that says it is read, written or deleted; “any … of this service” goes with the real assets of the same effect.
 */
export function groupRows(rows: readonly Row[], estate: Estate): Problem[] {
  const admin = new Map<string, { key: string; rank: number }>();
  const direct = new Map<string, string>();
  const real = new Map<string, string>();
  const keyOf = (r: Row): string => `${who(r)}|${r.effect}|${assetKind(r.asset)}|${levelOf(estate, r.asset)}`;
  for (const r of rows) {
    if (r.goal === 'admin') best(admin, from(r), { key: `${who(r)}|admin|${r.asset.id}`, rank: verdictRank(r.verdict) });
    if (['exfil', 'tamper', 'destroy'].includes(r.goal)) lowest(direct, `${who(r)}|${r.asset.id}`, keyOf(r));
    if (!isStandIn(r.asset) && (r.asset.kind === 'DataStore' || r.asset.kind === 'Secret')) lowest(real, `${who(r)}|${r.effect}|${r.asset.kind}`, keyOf(r));
  }
  const groups = new Map<string, Group>();
  const group = (key: string): Group => {
    let g = groups.get(key);
    if (!g) groups.set(key, (g = { rows: [], subsumed: [] }));
    return g;
  };
  for (const r of rows) {
    const over = admin.get(from(r));
    const store = r.goal === 'persist' && (r.asset.kind === 'DataStore' || r.asset.kind === 'Secret') ? direct.get(`${who(r)}|${r.asset.id}`) : undefined;
    if (r.goal === 'admin') group(`${who(r)}|admin|${r.asset.id}`).rows.push(r);
    else if (over !== undefined && over.rank <= verdictRank(r.verdict)) group(over.key).subsumed.push(r);
    else if (store !== undefined) group(store).subsumed.push(r);
    else group((isStandIn(r.asset) ? real.get(`${who(r)}|${r.effect}|${r.asset.kind}`) : undefined) ?? keyOf(r)).rows.push(r);
  }
  return [...groups.values()].filter((g) => g.rows.length > 0).map((g) => problem(g, estate)).sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function best(map: Map<string, { key: string; rank: number }>, key: string, value: { key: string; rank: number }): void {
  const before = map.get(key);
  if (before === undefined || value.rank < before.rank || (value.rank === before.rank && value.key < before.key)) map.set(key, value);
}

function lowest(map: Map<string, string>, key: string, value: string): void {
  const before = map.get(key);
  if (before === undefined || value < before) map.set(key, value);
}

function problem({ rows, subsumed }: Group, estate: Estate): Problem {
  const order = [...rows].sort((a, b) => strength(a.startClass) - strength(b.startClass) || verdictRank(a.verdict) - verdictRank(b.verdict) || nearness(a) - nearness(b) || GOALS.indexOf(a.goal) - GOALS.indexOf(b.goal) || (a.asset.id < b.asset.id ? -1 : a.asset.id > b.asset.id ? 1 : 0));
  const lead = order[0]!;
  const classes = unique(order.map((r) => r.startClass)).sort((a, b) => strength(a) - strength(b));
  const byId = new Map(order.map((r) => [r.asset.id, r.asset]));
  const assets = [...byId.values()].sort((a, b) => Number(isStandIn(a)) - Number(isStandIn(b)) || (a.id < b.id ? -1 : 1));
  const single = assets.filter((a) => !isStandIn(a)).length <= 1 && !(assets.length > 1 && isStandIn(assets[0]!));
  const groupKey = `${lead.identity?.id ?? ''}|${lead.effect}|${assetKind(lead.asset)}|${levelOf(estate, lead.asset)}`;
  return {
    fingerprint: stableHash(lead.startClass, lead.subject.id, lead.identity?.id ?? '', single ? assets[0]!.id : groupKey, lead.effect),
    startClass: lead.startClass, alsoFrom: classes.filter((c) => c !== lead.startClass), lead, rows: order, assets, groupKey: assets.length > 1 ? groupKey : undefined,
    keys: unique([...order, ...subsumed].map((r) => r.key)),
  };
}

/** Heaviest first (model 6.2, F): which goal a finding is named after when one effect has several. */
const GOALS: readonly GoalKind[] = ['admin', 'code', 'destroy', 'exfil', 'tamper', 'persist', 'spend', 'send'];
/** Things of the input before stand-ins and placeholders. */
const nearness = (r: Row): number => (isStandIn(r.asset) ? 2 : r.asset.completeness === 'none' ? 1 : 0);
