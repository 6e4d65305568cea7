import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, type FixKind } from '../fix-kind.ts';

/** An image or package that its publisher may change at any time: one build, by its digest. */
export const fix: FixKind = {
  name: 'pin-image',
  edits: 'reference of an image or package',
  at(hop, { index }, g) {
    const n = hop.fact === 'CONFIG' && index === 0 ? g.nodes.get(hop.node.id) : undefined;
    if (n?.kind !== 'Artifact' || n.props['pinned'] !== false) return [];
    const users = g.in(n.id, 'BUILT_FROM');
    const at = users[0]?.evidence[0]?.source ?? n.sources[0];
    return [candidate(['pin', n.id], {
      op: 'narrow', what: 'Artifact.pinned', node: nodeRef(n), property: at?.property, source: at, edit: { kind: 'properties', node: n.id, to: { pinned: true, mutable: false } },
      noPatch: `which build of ${showHoles(n.name)} is in use is not in the code: write its digest behind the name (@sha256:…)`,
      text: `start ${list(users.map((e) => g.name(e.from)))} from one build of ${showHoles(n.name)}, by its digest`, effect: 'narrows Artifact.pinned to true', mightBreak: ['updates of the image come only by a change of this code'],
    }, 1.5)];
  },
};
