import { randomUUID } from 'node:crypto';
import { getNamedType, isLeafType, isListType, isNonNullType, type GraphQLObjectType, type GraphQLOutputType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { OPERATIONS, SCOPED } from '../../server/auth/matrix.ts';
import { ROLES, type Role } from '../../server/auth/roles.ts';
import { parseScope } from '../../server/auth/scopes.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { apiSchema } from '../../server/graphql/schema.ts';
import { scan } from '../../server/service/scan.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { withFiles } from '../helpers/scan.ts';
import { MINE, OTHERS, twoAccounts } from '../helpers/two-accounts.ts';

const MARK = 'zzqmark';
const world = { env: {}, now: () => new Date('2026-06-01T00:00:00Z'), newId: randomUUID, progress: () => undefined, version: 't' };
interface Estate { store: GraphStore; service: Service; running: Running; token: (role: Role, scopes?: string[]) => Promise<string> }
const open: Estate[] = [];
async function estate(files: Record<string, string>): Promise<Estate> {
  const store = await openStore(':memory:');
  await withFiles(files, (folder) => scan(store, { paths: [folder], roots: [], variables: {}, varFiles: [], workspace: 'default', accounts: [], allRules: true, extraRules: [], keepRuns: 3, scope: 'test' }, world));
  const service = createService(store, world, () => undefined);
  const token = async (role: Role, scopes?: string[]): Promise<string> => (await service.decisions.createToken({ who: 'test' }, { role, label: role, ...(scopes ? { scopes } : {}) })).text;
  await token('viewer');
  const e = { store, service, token, running: await serve(service, { host: '127.0.0.1', port: 0, introspection: true, failuresPerMinute: 10_000, perMinute: 100_000 }) };
  open.push(e);
  return e;
}
interface Answer { status: number; text: string; data?: Record<string, any>; codes: string[] }
async function ask(e: Estate, token: string, query: string, variables: object = {}): Promise<Answer> {
  const r = await fetch(e.running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query, variables }) });
  const text = await r.text();
  const body = JSON.parse(text) as { data?: Record<string, any>; errors?: { extensions: { code: string } }[] };
  return { status: r.status, text, ...(body.data ? { data: body.data } : {}), codes: (body.errors ?? []).map((x) => x.extensions.code) };
}

let joined: Estate;
let apart: Estate;
let alone: Estate;
beforeAll(async () => {
  joined = await estate(twoAccounts(MARK, true));
  apart = await estate(twoAccounts(MARK, false));
  alone = await estate(twoAccounts(MARK, false, false));
}, 180_000);
afterAll(async () => { for (const e of open) { await e.running.close(); await e.store.close(); } });

const SCOPES: Record<string, string[]> = { account: [`account:${MINE}`], team: ['team:own-team'], path: ['path:own'] };
const schema = apiSchema();

/** Everything that can be selected below a type, lists of a type within itself cut at some depth. */
function everything(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  const parts = Object.values((named as GraphQLObjectType).getFields()).flatMap((f) => {
    if (f.args.some((a) => isNonNullType(a.type))) return [];
    return isLeafType(getNamedType(f.type)) ? [f.name] : depth > 0 ? [`${f.name} ${everything(f.type, depth - 1)}`] : [];
  });
  return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
}
/** Selections that together ask for everything, each small enough for the limits of the service. */
function slices(type: GraphQLOutputType, depth = 5): string[] {
  const named = getNamedType(type);
  if (isLeafType(named)) return [''];
  const fields = (named as GraphQLObjectType).getFields();
  if (fields['nodes']) return [...slices(fields['nodes'].type, depth - 1).map((s) => `{ nodes ${s} }`), '{ totalCount pageInfo { endCursor } edges { cursor } }'];
  return Object.values(fields).map((f) => `{ ${isLeafType(getNamedType(f.type)) ? f.name : `${f.name} ${everything(f.type, depth - 1)}`} }`);
}
const isList = (t: GraphQLOutputType): boolean => (isNonNullType(t) ? isList(t.ofType) : isListType(t));

/** Arguments of a query that ask about a named thing, filled by `name`. */
const ARGUMENTS: Record<string, (name: string) => string> = {
  finding: (n) => `fingerprint: ${JSON.stringify(n)}`, definedAt: (n) => `file: ${JSON.stringify(n)}`, node: (n) => `id: ${JSON.stringify(n)}`,
  pathsBetween: (n) => `from: "E0", to: ${JSON.stringify(n)}, k: 10`, whyNot: (n) => `from: "E1", to: ${JSON.stringify(n)}`, blastRadius: (n) => `agent: ${JSON.stringify(n)}`, whoCan: (n) => `what: "write", asset: ${JSON.stringify(n)}`,
};
const operations = Object.values(schema.getQueryType()!.getFields()).filter((f) => SCOPED.has(`Query.${f.name}`));
const queryOf = (field: (typeof operations)[number], name: string, slice = ' { __typename }'): string => {
  const page = field.args.some((a) => a.name === 'first') ? 'first: 200' : '';
  const args = [page, ARGUMENTS[field.name]?.(name) ?? ''].filter((a) => a !== '').join(', ');
  return `{ ${field.name}${args === '' ? '' : `(${args})`} ${isLeafType(getNamedType(field.type)) ? '' : slice} }`;
};

describe.each(Object.keys(SCOPES))('limited to one %s', (kind) => {
  test('no query of the schema says a name, file, ARN, account or owner that is outside', async () => {
    const all = await joined.token('admin');
    const mine = await joined.token('admin', SCOPES[kind]);
    const shown = new Set<string>();
    for (const field of operations) for (const name of field.name === 'blastRadius' ? ['own-agent'] : field.name === 'node' ? [`ovr:policy:aws:arn:aws:iam::${MINE}:role/own-tool#policy/own-tool-policy`, `ovr:policy:aws:arn:aws:iam::${MINE}:role/own-shared#policy/trust`] : field.name in ARGUMENTS ? ['own-records', 'own-agent', 'own-shared', 'own/main.tf'] : ['']) {
      // What somebody without limits is told, once, so that the test cannot pass for want of anything to hide.
      for (const slice of slices(field.type)) if (kind === 'account' && (await ask(joined, all, queryOf(field, name, slice))).text.includes(MARK)) { shown.add(field.name); break; }
      for (const slice of slices(field.type)) {
        const scoped = await ask(joined, mine, queryOf(field, name, slice));
        expect([field.name, name, scoped.status, scoped.codes.filter((c) => !['NOT_FOUND', 'AMBIGUOUS'].includes(c))]).toEqual([field.name, name, 200, []]);
        for (const secret of [MARK, ...(kind === 'account' ? [OTHERS] : [])]) expect([field.name, name, scoped.text.indexOf(secret) < 0 ? '' : scoped.text.slice(Math.max(0, scoped.text.indexOf(secret) - 300), scoped.text.indexOf(secret) + 80)]).toEqual([field.name, name, '']);
      }
    }
    if (kind === 'account') expect([...shown].sort()).toEqual(['agents', 'attackPaths', 'blastRadius', 'coverage', 'dataStores', 'definedAt', 'findings', 'identities', 'node', 'pathsBetween', 'posture', 'principals', 'runs', 'secrets', 'undecided', 'whoCan'].sort());
  }, 120_000);

  test('what is outside and comes close is one nameless thing', async () => {
    const mine = await joined.token('viewer', SCOPES[kind]);
    const { data } = await ask(joined, mine, '{ findings(first: 200) { nodes { title fingerprint subject { id name kind } path { hops { says node { id } evidence { text } } } } } }');
    const foreign = data!['findings'].nodes.filter((f: any) => f.subject.id === 'outside');
    expect(foreign.length).toBeGreaterThan(0);
    for (const f of data!['findings'].nodes) for (const [i, h] of f.path.hops.entries()) if (h.node.id === 'outside') {
      expect(h).toEqual({ says: 'outside your scope', node: { id: 'outside' }, evidence: [] });
      expect(f.path.hops[i + 1]?.node.id).not.toBe('outside');
    }
    const who = await ask(joined, mine, '{ whoCan(what: "write", asset: "own-records") { identity { id name } evidence { text } actions } }');
    expect(who.data!['whoCan'].filter((h: any) => h.identity.id === 'outside')).toEqual([{ identity: { id: 'outside', name: 'outside your scope' }, evidence: [], actions: [] }]);
  });

  test('asking for a thing outside is asking for a thing that never was', async () => {
    const all = await joined.token('admin');
    const mine = await joined.token('admin', SCOPES[kind]);
    const full = await ask(joined, all, '{ findings(first: 200) { nodes { fingerprint subject { id name } identity { id } asset { id } } edges { cursor node { subject { name } } } } dataStores(name: "zzqmark") { edges { cursor node { id } } } agents { edges { cursor } } }');
    const foreign = full.data!['findings'].nodes.filter((f: any) => f.subject.name.includes(MARK));
    const hidden = [foreign[0].fingerprint, foreign[0].fingerprint.slice(0, 10), foreign[0].subject.id, foreign[0].identity.id, `${MARK}-records`, `${MARK}-agent`, `${MARK}*`, `${MARK}/${MARK}.tf`, `${MARK}/${MARK}.tf:5`, `arn:aws:dynamodb:eu-west-1:${OTHERS}:table/${MARK}-records`];
    const never = 'nothing-is-called-so';
    for (const field of operations.filter((f) => f.name in ARGUMENTS)) for (const name of hidden) {
      const [a, b] = [await ask(joined, mine, queryOf(field, name)), await ask(joined, mine, queryOf(field, never))];
      expect([field.name, name, a.text.replaceAll(name, never)]).toEqual([field.name, name, b.text]);
    }
    // Filters, and cursors of somebody who sees everything.
    for (const part of ['agent', 'identity', 'asset', 'owner']) expect((await ask(joined, mine, `{ findings(filterBy: {${part}: "${MARK}"}) { totalCount } }`)).data!['findings'].totalCount).toBe(0);
    for (const list of ['agents', 'principals', 'identities', 'dataStores', 'secrets']) expect((await ask(joined, mine, `{ ${list}(name: "${MARK}") { totalCount } }`)).data![list].totalCount).toBe(0);
    const cursor = full.data!['dataStores'].edges[0].cursor as string;
    const answers = [cursor, cursor.slice(0, -4) + 'AAAA'].map((after) => ask(joined, mine, 'query($after: String) { dataStores(after: $after) { totalCount } }', { after }));
    for (const a of await Promise.all(answers)) expect(a.codes).toEqual(['BAD_CURSOR']);
    for (const e of full.data!['findings'].edges) {
      const page = await ask(joined, mine, 'query($after: String) { findings(after: $after, first: 200) { totalCount nodes { subject { name } } } }', { after: e.cursor });
      expect(page.text).not.toContain(MARK);
    }
  }, 120_000);

  test('a risk outside cannot be accepted, and one with an end outside by nobody who sees only the other', async () => {
    const all = await joined.token('admin');
    const mine = await joined.token('risk-owner', SCOPES[kind]);
    const accept = (fingerprint: string) => ask(joined, mine, 'mutation($f: String!) { acceptRisk(fingerprint: $f, owner: "me", reason: "why", expires: "2026-12-31") { fingerprint finding { state } } }', { f: fingerprint });
    const full = (await ask(joined, all, '{ findings(first: 200) { nodes { fingerprint subject { name } asset { name } } } }')).data!['findings'].nodes;
    const foreign = full.find((f: any) => f.subject.name.includes(MARK) && f.asset.name.includes(MARK));
    expect((await accept(foreign.fingerprint)).text).toBe((await accept('0'.repeat(40))).text.replaceAll('0'.repeat(40), foreign.fingerprint));
    const seen = (await ask(joined, mine, '{ findings(first: 200) { nodes { fingerprint subject { id } asset { name } } } }')).data!['findings'].nodes;
    expect((await accept(seen.find((f: any) => f.subject.id === 'outside').fingerprint)).codes).toEqual(['OUTSIDE_SCOPE']);
    const own = seen.find((f: any) => f.asset.name === 'own-archive');
    expect((await accept(own.fingerprint)).data!['acceptRisk'].finding.state).toBe('accepted');
    expect((await ask(joined, mine, 'mutation($f: String!) { reopen(fingerprint: $f) { finding { state } } }', { f: own.fingerprint })).data!['reopen'].finding.state).toBe('open');
  });

  test('counts are those of an estate that has only the visible part', async () => {
    const counted = operations.map((f) => [f, getNamedType(f.type) as GraphQLObjectType] as const).flatMap(([f, t]) => (!isLeafType(t) && 'totalCount' in t.getFields() ? [`${f.name}${f.name === 'definedAt' ? '(file: "own/main.tf")' : ''} { totalCount }`] : isList(f.type) && !isLeafType(t) && f.args.every((a) => !isNonNullType(a.type)) ? [`${f.name} { __typename }`] : []));
    const query = `{ ${counted.join(' ')} whoCan(what: "write", asset: "own-records") { identity { name } verdict } blastRadius(agent: "own-agent") { amplification influence { weight effects { asset { name } effects } } credential { weight } } rules { id matches } }`.replace('rules { __typename } ', '');
    const [part, only] = [await ask(apart, await apart.token('admin', SCOPES[kind]), query), await ask(alone, await alone.token('admin'), query)];
    expect(part.codes).toEqual([]);
    expect(part.data).toEqual(only.data);
    const [titles, own] = [await ask(apart, await apart.token('viewer', SCOPES[kind]), '{ findings(first: 200) { nodes { fingerprint title severity verdict requires } } posture(first: 200) { nodes { fingerprint rule detail } } principals { nodes { identity { name } isAdmin { value } canBecomeAdmin { value } worstAsset { asset { name } } } } undecided { what findings } }'),
      await ask(alone, await alone.token('viewer'), '{ findings(first: 200) { nodes { fingerprint title severity verdict requires } } posture(first: 200) { nodes { fingerprint rule detail } } principals { nodes { identity { name } isAdmin { value } canBecomeAdmin { value } worstAsset { asset { name } } } } undecided { what findings } }')];
    expect(titles.data).toEqual(own.data);
  });
});

describe('every operation, role and scope', () => {
  const all = Object.keys(OPERATIONS).filter((o) => /^(Query|Mutation)\./.test(o));
  const samples = new Map<string, string>(([schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[]).flatMap((t) => Object.values(t.getFields()).map((f) => {
    const args = f.args.filter((a) => isNonNullType(a.type)).map((a) => `${a.name}: ${/Input/.test(getNamedType(a.type).name) ? '{}' : getNamedType(a.type).name.endsWith('Edit') ? '{ fix: "none" }' : '"none"'}`);
    return [`${t.name}.${f.name}`, `${t.name.toLowerCase()} { ${f.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${isLeafType(getNamedType(f.type)) ? '' : ' { __typename }'} }`] as const;
  })));
  test.each(ROLES)('%s: what does not come from the own view is refused, whatever the scope', async (role) => {
    for (const scopes of [...Object.values(SCOPES), [], [`account:${MINE}`, 'team:own-team']]) {
      const token = await joined.token(role, scopes);
      const free = await joined.token(role);
      for (const o of all.filter((x) => !SCOPED.has(x))) expect([o, (await ask(joined, token, samples.get(o)!)).codes]).toEqual([o, ['FORBIDDEN']]);
      for (const o of SCOPED) expect([o, (await ask(joined, token, samples.get(o)!)).codes.includes('FORBIDDEN')]).toEqual([o, (await ask(joined, free, samples.get(o)!)).codes.includes('FORBIDDEN')]);
      for (const path of ['/metrics', '/uploads?name=x']) expect((await fetch(joined.running.url.replace('/graphql', path), { method: path === '/metrics' ? 'GET' : 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }, ...(path === '/metrics' ? {} : { body: 'x' }) })).status).toBe(403);
    }
  }, 60_000);

  test('limited to nothing, or to what is not there, nothing is seen', async () => {
    for (const scopes of [[], ['account:999999999999'], ['team:nobody'], ['path:own/main'], ['path:ow']]) {
      const { data, codes } = await ask(joined, await joined.token('admin', scopes), '{ findings { totalCount } agents { totalCount } principals { totalCount } identities { totalCount } dataStores { totalCount } secrets { totalCount } posture { totalCount } coverage { totalCount } undecided { what } missingLayers }');
      expect(codes).toEqual([]);
      expect(Object.values(data!).map((v: any) => v.totalCount ?? v.length)).toEqual(Array.from({ length: 10 }, () => 0));
    }
  });

  test('a scope is written as account:, team: or path:', () => {
    expect([parseScope('account:123456789012'), parseScope('team:@acme/payments'), parseScope('path:infra/payments/')]).toEqual([{ kind: 'account', value: '123456789012' }, { kind: 'team', value: '@acme/payments' }, { kind: 'path', value: 'infra/payments' }]);
    for (const wrong of ['', 'payments', 'account:', 'team: ', 'path:/etc', 'path:../x', 'path:a/../b', 'account:a b', 'group:x', 'path:a\\b']) expect(() => parseScope(wrong)).toThrow(/write account:/);
  });
});
