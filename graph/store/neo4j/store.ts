import { UserError, type Batch, type EdgeRecord, type NodeRecord, type Run } from '../../../schema/index.ts';
import { stillCovered } from '../covers.ts';
import type { StoreOptions } from '../open.ts';
import type { Acceptance, GraphStore, Lease, Leases, Ledger, Publication, StoredGraph } from '../port.ts';
import { kindLabel, MIGRATIONS, PUT_EDGES, PUT_NODES, STORED } from './cypher.ts';
import { Neo4jLeases } from './leases.ts';
import { Neo4jLedger } from './ledger.ts';
import { publish, unpublish } from './publish.ts';
import { edgeProps, groupBy, nodeKey, nodeProps, slices } from './rows.ts';
import { connect, type Connection } from './session.ts';

const BATCH = 2_000;
const PAGE = 20_000;
const RESULT_PIECE = 1_000_000;

/** Whose lease has changed hands since writes nothing. */
const FENCED = 'OPTIONAL MATCH (l:OverreachLease {name: r.lease}) WITH r, l WHERE r.fence IS NULL OR l.fence = r.fence';

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The same port on Neo4j Community. Rows of a run carry its sequence number; a run counts once its status is `complete`. */
export class Neo4jStore implements GraphStore {
  readonly #uri: string;
  readonly #options: StoreOptions;
  #c!: Connection;
  readonly ledger: Ledger = new Neo4jLedger(() => this.#c);
  readonly leases: Leases = new Neo4jLeases(() => this.#c);

  constructor(uri: string, options: StoreOptions) {
    this.#uri = uri;
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#c = await connect(this.#uri, this.#options.user ?? 'neo4j', this.#options.password, this.#options.database ?? 'neo4j', this.#options.certificate);
    try {
      const have = Number((await this.#c.read("MATCH (m:OverreachMeta {key: 'schema'}) RETURN m.value AS value"))[0]?.['value'] ?? 0);
      if (have > MIGRATIONS.length) throw new UserError(`the Neo4j store was written by a newer version (schema ${have}, this one knows ${MIGRATIONS.length}): update overreach or use another database`);
      for (let v = have; v < MIGRATIONS.length; v++) {
        // Two processes may open a new store at once: what the other made in between is there the second time.
        for (const statement of MIGRATIONS[v]!) await this.#c.write(statement).catch(() => this.#c.write(statement));
        await this.#c.write("MERGE (m:OverreachMeta {key: 'schema'}) SET m.value = $v", { v: v + 1 });
      }
    } catch (e) {
      await this.#c.close();
      throw e;
    }
  }

  async close(): Promise<void> { await this.#c.close(); }

  async beginRun(run: Run, lease?: Lease): Promise<void> {
    await this.#c.write("MATCH (r:OverreachRun {status: 'running'}) SET r.status = 'abandoned'");
    await this.#c.write(
      "OPTIONAL MATCH (o:OverreachRun) WITH coalesce(max(o.seq), 0) + 1 AS seq MERGE (r:OverreachRun {id: $id}) ON CREATE SET r.seq = seq, r.status = 'running', r.body = $body, r.lease = $lease, r.fence = $fence",
      { id: run.id, body: JSON.stringify(run), lease: lease?.name ?? null, fence: lease?.fence ?? null },
    );
  }

  async applyBatch(runId: string, batch: Batch): Promise<void> {
    const run = await this.#running(runId);
    const covers = [batch.covers];
    for (const [, group] of groupBy(batch.nodes, (n) => `${n.kind}|${n.type}`)) {
      for (const part of slices(group, BATCH)) {
        await this.#c.write(PUT_NODES(part[0]!.kind, part[0]!.type), { rows: part.map((n) => ({ key: nodeKey(run, n.id), covers, props: nodeProps(run, n) })) });
      }
    }
    for (const [kind, group] of groupBy(batch.edges, (e) => e.kind)) {
      for (const part of slices(group, BATCH)) {
        await this.#c.write(PUT_EDGES(kind), { run, rows: part.map((e) => ({ id: e.id, from: nodeKey(run, e.from), to: nodeKey(run, e.to), covers, props: edgeProps(run, e) })) });
      }
    }
    await this.#c.write('MERGE (b:OverreachBatch {run: $run, covers: $covers}) SET b.complete = $complete, b.coverage = $coverage', { run, covers: batch.covers, complete: batch.complete, coverage: JSON.stringify(batch.coverage) });
  }

  async completeRun(runId: string, completedAt: string, graphHash: string): Promise<void> {
    const run = await this.#running(runId);
    const previous = (await this.#c.read("MATCH (r:OverreachRun {status: 'complete'}) RETURN r.seq AS seq ORDER BY seq DESC LIMIT 1"))[0]?.['seq'] as number | undefined;
    if (previous !== undefined) await this.#carryOver(previous, run);
    const body = JSON.parse(String((await this.#c.read('MATCH (r:OverreachRun {id: $runId}) RETURN r.body AS body', { runId }))[0]!['body'])) as Run;
    await this.#c.write(`MATCH (r:OverreachRun {id: $runId, status: 'running'}) ${FENCED} SET r.status = 'complete', r.body = $body`, { runId, body: JSON.stringify({ ...body, status: 'complete', completedAt, graphHash }) });
    if (!(await this.#complete(runId))) throw new UserError(`run ${runId} lost the right to write: another process has it now`);
    await this.#markCurrent(run);
  }

  /** Copies what the new run does not cover. Idempotent: rows are merged by key, so a retried batch changes nothing. */
  async #carryOver(previous: number, run: number): Promise<void> {
    const done = new Set((await this.#c.read('MATCH (b:OverreachBatch {run: $run, complete: true}) RETURN b.covers AS covers', { run })).map((r) => String(r['covers'])));
    const left = (covers: unknown): string[] => stillCovered(JSON.stringify(covers), done);
    const nodes = await this.#c.read('MATCH (p:Overreach {run: $previous}) OPTIONAL MATCH (n:Overreach {key: toString($run) + "|" + p.id}) RETURN p.id AS id, p.body AS body, p.covers AS covers, n IS NOT NULL AS seen ORDER BY id', { previous, run });
    const keepNodes = nodes.map((r) => ({ node: JSON.parse(String(r['body'])) as NodeRecord, covers: left(r['covers']), seen: r['seen'] === true })).filter((x) => x.covers.length > 0);
    for (const [, group] of groupBy(keepNodes.filter((x) => !x.seen), (x) => `${x.node.kind}|${x.node.type}`)) {
      for (const part of slices(group, BATCH)) await this.#c.write(PUT_NODES(part[0]!.node.kind, part[0]!.node.type), { rows: part.map((x) => ({ key: nodeKey(run, x.node.id), covers: x.covers, props: nodeProps(run, x.node) })) });
    }
    const addCovers = '[c IN row.covers WHERE NOT c IN x.covers]';
    for (const part of slices(keepNodes.filter((x) => x.seen), BATCH)) await this.#c.write(`UNWIND $rows AS row MATCH (x:Overreach {key: row.key}) SET x.covers = x.covers + ${addCovers}`, { rows: part.map((x) => ({ key: nodeKey(run, x.node.id), covers: x.covers })) });
    const edges = await this.#c.read(`MATCH (:Overreach {run: $previous})-[p]->(:Overreach) WHERE ${STORED('p')} RETURN p.id AS id, p.body AS body, p.covers AS covers ORDER BY id`, { previous });
    const have = new Set((await this.#c.read(`MATCH (:Overreach {run: $run})-[n]->(:Overreach) WHERE ${STORED('n')} RETURN n.id AS id`, { run })).map((r) => String(r['id'])));
    const keepEdges = edges.map((r) => ({ edge: JSON.parse(String(r['body'])) as EdgeRecord, covers: left(r['covers']), seen: have.has(String(r['id'])) })).filter((x) => x.covers.length > 0);
    for (const [kind, group] of groupBy(keepEdges, (x) => x.edge.kind)) {
      for (const part of slices(group.filter((x) => !x.seen), BATCH)) await this.#c.write(PUT_EDGES(kind), { run, rows: part.map(({ edge, covers }) => ({ id: edge.id, from: nodeKey(run, edge.from), to: nodeKey(run, edge.to), covers, props: edgeProps(run, edge) })) });
      for (const part of slices(group.filter((x) => x.seen), BATCH)) await this.#c.write(`UNWIND $rows AS row MATCH (:Overreach {key: row.from})-[x:${kindLabel(kind)} {id: row.id}]->() SET x.covers = x.covers + ${addCovers}`, { rows: part.map(({ edge, covers }) => ({ id: edge.id, from: nodeKey(run, edge.from), covers })) });
    }
    await this.#c.write('MATCH (p:OverreachBatch {run: $previous}) WHERE NOT EXISTS { MATCH (n:OverreachBatch {run: $run}) WHERE n.covers = p.covers } MERGE (c:OverreachBatch {run: $run, covers: p.covers}) SET c.complete = p.complete, c.coverage = p.coverage', { previous, run });
  }

  async #markCurrent(run: number): Promise<void> {
    for (;;) if (Number((await this.#c.write('MATCH (n:Current) WHERE n.run <> $run WITH n LIMIT 20000 REMOVE n:Current RETURN count(n) AS n', { run }))[0]!['n']) === 0) break;
    for (;;) if (Number((await this.#c.write('MATCH (n:Overreach {run: $run}) WHERE NOT n:Current WITH n LIMIT 20000 SET n:Current RETURN count(n) AS n', { run }))[0]!['n']) === 0) break;
  }

  async abandonRun(runId: string): Promise<void> { await this.#c.write("MATCH (r:OverreachRun {id: $runId, status: 'running'}) SET r.status = 'abandoned'", { runId }); }

  async runs(): Promise<Run[]> {
    return (await this.#c.read('MATCH (r:OverreachRun) RETURN r.body AS body, r.status AS status ORDER BY r.seq DESC')).map((r) => ({ ...(JSON.parse(String(r['body'])) as Run), status: r['status'] as Run['status'] }));
  }

  async load(runId?: string): Promise<StoredGraph | undefined> {
    const run = await this.#complete(runId);
    if (!run) return undefined;
    const page = async <T extends { id: string }>(cypher: string): Promise<T[]> => {
      const out: T[] = [];
      for (let after = ''; ;) {
        const rows = await this.#c.read(`${cypher} AND x.id > $after RETURN x.id AS id, x.body AS body ORDER BY id LIMIT ${PAGE}`, { run: run.seq, after });
        for (const r of rows) out.push(JSON.parse(String(r['body'])) as T);
        if (rows.length < PAGE) return out.sort(byId);
        after = String(rows.at(-1)!['id']);
      }
    };
    return {
      run: run.run,
      nodes: await page<NodeRecord>('MATCH (x:Overreach) WHERE x.run = $run'),
      edges: await page<EdgeRecord>(`MATCH (a:Overreach)-[x]->(:Overreach) WHERE a.run = $run AND ${STORED('x')}`),
      coverage: (await this.#c.read('MATCH (b:OverreachBatch {run: $run}) RETURN b.coverage AS coverage ORDER BY b.covers', { run: run.seq })).flatMap((r) => JSON.parse(String(r['coverage'])) as Batch['coverage']),
    };
  }

  async saveResult(runId: string, result: string): Promise<void> {
    const run = await this.#complete(runId);
    if (!run) throw new UserError(`run ${runId} is not complete: no result can be kept for it`);
    const version = Number((await this.#c.read('MATCH (r:OverreachRun {id: $runId}) RETURN coalesce(r.result, 0) + 1 AS version', { runId }))[0]!['version']);
    const at = { run: run.seq, version };
    await this.#c.write('MATCH (p:OverreachResult {run: $run, version: $version}) DELETE p', at);
    for (let i = 0, from = 0; from < result.length; i++, from += RESULT_PIECE) await this.#c.write('MERGE (p:OverreachResult {run: $run, version: $version, piece: $i}) SET p.body = $body', { ...at, i, body: result.slice(from, from + RESULT_PIECE) });
    await this.#c.write('MATCH (r:OverreachRun {id: $runId}) SET r.result = $version', { runId, version });
    await this.#c.write('MATCH (p:OverreachResult {run: $run}) WHERE p.version <> $version DELETE p', at);
  }

  async loadResult(runId?: string): Promise<string | undefined> {
    const run = await this.#complete(runId);
    const pieces = run ? await this.#c.read('MATCH (r:OverreachRun {seq: $run}) MATCH (p:OverreachResult {run: $run}) WHERE p.version = r.result RETURN p.body AS body ORDER BY p.piece', { run: run.seq }) : [];
    return pieces.length > 0 ? pieces.map((p) => String(p['body'])).join('') : undefined;
  }

  async publish(runId: string, what: Publication): Promise<void> {
    const run = await this.#complete(runId);
    if (!run) throw new UserError(`run ${runId} is not complete: nothing can be published for it`);
    await publish(this.#c, run.seq, what);
  }

  async accept(a: Acceptance): Promise<void> { await this.#c.write('MERGE (a:OverreachAcceptance {fingerprint: $fingerprint}) SET a.body = $body', { fingerprint: a.fingerprint, body: JSON.stringify(a) }); }
  async unaccept(fingerprint: string): Promise<void> { await this.#c.write('MATCH (a:OverreachAcceptance {fingerprint: $fingerprint}) DELETE a', { fingerprint }); }
  async acceptances(): Promise<Acceptance[]> { return (await this.#c.read('MATCH (a:OverreachAcceptance) RETURN a.body AS body ORDER BY a.fingerprint')).map((r) => JSON.parse(String(r['body'])) as Acceptance); }

  async prune(keep: number): Promise<void> {
    const runs = await this.#c.read("MATCH (r:OverreachRun) WHERE r.status <> 'running' RETURN r.seq AS seq, r.status AS status ORDER BY r.seq DESC");
    const kept = new Set(runs.filter((r) => r['status'] === 'complete').slice(0, keep).map((r) => r['seq']));
    for (const { seq } of runs.filter((r) => !kept.has(r['seq']))) {
      for (const label of ['Overreach', 'OverreachBatch', 'OverreachResult']) {
        for (;;) if (Number((await this.#c.write(`MATCH (n:${label} {run: $seq}) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS n`, { seq }))[0]!['n']) === 0) break;
      }
      await unpublish(this.#c, Number(seq));
      await this.#c.write('MATCH (r:OverreachRun {seq: $seq}) DELETE r', { seq });
    }
  }

  async #running(runId: string): Promise<number> {
    const row = (await this.#c.read(`MATCH (r:OverreachRun {id: $runId}) OPTIONAL MATCH (l:OverreachLease {name: r.lease}) RETURN r.seq AS seq, r.status AS status, r.fence IS NULL OR l.fence = r.fence AS mine`, { runId }))[0];
    if (row?.['status'] !== 'running') throw new UserError(`run ${runId} is not running in this store (${row ? String(row['status']) : 'unknown'}): another scan may have begun there`);
    if (row['mine'] !== true) throw new UserError(`run ${runId} lost the right to write: another process has it now`);
    return Number(row['seq']);
  }

  async #complete(runId?: string): Promise<{ seq: number; run: Run } | undefined> {
    const row = (await this.#c.read(`MATCH (r:OverreachRun {status: 'complete'}) ${runId === undefined ? '' : 'WHERE r.id = $runId'} RETURN r.seq AS seq, r.body AS body ORDER BY seq DESC LIMIT 1`, { runId: runId ?? '' }))[0];
    return row ? { seq: Number(row['seq']), run: JSON.parse(String(row['body'])) as Run } : undefined;
  }
}
