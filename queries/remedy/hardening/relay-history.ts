import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type HardeningKind } from '../fix-kind.ts';

/** A supervisor that hands its whole conversation on: only what it says to the collaborator. */
export const hardening: HardeningKind = {
  name: 'relay-history',
  edits: 'RelayConversationHistory of a collaborator',
  at(hop, _where, g) {
    return hop.transition !== 'from-influence/delegation' ? [] : g.edges.filter((e) => hop.edgeIds.includes(e.id) && e.kind === 'DELEGATES_TO' && e.props['relaysContext'] === true).map((e) => {
      const at = e.evidence[0]?.source;
      return candidate(['relay', e.id], {
        op: 'narrow', what: 'DELEGATES_TO', node: nodeRef(g.nodes.get(e.to)!), property: 'relay_conversation_history', source: at, edit: { kind: 'edge', edge: e.id, to: { relaysContext: false } },
        ...(at?.address?.includes('agent_collaborator') ? { changes: [{ in: 'block' as const, at, path: ['RelayConversationHistory'], from: 'TO_COLLABORATOR', to: 'DISABLED' }] } : { noPatch: 'the collaborator is an item of a list: set RelayConversationHistory to DISABLED there' }),
        text: `do not relay the conversation to ${showHoles(g.name(e.to))} (relay_conversation_history = "DISABLED")`, effect: 'narrows DELEGATES_TO: no conversation', mightBreak: ['the collaborator no longer knows what was said before'],
      }, 1);
    });
  },
};
