import { filterEdges, layeredReach, type Digraph, type LayeredReach } from '../../../graph/algorithms/index.ts';
import { worstVerdict, type EffectClass } from '../../../schema/index.ts';
import { AUD, decode, kindOf, type Parts } from '../facts.ts';
import type { AttackGraph } from '../graph.ts';
import { Product } from '../product.ts';
import type { DeedQuery } from '../query.ts';
import { goalsOf } from '../static/goals.ts';
import { CollectedDeeds, type Ended } from './deed-rows.ts';
import { VERDICTS } from './reach.ts';
import { holdsAlready, mayHold } from './suppress.ts';
import { startVertices } from './starts.ts';
import { subjectsWithoutAgent } from './subjects.ts';

/** A product edge whose head is an effect or a grant of it, and what stands behind it. */
interface Act { edge: number; tail: number; doubt: number; identity: number; runs: readonly Run[] }
/** Ends that follow one another and differ in nothing but the asset. */
interface Run { parts: Parts; goal: Parts['goal'] | undefined; requires: readonly string[]; ends: Ended[] }
interface End { vertex: number; asset: number; parts: Parts; goals: readonly { goal: Parts['goal'] | undefined; requires: readonly string[] }[] }
const NO_GOAL: End['goals'] = [{ goal: undefined, requires: [] }];
/** Who comes to a vertex: the start, the agent it steers or else the subject of the walk, and the best layer of all its walks. */
interface Comer { start: number; subject: number; steered: boolean; layer: number }

/**
 * Who does what as whom to which assets (model 4.4 “Finding key”). Two reaches are joined: starts to each steered agent, and each steered
 * agent to the acts it leads to *without steering another*; so the last agent on the walk is its subject, for all walks and not for one.
 */
export function answerDeeds(g: AttackGraph, q: DeedQuery): CollectedDeeds {
  const vertices = q.from.map((s) => startVertices(g, s));
  const { product, own, acts, tails, steered } = groundOf(g, vertices.flat(), q);

  const starts: number[] = [];
  const startOf: number[] = [];
  vertices.forEach((list, i) => { for (const v of list) { const p = product.start(v); if (p >= 0) { starts.push(p); startOf.push(i); } } });

  const toAgents = layeredReach(product.layers, starts, steered);
  const live = steered.filter((p) => toAgents.bestOfAny(p) >= 0);
  const fromAgents = layeredReach(own, live, tails);
  const found = new CollectedDeeds(g, product, q.from, own, starts, startOf);

  const add = (c: Comer, a: Act): void => {
    const layer = Math.max(c.layer, a.doubt);
    const start = q.from[c.start]!;
    const gains = mayHold(start);
    for (const { parts, goal, requires, ends } of a.runs) {
      const verdict = requires.length > 0 ? worstVerdict(VERDICTS[layer]!, 'conditional') : VERDICTS[layer]!;
      const gained = gains ? ends.filter((e) => !holdsAlready(g, start, e.asset, parts.effect, verdict)) : ends;
      if (gained.length > 0) found.add({ start: c.start, subject: c.subject, agent: c.steered ? c.subject : -1, act: a.edge, identity: a.identity, effect: parts.effect, goal, visible: parts.visible, benign: parts.aud === AUD.nobody, requires, verdict, layer }, gained.length === ends.length ? ends : gained);
    }
  };

  const agents = q.from.map((x) => ('agent' in x && q.own ? g.world.index(x.agent) : undefined));
  const comers = live.map((p) => {
    const node = g.nodes[product.vertexOf(p)]!;
    return comersTo(toAgents, p).filter(([i]) => { const only = agents[startOf[i]!]; return only === undefined || only === node; });
  });
  const byTail = new Map<number, Act[]>();
  for (const a of acts) { const list = byTail.get(a.tail); if (list) list.push(a); else byTail.set(a.tail, [a]); }
  // An agent's context has many variants: of those that lead to one act, the best answers for the agent, so each pair is added once.
  for (const [tail, list] of byTail) {
    const best = new Map<number, Comer>();
    for (const s of sourcesOfAny(fromAgents, tail)) {
      const near = fromAgents.best(s, tail);
      const subject = g.nodes[product.vertexOf(live[s]!)]!;
      for (const [i, far] of comers[s]!) {
        const start = startOf[i]!;
        const layer = Math.max(near, far);
        const known = best.get(start * g.world.nodes.length + subject);
        if (!known) best.set(start * g.world.nodes.length + subject, { start, subject, steered: true, layer });
        else if (layer < known.layer) known.layer = layer;
      }
    }
    for (const c of best.values()) for (const a of list) add(c, a);
  }
  for (const w of subjectsWithoutAgent(g, product, own, starts)) {
    const list = byTail.get(w.tail);
    if (list) for (const a of list) add({ start: startOf[w.start]!, subject: w.subject, steered: false, layer: w.layer }, a);
  }
  return found;
}

/** What questions are answered on: the walks they leave, without those that steer another agent, and what is done on them. */
interface Ground { product: Product; own: readonly Digraph[]; acts: readonly Act[]; tails: readonly number[]; steered: readonly number[] }
const whole = new WeakMap<AttackGraph, Ground>();

/** The whole graph is one for all who ask of it. */
function groundOf(g: AttackGraph, starts: readonly number[], q: DeedQuery): Ground {
  const isWhole = !q.mustPass?.length && !q.mustNotPass?.length && !q.effects;
  let ground = isWhole ? whole.get(g) : undefined;
  if (ground) return ground;
  const product = new Product(g, starts, q.mustPass, q.mustNotPass);
  const own: Digraph[] = [];
  product.layers.forEach((layer, l) => own.push(l > 0 && layer === product.layers[l - 1] ? own[l - 1]! : filterEdges(layer, (k) => isOwnStep(g, layer.origin[k]!))));
  const acts = actsOf(g, product, q.effects);
  const steered: number[] = [];
  for (let p = 0; p < product.graph.n; p++) if (kindOf(g.codes[product.vertexOf(p)]!) === 'INFLUENCE') steered.push(p);
  ground = { product, own, acts, tails: [...new Set(acts.map((a) => a.tail))], steered };
  if (isWhole) whole.set(g, ground);
  return ground;
}

/** Anything but entering an agent's context; a way out of the context one is in stays with the same agent. */
export function isOwnStep(g: AttackGraph, edge: number): boolean {
  return kindOf(g.codes[g.digraph.targets[edge]!]!) !== 'INFLUENCE' || g.causes[g.cause[edge]!]!.rule.startsWith('from-influence/leak');
}

/** Starts that reach an agent vertex, each with its best layer. */
const comersTo = (reach: LayeredReach, target: number): [start: number, layer: number][] => sourcesOfAny(reach, target).map((s) => [s, reach.best(s, target)]);

const sourcesOfAny = (reach: LayeredReach, target: number): number[] => reach.layers[reach.layers.length - 1]!.sourcesOf(target);

/** Edges that use a grant or act directly, with the effects behind them that the query completes. */
function actsOf(g: AttackGraph, product: Product, effects: readonly EffectClass[] | undefined): Act[] {
  const graph: Digraph = product.graph;
  const acts: Act[] = [];
  const behind = new Map<number, End[]>();
  const wanted = new Map<readonly End[], readonly Run[]>();
  for (let p = 0; p < graph.n; p++) {
    const kind = kindOf(g.codes[product.vertexOf(p)]!);
    if (kind === 'GRANT' || kind === 'ATOM') continue;
    for (let k = graph.offsets[p]!; k < graph.offsets[p + 1]!; k++) {
      const head = kindOf(g.codes[product.vertexOf(graph.targets[k]!)]!);
      if (head !== 'GRANT' && head !== 'EFFECT' && head !== 'GOAL') continue;
      if (head === 'GOAL' && kind === 'EFFECT') continue; // counted with the effect
      const cause = g.causes[g.cause[graph.origin[k]!]!]!;
      const all = endsOf(g, product, graph.targets[k]!, behind);
      let runs = wanted.get(all);
      if (!runs) wanted.set(all, (runs = runsOf(effects ? all.filter((e) => effects.includes(e.parts.effect)) : all)));
      const identity = cause.identity >= 0 ? cause.identity : kind === 'CRED' ? g.nodes[product.vertexOf(p)]! : -1;
      if (runs.length > 0) acts.push({ edge: k, tail: p, doubt: g.doubt[graph.origin[k]!]!, identity, runs });
    }
  }
  return acts;
}

function runsOf(ends: readonly End[]): Run[] {
  const out: Run[] = [];
  for (const { parts, goals, asset, vertex } of ends)
    for (const { goal, requires } of goals) {
      const last = out.at(-1);
      if (last && parts === last.parts && goal === last.goal && requires === last.requires) last.ends.push({ asset, vertex });
      else out.push({ parts, goal, requires, ends: [{ asset, vertex }] });
    }
  return out;
}

/** Complete effects (and goals that are no effect, as permission on what they concern) behind a product vertex, through hidden ones. */
function endsOf(g: AttackGraph, product: Product, p: number, known: Map<number, End[]>): End[] {
  const before = known.get(p);
  if (before) return before;
  const v = product.vertexOf(p);
  const parts = decode(g.codes[v]!);
  const found: End[] = [];
  if (parts.kind === 'EFFECT' || parts.kind === 'GOAL') {
    if (product.isComplete(p)) found.push({ vertex: p, asset: g.nodes[v]!, parts: parts.kind === 'GOAL' ? { ...parts, effect: 'permission' } : parts, goals: goalsAt(g, g.nodes[v]!, parts) });
  } else for (let k = product.graph.offsets[p]!; k < product.graph.offsets[p + 1]!; k++) for (const e of endsOf(g, product, product.graph.targets[k]!, known)) found.push(e);
  known.set(p, found);
  return found;
}

function goalsAt(g: AttackGraph, asset: number, parts: Parts): End['goals'] {
  if (parts.kind === 'GOAL') return [{ goal: parts.goal, requires: [] }];
  const goals = goalsOf(g.world, asset, parts.effect, parts.visible);
  return goals.length > 0 ? goals : NO_GOAL;
}
