import { SENSITIVITY_WORDS as W } from '../../../knowledge/sensitivity.gen.ts';
import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import type { NodeRecord, Sensitivity } from '../../../schema/index.ts';
import { NO_WORDS, readNames, type OwnWords } from './words.ts';

export interface Signal { level: Sensitivity; signal: string; weight: number; evidence: string; basis: 'signal' | 'default' }
export interface Reading { signals: Signal[]; integrityHigh: boolean; nonprod: boolean; customerKey: boolean }

const C = W.confidence;
const LOWER: Record<Sensitivity, Sensitivity> = { restricted: 'confidential', confidential: 'internal', internal: 'internal', public: 'public', unknown: 'unknown' };
const norm = (s: string): string => s.toLowerCase().replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/[\s_.:/]+/g, '-');
const TAG_KEYS: ReadonlySet<string> = new Set(W.tagKeys.map(norm));
const TAG_VALUES = new Map<string, Sensitivity>(Object.entries(W.tagValues).flatMap(([level, list]) => list.map((v) => [norm(v), level as Sensitivity] as const)));
const FLAG_KEYS = new Map<string, Sensitivity>(Object.entries(W.flagKeys).flatMap(([level, list]) => list.map((k) => [norm(k), level as Sensitivity] as const)));
const YES: ReadonlySet<string> = new Set(W.flagValues.yes);
const NO: ReadonlySet<string> = new Set(W.flagValues.no);

/** Classification tags of one node (model 7.2, 2). */
function tagSignals(tags: Record<string, string>, weight: number, of: string): Signal[] {
  const out: Signal[] = [];
  for (const [key, value] of Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const k = norm(key.replace(/([a-z0-9])([A-Z])/g, '$1-$2'));
    if (!TAG_KEYS.has(k)) continue;
    const v = norm(value.trim());
    const flag = FLAG_KEYS.get(k);
    const level = flag !== undefined && YES.has(v) ? flag : flag !== undefined && NO.has(v) ? undefined : TAG_VALUES.get(v);
    if (level !== undefined) out.push({ level, signal: 'tag', weight, evidence: `${of}tag ${key} = ${value}`, basis: 'signal' });
  }
  return out;
}

/** What the type of a thing says about it, whatever its name (model 7.2, 4). */
function structuralSignals(n: NodeRecord, snapshot: GraphSnapshot): Signal[] {
  const say = (level: Sensitivity, evidence: string, weight: number = C.structure): Signal[] => [{ level, signal: 'structure', weight, evidence, basis: 'signal' }];
  if (n.kind === 'Secret') return say('restricted', `${n.props['secretType'] ?? 'secret'}`);
  if (n.kind !== 'DataStore') return [];
  const type = n.props['storeType'];
  if (type === 'directory') return say('restricted', 'identity provider');
  if (snapshot.out(n.id, 'HOLDS').length > 0 && type !== 'knowledge_base') return say('restricted', 'holds a credential');
  if (type === 'agent_memory') return say('confidential', 'agent memory: conversation content', 0.6);
  if (type === 'knowledge_base' || type === 'vector_index') return say('confidential', 'content of a knowledge base', 0.4);
  if (type === 'code_store') return say('confidential', 'source code', 0.6);
  return [];
}

/** Defaults when nothing is known (model 7.3). */
function defaultSignal(n: NodeRecord, nonprod: boolean): Signal[] {
  if (n.kind !== 'DataStore') return [];
  const say = (level: Sensitivity, weight: number = C.default): Signal[] => [{ level, signal: 'default', weight, evidence: `default for ${n.props['storeType']}${nonprod ? ' outside production' : ''}`, basis: 'default' }];
  switch (n.props['storeType']) {
    case 'table': case 'database': case 'search_index': return say(nonprod ? 'internal' : 'confidential');
    case 'queue': case 'stream': case 'event_bus': case 'cache': case 'registry': case 'configuration': return say('internal');
    case 'ticket_system': case 'mailbox': case 'documents': case 'crm': return say('confidential');
    default: return [];
  }
}

/** Names under which a node is known to people: its own, the label of its block, its Name tag. */
function namesOf(n: NodeRecord): string[] {
  const label = (n.sources[0]?.address ?? '').split('.').at(-1)?.replace(/\[.*$/, '') ?? '';
  return [n.name, label === 'this' || label === 'main' ? '' : label, n.tags['Name'] ?? '', n.tags['name'] ?? ''].filter(Boolean);
}

/** Everything that speaks about one store, before combination and propagation. */
export function readSignals(n: NodeRecord, snapshot: GraphSnapshot, own: OwnWords = NO_WORDS): Reading {
  const names = readNames(namesOf(n), own);
  const hints = readNames((n.props['hints'] as string[] | undefined) ?? [], own);
  const nonprod = n.environment === 'nonprod' || (names.nonprod && !names.prod && n.environment !== 'prod');
  const signals: Signal[] = [...tagSignals(n.tags, C.tag, ''), ...structuralSignals(n, snapshot)];
  for (const e of snapshot.out(n.id, 'IN_SCOPE')) {
    const scope = snapshot.node(e.to);
    if (scope) signals.push(...tagSignals(scope.tags, C.inheritedTag, `${scope.name}: `));
  }
  const site = n.props['public'] === true && (n.props['website'] === true || snapshot.in(n.id, 'ROUTES_TO').length > 0);
  if (site) signals.push({ level: 'public', signal: 'public site', weight: C.publicSite, evidence: 'public by policy and served as a site', basis: 'signal' });
  for (const s of names.signals) {
    const weight = (s.words.length > 1 ? C.twoWords : C.oneWord) + (names.prod ? C.prodBonus : 0);
    const level = names.nonprod && !names.prod && s.level !== 'public' ? LOWER[s.level] : s.level;
    signals.push({ level, signal: 'name', weight, evidence: `name: ${s.words.join(', ')}`, basis: 'signal' });
  }
  for (const s of hints.signals) signals.push({ level: s.level, signal: 'schema', weight: s.words.length > 1 ? C.twoWords : C.schemaWord, evidence: `attribute names: ${s.words.join(', ')}`, basis: 'signal' });
  signals.push(...defaultSignal(n, nonprod));
  const recovery = (n.props['recovery'] as string[] | undefined) ?? [];
  return {
    signals,
    integrityHigh: names.integrityHigh || site || n.props['storeType'] === 'registry' || n.props['storeType'] === 'code_store' || n.props['storeType'] === 'directory' || n.props['storeType'] === 'knowledge_base',
    nonprod,
    customerKey: snapshot.out(n.id, 'ENCRYPTED_WITH').length > 0 || recovery.includes('lock'),
  };
}
