import type { Batch, EdgeRecord, NodeRecord } from '../../schema/index.ts';
import { showSource } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

/** A collected graph, asked in the words a test uses. */
export class Graph {
  readonly batch: Batch;
  constructor(batch: Batch) { this.batch = batch; }

  /** The only node of a type with a name (exact, or a pattern). */
  one(type: string, name?: string | RegExp): NodeRecord {
    const found = this.all(type).filter((n) => name === undefined || (typeof name === 'string' ? n.name === name : name.test(n.name)));
    if (found.length !== 1) throw new Error(`${found.length} nodes ${type} ${name ?? ''}; there are ${this.batch.nodes.map((n) => `${n.type}|${n.name}`).join(', ')}`);
    return found[0]!;
  }

  /** Nodes of a type or a kind. */
  all(type: string): NodeRecord[] { return this.batch.nodes.filter((n) => n.type === type || n.kind === type); }

  edges(kind: string, from?: NodeRecord, to?: NodeRecord): EdgeRecord[] {
    return this.batch.edges.filter((e) => e.kind === kind && (!from || e.from === from.id) && (!to || e.to === to.id));
  }

  /** Names of what an edge leads to. */
  targets(kind: string, from: NodeRecord): string[] { return this.edges(kind, from).map((e) => this.node(e.to).name).sort(); }

  node(id: string): NodeRecord {
    const n = this.batch.nodes.find((x) => x.id === id);
    if (!n) throw new Error(`no node ${id}`);
    return n;
  }

  /** `main.tf:12` of the first evidence. */
  place(e: EdgeRecord | undefined): string { return showSource(e?.evidence[0]?.source); }
  placeOf(n: NodeRecord): string { return showSource(n.sources[0]); }

  problems(): string[] { return this.batch.coverage.flatMap((c) => c.problems.map((p) => p.message)); }
  unmapped(): Record<string, number> { return Object.assign({}, ...this.batch.coverage.map((c) => c.unmapped)); }
}

export const scan = async (main: string, more: Record<string, string> = {}): Promise<Graph> => new Graph(await collectText({ 'main.tf': main, ...more }, { scope: 'test' }));
