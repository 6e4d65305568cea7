import { PRIVILEGED, showHoles, type EffectClass } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, type HardeningKind } from '../fix-kind.ts';

/** One role behind several functions: a role for each, with its own statements. */
export const hardening: HardeningKind = {
  name: 'role-split',
  edits: 'Role of a function',
  at(hop, { hops, index }, g) {
    const then = hops[index + 1];
    const tool = hop.fact === 'TOOL' && then?.effect !== undefined && PRIVILEGED.has(then.effect as EffectClass) ? hop.node.id : undefined;
    if (!tool) return [];
    return g.out(tool, 'IMPLEMENTED_BY').flatMap((made) => g.out(made.to, 'RUNS_AS').flatMap((runs) => {
      const role = g.nodes.get(runs.to);
      const others = g.in(runs.to, 'RUNS_AS').map((e) => g.nodes.get(e.from)).filter((n) => n?.kind === 'Compute' && n.id !== made.to);
      const own = g.nodes.get(made.to);
      if (!role || !own || others.length === 0) return [];
      return [candidate(['role-split', runs.id], {
        op: 'narrow', what: 'RUNS_AS', node: nodeRef(own), property: 'role', source: runs.evidence[0]?.source, edit: { kind: 'edges', remove: [], nodes: [] },
        noPatch: `which statements of ${showHoles(role.name)} each of them needs is not in the code`,
        text: `give ${showHoles(own.name)} a role of its own: ${showHoles(role.name)} is shared with ${list(others.map((o) => showHoles(o!.name)))}`, effect: `narrows RUNS_AS: one role for each of ${others.length + 1} functions`,
        mightBreak: ['each function has only the statements that are moved to its role'],
      }, 3)];
    }));
  },
};
