import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import neo4j from 'neo4j-driver';
import { cacheFolder, javaOf } from './java.ts';
import type { Neo4jVersion } from './versions.ts';

const run = promisify(execFile);
const POM = new URL('./pom.xml', import.meta.url).pathname;

export interface OwnOptions {
  /** Sets this password for the user `neo4j` and demands it; without, nobody is asked. */
  password?: string;
  /** Settings beside the usual ones, told the home folder before the start. */
  settings?: (home: string) => readonly string[];
  /** Where the driver connects, when not `bolt://127.0.0.1:<port>`. */
  address?: (port: number) => string;
}

/** A server in a process of its own, on a free loopback port and a fresh folder. */
export interface OwnServer {
  uri: string;
  port: number;
  password?: string;
  /** Ends the process without warning. */
  kill: () => void;
  /** Starts it again on the same data after `kill`. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ok) => server.listen(0, '127.0.0.1', ok));
  const { port } = server.address() as { port: number };
  await new Promise((ok) => server.close(ok));
  return port;
}

/** Waits for a real answer: the port opens long before. */
export async function ready(uri: string, password?: string, child?: ChildProcess, log?: () => string): Promise<void> {
  const driver = neo4j.driver(uri, password === undefined ? undefined : neo4j.auth.basic('neo4j', password), { connectionTimeout: 2000 });
  try {
    for (const end = Date.now() + 300_000; ;) {
      try { await driver.executeQuery('RETURN 1', {}, { database: 'neo4j' }); return; } catch (e) {
        if (child && (child.exitCode !== null || child.signalCode !== null)) throw new Error(`Neo4j ended with ${child.exitCode ?? child.signalCode}: ${log?.().slice(-800) ?? ''}`, { cause: e });
        if (Date.now() > end) throw e;
        await new Promise((ok) => setTimeout(ok, 250));
      }
    }
  } finally {
    await driver.close();
  }
}

/** The class path of the published Community jars, resolved by Maven once and kept in a cache folder. */
async function classPath(release: string): Promise<string> {
  const cache = join(cacheFolder(), `neo4j-${release}-` + createHash('sha256').update(readFileSync(POM, 'utf8')).digest('hex').slice(0, 12));
  const file = join(cache, 'cp.txt');
  const usable = (): string | undefined => {
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8').trim();
    return text.split(':').every((j) => existsSync(j)) ? text : undefined;
  };
  const have = usable();
  if (have) return have;
  mkdirSync(cache, { recursive: true });
  await run('mvn', ['-q', '-B', '-f', POM, `-Dneo4j.version=${release}`, 'dependency:build-classpath', '-DincludeScope=runtime', `-Dmdep.outputFile=${file}`], { timeout: 300_000 });
  return usable() ?? Promise.reject(new Error('Maven wrote no usable class path'));
}

function config(home: string, port: number, more: readonly string[]): void {
  mkdirSync(join(home, 'conf'), { recursive: true });
  writeFileSync(join(home, 'conf', 'neo4j.conf'), `
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.server.bolt.connection_shutdown_wait_time=0s
internal.server.bolt.thread_pool_shutdown_wait_time=0s
db.tx_log.preallocate=false
${more.join('\n')}
`);
}

const OPENS = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'].map((p) => `--add-opens=java.base/${p}=ALL-UNNAMED`);

export async function fromJars(version: Neo4jVersion, o: OwnOptions = {}): Promise<OwnServer> {
  const java = await javaOf(version.java);
  const cp = await classPath(version.release);
  const home = mkdtempSync(join(tmpdir(), 'overreach-neo4j-'));
  const port = await freePort();
  const place = [`--home-dir=${home}`, `--config-dir=${join(home, 'conf')}`];
  config(home, port, [`dbms.security.auth_enabled=${o.password !== undefined}`, ...version.settings, ...(o.settings?.(home) ?? [])]);
  if (o.password !== undefined) await run(java, ['-cp', cp, 'org.neo4j.cli.AdminTool', 'dbms', 'set-initial-password', o.password], { timeout: 60_000, env: { ...process.env, NEO4J_HOME: home, NEO4J_CONF: join(home, 'conf') } });
  const uri = o.address?.(port) ?? `bolt://127.0.0.1:${port}`;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    let log = '';
    child = spawn(java, ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError', ...OPENS, '-cp', cp, version.main, ...place], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout!.on('data', (d) => { log = (log + String(d)).slice(-4_000); });
    child.stderr!.on('data', (d) => { log = (log + String(d)).slice(-4_000); });
    await ready(uri, o.password, child, () => log);
  };
  const onExit = (): void => { child?.kill('SIGKILL'); };
  process.once('exit', onExit);
  const gone = (): Promise<void> => new Promise((ok) => (child.exitCode !== null || child.signalCode !== null ? ok() : child.once('exit', () => ok())));
  const stop = async (): Promise<void> => { child.kill('SIGTERM'); await gone(); process.off('exit', onExit); rmSync(home, { recursive: true, force: true }); };
  try { await start(); } catch (e) { await stop(); throw e; }
  return { uri, port, ...(o.password === undefined ? {} : { password: o.password }), kill: () => { child.kill('SIGKILL'); }, restart: async () => { await gone(); await start(); }, stop };
}
