import { CARTOGRAPHY_LABELS } from '../../../knowledge/cartography.ts';
import { EDGE_KINDS, NODE_KINDS } from '../../../schema/index.ts';

/**
 * Community edition only: uniqueness constraints and indexes, no APOC, no GDS.
 * Every node of the graph has the label `Overreach`, its kind, and its provider type (`aws.bedrock.agent`) as a further label;
 * nodes of the last complete run also have `Current`. `key` = run sequence and id.
 * One entry per version of the store; each statement may be repeated.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [[
  'CREATE CONSTRAINT overreach_node IF NOT EXISTS FOR (n:Overreach) REQUIRE n.key IS UNIQUE',
  'CREATE CONSTRAINT overreach_run IF NOT EXISTS FOR (r:OverreachRun) REQUIRE r.id IS UNIQUE',
  'CREATE CONSTRAINT overreach_seq IF NOT EXISTS FOR (r:OverreachRun) REQUIRE r.seq IS UNIQUE',
  'CREATE CONSTRAINT overreach_meta IF NOT EXISTS FOR (m:OverreachMeta) REQUIRE m.key IS UNIQUE',
  'CREATE CONSTRAINT overreach_accept IF NOT EXISTS FOR (a:OverreachAcceptance) REQUIRE a.fingerprint IS UNIQUE',
  'CREATE INDEX overreach_run_of IF NOT EXISTS FOR (n:Overreach) ON (n.run)',
  'CREATE INDEX overreach_batch IF NOT EXISTS FOR (b:OverreachBatch) ON (b.run)',
  'CREATE INDEX overreach_result IF NOT EXISTS FOR (b:OverreachResult) ON (b.run)',
  'CREATE INDEX overreach_name IF NOT EXISTS FOR (n:Current) ON (n.name)',
  'CREATE INDEX overreach_id IF NOT EXISTS FOR (n:Current) ON (n.id)',
], [
  'CREATE CONSTRAINT overreach_audit IF NOT EXISTS FOR (e:OverreachAudit) REQUIRE e.id IS UNIQUE',
  'CREATE CONSTRAINT overreach_audit_key IF NOT EXISTS FOR (e:OverreachAudit) REQUIRE e.key IS UNIQUE',
  'CREATE INDEX overreach_audit_seq IF NOT EXISTS FOR (e:OverreachAudit) ON (e.seq)',
  'CREATE CONSTRAINT overreach_token IF NOT EXISTS FOR (t:OverreachToken) REQUIRE t.id IS UNIQUE',
], [
  'CREATE CONSTRAINT overreach_finding IF NOT EXISTS FOR (f:OverreachFinding) REQUIRE f.key IS UNIQUE',
  'CREATE INDEX overreach_finding_run IF NOT EXISTS FOR (f:OverreachFinding) ON (f.run)',
], [
  'CREATE CONSTRAINT overreach_ticket IF NOT EXISTS FOR (t:OverreachTicket) REQUIRE t.key IS UNIQUE',
], [
  'CREATE CONSTRAINT overreach_derived IF NOT EXISTS FOR (n:OverreachDerived) REQUIRE n.key IS UNIQUE',
  'CREATE INDEX overreach_derived_run IF NOT EXISTS FOR (n:OverreachDerived) ON (n.run)',
], [
  'CREATE CONSTRAINT overreach_lease IF NOT EXISTS FOR (l:OverreachLease) REQUIRE l.name IS UNIQUE',
], [
  'CREATE CONSTRAINT overreach_override IF NOT EXISTS FOR (o:OverreachOverride) REQUIRE o.node IS UNIQUE',
]];

/** Label or relationship type, safe between backticks. */
export const quote = (name: string): string => '`' + name.replace(/`/g, '') + '`';

const isKind = (k: string): boolean => (NODE_KINDS as readonly string[]).includes(k) || (EDGE_KINDS as readonly string[]).includes(k);
export function kindLabel(kind: string): string {
  if (!isKind(kind)) throw new Error(`${kind} is no kind of the schema`);
  return quote(kind);
}

export const PUT_NODES = (kind: string, type: string): string => `
  UNWIND $rows AS row
  MERGE (n:Overreach {key: row.key})
  ON CREATE SET n.covers = row.covers
  ON MATCH SET n.covers = CASE WHEN n.covers = row.covers THEN n.covers ELSE n.covers + [c IN row.covers WHERE NOT c IN n.covers] END
  SET n${labels(kind, type)}, n += row.props`;

/** Kind, provider type, and what Cartography calls it. */
export const labels = (kind: string, type: string): string => [kindLabel(kind), quote(type), ...(CARTOGRAPHY_LABELS[type] ?? []).map(quote)].map((l) => `:${l}`).join('');

/** Derived edges lie beside the edges of the graph for people to ask; they are never read back. */
export const STORED = (edge: string): string => `${edge}.derived IS NULL`;

export const PUT_EDGES = (kind: string): string => `
  UNWIND $rows AS row
  MATCH (a:Overreach {key: row.from}), (b:Overreach {key: row.to})
  MERGE (a)-[e:${kindLabel(kind)} {id: row.id, run: $run}]->(b)
  ON CREATE SET e.covers = row.covers
  ON MATCH SET e.covers = CASE WHEN e.covers = row.covers THEN e.covers ELSE e.covers + [c IN row.covers WHERE NOT c IN e.covers] END
  SET e += row.props`;
