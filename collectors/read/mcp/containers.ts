import type { Node } from 'jsonc-parser';
import { childOf, entriesOf } from '../json-tree.ts';
import { escapePointer } from '../json-lines.ts';

/** A place in a document that lists servers, and the project it belongs to when the file serves several. */
export interface Container { node: Node; pointer: string; project?: string }

const LOOKS_LIKE_SERVER = ['command', 'url', 'serverUrl', 'httpUrl', 'endpoint'];
export const isServer = (node: Node): boolean => LOOKS_LIKE_SERVER.some((k) => childOf(node, k) !== undefined);

const MAX_DEPTH = 6;

/**
 * Server lists by the key that holds them: `mcpServers` and `context_servers` wherever they stand, `servers` at the top of an MCP file
 * or below `mcp`, and `mcp` itself when its entries are servers. An empty list counts: the client is there, without servers.
 */
export function containersIn(root: Node, mcpFile: boolean): Container[] {
  const found: Container[] = [];
  const visit = (node: Node, pointer: string, depth: number, project?: string): void => {
    if (depth > MAX_DEPTH) return;
    for (const [key, value] of entriesOf(node)) {
      const at = `${pointer}/${escapePointer(key)}`;
      const holds = value.type === 'object' || value.type === 'array';
      if (!holds) continue;
      if (key === 'mcpServers' || key === 'context_servers' || key === 'mcp_servers') { if (lists(value, mcpFile || depth === 0)) found.push({ node: value, pointer: at, ...(project !== undefined && { project }) }); }
      else if (key === 'servers' && (depth === 0 ? mcpFile || entriesOf(value).some(([, v]) => isServer(v)) && childOf(root, 'inputs') !== undefined : pointer.endsWith('/mcp'))) found.push({ node: value, pointer: at });
      else if (key === 'mcp' && depth === 0 && (entriesOf(value).length === 0 || entriesOf(value).some(([, v]) => isServer(v)))) found.push({ node: value, pointer: at });
      else if (value.type === 'object') visit(value, at, depth + 1, pointer === '/projects' ? key : project);
    }
  };
  visit(root, '', 0);
  return found;
}

/** A key of that name in a schema or a document about configurations holds no servers. */
function lists(node: Node, named: boolean): boolean {
  const entries = node.type === 'array' ? (node.children ?? []) : entriesOf(node).map(([, v]) => v);
  return entries.length === 0 || entries.some(isServer) || (named && entries.every((e) => e.type === 'object' && childOf(e, 'type')?.value !== 'object'));
}
