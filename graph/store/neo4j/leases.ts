import type { Lease, Leases } from '../port.ts';
import type { Connection } from './session.ts';

/**
 * Leases as nodes. Setting `asked` takes the node's lock before `until` is read, so that of two claims one waits and then sees the other's.
 * A claim that the driver repeats finds its own holder and stands.
 */
export class Neo4jLeases implements Leases {
  readonly #c: () => Connection;

  constructor(connection: () => Connection) { this.#c = connection; }

  async claim(name: string, holder: string, forMs: number): Promise<Lease | undefined> {
    const row = (await this.#c().write(`
      MERGE (l:OverreachLease {name: $name}) ON CREATE SET l.fence = 0, l.until = 0, l.holder = ''
      SET l.asked = timestamp()
      WITH l WHERE l.until <= timestamp() OR l.holder = $holder
      SET l.fence = CASE WHEN l.holder = $holder THEN l.fence ELSE l.fence + 1 END, l.holder = $holder, l.until = timestamp() + $forMs
      RETURN l.fence AS fence`, { name, holder, forMs }))[0];
    return row ? { name, holder, fence: Number(row['fence']) } : undefined;
  }

  async renew(l: Lease, forMs: number): Promise<boolean> {
    const rows = await this.#c().write('MATCH (l:OverreachLease {name: $name}) WHERE l.holder = $holder AND l.fence = $fence SET l.until = timestamp() + $forMs RETURN l.fence AS fence', { ...l, forMs });
    return rows.length > 0;
  }

  async release(l: Lease): Promise<void> {
    await this.#c().write("MATCH (l:OverreachLease {name: $name}) WHERE l.holder = $holder AND l.fence = $fence SET l.until = 0, l.holder = ''", { ...l });
  }
}
