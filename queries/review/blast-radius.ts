import { bestVerdict, EFFECT_CLASSES, type BlastRadius, type EffectClass, type NodeRecord, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries, Hit } from '../attack/query.ts';
import { classesOf, influenceOf, type Influence } from '../findings/influence.ts';
import { executingIdentities } from '../findings/intent.ts';
import { nodeRef } from '../findings/ref.ts';
import { START_SAYS } from '../findings/starts.ts';
import { weight } from '../findings/weights.ts';

type Radius = BlastRadius['influence'];

/** Both radii of an agent (model 6.5): what steering it does through its tools, and what its code and credentials are worth. */
export function blastRadius(agent: NodeRecord, estate: Estate, attack: AttackQueries, influence: Influence = influenceOf(attack)): BlastRadius {
  const legs = attack.legs([agent.id], [{ fact: ['EXEC', 'CRED'] }]);
  const byTools = radius(legs.hits(agent.id, { fact: 'EFFECT' }), estate);
  const byCredential = radius(credentialHits(agent, estate, attack), estate);
  return {
    agent: nodeRef(agent), influence: byTools, credential: byCredential,
    ...(byTools.weight > 0 ? { amplification: Math.round((byCredential.weight / byTools.weight) * 10) / 10 } : {}),
    upstream: classesOf(influence, agent.id).map((c) => `${c} (${START_SAYS[c]}), ${influence.get(agent.id)!.get(c)!}`),
  };
}

/** Identities of its tools and code, portable, and code execution where it runs; with everything they can become. */
function credentialHits(agent: NodeRecord, estate: Estate, attack: AttackQueries): Hit[] {
  const identities = new Set([...executingIdentities(agent, estate).map((n) => n.id), ...estate.snapshot.out(agent.id, 'RUNS_AS').map((e) => e.to)]);
  const computes = new Set(estate.snapshot.out(agent.id, 'IMPLEMENTED_BY').map((e) => e.to));
  const answers = [...identities].sort().map((principal) => attack.reach({ from: [{ principal }], to: [{ fact: 'EFFECT' }] }).hits(0));
  if (computes.size > 0) answers.push(attack.reach({ from: [{ facts: { fact: 'EXEC', nodes: computes }, says: `code runs where ${agent.name} runs` }], to: [{ fact: 'EFFECT' }] }).hits(0));
  return answers.flat();
}

function radius(hits: readonly Hit[], estate: Estate): Radius {
  const byAsset = new Map<string, { asset: NodeRecord; effects: Map<EffectClass, Verdict> }>();
  for (const h of hits) {
    if (h.fact.effect === undefined) continue;
    let a = byAsset.get(h.fact.node.id);
    if (!a) byAsset.set(h.fact.node.id, (a = { asset: h.fact.node, effects: new Map() }));
    const before = a.effects.get(h.fact.effect);
    a.effects.set(h.fact.effect, before === undefined ? h.verdict : bestVerdict(before, h.verdict));
  }
  let sum = 0;
  const rows = [...byAsset.values()].map(({ asset, effects }) => {
    let own = 0;
    let verdict: Verdict = 'unknown';
    for (const [effect, v] of effects) { own += weight(effect, asset, estate); verdict = bestVerdict(verdict, v); }
    sum += own;
    return { own, row: { asset: nodeRef(asset), effects: EFFECT_CLASSES.filter((c) => effects.has(c)), sensitivity: estate.sensitivity.get(asset.id)?.level ?? 'control plane', verdict } };
  });
  return { weight: sum, effects: rows.sort((a, b) => b.own - a.own || (a.row.asset.id < b.row.asset.id ? -1 : 1)).map((r) => r.row) };
}
