import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine } from '../helpers/cli.ts';
import type { OwnServer } from '../helpers/neo4j/jars.ts';
import { ownNeo4j, TURN } from '../helpers/neo4j/start.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-tls-'));
const PASSWORD = 'a-password-of-the-test';
let server: OwnServer | undefined;

/** A certificate that signs itself, for this machine. */
function certificate(folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', join(folder, 'private.key'), '-out', join(folder, 'public.crt')], { stdio: 'ignore' });
}

beforeAll(async () => {
  certificate(join(dir, 'own'));
  certificate(join(dir, 'foreign'));
  writeFileSync(join(dir, 'password'), `${PASSWORD}\n`);
  server = await ownNeo4j({
    password: PASSWORD, address: (port) => `bolt+ssc://127.0.0.1:${port}`,
    settings: () => ['server.bolt.tls_level=REQUIRED', 'dbms.ssl.policy.bolt.enabled=true', `dbms.ssl.policy.bolt.base_directory=${join(dir, 'own')}`, 'dbms.ssl.policy.bolt.private_key=private.key', 'dbms.ssl.policy.bolt.public_certificate=public.crt', 'dbms.ssl.policy.bolt.client_auth=NONE'],
  });
}, TURN);
afterAll(async () => { await server?.stop(); rmSync(dir, { recursive: true, force: true }); });

const own = (): string => join(dir, 'own', 'public.crt');
const check = (address: string, env: Record<string, string>) => commandLine(env).run('store', 'check', '--store', `${address}:${server!.port}`);

test.each(['bolt+s://localhost', 'neo4j+s://localhost', 'bolt+s://127.0.0.1', 'bolt+ssc://localhost'])('%s with a certificate of one’s own, credentials from environment and file', async (address) => {
  if (!server) return;
  const ways: Record<string, string>[] = [{ NEO4J_PASSWORD: PASSWORD }, { NEO4J_USERNAME: 'neo4j', NEO4J_PASSWORD_FILE: join(dir, 'password') }];
  for (const env of ways) expect(await check(address, { ...env, NEO4J_CERTIFICATE_FILE: own() })).toMatchObject({ code: 0, out: expect.stringMatching(/^ok: schema is current/) });
}, 300_000);

test.each([
  ['a certificate nobody vouches for', 'bolt+s://localhost', { NEO4J_PASSWORD: PASSWORD }, /certificate that is not trusted .*NEO4J_CERTIFICATE_FILE/],
  ['one that another authority made', 'bolt+s://localhost', { NEO4J_PASSWORD: PASSWORD, NEO4J_CERTIFICATE_FILE: join(dir, 'foreign', 'public.crt') }, /certificate that is not trusted/],
  ['a wrong password', 'bolt+s://localhost', { NEO4J_PASSWORD: 'wrong', NEO4J_CERTIFICATE_FILE: join(dir, 'own', 'public.crt') }, /refused the credentials/],
  ['no password', 'bolt+s://localhost', { NEO4J_CERTIFICATE_FILE: join(dir, 'own', 'public.crt') }, /refused the credentials/],
  ['no encryption where it is demanded', 'bolt://localhost', { NEO4J_PASSWORD: PASSWORD }, /does not answer/],
])('%s: a typed error that names neither password nor stack', async (_, address, env, says) => {
  if (!server) return;
  const ran = await check(address, env as Record<string, string>);
  expect([ran.code, ran.log]).toEqual([4, expect.stringMatching(says)]);
  expect(ran.log).not.toMatch(/a-password-of-the-test|wrong'|\.ts:\d+/);
}, 120_000);
