import { randomUUID } from 'node:crypto';
import { getNamedType, isEnumType, isInputObjectType, isLeafType, isNonNullType, type GraphQLArgument, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { OPERATIONS } from '../../server/auth/matrix.ts';
import { ROLES, type Permission, type Role } from '../../server/auth/roles.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { apiSchema } from '../../server/graphql/schema.ts';
import { createService, type Service } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const SECRET = finding(1).title;
const NOW = new Date('2026-06-01T00:00:00Z');
let store: GraphStore;
let service: Service;
let running: Running;
const tokens = {} as Record<Role, string>;
const useless: Record<string, string | undefined> = { none: undefined, empty: '', 'not a token': 'abc', foreign: `ovr_${'0'.repeat(12)}_${'A'.repeat(43)}`, basic: 'Basic dXNlcjpwYXNz' };
const lines: string[] = [];

beforeAll(async () => {
  store = await openStore(':memory:');
  await storeFindings(store, 'run', [finding(1), finding(2)]);
  service = createService(store, { env: {}, now: () => NOW, newId: randomUUID, progress: () => undefined, version: 't' }, (l) => { lines.push(l); });
  const make = (role: Role, expires?: string) => service.decisions.createToken({ who: 'test' }, { role, label: role, ...(expires === undefined ? {} : { expires }) });
  for (const role of ROLES) tokens[role] = (await make(role, '2026-07-01T00:00:00Z')).text;
  useless['expired'] = (await make('admin', '2026-05-31T23:59:59Z')).text;
  const revoked = await make('admin');
  await service.decisions.revokeToken({ who: 'test' }, revoked.id);
  useless['revoked'] = revoked.text;
  useless['changed'] = tokens.admin.slice(0, -1) + (tokens.admin.endsWith('A') ? 'E' : 'A');
  running = await serve(service, { host: '0.0.0.0', port: 0, introspection: true, failuresPerMinute: 10_000 });
});
afterAll(async () => { await running.close(); await store.close(); });

const headers = (token: string | undefined): Record<string, string> => ({ 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: token.includes(' ') ? token : `Bearer ${token}` }) });
const at = (path: string): string => running.url.replace('0.0.0.0', '127.0.0.1').replace('/graphql', path);
interface Answer { data?: Record<string, unknown> | null; errors?: { message: string; extensions: { code: string } }[] }
async function ask(query: string, token?: string): Promise<{ status: number; body: Answer; text: string }> {
  const r = await fetch(at('/graphql'), { method: 'POST', headers: headers(token), body: JSON.stringify({ query }) });
  const text = await r.text();
  return { status: r.status, text, body: JSON.parse(text) as Answer };
}

/** A literal that the type of an argument accepts. */
function sample(arg: Pick<GraphQLArgument, 'type'>): string {
  const named = getNamedType(arg.type);
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named)) return named.isOneOf ? `{ ${Object.keys(named.getFields())[0]}: "none" }` : '{}';
  return named.name === 'Int' ? '1' : '"none"';
}
const schema = apiSchema();
const operations = ([schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[]).flatMap((type) => Object.values(type.getFields()).map((f) => {
  const args = f.args.filter((a) => isNonNullType(a.type)).map((a) => `${a.name}: ${sample(a)}`);
  return { operation: `${type.name}.${f.name}`, field: f.name, query: `${type.name.toLowerCase()} { ${f.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${isLeafType(getNamedType(f.type)) ? '' : ' { __typename }'} }` };
}));

test('every operation has its row, and every row its operation', () => {
  expect(operations.map((o) => o.operation).filter((o) => OPERATIONS[o] === undefined)).toEqual([]);
  expect(Object.keys(OPERATIONS).filter((o) => /^(Query|Mutation)\./.test(o) && !operations.some((x) => x.operation === o))).toEqual([]);
});

const GRANTED: Record<Role, Permission[]> = { viewer: ['read'], operator: ['read', 'ingest'], 'risk-owner': ['read', 'accept'], admin: ['read', 'ingest', 'accept', 'administer'] };

describe.each(operations)('$operation', ({ operation, query }) => {
  test.each(ROLES)('%s', async (role) => {
    const { status, body, text } = await ask(query, tokens[role]);
    const codes = body.errors?.map((e) => e.extensions.code) ?? [];
    if (GRANTED[role].includes(OPERATIONS[operation]!)) {
      expect(codes).not.toContain('FORBIDDEN');
      expect(codes).not.toContain('GRAPHQL_VALIDATION_FAILED');
    } else {
      expect([status, codes]).toEqual([200, ['FORBIDDEN']]);
      expect(text).not.toContain(SECRET);
    }
  });
  test('without a token that is good, nothing', async () => {
    for (const [why, token] of Object.entries(useless)) {
      const { status, body } = await ask(query, token);
      expect([why, status, body]).toEqual([why, 401, { errors: [{ message: 'a valid access token is needed: Authorization: Bearer <token>', extensions: { code: 'UNAUTHENTICATED' } }] }]);
      expect(body.data).toBeUndefined();
    }
  });
});

test('introspection, metrics, uploads and unknown paths need a token as well', async () => {
  for (const path of ['/metrics', '/uploads', '/graphql', '/nonsense']) for (const method of ['GET', 'POST']) {
    const r = await fetch(at(path), { method, ...(method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}) });
    expect(r.status).toBe(401);
  }
  expect((await ask('{ __schema { queryType { name } } }')).body.data).toBeUndefined();
  expect((await ask('{ __schema { queryType { name } } }', tokens.viewer)).body.data).toBeDefined();
  const upload = (token: string): Promise<Response> => fetch(at('/uploads?name=x.json'), { method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` }, body: '{}' });
  expect((await upload(tokens.viewer)).status).toBe(403);
  expect((await upload(tokens['risk-owner'])).status).toBe(403);
  expect((await upload(tokens.operator)).status).toBe(201);
  for (const path of ['/healthz', '/readyz']) expect(await (await fetch(at(path))).json()).toMatchObject({ status: expect.stringMatching(/ok|ready/) });
});

test('a row that is not in the matrix is refused even to an admin; a mixed query gives only what is allowed', async () => {
  const r = await ask('{ viewer { role } audit { id } }', tokens.viewer);
  expect(r.body.errors![0]!.extensions.code).toBe('FORBIDDEN');
  expect(r.body.data ?? null).toBeNull();
  const { guarded } = await import('../../server/graphql/guard.ts');
  const field = guarded('Query', { newField: { type: schema.getQueryType()!, resolve: () => 'x' } })['newField']!;
  expect(() => (field.resolve as (...a: unknown[]) => unknown)(null, {}, { caller: { id: 'a', name: 'a', role: 'admin' } }, {})).toThrow(/may not use/);
});

test('the start is refused where nobody could be told apart', async () => {
  const empty = await openStore(':memory:');
  const bare = createService(empty, { env: {}, now: () => NOW, newId: randomUUID, progress: () => undefined, version: 't' }, () => undefined);
  const o = { port: 0, introspection: true };
  await expect(serve(bare, { ...o, host: '0.0.0.0' })).rejects.toThrow(/demands authentication/);
  await expect(serve(bare, { ...o, host: '0.0.0.0', auth: 'none' })).rejects.toThrow(/only loopback/);
  await expect(serve(bare, { ...o, host: '127.0.0.1', auth: 'token' })).rejects.toThrow(/no usable token/);
  await expect(serve(service, { ...o, host: '0.0.0.0', auth: 'none' })).rejects.toThrow(/only loopback/);
  bare.uploads.close();
  await empty.close();
});

test('tokens are kept as hashes, and neither secrets nor answers reach the log', async () => {
  const kept = JSON.stringify([await store.ledger.tokens(), await store.ledger.audit(500)]);
  for (const text of [...Object.values(tokens), useless['expired']!]) {
    expect(kept).not.toContain(text);
    expect(lines.join('\n')).not.toContain(text.slice(17));
  }
  expect(lines.join('\n')).not.toContain(SECRET);
  expect(lines.every((l) => typeof (JSON.parse(l) as { time: string }).time === 'string')).toBe(true);
  expect((JSON.parse(lines.findLast((l) => l.includes('"caller"'))!) as { caller: string }).caller).toMatch(/^token:[0-9a-f]{12} /);
});
