import type { AttackPath, Audience, EdgeRecord, EffectClass, EntryClass, FactKind, GoalKind, NodeRecord, Verdict } from '../../schema/index.ts';

/** Variant of a fact (model 4.4). Only what its kind has is set. `benign` (E7): nobody is the attacker. */
export interface FactVariant {
  aud?: Audience;
  benign?: boolean;
  session?: 'attacker' | 'victim' | 'none';
  visible?: boolean;
  reply?: boolean;
  position?: 'in_situ_mute' | 'in_situ_visible' | 'portable';
}

/** A vertex of the attack graph, decoded. */
export interface FactView { vertex: number; fact: FactKind; node: NodeRecord; effect?: EffectClass; goal?: GoalKind; variant: FactVariant }

/** A transition, decoded. `gates`: Control ids that stood on it and were not void. `through`: other nodes it rests on. */
export interface TransitionView {
  name: string;
  verdict: Verdict;
  requires: readonly string[];
  edges: readonly EdgeRecord[];
  gates: readonly string[];
  technique?: string;
  from: FactView | undefined;
  to: FactView | undefined;
}

/** Facts meant by a rule: all given parts must hold. */
export interface FactPattern {
  fact: FactKind | readonly FactKind[];
  nodes?: ReadonlySet<string> | ((n: NodeRecord) => boolean);
  effects?: readonly EffectClass[];
  goals?: readonly GoalKind[];
  variant?: (v: FactVariant) => boolean;
}

/** Transitions meant by a rule: by name (`from-presence/influence`), or by the file (`from-presence/*`), and a test. */
export interface TransitionPattern { transition: string | readonly string[]; where?: (t: TransitionView) => boolean }
export type Step = FactPattern | TransitionPattern;

/** Where an attacker stands at first. `agent`: assumed steered. `principal`: assumed breached. `facts`: assumed to hold. */
export type Start = { class: EntryClass } | { agent: string } | { principal: string } | { facts: FactPattern; says: string };

/**
 * Walks from any start to any target that pass every step of `mustPass` (in any order) and none of `mustNotPass`.
 * Decided on the product of the graph with the steps, layer by layer, never by looking at one walk. A step may match the start or the target.
 */
export interface ReachQuery { from: readonly Start[]; to: readonly FactPattern[]; mustPass?: readonly Step[]; mustNotPass?: readonly Step[] }

/** A target that is reached; `verdict` is the best there is. */
export interface Hit { fact: FactView; verdict: Verdict }
export interface ShownPaths { paths: AttackPath[]; truncated: boolean }

export interface ReachAnswer {
  readonly starts: readonly Start[];
  /** Targets reached from start number `start`, ordered by vertex. */
  hits(start: number): Hit[];
  /** Best verdict of a target vertex from one start; undefined = not reached over any edge. */
  verdict(start: number, vertex: number): Verdict | undefined;
  /** Shortest walks of the best verdict that obey the query, chordless, at most `k` (default 1). */
  paths(start: number, vertex: number, k?: number): ShownPaths;
}

/**
 * One row of the finding key (model 4.4): who does what as whom to which assets. Assets of one row share grant and verdict.
 * `subject`: last agent steered, else the tool server or compute used without an agent, else the principal, else the node first touched.
 */
export interface Deed {
  start: number;
  subject: NodeRecord;
  agent: NodeRecord | undefined;
  tool: NodeRecord | undefined;
  identity: NodeRecord | undefined;
  effect: EffectClass;
  assets: readonly NodeRecord[];
  goal: GoalKind | undefined;
  /** E7: nobody attacks. */
  benign: boolean;
  visible: boolean;
  verdict: Verdict;
  /** What the last step needs (grant, contract, sensitivity); what the whole walk needs is in the path. */
  requires: readonly string[];
  /** Walk to one of the assets (default the first), with this subject and identity. */
  path(asset?: string, k?: number): ShownPaths;
}
/** Like a reach, ended by what is done to assets. `mustPass` and `mustNotPass` hold on the whole walk. */
export interface DeedQuery {
  from: readonly Start[];
  mustPass?: readonly Step[];
  mustNotPass?: readonly Step[];
  effects?: readonly EffectClass[];
  /** An agent as start answers for what it does itself; what it makes other agents do is left to their own starts. */
  own?: boolean;
}

/** Reach from INFLUENCE(a) that passes no other agent's INFLUENCE except by DELEGATES_TO (model 4.9 “legs”). */
export interface Legs {
  /** Agents that are answered. */
  readonly agents: readonly string[];
  /** Best verdict over the facts that match; undefined = no such fact is reached. */
  verdict(agent: string, pattern: FactPattern): Verdict | undefined;
  hits(agent: string, pattern: FactPattern): Hit[];
  path(agent: string, vertex: number, k?: number): ShownPaths;
}

/** Questions to a built attack graph (`attackQueries(graph)`); answers are exact and repeatable. */
export interface AttackQueries {
  reach(q: ReachQuery): ReachAnswer;
  deeds(q: DeedQuery): Deed[];
  /** All agents by default. `mustNotPass` filters the graph first. */
  legs(agents?: readonly string[], mustNotPass?: readonly Step[]): Legs;
  /** Which starts reach any of the targets, by one reverse pass: principals by id, agents by id, entry classes. */
  upstream(to: readonly FactPattern[], mustNotPass?: readonly Step[]): Upstream;
  facts(pattern: FactPattern): FactView[];
}
export interface Upstream {
  principals: ReadonlyMap<string, Verdict>;
  agents: ReadonlyMap<string, Verdict>;
  classes: ReadonlyMap<EntryClass, Verdict>;
}
