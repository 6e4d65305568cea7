import type { Evidence, NodeRecord, Technique, TechniquePermission } from '../../../schema/index.ts';
import { verdictRank } from '../../../schema/index.ts';
import { askedOf } from '../../../knowledge/techniques/index.ts';
import type { Access } from '../../policy/types.ts';
import { Actor } from './actor.ts';
import { candidates, type Vars } from './bind.ts';
import { admits } from './ceiling.ts';
import { both, onlyIf, PROVEN, type Found } from './found.ts';
import { met } from './needs.ts';
import { evidenceKey } from './sets.ts';
import type { World } from './world.ts';

/** One way a technique works for an actor. */
export interface Way { to: NodeRecord; gives: 'identity' | 'admin' | 'exec' | 'config' | 'content'; through: string[]; found: Found }

type Ask = (target: NodeRecord) => Found | undefined;
/** The permissions that a technique asks on its variables. */
type Asks = readonly { on: string; of: Ask }[];

/** Every way in which the technique works for the actor. Variables are bound one after another; a permission is decided as soon as what it is held on is bound. */
export function* waysOf(t: Technique, actor: Actor, world: World, access: Access): Iterable<Way> {
  const required = askedOf(t);
  if (required.some((p) => (p.on === 'self' || PRINCIPALS.has(t.bind[p.on]?.is ?? '')) && !actor.possible(p))) return;
  let found = t.requires.length > 0 ? onlyIf(...t.requires) : PROVEN;
  for (const [on, group] of grouped(required.filter((p) => p.on === 'any' || p.on.startsWith('new ')), (p) => p.on)) {
    const held = actor.onNew(group, on === 'any' ? undefined : on.slice(4));
    if (!held) return;
    found = both(found, held);
  }
  const asks = required.filter((p) => p.on !== 'any' && !p.on.startsWith('new ')).map((p) => ({ on: p.on, of: asked(t, p, actor) }));
  const self: Vars = { self: actor.node };
  const own = permit(asks, self);
  if (!own) return;
  for (const { vars, found: all } of bindings(t, Object.keys(t.bind), self, both(found, own), asks, world, access)) {
    let complete: Found | undefined = all;
    for (const need of t.needs) {
      const one: Found | undefined = met(need, vars, world, access);
      complete = one && both(complete, one);
      if (!complete) break;
    }
    const way = complete && given(t, vars, complete, world);
    if (way) yield way;
  }
}

function* bindings(t: Technique, names: readonly string[], vars: Vars, found: Found, asks: Asks, world: World, access: Access): Iterable<{ vars: Vars; found: Found }> {
  const [name, ...rest] = names;
  if (name === undefined) { yield { vars, found }; return; }
  const mine = asks.filter((a) => a.on === name);
  // Most things that could be bound are none that the actor may act on.
  for (const c of candidates(name, t.bind[name]!, vars, world, access, (node) => mine.every((a) => a.of(node) !== undefined))) {
    const held = permit(asks, c.vars);
    if (held) yield* bindings(t, rest, { ...vars, ...c.vars }, both(both(found, c.found), held), asks, world, access);
  }
}

/** What is asked on these variables, or undefined when one is denied. */
function permit(asks: Asks, vars: Vars): Found | undefined {
  let found: Found = PROVEN;
  for (const { on, of } of asks) {
    const target = vars[on];
    if (!target) continue;
    const held = of(target);
    if (!held) return undefined;
    found = both(found, held);
  }
  return found;
}

function asked(t: Technique, p: TechniquePermission, actor: Actor): Ask {
  const is = t.bind[p.on]?.is;
  return actor.on(p, is === undefined || PRINCIPALS.has(is) ? undefined : is);
}

const PRINCIPALS = new Set(['user', 'role', 'group', 'policy']);

function given(t: Technique, vars: Vars, found: Found, world: World): Way | undefined {
  const self = vars['self']!;
  const g = t.gives;
  const end = g.identity ?? g.admin ?? g.exec ?? g.config ?? g.content;
  const through = (to: NodeRecord): string[] => [...new Set(Object.entries(vars).filter(([k, n]) => k !== 'self' && n.id !== to.id).map(([, n]) => n.id))];
  if (g.admin !== undefined || g.scope !== undefined) {
    const account = world.snapshot.node(self.scope);
    const raised = g.admin === undefined ? PROVEN : admits(vars[g.admin]!, world);
    return account && raised && { to: account, gives: 'admin', through: through(account), found: both(found, raised) };
  }
  if (end === undefined) return undefined;
  const to = vars[end]!;
  if (to.id === self.id) return undefined;
  return { to, gives: g.identity !== undefined ? 'identity' : g.exec !== undefined ? 'exec' : g.config !== undefined ? 'config' : 'content', through: through(to), found };
}

/** The best of several ways to one end, with the evidence of all of them: taking away one statement does not help while another way stands. */
export function merge(ways: readonly Way[]): Way {
  const best = ways.reduce((a, b) => (score(b.found) < score(a.found) ? b : a));
  const evidence = new Map<string, Evidence>();
  for (const w of [best, ...ways]) for (const e of w.found.evidence) evidence.set(evidenceKey(e), e);
  return { ...best, found: { ...best.found, evidence: [...evidence.values()] } };
}
const score = (f: Found): number => verdictRank(f.verdict) * 1000 + f.requires.length;

export function grouped<T>(list: readonly T[], key: (x: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const x of list) {
    const k = key(x);
    const there = out.get(k);
    if (there) there.push(x);
    else out.set(k, [x]);
  }
  return out;
}
