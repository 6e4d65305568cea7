import type { Publication, PublishedEdge, PublishedFinding } from '../port.ts';
import { labels, quote } from './cypher.ts';
import { groupBy, nodeKey, shownProps, slices } from './rows.ts';
import type { Connection } from './session.ts';

const BATCH = 500;
const EDGES = 2_000;

/** Writes what an analysis adds to its run, for people to query. Nothing here is ever read back; a broken-off publication is made whole by the next. */
export async function publish(c: Connection, run: number, what: Publication): Promise<void> {
  await unpublish(c, run);
  const derived = new Set(what.nodes.map((n) => n.id));
  const label = (id: string): string => (derived.has(id) ? 'OverreachDerived' : 'Overreach');
  for (const [, group] of groupBy(what.nodes, (n) => `${n.kind}|${n.type}`)) {
    for (const part of slices(group, BATCH)) await c.write(`UNWIND $rows AS row MERGE (n:OverreachDerived {key: row.key}) SET n${labels(part[0]!.kind, part[0]!.type)}, n += row.props`, { rows: part.map((n) => ({ key: nodeKey(run, n.id), props: shownProps(run, n) })) });
  }
  await putEdges(c, run, what.edges, label);
  await putFindings(c, run, what.findings, label);
  await markCurrent(c);
}

async function putEdges(c: Connection, run: number, edges: readonly PublishedEdge[], label: (id: string) => string): Promise<void> {
  for (const [, group] of groupBy(edges, (e) => `${e.relation}|${label(e.from)}|${label(e.to)}`)) {
    const [from, to, relation] = [label(group[0]!.from), label(group[0]!.to), quote(group[0]!.relation)];
    for (const part of slices(group, EDGES)) {
      await c.write(`UNWIND $rows AS row MATCH (a:${from} {key: row.from}), (b:${to} {key: row.to}) MERGE (a)-[e:${relation} {id: row.id, run: $run, derived: true}]->(b) SET e += row.props`, {
        run, rows: part.map((e) => ({ id: e.id, from: nodeKey(run, e.from), to: nodeKey(run, e.to), props: e.props })),
      });
    }
  }
}

async function putFindings(c: Connection, run: number, findings: readonly PublishedFinding[], label: (id: string) => string): Promise<void> {
  for (const part of slices(findings, BATCH)) {
    await c.write('UNWIND $rows AS row MERGE (f:OverreachFinding {key: row.key}) SET f += row.props, f.run = $run', { run, rows: part.map((f) => ({ key: nodeKey(run, f.fingerprint), props: { fingerprint: f.fingerprint, ...f.props } })) });
    const ends = part.flatMap((f) => Object.entries(f.ends).flatMap(([role, ids]) => ids.map((id) => ({ role, label: label(id), finding: nodeKey(run, f.fingerprint), node: nodeKey(run, id) }))));
    for (const [, rows] of groupBy(ends, (e) => `${e.role}|${e.label}`)) {
      await c.write(`UNWIND $rows AS row MATCH (f:OverreachFinding {key: row.finding}), (n:${rows[0]!.label} {key: row.node}) MERGE (f)-[:${quote(rows[0]!.role)}]->(n)`, { rows });
    }
    const hops = part.flatMap((f) => f.hops.map((h, index) => ({ label: label(h.node), finding: nodeKey(run, f.fingerprint), node: nodeKey(run, h.node), index, props: h.props })));
    for (const [, group] of groupBy(hops, (h) => h.label)) {
      for (const rows of slices(group, EDGES)) await c.write(`UNWIND $rows AS row MATCH (f:OverreachFinding {key: row.finding}), (n:${rows[0]!.label} {key: row.node}) MERGE (f)-[h:HOP {index: row.index}]->(n) SET h += row.props`, { rows });
    }
  }
}

/** What belongs to the last complete run, and only that, is `Current`. */
async function markCurrent(c: Connection): Promise<void> {
  for (const label of ['OverreachFinding', 'OverreachDerived']) {
    await c.write(`
      MATCH (r:OverreachRun {status: 'complete'}) WITH max(r.seq) AS last
      MATCH (f:${label}) WITH f, last
      FOREACH (_ IN CASE WHEN f.run = last THEN [1] ELSE [] END | SET f:Current)
      FOREACH (_ IN CASE WHEN f.run <> last THEN [1] ELSE [] END | REMOVE f:Current)`);
  }
}

/** Takes away what was published for a run. */
export async function unpublish(c: Connection, run: number): Promise<void> {
  const until = async (cypher: string): Promise<void> => { for (;;) if (Number((await c.write(cypher, { run }))[0]!['n']) === 0) return; };
  for (const label of ['OverreachFinding', 'OverreachDerived']) await until(`MATCH (f:${label} {run: $run}) WITH f LIMIT 5000 DETACH DELETE f RETURN count(*) AS n`);
  await until('MATCH (:Overreach {run: $run})-[e]->(:Overreach) WHERE e.derived WITH e LIMIT 10000 DELETE e RETURN count(*) AS n');
}
