import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type HardeningKind } from '../fix-kind.ts';

/** Content that reaches an agent by itself, as `overreach.yaml` says it does: the connection goes, and its record with it. */
export const hardening: HardeningKind = {
  name: 'declared-feed',
  edits: 'feeds of a channel in overreach.yaml',
  at(hop, _where, g) {
    return g.in(hop.node.id, 'FEEDS').filter((e) => hop.edgeIds.includes(e.id)).flatMap((e) => {
      const at = e.evidence[0]?.source;
      const item = at?.source === 'overreach-yaml' ? /^(\/channels\/\d+)\/feeds\/(\d+)$/.exec(at.jsonPointer ?? '') : null;
      if (!at || !item) return [];
      const [from, to] = [g.name(e.from), g.name(e.to)].map(showHoles);
      return [candidate(['feed', e.id], {
        op: 'remove', what: 'FEEDS', node: nodeRef(g.nodes.get(e.from)!), property: 'feeds', source: at, edit: { kind: 'edges', remove: [e.id], nodes: [] },
        changes: [{ in: 'block', at: { ...at, jsonPointer: item[1]! }, path: ['feeds', item[2]!] }],
        text: `let what arrives in ${from} no longer reach ${to} by itself: somebody looks at it first, or an agent reads it that can change nothing`, effect: `removes FEEDS from ${from} to ${to}`,
        mightBreak: [`the connection is not in this code: take it away where it is made, the patch only takes it out of ${at.file ?? 'overreach.yaml'}`, `${to} does nothing with what arrives in ${from} until somebody asks it to`],
      }, 1)];
    });
  },
};
