import type { Technique } from '../../schema/index.ts';
import { TECHNIQUE_LIST, THING_TABLE } from './techniques.gen.ts';

/** Something a technique acts on: the node types that stand for it, and ARN templates ({p} {r} {a} {n}) of requests about it. */
export interface Thing { types: readonly string[]; arn: string; also?: readonly string[] }

export const TECHNIQUES: ReadonlyMap<string, Technique> = new Map(TECHNIQUE_LIST.map((t) => [t.id, t]));
/** What a technique asks of its actor; what only assumes a role is asked of the chain. */
export const askedOf = (t: Technique): Technique['permissions'] => t.permissions.filter((p) => p.required && p.by !== 'assume');
export const THINGS: Readonly<Record<string, Thing>> = THING_TABLE;
