import neo4j, { type Driver } from 'neo4j-driver';
import { UserError } from '../../../schema/index.ts';

export type Row = Record<string, unknown>;
export interface Connection {
  /** One idempotent statement in a managed transaction: the driver retries it on transient errors. */
  write(cypher: string, parameters?: Row): Promise<Row[]>;
  read(cypher: string, parameters?: Row): Promise<Row[]>;
  close(): Promise<void>;
}

/** JS numbers travel as FLOAT: whole numbers are turned into Neo4j integers on the way in, and back on the way out. */
const toDriver = (v: unknown): unknown =>
  typeof v === 'number' && Number.isInteger(v) ? neo4j.int(v)
    : Array.isArray(v) ? v.map(toDriver)
      : v !== null && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, toDriver(x)])) : v;
const fromDriver = (v: unknown): unknown => (neo4j.isInt(v) ? v.toNumber() : Array.isArray(v) ? v.map(fromDriver) : v);

/** Connects and proves it with a query. Errors name the address, never the password. */
export async function connect(uri: string, user: string, password: string | undefined, database: string, certificate?: string): Promise<Connection> {
  const auth = password === undefined ? undefined : neo4j.auth.basic(user, password);
  // The driver takes a certificate of one's own by settings only, which it refuses beside an address that ends in +s.
  const own = certificate !== undefined && /^(bolt|neo4j)\+s:/.test(uri);
  const driver: Driver = neo4j.driver(own ? uri.replace('+s:', ':') : uri, auth, {
    maxTransactionRetryTime: 30_000, connectionAcquisitionTimeout: 30_000, ...(own ? { encrypted: 'ENCRYPTION_ON', trust: 'TRUST_CUSTOM_CA_SIGNED_CERTIFICATES', trustedCertificates: [certificate] } : {}),
  });
  const explain = (e: unknown): Error => {
    const { code = '', message = String(e) } = e as { code?: string; message?: string };
    if (code.includes('Unauthorized') || code.includes('AuthenticationRateLimit')) return new UserError(`Neo4j at ${uri} refused the credentials: set NEO4J_USERNAME and NEO4J_PASSWORD`, 4);
    if (/certificate/i.test(message)) return new UserError(`Neo4j at ${uri} shows a certificate that is not trusted (${message.split('\n')[0]}): name it, or that of its authority, in NEO4J_CERTIFICATE_FILE`, 4);
    if (code === 'ServiceUnavailable' || code === 'SessionExpired') return new UserError(`Neo4j at ${uri} does not answer: ${message.split('\n')[0]}`, 4);
    return new UserError(`Neo4j at ${uri}: ${message.split('\n')[0]}`, 4);
  };
  const run = async (mode: 'read' | 'write', cypher: string, parameters: Row = {}): Promise<Row[]> => {
    const session = driver.session({ database, defaultAccessMode: mode === 'read' ? neo4j.session.READ : neo4j.session.WRITE });
    try {
      const work = (tx: { run: (c: string, p: unknown) => Promise<{ records: { toObject: () => object }[] }> }) => tx.run(cypher, toDriver(parameters));
      const answer = mode === 'read' ? await session.executeRead(work as never) : await session.executeWrite(work as never);
      return (answer as { records: { toObject: () => Row }[] }).records.map((r) => Object.fromEntries(Object.entries(r.toObject()).map(([k, v]) => [k, fromDriver(v)])));
    } catch (e) {
      throw explain(e);
    } finally {
      await session.close();
    }
  };
  try {
    // Not repeated, unlike queries: what is wrong with address, certificate or password does not pass.
    await driver.verifyConnectivity({ database }).catch((e: unknown) => { throw explain(e); });
    await run('read', 'RETURN 1 AS one');
  } catch (e) {
    await driver.close();
    throw e;
  }
  return { write: (c, p) => run('write', c, p), read: (c, p) => run('read', c, p), close: () => driver.close() };
}
