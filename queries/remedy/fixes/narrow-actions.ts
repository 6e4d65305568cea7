import { PRIVILEGED, showHoles } from '../../../schema/index.ts';
import { withoutEffects } from '../actions.ts';
import { candidate, changeOfActions, list, ownActions, statementKey, usedBy, type Candidate, type FixGraph, type FixKind, type Place } from '../fix-kind.ts';
import { usesOf } from '../uses.ts';

/** The action list of a statement of an identity: without what is misused, without what changes things. */
export const fix: FixKind = {
  name: 'narrow-actions',
  edits: 'Action of a statement',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((s) => g.once(`narrow-actions ${s.policy.id} ${s.index}`, () => narrowings(s, g))),
};

const LOGGING: readonly string[] = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const onLambda = (policy: string, g: FixGraph): boolean => g.in(policy, 'HAS_POLICY').some((h) => g.in(h.from, 'RUNS_AS').some((r) => g.nodes.get(r.from)?.props['computeType'] === 'lambda'));

/** Without what changes things, and without all that is misused: reading is what most tools are for, so it is taken away by a change of its own. */
function narrowings(place: Place, g: FixGraph): Candidate[] {
  const { policy, index, statement: s } = place;
  const actions = ownActions(place);
  if (!actions) return [];
  const effects = g.misused(place);
  const changing = new Set([...effects].filter((e) => PRIVILEGED.has(e)));
  const out: Candidate[] = [];
  const seen = new Set<string>();
  for (const [drop, cost] of [[changing, 1], [effects, 2]] as const) {
    const narrowed = drop.size === 0 ? undefined : withoutEffects(actions, drop, new Set([...PRIVILEGED, ...drop]));
    // Nothing of everything is left: what any function needs, to which the rest is added by name.
    const fresh = narrowed?.to.length === 0 && actions.includes('*') && onLambda(policy.id, g);
    if (narrowed && fresh) { narrowed.to = [...LOGGING]; narrowed.dropped = narrowed.dropped.filter((a) => !LOGGING.includes(a)); }
    if (!narrowed || seen.has(narrowed.to.join())) continue;
    seen.add(narrowed.to.join());
    const kinds = [...drop].sort().join(', ');
    const holders = g.holders(policy.id);
    const holder = `${showHoles(policy.name)}${holders.length > 0 ? ` of ${list(holders)}` : ''}`;
    out.push(candidate(['actions', policy.id, statementKey(policy, index), cost === 1 ? 'changing' : 'all'], {
      ...changeOfActions(place, actions, narrowed.to),
      text: narrowed.to.length === 0 ? `in policy ${holder}, remove the statement that allows ${list(actions)}` : `in policy ${holder}, allow ${list(narrowed.to)} instead of ${list(actions)}: ${fresh ? 'its log, to which what it uses is added by name' : `without ${kinds}`}`,
      effect: `${narrowed.to.length === 0 ? 'removes' : 'narrows'} CAN{${kinds}} of ${list(holders)}`,
      mightBreak: [`${narrowed.dropped.length} action${narrowed.dropped.length === 1 ? ' is' : 's are'} no longer allowed (${list(narrowed.dropped)})${s.resources?.includes('*') ? ' on any resource' : ''}; ${usesOf(policy.id, narrowed.dropped, g)}`, ...usedBy(policy.id, g)],
    }, cost));
  }
  return out;
}
