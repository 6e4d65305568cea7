import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import type { Granted } from './broker.ts';
import { fromJars, type OwnOptions, type OwnServer } from './jars.ts';
import { VERSIONS, versionNamed } from './versions.ts';

export interface Neo4jServer { uri: string; password?: string; stop: () => Promise<void> }
export const NEO4J_VERSIONS: readonly string[] = VERSIONS.map((v) => v.name);
/** Waiting for a turn takes as long as another file's tests. */
export const TURN = 600_000;

/** One loud line, and nothing to test with. A failure under CI; for a further version only where `.ci/run` made it possible. */
function missing(version: string, why: string): undefined {
  const line = `NEO4J ${version} WAS NOT TRIED HERE: none could be had (${why}). Set NEO4J_URI, start a Docker engine, or install Java ${versionNamed(version).java}+ and Maven.`;
  if (process.env['CI'] === 'true' && (version === VERSIONS[0].name || process.env['OVERREACH_NEO4J_ALL'] === '1')) throw new Error(line);
  process.stderr.write(`\n${line}\n\n`);
  return undefined;
}

/**
 * A real Neo4j, empty and for the caller alone until `stop`: NEO4J_URI (first version only, a throw-away database) · a Docker engine ·
 * Java and Maven. One server of each version serves a whole run of the tests; files wait for each other. Hooks that call it need `TURN`.
 */
export async function startNeo4j(version: string = VERSIONS[0].name): Promise<Neo4jServer | undefined> {
  const socket = connect(inject('neo4jBroker'), '127.0.0.1');
  socket.write(`${version}\n`);
  const granted = await new Promise<Granted>((ok, no) => {
    socket.once('error', no);
    socket.once('close', () => { no(new Error('the broker of Neo4j servers went away')); });
    createInterface({ input: socket }).once('line', (l) => { ok(JSON.parse(l) as Granted); });
  });
  const stop = async (): Promise<void> => { if (!socket.destroyed) await new Promise<void>((ok) => { socket.once('close', () => { ok(); }); socket.end(); socket.destroy(); }); };
  if ('why' in granted) { await stop(); return missing(version, granted.why); }
  return { ...granted, stop };
}

/** A server of the caller's own, to be killed, restarted or set up otherwise; from jars only. */
export async function ownNeo4j(o: OwnOptions & { version?: string } = {}): Promise<OwnServer | undefined> {
  const version = versionNamed(o.version ?? VERSIONS[0].name);
  try { return await fromJars(version, o); } catch (e) { return missing(version.name, (e as Error).message.split('\n')[0]!.slice(0, 300)); }
}
