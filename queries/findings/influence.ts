import { bestVerdict, type StartClass, type Verdict } from '../../schema/index.ts';
import type { AttackQueries } from '../attack/query.ts';
import { ENTRY_STARTS, startClassOf, strength } from './starts.ts';

/** Who steers each agent: start class → best verdict. One pass over all entry classes, one backwards for principals. */
export type Influence = ReadonlyMap<string, ReadonlyMap<StartClass, Verdict>>;

export function influenceOf(attack: AttackQueries): Influence {
  const out = new Map<string, Map<StartClass, Verdict>>();
  const put = (agent: string, c: StartClass, v: Verdict): void => {
    let m = out.get(agent);
    if (!m) out.set(agent, (m = new Map()));
    const before = m.get(c);
    m.set(c, before === undefined ? v : bestVerdict(before, v));
  };
  const answer = attack.reach({ from: ENTRY_STARTS, to: [{ fact: 'INFLUENCE' }] });
  ENTRY_STARTS.forEach((s, i) => {
    for (const h of answer.hits(i)) put(h.fact.node.id, startClassOf(s), h.verdict);
  });
  return out;
}

/** Strongest first. */
export const classesOf = (influence: Influence, agent: string): StartClass[] => [...(influence.get(agent)?.keys() ?? [])].sort((a, b) => strength(a) - strength(b));
