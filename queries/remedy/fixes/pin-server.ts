import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixKind } from '../fix-kind.ts';

const RANGE = /^(?:\^|~|>=?|~=|==)\s*v?(\d+\.\d+\.\d+[\w.+-]*)$/;

/** A tool server that is fetched anew at every start: one version, which somebody has looked at. */
export const fix: FixKind = {
  name: 'pin-server',
  edits: 'version of the package or image in the command line of a tool server',
  at(hop, { index }, g) {
    const n = hop.fact === 'CONFIG' && index === 0 ? g.nodes.get(hop.node.id) : undefined;
    if (n?.kind !== 'ToolServer' || n.props['pinned'] !== false || typeof n.props['package'] !== 'string') return [];
    const at = n.sources[0];
    const { package: name, version } = n.props as { package: string; version?: string };
    const exact = version === undefined ? undefined : RANGE.exec(version)?.[1];
    const written = `${name}@${version}`;
    const says = exact ?? 'the version that was reviewed';
    return [candidate(['pin', n.id], {
      op: 'narrow', what: 'ToolServer.pinned', node: nodeRef(n), property: 'args', source: at, edit: { kind: 'properties', node: n.id, to: { pinned: true, version: exact ?? version ?? 'reviewed' } },
      ...(exact && at ? { changes: [{ in: 'block' as const, at, path: ['args', written], from: written, to: `${name}@${exact}` }] } : { noPatch: `which version of ${name} is in use is not in the code: write it behind the name (${n.props['command'] === 'docker' || n.props['command'] === 'podman' ? `${name}@sha256:…` : n.props['command'] === 'uvx' ? `${name}==<version>` : `${name}@<version>`})` }),
      text: `start ${showHoles(n.name)} from one version of ${name}, ${says}${version ? `, instead of ${version}` : ''}`, effect: 'narrows ToolServer.pinned to true',
      mightBreak: ['updates of the server come only by a change of this file'],
    }, 1.5)];
  },
};
