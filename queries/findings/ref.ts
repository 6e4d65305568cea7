import type { NodeRecord, NodeRef } from '../../schema/index.ts';
import { showHoles } from '../../schema/index.ts';

/** A node as results show it. */
export function nodeRef(n: NodeRecord): NodeRef {
  const at = n.sources[0];
  return {
    id: n.id, kind: n.kind, type: n.type, name: showHoles(n.name),
    ...(n.sourceType === undefined ? {} : { sourceType: n.sourceType }),
    ...(at?.address === undefined ? {} : { address: at.address }),
    ...(at === undefined ? {} : { definedAt: at }),
  };
}

export const unique = <T>(xs: Iterable<T>): T[] => [...new Set(xs)];
export const sorted = (xs: Iterable<string>): string[] => unique(xs).sort();
