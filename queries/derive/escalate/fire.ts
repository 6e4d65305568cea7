import type { Evidence, NodeRecord, Technique, TechniquePermission } from '../../../schema/index.ts';
import { verdictRank } from '../../../schema/index.ts';
import type { Access } from '../../policy/types.ts';
import type { Actor, OnTarget } from './actor.ts';
import { type Candidate, candidatesOf, type Vars } from './bind.ts';
import { admits } from './ceiling.ts';
import { allOf, both, onlyIf, PROVEN, type Found } from './found.ts';
import { met } from './needs.ts';
import { ofPrincipals, type Prepared, type Variable } from './prepare.ts';
import { evidenceKey } from './sets.ts';
import type { World } from './world.ts';

/** One way a technique works for an actor. */
export interface Way { to: NodeRecord; gives: 'identity' | 'admin' | 'exec' | 'config' | 'content'; through: string[]; found: Found }

/** One permission, asked on a variable of the technique. */
interface Ask { on: string; of: OnTarget }

const NO_WAYS: readonly Way[] = [];

/** Every way in which the technique works for the actor. Variables are bound one after another; a permission is decided as soon as what it is held on is bound. */
export function waysOf(p: Prepared, actor: Actor, world: World, access: Access): readonly Way[] {
  const t = p.technique;
  for (const x of p.possible) if (!actor.possible(x)) return NO_WAYS;
  let found = t.requires.length > 0 ? onlyIf(...t.requires) : PROVEN;
  for (const { permissions, thing } of p.fresh) {
    const held = actor.onNew(permissions, thing);
    if (!held) return NO_WAYS;
    found = both(found, held);
  }
  const asks = p.bound.map((x) => ({ on: x.on, of: asked(t, x, actor) }));
  const self: Vars = { self: actor.node };
  const own = permit(asks, (on) => self[on]);
  return own ? new Binding(p, asks, actor, world, access).ways(both(found, own)) : NO_WAYS;
}

/** One technique of one actor, while its variables are bound. */
class Binding {
  readonly #p: Prepared;
  readonly #asks: readonly Ask[];
  readonly #actor: Actor;
  readonly #world: World;
  readonly #access: Access;
  readonly #ways: Way[] = [];
  /** A variable that comes later is bound again before anybody looks at it. */
  readonly #vars: Record<string, NodeRecord>;

  constructor(p: Prepared, asks: readonly Ask[], actor: Actor, world: World, access: Access) {
    this.#p = p;
    this.#asks = asks;
    this.#actor = actor;
    this.#world = world;
    this.#access = access;
    this.#vars = { self: actor.node };
  }

  ways(found: Found): readonly Way[] {
    this.#bind(0, found);
    return this.#ways;
  }

  #bind(at: number, found: Found): void {
    const variable = this.#p.variables[at];
    if (!variable) { this.#complete(found); return; }
    const { name } = variable;
    for (const { node, found: itself, held, more } of this.#candidates(variable)) {
      const all = more ? permit(this.#asks, (on) => (on === name ? node : more[on])) : held;
      if (!all) continue;
      this.#vars[name] = node;
      if (more) Object.assign(this.#vars, more);
      this.#bind(at + 1, allOf(found, itself, all));
    }
  }

  #candidates({ name, binding, alike }: Variable): readonly Candidate[] {
    const asks = this.#asks.filter((a) => a.on === name);
    // Most things that could be bound are none that the actor may act on.
    const make = (): Candidate[] => candidatesOf(binding, this.#vars, this.#world, this.#access, (node) => permit(asks, () => node));
    return alike === undefined || asks.length > 1 ? make() : this.#actor.candidates(alike, asks[0]?.of, make);
  }

  #complete(found: Found): void {
    let all: Found | undefined = found;
    for (const need of this.#p.technique.needs) {
      const one: Found | undefined = met(need, this.#vars, this.#world, this.#access);
      all = one && both(all, one);
      if (!all) return;
    }
    const way = given(this.#p.technique, this.#vars, all, this.#world);
    if (way) this.#ways.push(way);
  }
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
  return actor.on(p, is === undefined || ofPrincipals(is) ? undefined : is);
}

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
