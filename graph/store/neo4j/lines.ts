import type { StoreOptions } from '../open.ts';
import { connect } from './session.ts';

const PAGE = 5_000;

/** Values of Neo4j that JSON has no word for (times, points) as text. */
const plain = (v: unknown): unknown => (Array.isArray(v) ? v.map(plain) : v !== null && typeof v === 'object' && 'toString' in v && !(Object.getPrototypeOf(v) === Object.prototype) ? String(v) : v);

/**
 * The nodes with a label that begins so, and the relationships among them, as JSON lines (the form of `apoc.export.json`); what Overreach
 * itself keeps there is left out. Reads only. Ordered by when a thing was made, so that the same graph gives the same lines.
 */
export async function graphLines(uri: string, options: StoreOptions, prefix: string, write: (line: string) => void | Promise<void>): Promise<{ nodes: number; relationships: number }> {
  const c = await connect(uri, options.user ?? 'neo4j', options.password, options.database ?? 'neo4j', options.certificate);
  const which = (n: string): string => `any(l IN labels(${n}) WHERE l STARTS WITH $prefix) AND NOT any(l IN labels(${n}) WHERE l STARTS WITH 'Overreach')`;
  const said = { nodes: 0, relationships: 0 };
  try {
    for (let skip = 0; ; skip += PAGE) {
      const rows = await c.read(`MATCH (n) WHERE ${which('n')} RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS properties ORDER BY id SKIP $skip LIMIT ${PAGE}`, { prefix, skip });
      for (const r of rows) await write(JSON.stringify({ type: 'node', id: r['id'], labels: r['labels'], properties: properties(r['properties']) }));
      said.nodes += rows.length;
      if (rows.length < PAGE) break;
    }
    for (let skip = 0; ; skip += PAGE) {
      const rows = await c.read(`MATCH (a)-[r]->(b) WHERE ${which('a')} AND ${which('b')} RETURN elementId(r) AS id, type(r) AS label, elementId(a) AS start, elementId(b) AS end ORDER BY id SKIP $skip LIMIT ${PAGE}`, { prefix, skip });
      for (const r of rows) await write(JSON.stringify({ type: 'relationship', id: r['id'], label: r['label'], start: { id: r['start'] }, end: { id: r['end'] } }));
      said.relationships += rows.length;
      if (rows.length < PAGE) break;
    }
    return said;
  } finally {
    await c.close();
  }
}

const properties = (v: unknown): Record<string, unknown> => Object.fromEntries(Object.entries(v as Record<string, unknown>).map(([k, x]) => [k, plain(x)]));
