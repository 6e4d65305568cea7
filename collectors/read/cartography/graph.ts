import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { InputFile } from '../../define.ts';
import type { Problem } from '../../../schema/index.ts';

/** A node of the exported graph with the line it stands on, and its relations by type. */
export interface Node { id: string; labels: readonly string[]; props: Record<string, unknown>; line: number; out: Map<string, Node[]>; in: Map<string, Node[]> }
export interface Graph { nodes: readonly Node[]; problems: Problem[] }

const MAX_LINE = 8_000_000;

const push = (m: Map<string, Node[]>, key: string, n: Node): void => { const l = m.get(key); if (l) l.push(n); else m.set(key, [n]); };

/**
 * A Neo4j graph as JSON lines (the form of `apoc.export.json.all`, and what `overreach import` takes from a server): one node or relationship
 * a line, nodes before their relationships. A line that is none of both is a problem of its own.
 */
export async function readGraph(file: InputFile): Promise<Graph> {
  const nodes = new Map<string, Node>();
  const problems: Problem[] = [];
  const at = (line: number) => ({ source: 'cartography', file: file.path, startLine: line });
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file.absolute, 'utf8'), crlfDelay: Infinity })) {
    line++;
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      if (text.length > MAX_LINE) throw new Error('the line is too long');
      row = JSON.parse(text);
    } catch (e) {
      problems.push({ code: 'parse-error', message: `not a line of JSON: ${(e as Error).message.slice(0, 80)}`, source: at(line) });
      continue;
    }
    const r = row as { type?: string; id?: unknown; labels?: unknown; label?: unknown; properties?: unknown; start?: { id?: unknown }; end?: { id?: unknown } };
    if (r?.type === 'node' && r.id !== undefined) {
      nodes.set(String(r.id), { id: String(r.id), labels: Array.isArray(r.labels) ? r.labels.map(String) : [], props: typeof r.properties === 'object' && r.properties !== null ? (r.properties as Node['props']) : {}, line, out: new Map(), in: new Map() });
    } else if (r?.type === 'relationship' && typeof r.label === 'string') {
      const [a, b] = [nodes.get(String(r.start?.id)), nodes.get(String(r.end?.id))];
      if (a && b) { push(a.out, r.label, b); push(b.in, r.label, a); } else problems.push({ code: 'unresolved', message: `relationship ${r.label} joins a node that is not in the file`, source: at(line) });
    } else problems.push({ code: 'parse-error', message: 'neither a node nor a relationship', source: at(line) });
  }
  return { nodes: [...nodes.values()], problems };
}
