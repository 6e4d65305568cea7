import type { Node } from 'jsonc-parser';
import { hole, type Problem, type RawResource, type SourceRef, type Value } from '../../../schema/index.ts';
import { entriesOf, childOf, sourcesBelow, valueOf, type JsonTree } from '../json-tree.ts';
import { escapePointer } from '../json-lines.ts';
import { clientOf } from './clients.ts';
import { containersIn, isServer, type Container } from './containers.ts';
import { serverShape } from './server.ts';

export interface McpConfig { resources: RawResource[]; problems: Problem[] }

/**
 * `MCP::Client` per file (and per project of a file that serves several) with `name`, `file`, `project`, `inputs`; `MCP::Server` per entry,
 * with `client` a reference to its client. Secrets stay as written here; nothing of this leaves memory before they are hashed.
 */
export function readConfig(tree: JsonTree, file: string, mcpFile: boolean): McpConfig {
  const out: McpConfig = { resources: [], problems: [] };
  if (!tree.root) return out;
  const byProject = new Map<string, Container[]>();
  const containers = containersIn(tree.root, mcpFile);
  if (containers.length === 0 && (mcpFile || entriesOf(tree.root).some(([k]) => k === 'mcp' || k.startsWith('chat.mcp.')))) containers.push({ node: tree.root, pointer: '' });
  for (const c of containers) byProject.set(c.project ?? '', [...(byProject.get(c.project ?? '') ?? []), c]);
  for (const [project, containers] of byProject) readClient(tree, file, project, containers, out);
  return out;
}

function readClient(tree: JsonTree, file: string, project: string, containers: Container[], out: McpConfig): void {
  const first = containers[0]!;
  const at: SourceRef = { source: 'mcp', file };
  const inputs = childOf(tree.root, 'inputs');
  const properties: { [key: string]: Value } = { name: clientOf(file) ?? 'unknown', file, ...(project && { project }), ...(inputs && { inputs: valueOf(inputs) }), servers: containers.reduce((n, c) => n + serversIn(c).length, 0) };
  const address = first.pointer || '/';
  out.resources.push(raw('MCP::Client', address, file, properties, new Map([['', sourcesBelow(first.node, first.pointer, at, tree.lineOf, 0).get('')!]])));
  for (const container of containers) {
    const names = new Set<string>();
    for (const { name, node, step } of serversIn(container)) {
      const pointer = `${container.pointer}/${step}`;
      const source = { ...at, address: pointer };
      const places = sourcesBelow(node, pointer, source, tree.lineOf);
      if (names.has(name)) out.problems.push({ code: 'unresolved', message: `server ${name} is listed twice; clients use the last one`, source: places.get('')! });
      names.add(name);
      if (!isServer(node)) {
        out.problems.push({ code: 'unresolved', message: `server ${name} has neither a command nor a url`, source: places.get('')! });
        if (node.type !== 'object') continue;
      }
      const { properties: shape, moved } = serverShape(name, valueOf(node));
      for (const [to, from] of moved) for (const [p, s] of [...places]) if (p === from || p.startsWith(`${from}/`)) if (!places.has(to + p.slice(from.length))) places.set(to + p.slice(from.length), s);
      out.resources.push(raw('MCP::Server', pointer, file, { ...shape, client: hole({ kind: 'ref', address: first.pointer, attribute: '' }) }, places, [first.pointer]));
    }
  }
}

/** Entries of a container (none when the whole document stands for an empty one): a map by name, or a list whose entries carry their name. Of equal names the last stands. */
function serversIn(c: Container): { name: string; node: Node; step: string }[] {
  if (c.pointer === '') return [];
  if (c.node.type === 'array') return (c.node.children ?? []).map((node, i) => ({ name: String(childOf(node, 'name')?.value ?? i), node, step: String(i) }));
  return entriesOf(c.node).map(([name, node]) => ({ name, node, step: escapePointer(name) }));
}

function raw(type: string, address: string, root: string, properties: { [key: string]: Value }, sources: Map<string, SourceRef>, references: string[] = []): RawResource {
  return { dialect: 'canonical', type, address, root, properties, sources, documents: new Map(), provider: { scope: '' }, references, mode: 'managed', state: 'declared' };
}
