import { atLeast, severityRank, type Finding, type GoalKind, type NodeRecord, type Severity } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { isSensitive } from '../derive/sensitivity/index.ts';
import type { LoadedRule } from '../rules/load.ts';
import type { Problem } from './group.ts';
import { ownerOf } from './owners.ts';
import { nodeRef, sorted } from './ref.ts';
import { assetValue, band, bandFloor, scoreOf } from './score.ts';
import { principalWeight, START_SAYS } from './starts.ts';
import { bounded } from './when.ts';

type Facets = ReadonlyMap<string, ReadonlyMap<string, Record<string, string | number | boolean>>>;
const MEMBERS = 20;
const KINDS: Partial<Record<NodeRecord['kind'], string>> = { DataStore: 'stores', Secret: 'secrets', Channel: 'channels' };
const VERB: Record<GoalKind, string> = { exfil: 'read and carry out', tamper: 'write to', destroy: 'delete from', admin: 'become admin of', code: 'change what runs from', spend: 'spend through', persist: 'persist in', send: 'send through' };

/** One problem as a finding: path, score, facets, severity with floors and ceilings. */
export function compose(p: Problem, estate: Estate, facets: Facets, rules: ReadonlyMap<string, LoadedRule>, footholds: ReadonlyMap<string, ReadonlySet<string>>): Finding {
  const { lead } = p;
  const shown = lead.deed.path(lead.asset.id, 1);
  const path = shown.paths[0] ?? { start: { class: p.startClass, says: START_SAYS[p.startClass] }, hops: [], verdict: lead.verdict, requires: [] };
  const byRule = new Map<string, Record<string, string | number | boolean>>();
  for (const key of p.keys) for (const [rule, facts] of facets.get(key) ?? []) byRule.set(rule, { ...byRule.get(rule), ...facts });
  const foothold = footholds.get(lead.subject.id);
  const others = foothold ? [...foothold].filter((id) => !p.assets.some((a) => a.id === id)).length : 0;
  const principal = 'principal' in lead.start ? estate.snapshot.node(lead.start.principal) : undefined;
  const who = principal ? `principal ${nodeRef(principal).name}` : START_SAYS[p.startClass];
  const score = scoreOf({ startClass: p.startClass, who, ...(principal ? { entry: principalWeight(principal) } : {}), path, goal: lead.goal, assets: p.assets, tool: lead.deed.tool, identity: lead.identity, others }, estate);
  const level = assetValue(p.assets, lead.goal, estate).level;
  const known = { sensitivity: level, effect: lead.effect, goal: lead.goal, start: p.startClass, environment: lead.asset.environment, verdict: lead.verdict, toolClass: String(lead.deed.tool?.props['toolClass'] ?? ''), ownRecord: lead.deed.tool?.props['argumentBinding'] === 'caller_identity', zeroClick: path.hops.some((h) => h.fact === 'INFLUENCE') && !path.requires.some((r) => /click|open/.test(r)) && ['E2', 'E0', 'E1'].includes(p.startClass), unrecoverable: p.assets.some((a) => ((a.props['recovery'] as unknown[] | undefined) ?? []).length === 0), exec: path.hops.some((h) => h.fact === 'EXEC'), platform: String(lead.agent?.props['platform'] ?? '') };
  let severity: Severity = band(score.value);
  let raised: string | undefined;
  for (const [id, facts] of [...byRule].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rule = rules.get(id);
    if (!rule) continue;
    const r = bounded(severity, rule.severity, { ...known, ...facts });
    if (r.by !== undefined) {
      raised = `score ${score.value}, ${r.by === 'floor' ? 'raised' : 'lowered'} to ${r.severity} by ${id} ${r.by}`;
      severity = r.severity;
    }
  }
  const requires = sorted([...path.requires, ...lead.deed.requires]);
  const owner = ownerOf(lead.subject, estate.snapshot) ?? ownerOf(lead.asset, estate.snapshot);
  return {
    fingerprint: p.fingerprint, title: titleOf(p, level, who), startClass: p.startClass, alsoFrom: p.alsoFrom, subject: nodeRef(lead.subject),
    ...(lead.identity ? { identity: nodeRef(lead.identity) } : {}),
    asset: nodeRef(lead.asset),
    ...(p.groupKey === undefined ? {} : { assetGroup: { key: p.groupKey, count: p.assets.length, members: p.assets.slice(0, MEMBERS).map(nodeRef) } }),
    effect: lead.effect, severity, score: raised === undefined ? score : { ...score, raised }, verdict: lead.verdict, requires: lead.verdict === 'proven' ? [] : requires, rules: [...byRule.keys()].sort(), path,
    truncated: shown.truncated, ...(owner === undefined ? {} : { owner }), sensitivity: level, environment: environmentOf(p, lead.agent), state: 'open',
  };
}

function titleOf(p: Problem, level: string, who: string): string {
  const { lead } = p;
  const through = lead.subject.kind === 'Agent' ? `agent ${lead.subject.name}` : `${lead.subject.kind.toLowerCase()} ${lead.subject.name}`;
  const named = p.assets.filter((a) => a.props['any'] !== true);
  const what = named.length > 1 ? `${named.length} ${KINDS[lead.asset.kind] === undefined ? 'things of the control plane' : `${level} ${KINDS[lead.asset.kind]}`}` : nodeRef(lead.asset).name;
  const name = nodeRef({ ...lead.subject, name: through }).name;
  const text = p.startClass === 'E7' ? `${name}, erring on benign input, can ${VERB[lead.goal]} ${what}` : p.startClass === 'steered' ? `${name}, once steered, can ${VERB[lead.goal]} ${what}` : `${who} can ${VERB[lead.goal]} ${what} through ${name}`;
  return text[0]!.toUpperCase() + text.slice(1);
}

function environmentOf(p: Problem, agent: NodeRecord | undefined): string {
  const all = new Set(p.assets.map((a) => a.environment));
  return all.has('prod') ? 'prod' : all.has('unknown') ? (agent?.environment ?? 'unknown') : 'nonprod';
}

/** Sensitive assets each subject can do something to: what else the same foothold reaches. */
export function footholdsOf(problems: readonly Problem[], estate: Estate): ReadonlyMap<string, ReadonlySet<string>> {
  const out = new Map<string, Set<string>>();
  for (const p of problems)
    for (const a of p.assets) {
      if ((a.kind !== 'DataStore' && a.kind !== 'Secret') || !isSensitive(estate.sensitivity.get(a.id))) continue;
      let set = out.get(p.lead.subject.id);
      if (!set) out.set(p.lead.subject.id, (set = new Set()));
      set.add(a.id);
    }
  return out;
}

/** By severity, then verdict, then score; the fingerprint breaks ties, so equal scans give equal orders. */
export function byImportance(a: Finding, b: Finding): number {
  const verdict = { proven: 0, conditional: 1, unknown: 2 } as const;
  return severityRank(a.severity) - severityRank(b.severity) || verdict[a.verdict] - verdict[b.verdict] || b.score.value - a.score.value || (a.fingerprint < b.fingerprint ? -1 : 1);
}

/** A score a severity stands for at least, used where a posture rule asks for findings of some score. */
export const effectiveScore = (f: Finding): number => Math.max(f.score.value, atLeast(f.severity, 'high') ? bandFloor(f.severity) : 0);
