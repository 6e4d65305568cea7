export { buildAttack, type BuildOptions } from './build.ts';
export type { Estate } from './estate.ts';
export { AttackGraph } from './graph.ts';
export { refOf } from './paths.ts';
export { attackQueries } from './queries.ts';
export type { AttackQueries, Deed, DeedQuery, FactPattern, FactVariant, FactView, Hit, Legs, ReachAnswer, ReachQuery, ShownPaths, Start, Step, TransitionPattern, TransitionView, Upstream } from './query.ts';
export { TRANSITIONS } from './says.ts';
