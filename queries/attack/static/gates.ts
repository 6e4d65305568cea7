import { SESSION, type Session } from '../facts.ts';
import { serversOf } from './executes.ts';
import type { World } from './world.ts';

/** What stands on a tool call: conditions that make it conditional. Guardrails scale likelihood and are not here. */
export interface Gate { requires: readonly string[]; gates: readonly string[] }
const OPEN: Gate = { requires: [], gates: [] };

/** Whether a model answers to a person while it works. */
export const isInteractive = (world: World, agent: number): boolean => world.prop<string>(agent, 'autonomy') !== 'autonomous';

const guards = (world: World, node: number): number[] => [...world.out('GUARDED_BY', node)].map((e) => world.to[e]!);

/** Controls of one way to a tool: those of the HAS_TOOL edge, the agent, the tool and its servers. Without an edge, the tool's and its servers' only. */
export function controlsOn(world: World, tool: number, hasTool?: number): number[] {
  const found = new Set<number>(guards(world, tool));
  for (const s of serversOf(world, tool)) for (const c of guards(world, s.node)) found.add(c);
  if (hasTool !== undefined) {
    for (const id of world.edgeProp<string[]>(hasTool, 'gates') ?? []) { const c = world.index(id); if (c !== undefined && world.kind(c) === 'Control') found.add(c); }
    for (const c of guards(world, world.from[hasTool]!)) found.add(c);
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * The gate for a session (model 4.7): an approval answered by the session's user protects a victim, never the attacker's own session or one
 * without a user. `outsideOnly`: the attacker owns the compute, so only what is enforced outside of it holds (law L5).
 */
export function gateFor(world: World, controls: readonly number[], session: Session, outsideOnly = false): Gate {
  const requires: string[] = [];
  const gates: string[] = [];
  for (const c of controls) {
    const n = world.node(c);
    if (n.props['mode'] === 'detect' || n.props['mode'] === 'log_only') continue;
    if (outsideOnly && n.props['enforcedOutsideCompute'] !== true) continue;
    const needs = needsOf(n.props['controlType'], n.props['approver'], session);
    if (!needs) continue;
    requires.push(`${needs}: ${n.name}`);
    gates.push(n.id);
  }
  return requires.length === 0 ? OPEN : { requires, gates };
}

function needsOf(controlType: unknown, approver: unknown, session: Session): string | undefined {
  if (controlType === 'tool_policy') return 'tool policy permits it';
  if (controlType !== 'approval') return undefined;
  switch (approver) {
    case 'agent': case 'auto': return undefined;
    case 'session_user': return session === SESSION.victim ? 'the user approves it' : undefined;
    case 'independent_human': case 'resource_owner': return 'approval';
    default: return 'approval, by whom is unknown';
  }
}
