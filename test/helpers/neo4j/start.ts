import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import neo4j from 'neo4j-driver';

const run = promisify(execFile);
const POM = new URL('./pom.xml', import.meta.url).pathname;

export interface Neo4jServer {
  uri: string;
  password?: string;
  /** Kills the process without warning (only for servers started here from jars). */
  kill?: () => void;
  /** Starts it again on the same data after `kill`. */
  restart?: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ok) => server.listen(0, '127.0.0.1', ok));
  const { port } = server.address() as { port: number };
  await new Promise((ok) => server.close(ok));
  return port;
}

async function ready(uri: string, child?: ChildProcess, log?: () => string): Promise<void> {
  const driver = neo4j.driver(uri, undefined, { connectionTimeout: 2000 });
  try {
    for (const end = Date.now() + 90_000; ;) {
      try { await driver.executeQuery('RETURN 1', {}, { database: 'neo4j' }); return; } catch (e) {
        if (child && child.exitCode !== null) throw new Error(`Neo4j ended with ${child.exitCode}: ${log?.().slice(-800) ?? ''}`, { cause: e });
        if (Date.now() > end) throw e;
        await new Promise((ok) => setTimeout(ok, 250));
      }
    }
  } finally {
    await driver.close();
  }
}

/** The class path of the published Community jars, resolved by Maven once and kept in a cache folder. */
async function classPath(): Promise<string> {
  const pom = readFileSync(POM, 'utf8');
  const cache = join(process.env['OVERREACH_CACHE'] ?? join(homedir(), '.cache', 'overreach'), 'neo4j-' + createHash('sha256').update(pom).digest('hex').slice(0, 12));
  const file = join(cache, 'cp.txt');
  const usable = (): string | undefined => {
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8').trim();
    return text.split(':').every((j) => existsSync(j)) ? text : undefined;
  };
  const have = usable();
  if (have) return have;
  mkdirSync(cache, { recursive: true });
  await run('mvn', ['-q', '-B', '-f', POM, 'dependency:build-classpath', '-DincludeScope=runtime', `-Dmdep.outputFile=${file}`], { timeout: 300_000 });
  return usable() ?? Promise.reject(new Error('Maven wrote no usable class path'));
}

function config(home: string, port: number): void {
  mkdirSync(join(home, 'conf'), { recursive: true });
  writeFileSync(join(home, 'conf', 'neo4j.conf'), `
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.server.bolt.connection_shutdown_wait_time=0s
internal.server.bolt.thread_pool_shutdown_wait_time=0s
db.tx_log.preallocate=false
`);
}

const OPENS = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'].map((p) => `--add-opens=java.base/${p}=ALL-UNNAMED`);

async function fromJars(): Promise<Neo4jServer> {
  const cp = await classPath();
  const home = mkdtempSync(join(tmpdir(), 'overreach-neo4j-'));
  const port = await freePort();
  config(home, port);
  const uri = `bolt://127.0.0.1:${port}`;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    let log = '';
    child = spawn('java', ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError', ...OPENS, '-cp', cp, 'org.neo4j.server.CommunityEntryPoint', `--home-dir=${home}`, `--config-dir=${join(home, 'conf')}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout!.on('data', (d) => { log += String(d); });
    child.stderr!.on('data', (d) => { log += String(d); });
    await ready(uri, child, () => log);
  };
  const onExit = (): void => { child?.kill('SIGKILL'); };
  process.once('exit', onExit);
  await start();
  const gone = (): Promise<void> => new Promise((ok) => (child.exitCode !== null || child.signalCode !== null ? ok() : child.once('exit', () => ok())));
  return {
    uri,
    kill: () => { child.kill('SIGKILL'); },
    restart: async () => { await gone(); await start(); },
    stop: async () => { child.kill('SIGTERM'); await gone(); process.off('exit', onExit); rmSync(home, { recursive: true, force: true }); },
  };
}

async function fromDocker(): Promise<Neo4jServer> {
  await run('docker', ['info'], { timeout: 10_000 });
  const { GenericContainer, Wait } = await import('testcontainers');
  const c = await new GenericContainer('neo4j:5.26-community').withEnvironment({ NEO4J_AUTH: 'none' }).withExposedPorts(7687).withWaitStrategy(Wait.forLogMessage('Started.')).withStartupTimeout(180_000).start();
  const uri = `bolt://127.0.0.1:${c.getMappedPort(7687)}`;
  await ready(uri);
  return { uri, stop: async () => { await c.stop(); } };
}

/**
 * A real Neo4j: NEO4J_URI (a throw-away database, must be empty) · a Docker engine · Java 17+ and Maven.
 * Otherwise undefined after one loud line; under CI that is a failure.
 */
export async function startNeo4j(needsKill = false): Promise<Neo4jServer | undefined> {
  const given = process.env['NEO4J_URI'];
  if (given && !needsKill) {
    const driver = neo4j.driver(given, process.env['NEO4J_PASSWORD'] ? neo4j.auth.basic(process.env['NEO4J_USERNAME'] ?? 'neo4j', process.env['NEO4J_PASSWORD']) : undefined);
    const { records } = await driver.executeQuery('MATCH (n) RETURN count(n) AS n');
    await driver.close();
    if (records[0]!.get('n').toNumber() !== 0) throw new Error('NEO4J_URI names a database that is not empty: tests need a throw-away one');
    return { uri: given, password: process.env['NEO4J_PASSWORD'], stop: async () => undefined };
  }
  const why: string[] = [];
  for (const way of needsKill ? [fromJars] : [fromDocker, fromJars]) {
    try { return await way(); } catch (e) { why.push(String((e as Error).message).split('\n')[0]!.slice(0, 300)); }
  }
  const line = `NEO4J TESTS DID NOT RUN: no Neo4j could be had (${why.join('; ')}). Set NEO4J_URI, start a Docker engine, or install Java 17+ and Maven.`;
  if (process.env['CI'] === 'true') throw new Error(line);
  process.stderr.write(`\n${line}\n\n`);
  return undefined;
}
