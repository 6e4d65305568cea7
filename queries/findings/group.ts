import { stableHash, verdictRank, type NodeRecord, type StartClass } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { Row } from './rows.ts';
import { unique } from './ref.ts';
import { strength } from './starts.ts';

/** Rows that are one problem: one subject, identity and effect on assets of one kind and sensitivity, from all starts. */
export interface Problem { fingerprint: string; startClass: StartClass; alsoFrom: StartClass[]; lead: Row; rows: Row[]; assets: NodeRecord[]; groupKey: string | undefined; keys: string[] }

const levelOf = (estate: Estate, n: NodeRecord): string => estate.sensitivity.get(n.id)?.level ?? (n.kind === 'DataStore' || n.kind === 'Secret' ? 'unknown' : 'control');

/** Groups rows by the finding key (model 4.4). GOAL(admin) of a subject and identity takes in what that identity could do to single assets. */
export function groupRows(rows: readonly Row[], estate: Estate): Problem[] {
  const admin = new Map<string, string>();
  for (const r of rows) if (r.goal === 'admin') admin.set(`${r.subject.id}|${r.identity?.id ?? ''}`, r.asset.id);
  const groups = new Map<string, { rows: Row[]; subsumed: Row[] }>();
  const groupOf = (key: string): { rows: Row[]; subsumed: Row[] } => {
    let g = groups.get(key);
    if (!g) groups.set(key, (g = { rows: [], subsumed: [] }));
    return g;
  };
  for (const r of rows) {
    const who = `${r.subject.id}|${r.identity?.id ?? ''}`;
    const scope = admin.get(who);
    if (scope !== undefined && r.goal !== 'admin') groupOf(`${who}|admin|${scope}`).subsumed.push(r);
    else if (r.goal === 'admin') groupOf(`${who}|admin|${r.asset.id}`).rows.push(r);
    else groupOf(`${who}|${r.effect}|${r.asset.kind}|${levelOf(estate, r.asset)}`).rows.push(r);
  }
  return [...groups.values()].filter((g) => g.rows.length > 0).map((g) => problem(g.rows, g.subsumed, estate)).sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function problem(rows: readonly Row[], subsumed: readonly Row[], estate: Estate): Problem {
  const order = [...rows].sort((a, b) => strength(a.startClass) - strength(b.startClass) || verdictRank(a.verdict) - verdictRank(b.verdict) || rankOf(a) - rankOf(b) || (a.asset.id < b.asset.id ? -1 : a.asset.id > b.asset.id ? 1 : 0));
  const lead = order[0]!;
  const classes = unique(order.map((r) => r.startClass)).sort((a, b) => strength(a) - strength(b));
  const assets = unique(order.map((r) => r.asset)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const groupKey = assets.length > 1 ? `${lead.identity?.id ?? ''}|${lead.effect}|${lead.asset.kind}|${levelOf(estate, lead.asset)}` : undefined;
  return {
    fingerprint: stableHash(lead.startClass, lead.subject.id, lead.identity?.id ?? '', groupKey ?? lead.asset.id, lead.effect),
    startClass: lead.startClass, alsoFrom: classes.filter((c) => c !== lead.startClass), lead, rows: order, assets, groupKey,
    keys: unique([...order, ...subsumed].map((r) => r.key)),
  };
}

/** Things of the input before “any …” stand-ins, named before placeholder. */
const rankOf = (r: Row): number => (r.asset.props['any'] === true ? 2 : r.asset.completeness === 'none' ? 1 : 0);
