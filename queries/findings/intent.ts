import { EffectClass, type Allowed, type NodeRecord, type Purpose } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { matches } from '../derive/match.ts';
import { sensitivityRank, tokens } from '../derive/sensitivity/index.ts';
import { effectsOf, weight } from './weights.ts';

export interface Held { effect: EffectClass; asset: NodeRecord; identity: NodeRecord }
export interface Intent { actual: Held[]; excess: Held[]; opr: number; from: 'purpose' | 'tools' | 'none'; judge?: (h: Held) => Judgement }

/** Words in the names of tools, as far as they say what a tool is for. */
const WORDS: Record<string, readonly EffectClass[]> = {
  get: ['read', 'list'], list: ['list', 'read'], read: ['read', 'list'], find: ['read', 'list'], search: ['read', 'list'], lookup: ['read', 'list'], query: ['read', 'list'], fetch: ['read', 'list'], describe: ['list'], check: ['read', 'list'], status: ['read', 'list'],
  create: ['write'], update: ['write'], put: ['write'], add: ['write'], set: ['write'], write: ['write'], change: ['write'], edit: ['write'], save: ['write'], register: ['write'], book: ['write'],
  delete: ['delete'], remove: ['delete'], purge: ['delete'], cancel: ['delete'], close: ['write'], send: ['send'], notify: ['send'], email: ['send'], pay: ['spend'], purchase: ['spend'], order: ['spend'], run: ['execute'], execute: ['execute'],
};

/** The identities by which an agent has effects: of its tools, and of its own code. Its orchestrator's role is not a tool path. */
export function executingIdentities(agent: NodeRecord, estate: Estate): NodeRecord[] {
  const { snapshot } = estate;
  const tools = snapshot.out(agent.id, 'HAS_TOOL').map((e) => e.to);
  const ids = [
    ...tools.flatMap((t) => snapshot.out(t, 'RUNS_AS').map((e) => e.to)),
    ...tools.flatMap((t) => snapshot.out(t, 'EXECUTES_IN').flatMap((e) => snapshot.out(e.to, 'RUNS_AS').map((r) => r.to))),
    ...snapshot.out(agent.id, 'IMPLEMENTED_BY').flatMap((e) => snapshot.out(e.to, 'RUNS_AS').map((r) => r.to)),
  ];
  return [...new Set(ids)].sort().flatMap((id) => snapshot.node(id) ?? []);
}

/** Intended against actual access (model 6.3). Intent is the declared purpose, else what the tools' contracts and names say they are for. */
export function intentOf(agent: NodeRecord, estate: Estate): Intent {
  const actual: Held[] = [];
  for (const identity of executingIdentities(agent, estate))
    for (const [effect, assets] of effectsOf(identity.id, estate))
      for (const id of [...assets].sort()) {
        const asset = estate.snapshot.node(id);
        if (asset && effect !== 'invoke') actual.push({ effect, asset, identity });
      }
  const purpose = purposeOf(agent);
  const intended = purpose?.allow ? byPurpose(purpose, estate) : byTools(agent, estate);
  const total = actual.reduce((s, a) => s + weight(a.effect, a.asset, estate), 0);
  const excess = intended ? actual.filter((a) => !intended(a).allowed) : [];
  const over = excess.reduce((s, a) => s + weight(a.effect, a.asset, estate), 0);
  return { actual, excess: excess.sort((a, b) => weight(b.effect, b.asset, estate) - weight(a.effect, a.asset, estate)), opr: total === 0 ? 0 : over / total, from: purpose?.allow ? 'purpose' : intended ? 'tools' : 'none', ...(intended ? { judge: intended } : {}) };
}

export interface Judgement { allowed: boolean; why: string; entry?: number }
type Allows = (a: Held) => Judgement;

export const purposeOf = (agent: NodeRecord): Purpose | undefined => agent.props['purpose'] as Purpose | undefined;

/** Whether an entry of a purpose speaks of an effect on a thing. Who may read may list. */
export const covers = (entry: Allowed, effect: EffectClass, asset: NodeRecord): boolean =>
  (entry.effect === effect || (entry.effect === 'read' && effect === 'list')) && (entry.resources === undefined || matches(entry.resources, asset));

function byPurpose(purpose: Purpose, estate: Estate): Allows {
  const max = purpose.dataClassesMax;
  return (a) => {
    const level = estate.sensitivity.get(a.asset.id)?.level;
    if (max !== undefined && level !== undefined && sensitivityRank(level) > sensitivityRank(max)) return { allowed: false, why: `${level}, and the purpose ends at ${max}` };
    const entry = purpose.allow.findIndex((x) => covers(x, a.effect, a.asset));
    return entry < 0 ? { allowed: false, why: 'the purpose does not name it' } : { allowed: true, why: 'the purpose names it', entry };
  };
}

/** Declared contracts count as they are; an undeclared one by the words of its operation. No tool says anything: no intent to compare with. */
function byTools(agent: NodeRecord, estate: Estate): Allows | undefined {
  const effects = new Set<EffectClass>();
  const topics = new Set<string>();
  for (const e of estate.snapshot.out(agent.id, 'HAS_TOOL')) {
    const t = estate.snapshot.node(e.to);
    if (!t) continue;
    for (const f of (t.props['effects'] as EffectClass[] | undefined) ?? []) effects.add(EffectClass.parse(f));
    for (const w of tokens(String(t.props['operation'] ?? t.name))) {
      for (const f of WORDS[w] ?? []) effects.add(f);
      if (!WORDS[w]) topics.add(w.replace(/s$/, ''));
    }
  }
  if (effects.size === 0) return undefined;
  const kindred = (n: NodeRecord): boolean => tokens(n.name).some((w) => topics.has(w.replace(/s$/, '')));
  return (a) => (effects.has(a.effect) && (kindred(a.asset) || a.asset.props['any'] !== true) ? { allowed: true, why: 'its tools say they do that' } : { allowed: false, why: 'no tool says it does that' });
}
