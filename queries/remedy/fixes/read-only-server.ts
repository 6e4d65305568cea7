import { PRIVILEGED, showHoles, type EffectClass, type NodeRecord, type SourceChange } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixGraph, type FixKind } from '../fix-kind.ts';

interface Mode { says: string; argument?: string; env?: readonly [name: string, value: string]; header?: readonly [name: string, value: string]; document: string }

/** Published servers that have a mode without tools that change anything, and how it is asked for. */
const MODES: readonly { packages: RegExp; mode: Mode }[] = [
  { packages: /^(ghcr\.io\/github\/|)github-mcp-server$/, mode: { says: 'GITHUB_READ_ONLY=1', env: ['GITHUB_READ_ONLY', '1'], document: 'https://github.com/github/github-mcp-server' } },
  { packages: /^@supabase\/mcp-server-supabase$/, mode: { says: '--read-only', argument: '--read-only', document: 'https://github.com/supabase-community/supabase-mcp' } },
  { packages: /^mongodb-mcp-server$/, mode: { says: '--readOnly', argument: '--readOnly', document: 'https://github.com/mongodb-js/mongodb-mcp-server' } },
  { packages: /^(kubernetes-mcp-server|@?kubernetes-mcp-server)$/, mode: { says: '--read-only', argument: '--read-only', document: 'https://github.com/containers/kubernetes-mcp-server' } },
  { packages: /^mcp-atlassian$|^ghcr\.io\/sooperset\/mcp-atlassian$/, mode: { says: 'READ_ONLY_MODE=true', env: ['READ_ONLY_MODE', 'true'], document: 'https://github.com/sooperset/mcp-atlassian' } },
  { packages: /^postgres-mcp$|^crystaldba\/postgres-mcp$/, mode: { says: '--access-mode=restricted', argument: '--access-mode=restricted', document: 'https://github.com/crystaldba/postgres-mcp' } },
];

/** A tool server that has a mode in which nothing is changed. */
export const fix: FixKind = {
  name: 'read-only-server',
  edits: 'read-only switch of a tool server',
  at(hop, _where, g) {
    if (hop.fact !== 'TOOL') return [];
    return g.out(hop.node.id, 'PROVIDED_BY').flatMap((e) => { const s = g.nodes.get(e.to); return s?.kind === 'ToolServer' ? offer(s, g) : []; });
  },
};

function offer(server: NodeRecord, g: FixGraph): ReturnType<FixKind['at']> {
  const mode = MODES.find((m) => m.packages.test(String(server.props['package'] ?? '')))?.mode;
  const at = server.sources[0];
  if (!mode || !at) return [];
  const tools = g.in(server.id, 'PROVIDED_BY').flatMap((e) => g.nodes.get(e.from) ?? []).filter((t) => t.kind === 'Tool');
  const changing = tools.filter((t) => ((t.props['effects'] as EffectClass[] | undefined) ?? []).some((x) => PRIVILEGED.has(x)));
  if (changing.length === 0) return [];
  const gone = new Set(changing.map((t) => t.id));
  const inContainer = mode.env !== undefined && ['docker', 'podman', 'nerdctl'].includes(String(server.props['command']));
  const change: SourceChange = mode.env ? { in: 'block', at, path: ['env', mode.env[0]], to: mode.env[1] } : { in: 'block', at, path: ['args', '-'], to: mode.argument };
  return [candidate(['read-only', server.id], {
    op: 'narrow', what: 'HAS_TOOL', node: nodeRef(server), property: mode.env ? 'env' : 'args', source: at, edit: { kind: 'edges', remove: [], nodes: [...gone] },
    ...(inContainer ? { noPatch: `a container gets the variable by an argument of ${String(server.props['command'])}: add -e ${mode.says} before the image` } : { changes: [change] }),
    text: `start ${showHoles(server.name)} in its read-only mode: ${mode.says} (${mode.document})`, effect: `removes HAS_TOOL to ${changing.length} tools that change things`,
    mightBreak: [`${changing.map((t) => showHoles(t.name)).slice(0, 6).join(', ')}${changing.length > 6 ? ` and ${changing.length - 6} more` : ''} are no longer offered`],
  }, 1)];
}
