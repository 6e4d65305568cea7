import type { PublishedFinding } from '../port.ts';
import { nodeKey, slices } from './rows.ts';
import type { Connection } from './session.ts';

const BATCH = 500;

/** Writes the findings of a run for people to query. Nothing here is ever read back; a broken-off publication is made whole by the next. */
export async function publishFindings(c: Connection, run: number, findings: readonly PublishedFinding[]): Promise<void> {
  await removeFindings(c, run);
  for (const part of slices(findings, BATCH)) {
    const ends = part.flatMap((f) => Object.entries(f.ends).flatMap(([role, ids]) => ids.map((id) => ({ finding: nodeKey(run, f.fingerprint), role, node: nodeKey(run, id) }))));
    await c.write(`
      UNWIND $rows AS row MERGE (f:OverreachFinding {key: row.key}) SET f += row.props, f.run = $run`, { run, rows: part.map((f) => ({ key: nodeKey(run, f.fingerprint), props: { fingerprint: f.fingerprint, ...f.props } })) });
    for (const role of ['SUBJECT', 'ACTS_AS', 'TARGETS'] as const) {
      const rows = ends.filter((e) => e.role === role);
      if (rows.length > 0) await c.write(`UNWIND $rows AS row MATCH (f:OverreachFinding {key: row.finding}), (n:Overreach {key: row.node}) MERGE (f)-[:${role}]->(n)`, { rows });
    }
    const hops = part.flatMap((f) => f.hops.map((h, index) => ({ finding: nodeKey(run, f.fingerprint), node: nodeKey(run, h.node), index, props: h.props })));
    for (const some of slices(hops, 4 * BATCH)) await c.write('UNWIND $rows AS row MATCH (f:OverreachFinding {key: row.finding}), (n:Overreach {key: row.node}) MERGE (f)-[h:HOP {index: row.index}]->(n) SET h += row.props', { rows: some });
  }
  await c.write(`
    MATCH (r:OverreachRun {status: 'complete'}) WITH max(r.seq) AS last
    MATCH (f:OverreachFinding) WITH f, last
    FOREACH (_ IN CASE WHEN f.run = last THEN [1] ELSE [] END | SET f:Current)
    FOREACH (_ IN CASE WHEN f.run <> last THEN [1] ELSE [] END | REMOVE f:Current)`);
}

export async function removeFindings(c: Connection, run: number): Promise<void> {
  for (;;) if (Number((await c.write('MATCH (f:OverreachFinding {run: $run}) WITH f LIMIT 5000 DETACH DELETE f RETURN count(*) AS n', { run }))[0]!['n']) === 0) break;
}
