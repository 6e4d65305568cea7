import { unknown, type Value } from '../../../../schema/index.ts';
import type { Node, Span } from '../syntax/node.ts';
import type { Evaluation } from './evaluate.ts';
import type { Result } from './text.ts';

/** Where a call stands and what works it out. */
export interface Call { e: Evaluation; node: Node & { kind: 'call' }; at: Span; pointer: string | undefined }
export type Intrinsic = (argument: Node, call: Call) => Result;

export function malformed({ e, node, at }: Call, expected: string): Value {
  e.problem(`${node.name}: ${expected}`, at);
  return unknown(`${node.name} on line ${at.start}`);
}
