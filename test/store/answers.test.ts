import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import { READY } from '../../server/graphql/explorer.ts';
import { serve } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { NEO4J_VERSIONS, startNeo4j, TURN } from '../helpers/neo4j/start.ts';

/** Questions of every kind: lists with filters and pages, single questions, what has no answer. */
const QUESTIONS: readonly string[] = [
  ...READY.map((r) => r.query),
  '{ findings(first: 500) { totalCount edges { cursor node { fingerprint title severity verdict requires rules state path { hops { fact says verdict requires node { id name } evidence { text source { file startLine } } } } } } pageInfo { endCursor } } }',
  '{ findings(filterBy: {startClass: [E0], severity: [critical, high]}, orderBy: TITLE, first: 7) { totalCount nodes { title } pageInfo { endCursor hasNextPage } } }',
  '{ identities(first: 200) { nodes { id name kind definedAt { file startLine address moduleChain { name } } } } dataStores(first: 200) { nodes { id name } } secrets { nodes { name } } }',
  '{ pathsBetween(from: "E0", to: "harbourline-customers", k: 3) { truncated paths { verdict hops { fact says } } } whoCan(what: "read", asset: "harbourline-customers") { identity { name } verdict } blastRadius(agent: "harbourline-shipment-chat") { amplification influence { weight } } }',
  '{ coverage { nodes { source input status resources } } missingLayers posture(first: 100) { totalCount nodes { fingerprint } } undecided { __typename } runs { id status } }',
  '{ findings(after: "bm9uc2Vuc2U") { totalCount } }', '{ blastRadius(agent: "harbourline-*") { amplification } }', '{ nonsense }',
];
const COMMANDS: readonly (readonly string[])[] = [['agents'], ['paths', '--from', 'E0', '--to', 'harbourline-customers'], ['who-can', 'write', 'harbourline-customers'], ['blast-radius', 'harbourline-shipment-chat'], ['paths', '--from', 'nobody', '--to', 'nothing']];

async function answers(where: string, password?: string): Promise<Record<string, string>> {
  const c = commandLine(password === undefined ? {} : { NEO4J_PASSWORD: password });
  const store = where === 'embedded' ? join(c.cwd, 'graph.db') : where;
  const out: Record<string, string> = {};
  const scanned = await c.run('scan', EXAMPLE, '--store', store, '--format', 'json');
  out['scan'] = `${scanned.code} ${scanned.out}`;
  for (const command of COMMANDS) { const ran = await c.run(...command, '--store', store); out[command.join(' ')] = `${ran.code} ${ran.out}`; }
  const opened = await openStore(store, password === undefined ? {} : { password });
  const running = await serve(createService(opened, { env: {}, now: () => new Date('2026-06-01T12:00:00Z'), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
  for (const query of QUESTIONS) out[query] = await (await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).text();
  await running.close();
  await opened.close();
  return out;
}

let embedded: Record<string, string>;
beforeAll(async () => { embedded = await answers('embedded'); }, 300_000);

test('the questions have answers', () => {
  expect(embedded['scan']!.startsWith('0 {')).toBe(true);
  for (const query of QUESTIONS.slice(0, -3)) expect([query, embedded[query]]).toEqual([query, expect.not.stringContaining('"errors"')]);
  for (const query of QUESTIONS.slice(-3)) expect(embedded[query]).toContain('"code"');
});

describe.each(NEO4J_VERSIONS)('Neo4j %s', (version) => {
  let stop: (() => Promise<void>) | undefined;
  let theirs: Record<string, string> | undefined;
  beforeAll(async () => {
    const server = await startNeo4j(version);
    if (!server) return;
    stop = server.stop;
    theirs = await answers(server.uri, server.password);
  }, TURN);
  afterAll(async () => { await stop?.(); });
  test('answers each question with the bytes of the embedded store', (ctx) => {
    if (!theirs) return ctx.skip();
    expect(Object.keys(theirs)).toEqual(Object.keys(embedded));
    for (const [question, answer] of Object.entries(theirs)) expect([question, answer === embedded[question] ? 'the same' : answer.slice(0, 300)]).toEqual([question, 'the same']);
  });
});
