import { verdictRank, type EffectClass, type GoalKind, type NodeRecord, type StartClass, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries, Deed, DeedQuery, Start } from '../attack/query.ts';
import { OWN_TOOLS } from '../derive/agent-tools.ts';
import { ENTRY_STARTS, principalWeight, startClassOf } from './starts.ts';

/** One asset of a deed from one start: what the finding key is made of before starts and assets are grouped. */
export interface Row { key: string; startClass: StartClass; start: Start; subject: NodeRecord; agent: NodeRecord | undefined; identity: NodeRecord | undefined; effect: EffectClass; goal: GoalKind; asset: NodeRecord; verdict: Verdict; deed: Deed }

/** The finding key without its start: (subject, identity, effect, asset). Rules label by it, whatever start they ask from. */
export const rowKey = (subject: string, identity: string | undefined, effect: string, asset: string): string => [subject, identity ?? '', effect, asset].join('|');

/** At most this many principals of different permissions are asked as starts of their own; the others are counted in a note. */
export const MAX_PRINCIPALS = 256;

/** `principals`: those that were asked as starts. */
export interface Rows { rows: Row[]; notes: string[]; steered: ReadonlySet<string>; principals: readonly string[] }

/** All rows: from the entry classes, from principals that may reach an agent, and from agents that nothing else reaches. */
export function collectRows(estate: Estate, attack: AttackQueries): Rows {
  const notes: string[] = [];
  const rows = rowsOf(attack, { from: ENTRY_STARTS }, estate);
  const reached = new Set(rows.flatMap((r) => (r.agent && r.startClass !== 'E7' ? [r.agent.id] : [])));
  const principals = principalStarts(estate, attack, notes);
  const sandboxes = sandboxesOf(estate);
  // What a principal gains by asking an agent. Who can change the code behind one, or become somebody else first, has escalated: that is
  // in `principals`, and whoever it becomes is a start of its own.
  const asked = rowsOf(attack, { from: principals, mustNotPass: [{ fact: 'EXEC', nodes: (n) => !sandboxes.has(n.id) }, { transition: ['from-credential/assume', 'from-credential/escalate'] }] }, estate);
  rows.push(...asked.filter((r) => r.deed.agent !== undefined || r.deed.tool !== undefined || sandboxes.has(r.subject.id) || sandboxes.has(r.deed.subject.id)));
  for (const r of rows) if (r.agent && r.startClass === 'P') reached.add(r.agent.id);
  const steered = estate.snapshot.ofKind('Agent').filter((a) => a.completeness !== 'none' && !reached.has(a.id)).map((a): Start => ({ agent: a.id }));
  rows.push(...rowsOf(attack, { from: steered, own: true }, estate));
  return { rows, notes, steered: new Set(steered.flatMap((s) => ('agent' in s ? [s.agent] : []))), principals: principals.flatMap((s) => ('principal' in s ? [s.principal] : [])) };
}

/** Rows of a question; a deed without a goal (a blind read, an effect on nothing of value) is no finding. */
export function rowsOf(attack: AttackQueries, q: DeedQuery, estate: Estate): Row[] {
  if (q.from.length === 0) return [];
  const out: Row[] = [];
  for (const d of attack.deeds(q)) {
    if (d.goal === undefined) continue;
    const start = q.from[d.start]!;
    const startClass = startClassOf(start);
    for (const asset of d.assets) {
      if (holdsAlready(estate, start, d, asset)) continue;
      for (const subject of subjectsOf(d, startClass, estate))
        out.push({ key: rowKey(subject.id, d.identity?.id, d.effect, asset.id), startClass, start, subject, agent: subject.kind === 'Agent' ? subject : d.agent, identity: d.identity, effect: d.effect, goal: d.goal, asset, verdict: d.verdict, deed: d });
    }
  }
  return out;
}

/**
 * Whose problem it is. An agent that errs is the subject of what its tool then does, as when somebody steers it; code that runs where an
 * agent is hosted is that agent's matter. Either way one problem is said once.
 */
function subjectsOf(d: Deed, startClass: StartClass, estate: Estate): NodeRecord[] {
  const { snapshot } = estate;
  const of = (ids: readonly string[]): NodeRecord[] => ids.flatMap((id) => snapshot.node(id) ?? []).filter((n) => n.kind === 'Agent');
  let agents: NodeRecord[] = [];
  if (d.tool && !d.agent && (startClass === 'E7' || d.tool.type === OWN_TOOLS)) agents = of(snapshot.in(d.tool.id, 'HAS_TOOL').filter((e) => e.props['enabled'] !== false).map((e) => e.from));
  else if (d.subject.kind === 'Compute') agents = of(snapshot.in(d.subject.id, 'IMPLEMENTED_BY').map((e) => e.from));
  return agents.length > 0 ? agents : [d.subject];
}

/** Law L7: nothing is gained when the start holds the goal without an agent: a principal by its own permission, anyone on a public asset. */
function holdsAlready(estate: Estate, start: Start, d: Deed, asset: NodeRecord): boolean {
  if ('principal' in start) {
    const p = start.principal;
    if (estate.snapshot.node(p)?.props['isAdmin'] === true) return true;
    return estate.access.grantsOf(p).some((g) => g.effect === d.effect && g.verdict !== 'unknown' && verdictRank(g.verdict) <= verdictRank(d.verdict) && g.assets.includes(asset.id));
  }
  return 'class' in start && d.effect === 'read' && estate.sensitivity.get(asset.id)?.level === 'public';
}

/** Computes in which code that a model wrote runs, or an agent's own. */
const sandboxesOf = ({ snapshot }: Estate): ReadonlySet<string> =>
  new Set([...snapshot.ofKind('Tool').flatMap((t) => snapshot.out(t.id, 'EXECUTES_IN')), ...snapshot.ofKind('Agent').flatMap((a) => snapshot.out(a.id, 'IMPLEMENTED_BY'))].map((e) => e.to));

/** Principals that reach an agent, a tool or an interpreter, weakest first: whoever holds least gains most. Roles that agents, tools and their servers run as are left out: asking is what they are for. */
function principalStarts(estate: Estate, attack: AttackQueries, notes: string[]): Start[] {
  const sandboxes = sandboxesOf(estate);
  const up = attack.upstream([{ fact: ['INFLUENCE', 'TOOL'] }, { fact: 'EXEC', nodes: sandboxes }]).principals;
  const own = new Set((['Agent', 'Tool', 'ToolServer', 'Endpoint'] as const).flatMap((k) => estate.snapshot.ofKind(k)).flatMap((a) => estate.snapshot.out(a.id, 'RUNS_AS').map((e) => e.to)));
  const all = [...up.keys()].filter((id) => !own.has(id) && !routesToAgent(estate, id)).sort((a, b) => estate.access.grantsOf(a).length - estate.access.grantsOf(b).length || (a < b ? -1 : 1));
  const asked = alike(all, estate);
  if (asked.length > MAX_PRINCIPALS) notes.push(`${all.length} principals may invoke an agent or tool, with ${asked.length} different sets of permissions; of the ${MAX_PRINCIPALS} smallest sets one principal each was asked as start`);
  return asked.slice(0, MAX_PRINCIPALS).map((id) => ({ principal: id }));
}

/** The first of each set of principals with equal permissions. Nothing but these counts where nobody is assumed or escalated to: one answers for all. */
function alike(ids: readonly string[], estate: Estate): string[] {
  const first = new Map<string, string>();
  for (const id of ids) {
    const n = estate.snapshot.node(id);
    const key = [...estate.access.grantsOf(id).map((g) => g.key).sort(), principalWeight(n), n?.props['isAdmin'] === true].join();
    if (!first.has(key)) first.set(key, id);
  }
  return [...first.values()];
}

/** The identity of a compute whose job is to pass requests on to an agent: steering it is what the compute is for. */
function routesToAgent(estate: Estate, identity: string): boolean {
  return estate.snapshot.in(identity, 'RUNS_AS').some((e) => {
    const runner = estate.snapshot.node(e.from);
    return runner?.kind === 'Compute' && estate.snapshot.out(runner.id, 'ROUTES_TO').some((r) => r.props['named'] !== false);
  });
}
