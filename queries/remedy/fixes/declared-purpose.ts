import { showHoles, type EffectClass, type NodeRecord, type Purpose } from '../../../schema/index.ts';
import { effectsOf, expandActions } from '../../../knowledge/actions/index.ts';
import { withoutEffects } from '../actions.ts';
import { candidate, changeOfActions, list, ownActions, sourceOf, statementKey, usedBy, type Candidate, type FixGraph, type FixKind, type Place } from '../fix-kind.ts';
import { usesOf } from '../uses.ts';

/** A statement of a tool's role: only the effects that the purpose of its agents declares, or the contracts of all its tools. */
export const fix: FixKind = {
  name: 'declared-purpose',
  edits: 'Action of a statement',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((s) => g.once(`declared-purpose ${s.policy.id} ${s.index}`, () => declared(s, g))),
};

function declared(place: Place, g: FixGraph): Candidate[] {
  const { policy, index } = place;
  const actions = ownActions(place);
  if (!actions || !sourceOf(place)) return [];
  const { effects, says } = intended(policy.id, g) ?? {};
  if (!effects) return [];
  const actual = new Set(actions.flatMap(expandActions).flatMap(effectsOf));
  const beyond = new Set([...actual].filter((x) => !effects.has(x)));
  const narrowed = beyond.size === 0 ? undefined : withoutEffects(actions, beyond);
  if (!narrowed || narrowed.to.length === 0) return [];
  const holders = g.holders(policy.id);
  return [candidate(['actions', policy.id, statementKey(policy, index), 'declared'], {
    ...changeOfActions(place, actions, narrowed.to),
    text: `in policy ${showHoles(policy.name)} of ${list(holders)}, allow ${list(narrowed.to)} instead of ${list(actions)}: what ${says} says, without ${[...beyond].sort().join(', ')}`,
    effect: `narrows CAN of ${list(holders)} to ${[...effects].sort().join(', ')}`,
    mightBreak: [`${narrowed.dropped.length} actions are no longer allowed (${list(narrowed.dropped)}): nobody has declared them; ${usesOf(policy.id, narrowed.dropped, g)}`, ...usedBy(policy.id, g)],
  }, 0.9)];
}

/** Effects that are declared for everything that acts with a policy; undefined when something that does has declared nothing. */
function intended(policy: string, g: FixGraph): { effects: Set<EffectClass>; says: string } | undefined {
  const effects = new Set<EffectClass>();
  const names = new Set<string>();
  for (const held of g.in(policy, 'HAS_POLICY')) for (const runs of g.in(held.from, 'RUNS_AS')) {
    const runner = g.nodes.get(runs.from);
    const tools = runner?.kind === 'Tool' ? [runner] : g.in(runs.from, 'IMPLEMENTED_BY').flatMap((e) => g.nodes.get(e.from) ?? []).filter((t) => t.kind === 'Tool');
    if (tools.length === 0) return undefined;
    for (const tool of tools) {
      const of = ofAgents(tool, g) ?? ofContract(tool);
      if (!of) return undefined;
      for (const x of of.effects) effects.add(x);
      names.add(of.says);
    }
  }
  if (effects.has('read')) effects.add('list');
  return effects.size === 0 ? undefined : { effects, says: list([...names].sort()) };
}

type Declared = { effects: readonly EffectClass[]; says: string };

function ofAgents(tool: NodeRecord, g: FixGraph): Declared | undefined {
  const agents = g.in(tool.id, 'HAS_TOOL').flatMap((e) => g.nodes.get(e.from) ?? []);
  const purposes = agents.map((a) => (a.props['purpose'] as Purpose | undefined)?.allow);
  if (agents.length === 0 || purposes.includes(undefined)) return undefined;
  return { effects: purposes.flatMap((p) => p!.map((x) => x.effect as EffectClass)), says: `the purpose of ${list(agents.map((a) => showHoles(a.name)))}` };
}

const ofContract = (tool: NodeRecord): Declared | undefined =>
  tool.props['contract'] === 'declared' && Array.isArray(tool.props['effects']) ? { effects: tool.props['effects'] as EffectClass[], says: `the contract of ${showHoles(tool.name)}` } : undefined;
