import { execFile } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import neo4j from 'neo4j-driver';
import type { TestProject } from 'vitest/node';
import { fromJars, ready } from './jars.ts';
import { VERSIONS, versionNamed, type Neo4jVersion } from './versions.ts';

declare module 'vitest' { interface ProvidedContext { neo4jBroker: number } }

/** What a test file is told on the connection: where the server is, or why there is none. */
export type Granted = { uri: string; password?: string } | { why: string };
interface Shared { uri: string; password?: string; stop: () => Promise<void> }

const driverOf = (s: { uri: string; password?: string }) => neo4j.driver(s.uri, s.password === undefined ? undefined : neo4j.auth.basic(process.env['NEO4J_USERNAME'] ?? 'neo4j', s.password));

async function given(uri: string): Promise<Shared> {
  const password = process.env['NEO4J_PASSWORD'];
  const s = { uri, ...(password === undefined ? {} : { password }), stop: async () => undefined };
  const driver = driverOf(s);
  const { records } = await driver.executeQuery('MATCH (n) RETURN count(n) AS n');
  await driver.close();
  if (records[0]!.get('n').toNumber() !== 0) throw new Error('NEO4J_URI names a database that is not empty: tests need a throw-away one');
  return s;
}

async function fromDocker(v: Neo4jVersion): Promise<Shared> {
  await promisify(execFile)('docker', ['info'], { timeout: 10_000 });
  const { GenericContainer, Wait } = await import('testcontainers');
  const c = await new GenericContainer(`neo4j:${v.release}-community`).withEnvironment({ NEO4J_AUTH: 'none' }).withExposedPorts(7687).withWaitStrategy(Wait.forLogMessage('Started.')).withStartupTimeout(180_000).start();
  const uri = `bolt://127.0.0.1:${c.getMappedPort(7687)}`;
  await ready(uri);
  return { uri, stop: async () => { await c.stop(); } };
}

async function started(v: Neo4jVersion): Promise<Shared | { why: string }> {
  if (v === VERSIONS[0] && process.env['NEO4J_URI']) return given(process.env['NEO4J_URI']);
  const why: string[] = [];
  for (const way of [fromDocker, fromJars]) try { return await way(v); } catch (e) { why.push(String((e as Error).message).split('\n')[0]!.slice(0, 300)); }
  return { why: why.join('; ') };
}

async function wipe(s: { uri: string; password?: string }): Promise<void> {
  const driver = driverOf(s);
  try {
    for (;;) if ((await driver.executeQuery('MATCH (n) WITH n LIMIT 20000 DETACH DELETE n RETURN count(*) AS n')).records[0]!.get('n').toNumber() === 0) return;
  } finally { await driver.close(); }
}

/** One server of a version, for one test file at a time; empty whenever it changes hands. Started when first asked for. */
class Desk {
  readonly #version: Neo4jVersion;
  #server: Promise<Shared | { why: string }> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(version: Neo4jVersion) { this.#version = version; }

  lease(socket: Socket): void {
    const gone = new Promise<void>((ok) => { socket.once('close', () => { ok(); }); });
    this.#turn = this.#turn.then(async () => {
      if (socket.destroyed) return;
      const tell = (g: Granted): void => { socket.write(`${JSON.stringify(g)}\n`); };
      try {
        const s = await (this.#server ??= started(this.#version));
        if ('why' in s) { tell(s); return; }
        await wipe(s);
        tell({ uri: s.uri, ...(s.password === undefined ? {} : { password: s.password }) });
        await gone;
      } catch (e) { tell({ why: (e as Error).message.split('\n')[0]! }); }
    });
  }

  async stop(): Promise<void> {
    const s = await this.#server?.catch(() => undefined);
    if (s && 'stop' in s) await s.stop();
  }
}

/** Runs beside the test files. A file connects, names a version, and holds the server until it disconnects or dies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const desks = new Map(VERSIONS.map((v) => [v.name, new Desk(v)]));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).once('line', (name) => { desks.get(versionNamed(name).name)!.lease(socket); });
  });
  await new Promise<void>((ok) => { server.listen(0, '127.0.0.1', ok); });
  project.provide('neo4jBroker', (server.address() as { port: number }).port);
  return async () => { server.close(); for (const d of desks.values()) await d.stop(); };
}
