import { showHoles, type NodeRecord } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type Candidate, type FixGraph, type FixKind } from '../fix-kind.ts';

/** A tool server of a client, with all its tools. */
export const fix: FixKind = {
  name: 'remove-server',
  edits: 'entry of a tool server in the configuration of a client',
  at(hop, _where, g) {
    const n = g.nodes.get(hop.node.id);
    const servers = n?.kind === 'ToolServer' ? [n] : n?.kind === 'Tool' ? g.out(n.id, 'PROVIDED_BY').flatMap((e) => g.nodes.get(e.to) ?? []) : [];
    return servers.filter((s) => s.type === 'mcp.server').flatMap((s) => g.once(`remove-server ${s.id}`, () => removal(s, g)));
  },
};

function removal(server: NodeRecord, g: FixGraph): Candidate[] {
  const at = server.sources[0];
  if (at?.jsonPointer === undefined) return [];
  const inside = (n: NodeRecord): boolean => { const s = n.sources[0]; return s?.file === at.file && s?.jsonPointer !== undefined && `${s.jsonPointer}/`.startsWith(`${at.jsonPointer}/`); };
  const gone = [...g.nodes.values()].filter(inside).map((n) => n.id);
  const tools = g.in(server.id, 'PROVIDED_BY').length;
  return [candidate(['remove-server', server.id], {
    op: 'remove', what: 'HAS_TOOL', node: nodeRef(server), source: at, edit: { kind: 'edges', remove: [], nodes: gone }, changes: [{ in: 'block', at, path: [] }],
    text: `remove the tool server ${showHoles(server.name)}, or give it to a client of its own that reads nothing foreign`, effect: `removes HAS_TOOL to the ${tools} tools of ${showHoles(server.name)}`,
    mightBreak: [`its ${tools} tools are no longer offered`],
  }, 4)];
}
