import { KeyTaken, type AuditEntry, type Change, type Ledger, type StoredOverride, type StoredTicket, type StoredToken } from '../port.ts';
import type { Connection } from './session.ts';

/** Each part keeps `e` and is harmless when the driver repeats the statement. */
const PARTS = {
  accept: 'MERGE (a:OverreachAcceptance {fingerprint: $accept.fingerprint}) SET a.body = $accept.body WITH e',
  unaccept: 'OPTIONAL MATCH (x:OverreachAcceptance {fingerprint: $unaccept}) DELETE x WITH DISTINCT e',
  token: 'MERGE (t:OverreachToken {id: $token.id}) SET t.body = $token.body WITH e',
  override: 'MERGE (o:OverreachOverride {node: $override.node}) SET o.body = $override.body WITH e',
  unoverride: 'OPTIONAL MATCH (y:OverreachOverride {node: $unoverride}) DELETE y WITH DISTINCT e',
};

/** Decisions and their record as nodes. Entry and change are one statement, so one transaction. */
export class Neo4jLedger implements Ledger {
  readonly #c: () => Connection;

  constructor(connection: () => Connection) { this.#c = connection; }

  async write(c: Change, entry: AuditEntry): Promise<void> {
    const parts = (Object.keys(PARTS) as (keyof typeof PARTS)[]).filter((k) => c[k] !== undefined);
    try {
      await this.#c().write(`
        MERGE (m:OverreachMeta {key: 'audit'}) SET m.value = coalesce(m.value, 0) + 1
        MERGE (e:OverreachAudit {id: $id}) ON CREATE SET e.seq = m.value, e.key = $key, e.body = $body WITH e
        ${parts.map((k) => PARTS[k]).join('\n')} RETURN e.id AS id`, {
        id: entry.id, key: entry.key ?? null, body: JSON.stringify(entry), unaccept: c.unaccept ?? null, unoverride: c.unoverride ?? null,
        accept: c.accept ? { fingerprint: c.accept.fingerprint, body: JSON.stringify(c.accept) } : null,
        token: c.token ? { id: c.token.id, body: JSON.stringify(c.token) } : null,
        override: c.override ? { node: c.override.node, body: JSON.stringify(c.override) } : null,
      });
    } catch (e) {
      if (entry.key !== undefined && (await this.entryOfKey(entry.key))) throw new KeyTaken(entry.key, { cause: e });
      throw e;
    }
  }

  async tokens(): Promise<StoredToken[]> { return (await this.#c().read('MATCH (t:OverreachToken) RETURN t.body AS body ORDER BY t.id')).map((r) => JSON.parse(String(r['body'])) as StoredToken); }

  async overrides(): Promise<StoredOverride[]> { return (await this.#c().read('MATCH (o:OverreachOverride) RETURN o.body AS body ORDER BY o.node')).map((r) => JSON.parse(String(r['body'])) as StoredOverride); }

  async audit(first: number, before = Number.MAX_SAFE_INTEGER): Promise<(AuditEntry & { seq: number })[]> {
    return (await this.#c().read('MATCH (e:OverreachAudit) WHERE e.seq < $before RETURN e.seq AS seq, e.body AS body ORDER BY seq DESC LIMIT $first', { first, before })).map((r) => ({ ...(JSON.parse(String(r['body'])) as AuditEntry), seq: Number(r['seq']) }));
  }

  async entryOfKey(key: string): Promise<AuditEntry | undefined> {
    const row = (await this.#c().read('MATCH (e:OverreachAudit {key: $key}) RETURN e.body AS body', { key }))[0];
    return row ? (JSON.parse(String(row['body'])) as AuditEntry) : undefined;
  }

  async tickets(place?: string): Promise<StoredTicket[]> {
    const rows = await this.#c().read('MATCH (t:OverreachTicket) WHERE $place IS NULL OR t.place = $place RETURN t.body AS body ORDER BY t.place, t.fix', { place: place ?? null });
    return rows.map((r) => JSON.parse(String(r['body'])) as StoredTicket);
  }

  /** The first SET takes the lock, so that what is compared is what is there. A statement the driver repeats finds its own mark. */
  async putTicket(t: StoredTicket, was: string | undefined): Promise<boolean> {
    const row = { key: JSON.stringify([t.place, t.fix]), place: t.place, fix: t.fix, mark: t.mark, body: JSON.stringify(t), was: was ?? null };
    const done = was === undefined
      ? await this.#c().write('MERGE (t:OverreachTicket {key: $key}) ON CREATE SET t.place = $place, t.fix = $fix, t.mark = $mark, t.body = $body WITH t WHERE t.mark = $mark RETURN t.key AS key', row)
      : await this.#c().write('MATCH (t:OverreachTicket {key: $key}) SET t.asked = $mark WITH t WHERE t.mark IN [$was, $mark] SET t.mark = $mark, t.body = $body RETURN t.key AS key', row);
    return done.length === 1;
  }
}
