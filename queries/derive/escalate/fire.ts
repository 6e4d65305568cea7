import type { Evidence, NodeRecord, Technique, TechniquePermission } from '../../../schema/index.ts';
import { verdictRank } from '../../../schema/index.ts';
import { askedOf } from '../../../knowledge/techniques/index.ts';
import type { Access } from '../../policy/types.ts';
import type { Actor, OnTarget } from './actor.ts';
import { eachCandidate, type Vars } from './bind.ts';
import { admits } from './ceiling.ts';
import { both, onlyIf, PROVEN, type Found } from './found.ts';
import { met } from './needs.ts';
import { evidenceKey } from './sets.ts';
import type { World } from './world.ts';

/** One way a technique works for an actor. */
export interface Way { to: NodeRecord; gives: 'identity' | 'admin' | 'exec' | 'config' | 'content'; through: string[]; found: Found }

/** A technique with what it asks sorted out: the actions, what must be possible at all, what is asked on new things, and what on its variables. */
export interface Prepared { technique: Technique; actions: readonly string[]; possible: readonly TechniquePermission[]; fresh: readonly { thing: string | undefined; permissions: readonly TechniquePermission[] }[]; bound: readonly TechniquePermission[]; names: readonly string[] }

export function prepare(t: Technique): Prepared {
  const required = askedOf(t);
  const isFresh = (p: TechniquePermission): boolean => p.on === 'any' || p.on.startsWith('new ');
  return {
    technique: t, actions: required.map((p) => p.action.toLowerCase()), names: Object.keys(t.bind),
    possible: required.filter((p) => p.on === 'self' || PRINCIPALS.has(t.bind[p.on]?.is ?? '')),
    fresh: [...grouped(required.filter(isFresh), (p) => p.on)].map(([on, permissions]) => ({ thing: on === 'any' ? undefined : on.slice(4), permissions })),
    bound: required.filter((p) => !isFresh(p)),
  };
}

/** One permission, asked on a variable of the technique. */
interface Ask { on: string; of: OnTarget }

/** Every way in which the technique works for the actor. Variables are bound one after another; a permission is decided as soon as what it is held on is bound. */
export function waysOf(p: Prepared, actor: Actor, world: World, access: Access): Way[] {
  const t = p.technique;
  const ways: Way[] = [];
  if (p.possible.some((x) => !actor.possible(x))) return ways;
  let found = t.requires.length > 0 ? onlyIf(...t.requires) : PROVEN;
  for (const { permissions, thing } of p.fresh) {
    const held = actor.onNew(permissions, thing);
    if (!held) return ways;
    found = both(found, held);
  }
  const asks = p.bound.map((x) => ({ on: x.on, of: asked(t, x, actor) }));
  const self: Vars = { self: actor.node };
  const own = permit(asks, (on) => self[on]);
  if (own) eachBinding(p, 0, self, both(found, own), asks, world, access, (vars, all) => {
    let complete: Found | undefined = all;
    for (const need of t.needs) {
      const one: Found | undefined = met(need, vars, world, access);
      complete = one && both(complete, one);
      if (!complete) return;
    }
    const way = given(t, vars, complete, world);
    if (way) ways.push(way);
  });
  return ways;
}

function eachBinding(p: Prepared, at: number, vars: Vars, found: Found, asks: readonly Ask[], world: World, access: Access, use: (vars: Vars, found: Found) => void): void {
  const name = p.names[at];
  if (name === undefined) return use(vars, found);
  const mine = asks.filter((a) => a.on === name);
  let held: Found | undefined;
  // Most things that could be bound are none that the actor may act on.
  const fits = (node: NodeRecord): boolean => (held = permit(mine, () => node)) !== undefined;
  eachCandidate(p.technique.bind[name]!, vars, world, access, fits, (node, itself, more) => {
    const bound = { [name]: node, ...more };
    const all = more ? permit(asks, (on) => bound[on]) : held;
    if (all) eachBinding(p, at + 1, { ...vars, ...bound }, both(both(found, itself), all), asks, world, access, use);
  });
}

/** What is asked of the variables that have a value, or undefined when one is denied. */
function permit(asks: readonly Ask[], valueOf: (name: string) => NodeRecord | undefined): Found | undefined {
  let found: Found = PROVEN;
  for (const { on, of } of asks) {
    const target = valueOf(on);
    if (!target) continue;
    const held = of(target);
    if (!held) return undefined;
    found = both(found, held);
  }
  return found;
}

function asked(t: Technique, p: TechniquePermission, actor: Actor): OnTarget {
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
