import type { Technique } from '../../schema/index.ts';
import { TECHNIQUE_LIST, THING_TABLE } from './techniques.gen.ts';

/** Something a technique acts on: the node types that stand for it, and ARN templates ({p} {r} {a} {n}) of requests about it. */
export interface Thing { types: readonly string[]; arn: string; also?: readonly string[] }

export const TECHNIQUES: ReadonlyMap<string, Technique> = new Map(TECHNIQUE_LIST.map((t) => [t.id, t]));
export const THINGS: Readonly<Record<string, Thing>> = THING_TABLE;
