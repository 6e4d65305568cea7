import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { IssuerDown, isSafeUrl, Oidc, type OidcOptions } from '../../server/auth/oidc.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { oidcOf, serveConfig } from '../../server/service/config.ts';
import { createService } from '../../server/service/service.ts';
import { finding, storeFindings } from '../helpers/findings.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const seconds = Math.floor(NOW.getTime() / 1000);
interface Key { private: CryptoKey; jwk: JWK }
const keyOf = async (kid: string, alg = 'RS256'): Promise<Key> => { const k = await generateKeyPair(alg); return { private: k.privateKey, jwk: { ...(await exportJWK(k.publicKey)), kid, alg, use: 'sig' } }; };

let first: Key;
let second: Key;
let foreign: Key;
let server: Server;
let issuer: string;
const idp = { keys: [] as JWK[], asked: 0, down: false, discovery: undefined as string | undefined };
let store: GraphStore;
let running: Running;
const lines: string[] = [];
const options = (): OidcOptions => ({ issuer, audience: ['overreach'], algorithms: ['RS256', 'ES256'], clockSkew: 30, roleClaim: 'realm_access.roles', roles: { 'security-team': 'risk-owner', 'platform-team': 'operator', nonsense: 'emperor' }, scopeClaim: 'groups', scopes: { everyone: ['*'], 'team-payments': ['team:payments', 'account:123456789012'] } });

beforeAll(async () => {
  [first, second, foreign] = await Promise.all([keyOf('one'), keyOf('two'), keyOf('one')]);
  server = createServer((req, res) => {
    if (idp.down) { req.socket.destroy(); return; }
    res.setHeader('content-type', 'application/json');
    if (req.url === '/.well-known/openid-configuration') res.end(idp.discovery ?? JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    else if (req.url === '/keys') { idp.asked++; res.end(JSON.stringify({ keys: idp.keys })); }
    else { res.statusCode = 404; res.end('{}'); }
  });
  await new Promise<void>((ok) => { server.listen(0, '127.0.0.1', ok); });
  issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  idp.keys = [first.jwk];
  store = await openStore(':memory:');
  await storeFindings(store, 'run', [finding(1)]);
  const service = createService(store, { env: {}, now: () => NOW, newId: randomUUID, progress: () => undefined, version: 't' }, (l) => { lines.push(l); });
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true, oidc: options(), failuresPerMinute: 10_000 });
});
afterAll(async () => { await running.close(); await store.close(); server.closeAllConnections(); server.close(); });
beforeEach(() => { Object.assign(idp, { keys: [first.jwk], asked: 0, down: false, discovery: undefined }); });

const good = { realm_access: { roles: ['viewer'] }, groups: ['everyone'] };
interface Change { claims?: object; iss?: string; aud?: string | string[]; sub?: string | null; iat?: number; exp?: number | null; nbf?: number; key?: Key; kid?: string; alg?: string }
async function token(c: Change = {}): Promise<string> {
  const t = new SignJWT({ ...good, ...c.claims }).setProtectedHeader({ alg: c.alg ?? 'RS256', kid: c.kid ?? c.key?.jwk.kid ?? 'one' }).setIssuer(c.iss ?? issuer).setAudience(c.aud ?? 'overreach').setIssuedAt(c.iat ?? seconds - 10);
  if (c.sub !== null) t.setSubject(c.sub ?? 'maria');
  if (c.exp !== null) t.setExpirationTime(c.exp ?? seconds + 300);
  if (c.nbf !== undefined) t.setNotBefore(c.nbf);
  return t.sign((c.key ?? first).private);
}
async function ask(text: string, query = '{ viewer { name role scopes } findings { totalCount } }'): Promise<{ status: number; text: string; body: any }> {
  const r = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${text}` }, body: JSON.stringify({ query }) });
  const answer = await r.text();
  return { status: r.status, text: answer, body: JSON.parse(answer) };
}

test('a good token is its subject, with the role and the scopes that its claims are mapped to', async () => {
  expect(running.authenticated).toBe(true);
  expect((await ask(await token())).body.data).toEqual({ viewer: { name: 'oidc:maria', role: 'viewer', scopes: null }, findings: { totalCount: 1 } });
  const viewer = async (claims: object): Promise<unknown> => (await ask(await token({ claims }), '{ viewer { role scopes } }')).body.data?.viewer;
  expect(await viewer({ realm_access: { roles: ['security-team'] } })).toEqual({ role: 'risk-owner', scopes: null });
  expect(await viewer({ realm_access: { roles: 'other platform-team' }, groups: 'team-payments path:infra/db' })).toEqual({ role: 'operator', scopes: ['account:123456789012', 'path:infra/db', 'team:payments'] });
  // What is not understood, or is not there, opens nothing.
  for (const groups of [[], undefined, ['sales', 'path:../x', '__proto__', 7], { a: 1 }]) expect(await viewer({ groups })).toEqual({ role: 'viewer', scopes: [] });
  expect((await ask(await token({ claims: { groups: ['sales'] } }))).body.data.findings.totalCount).toBe(0);
  for (const roles of [[], ['emperor'], ['nonsense'], ['__proto__'], undefined, 5]) expect((await ask(await token({ claims: { realm_access: { roles } } }))).status).toBe(401);
});

test('several roles add up', async () => {
  const both = await token({ claims: { realm_access: { roles: ['security-team', 'platform-team'] } } });
  const codes = async (t: string, q: string): Promise<string[]> => ((await ask(t, q)).body.errors ?? []).map((e: any) => e.extensions.code);
  expect(await codes(both, 'mutation { analyze { id } }')).toEqual(['UNAVAILABLE']);
  expect(await codes(both, 'mutation { reopen(fingerprint: "00000000") { fingerprint } }')).toEqual(['NOT_FOUND']);
  expect(await codes(both, '{ audit { id } }')).toEqual(['FORBIDDEN']);
});

describe('refused with the same words', () => {
  const cases: Record<string, () => Promise<string>> = {
    'another issuer': () => token({ iss: 'https://issuer.example' }),
    'the issuer with a slash': () => token({ iss: `${issuer}/` }),
    'another audience': () => token({ aud: 'elsewhere' }),
    expired: () => token({ iat: seconds - 900, exp: seconds - 31 }),
    'not valid yet': () => token({ nbf: seconds + 31 }),
    'without an end': () => token({ exp: null }),
    'without a subject': () => token({ sub: null }),
    'an unknown key': () => token({ kid: 'three' }),
    'the key of somebody else under a known name': () => token({ key: foreign }),
    'an algorithm that is not allowed': async () => { const k = await keyOf('one', 'RS512'); idp.keys = [k.jwk]; return token({ key: k, alg: 'RS512' }); },
    'no algorithm': async () => new UnsecuredJWT(good).setIssuer(issuer).setAudience('overreach').setSubject('maria').setIssuedAt(seconds).setExpirationTime(seconds + 300).encode(),
    'no algorithm, under the name of none': async () => { const [, p] = (await token()).split('.'); return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${p}.x`; },
    'signed with the public key as a password': async () => { const [, p] = (await token()).split('.'); const secret = new TextEncoder().encode(JSON.stringify(first.jwk).padEnd(64)); return new SignJWT(JSON.parse(Buffer.from(p!, 'base64url').toString())).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret); },
    'a changed payload': async () => { const [h, p, s] = (await token()).split('.'); return `${h}.${Buffer.from(Buffer.from(p!, 'base64url').toString().replace('viewer', 'admin ')).toString('base64url')}.${s}`; },
    'no token at all': async () => 'a.b.c',
    'a very long one': async () => `${'a'.repeat(9_000)}.b.c`,
  };
  test.each(Object.keys(cases))('%s', async (name) => {
    const r = await ask(await cases[name]!());
    expect([r.status, r.body]).toEqual([401, { errors: [{ message: 'a valid access token is needed: Authorization: Bearer <token>', extensions: { code: 'UNAUTHENTICATED' } }] }]);
  });
  test('and clocks may differ by as much as was said', async () => {
    expect((await ask(await token({ iat: seconds - 900, exp: seconds - 25 }))).status).toBe(200);
    expect((await ask(await token({ nbf: seconds + 25 }))).status).toBe(200);
  });
});

describe('keys', () => {
  test('are asked for once, again when one is new, and not more often than the cooldown lets', async () => {
    const oidc = new Oidc(options(), () => NOW, 300);
    for (let i = 0; i < 5; i++) expect((await oidc.caller(await token()))?.id).toBe('oidc:maria');
    expect(idp.asked).toBe(1);
    idp.keys = [first.jwk, second.jwk];
    expect(await oidc.caller(await token({ key: second }))).toBeUndefined();
    await new Promise((ok) => setTimeout(ok, 350));
    expect((await oidc.caller(await token({ key: second })))?.role).toBe('viewer');
    expect(idp.asked).toBe(2);
    for (let i = 0; i < 20; i++) expect(await oidc.caller(await token({ kid: `guess-${i}` }))).toBeUndefined();
    expect(idp.asked).toBeLessThanOrEqual(3);
    // A key that was taken out signs nobody in once the keys are read again.
    idp.keys = [second.jwk];
    await new Promise((ok) => setTimeout(ok, 350));
    await oidc.caller(await token({ kid: 'new' }));
    expect(await oidc.caller(await token())).toBeUndefined();
  });

  test('an issuer that is down stops nobody whose key is known; without keys nobody can be told apart', async () => {
    const known = new Oidc(options(), () => NOW, 10);
    await known.caller(await token());
    idp.down = true;
    await new Promise((ok) => setTimeout(ok, 20));
    expect((await known.caller(await token()))?.id).toBe('oidc:maria');
    expect(await known.caller(await token({ kid: 'new' }))).toBeUndefined();
    for (const o of [options(), { ...options(), jwksUri: `${issuer}/keys` }]) {
      const empty = new Oidc(o, () => NOW, 10);
      await expect(empty.caller(await token())).rejects.toThrow(IssuerDown);
      expect(await empty.caller('ovr_something')).toBeUndefined();
      idp.down = false;
      await new Promise((ok) => setTimeout(ok, 20));
      expect((await empty.caller(await token()))?.id).toBe('oidc:maria');
      idp.down = true;
    }
  });

  test('over HTTP that is 503, and the service goes on when the issuer is back', async () => {
    idp.down = true;
    const late = await serve(createService(store, { env: {}, now: () => NOW, newId: randomUUID, progress: () => undefined, version: 't' }, (l) => { lines.push(l); }), { host: '127.0.0.1', port: 0, introspection: true, oidc: options() });
    const r = await fetch(late.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` }, body: '{"query":"{ viewer { name } }"}' });
    expect([r.status, await r.json()]).toEqual([503, { errors: [{ message: 'access tokens cannot be checked now: try again later', extensions: { code: 'ISSUER_UNAVAILABLE' } }] }]);
    await late.close();
  });

  test('a discovery document of somebody else, or that sends us elsewhere without TLS, is not believed', async () => {
    for (const discovery of [JSON.stringify({ issuer: 'https://issuer.example', jwks_uri: `${issuer}/keys` }), JSON.stringify({ issuer, jwks_uri: 'http://keys.example/x' }), JSON.stringify({ issuer }), 'no json', '[]']) {
      idp.discovery = discovery;
      await expect(new Oidc(options(), () => NOW, 0).caller(await token())).rejects.toThrow(IssuerDown);
    }
    expect(['https://a.example/x', 'http://127.0.0.1:1/', 'http://a.example', 'https://u:p@a.example', 'ftp://a.example', 'x'].map(isSafeUrl)).toEqual([true, true, false, false, false, false]);
  });
});

test('neither tokens nor claims reach the log', async () => {
  const t = await token();
  await ask(t);
  for (const part of t.split('.')) expect(lines.join('\n')).not.toContain(part);
  expect(lines.some((l) => l.includes('"caller":"oidc:maria"'))).toBe(true);
});

test('settings by environment and file, with what is wrong said at once', () => {
  const c = serveConfig({}, { OVERREACH_OIDC_ISSUER: 'https://login.example', OVERREACH_OIDC_AUDIENCE: 'overreach, other', OVERREACH_OIDC_ROLES: '{"sec":"admin"}', OVERREACH_OIDC_SCOPE_CLAIM: 'groups', OVERREACH_OIDC_SCOPES: '{"pay":["team:payments"]}' }, '/');
  expect(oidcOf(c)).toEqual({ issuer: 'https://login.example', audience: ['overreach', 'other'], algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'], clockSkew: 30, roleClaim: 'roles', roles: { sec: 'admin' }, scopeClaim: 'groups', scopes: { pay: ['team:payments'] } });
  expect(oidcOf(serveConfig({}, {}, '/'))).toBeUndefined();
  const wrong = (): unknown => serveConfig({}, { OVERREACH_OIDC_ISSUER: 'http://login.example', OVERREACH_OIDC_ALGORITHMS: 'none,HS256', OVERREACH_OIDC_ROLES: '{"sec":"king"}', OVERREACH_OIDC_SCOPES: '{"pay":["payments"]}', OVERREACH_OIDC_CLOCK_SKEW: '9999' }, '/');
  for (const says of [/OIDC_ISSUER .*https/, /OIDC_ALGORITHMS .*one of RS256/, /OIDC_ROLES .*one of viewer/, /OIDC_SCOPES .*account:<id>/, /OIDC_CLOCK_SKEW .*300/, /oidcAudience: is needed/]) expect(wrong).toThrow(says);
  expect(() => serveConfig({}, { OVERREACH_OIDC_AUDIENCE: 'x' }, '/')).toThrow(/OIDC_AUDIENCE: means nothing without oidcIssuer/);
});
