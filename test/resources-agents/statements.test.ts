import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../collectors/resources/overreach/overrides.ts';
import { overreachYaml } from '../../collectors/read/overreach-yaml/index.ts';
import { secretIn, secretName, secretsInScript } from '../../collectors/resources/secrets.ts';
import { hole, type RawResource } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';
import { flagship } from './flagship.hcl.ts';
import { Graph } from './graph.ts';

const card = (more: object) => collectText({ 'agent-card.json': JSON.stringify({ name: 'Bot', url: 'https://bot.example.com/a2a', protocolVersion: '0.3.0', capabilities: { streaming: true }, skills: [{ id: 'a', name: 'A' }], ...more }, null, 1) }, { scope: 'test' }).then((b) => new Graph(b));

describe('A2A cards', () => {
  it('without schemes lets anyone in', async () => {
    const g = await card({});
    expect(g.one('a2a.agent').props).toMatchObject({ platform: 'a2a', skillCount: 1, signed: false });
    expect(g.one('a2a.endpoint').props).toMatchObject({ auth: 'none', networkScope: 'public', url: 'https://bot.example.com/a2a' });
    expect(g.targets('ROUTES_TO', g.one('a2a.endpoint'))).toEqual(['Bot']);
  });

  it('the weakest alternative counts, within one alternative the strongest scheme', async () => {
    const auth = async (security: object[], url = 'https://bot.example.com/a2a') => (await card({ url, securitySchemes: { k: { type: 'apiKey', in: 'header', name: 'X' }, b: { type: 'http', scheme: 'bearer' }, m: { type: 'mutualTLS' } }, security })).one('a2a.endpoint').props;
    expect(await auth([{ b: [] }])).toMatchObject({ auth: 'jwt' });
    expect(await auth([{ b: [] }, { k: [] }])).toMatchObject({ auth: 'api-key' });
    expect(await auth([{ k: [], m: [] }])).toMatchObject({ auth: 'mtls' });
    expect(await auth([{}, { m: [] }])).toMatchObject({ auth: 'none' });
    expect(await auth([{ gone: [] }])).toMatchObject({ auth: 'unknown' });
    expect(await auth([{ b: [] }], 'http://agents.internal/a')).toMatchObject({ networkScope: 'private' });
  });

  it('push notifications leave for an address of the caller’s choice', async () => {
    const g = await card({ capabilities: { pushNotifications: true } });
    expect(g.targets('WRITES_TO', g.one('a2a.agent'))).toEqual(['push notifications of Bot']);
  });
});

const yaml = `agents:
  - match: { kind: Agent, name: support }
    owner: shop@acme.example
    purpose:
      allow: [{ effect: read }]
tools:
  - match: { name: update }
    effects: [write]
    argumentBinding: caller_identity
    approval: independent_human
endpoints:
  - match: { name: "POST /chat" }
    forwardsText: true
channels:
  - id: lead-form
    writableBy: [E2]
    feeds: [{ to: { kind: Agent, name: support }, mode: auto }]
sensitivity:
  - match: { kind: DataStore, name: customers }
    level: restricted
  - match: { kind: DataStore, name: no-such-store }
    level: public
`;

async function configOf(text: string): Promise<RawResource> {
  const file = { path: 'overreach.yaml', absolute: '/overreach.yaml', size: text.length, text: async () => text };
  for await (const r of overreachYaml.read({ input: file.path, files: [file], reader: overreachYaml.name }, {} as never)) return r.resources[0]!;
  throw new Error('nothing was read');
}

describe('statements of overreach.yaml', () => {
  it('win over what was read, keep their line, and say when they mean nothing', async () => {
    const batch = await collectText({ 'main.tf': flagship, 'overreach.yaml': yaml }, { scope: 'test' });
    const g = new Graph(batch);
    expect(g.one('aws.bedrock.agent', 'support').props).toMatchObject({ purpose: { allow: [{ effect: 'read' }] }, override: [{ source: { startLine: 2 } }] });
    const update = g.one('aws.bedrock.agentaction', 'update');
    expect(update.props).toMatchObject({ contract: 'declared', effects: ['write'], argumentBinding: 'caller_identity' });
    const gate = g.one('overreach.approval');
    expect(gate.props['approver']).toBe('independent_human');
    expect(g.edges('HAS_TOOL', undefined, update)[0]!.props['gates']).toEqual([gate.id]);
    expect(g.edges('ROUTES_TO', g.one('aws.apigatewayv2.route'))[0]!.props['forwardsText']).toBe(true);
    expect(g.edges('FEEDS', g.one('overreach.channel')).map((e) => [g.node(e.to).name, e.props['mode']])).toEqual([['support', 'auto']]);
    expect(g.one('overreach.channel').props['writableBy']).toEqual(['E2']);
    expect(g.one('aws.dynamodb.table').props['declaredSensitivity']).toBe('restricted');
    const problems = batch.coverage.flatMap((c) => c.problems).filter((p) => p.code === 'bad-config');
    expect(problems.map((p) => [p.code, p.source?.startLine])).toEqual([['bad-config', yaml.split('\n').findIndex((l) => l.includes('no-such-store')) + 1]]);
    expect(g.one('overreach.config').props['config']).toMatchObject({ tools: [{ effects: ['write'] }] });
  });

  it('change nothing else', async () => {
    const batch = await collectText({ 'main.tf': flagship }, { scope: 'test' });
    const before = new Map(batch.nodes.map((n) => [n.id, JSON.stringify(n)]));
    const over = applyOverrides(batch, [await configOf('endpoints:\n  - match: { name: "POST /chat" }\n    forwardsText: true\n')]);
    expect(over.nodes.filter((n) => before.get(n.id) !== JSON.stringify(n)).map((n) => n.name)).toEqual(['POST /chat']);
    expect(over.problems).toEqual([]);
  });
});

describe('secrets in text', () => {
  it.each(['DB_PASSWORD', 'API_KEY', 'X-Slack-Token', 'PGPASSWORD', 'clientSecret', 'AWS_SECRET_ACCESS_KEY', 'Authorization'])('%s names a secret', (n) => expect(secretName(n)).toBe(true));
  it.each(['MAX_TOKENS', 'SECRET_ARN', 'TOKEN_URL', 'PASSWORD_POLICY', 'KEY_ID', 'NODE_ENV', 'AUTHOR', 'SECRET_NAME', 'TOKEN_TTL'])('%s does not', (n) => expect(secretName(n)).toBe(false));
  it.each([['A', 'AKIAABCDEFGHIJKLMNOP'], ['A', 'postgres://u:s3cr3t@h/d'], ['API_KEY', 'k-12345'], ['X', '-----BEGIN RSA PRIVATE KEY-----']])('%s=%s carries one', (n, v) => expect(secretIn(n, v)?.literal).toBeDefined());
  it.each([['API_KEY', '${API_KEY}'], ['TOKEN', '$TOKEN'], ['TOKEN', '<your token>'], ['PASSWORD', 'changeme'], ['API_KEY', 'placeholder-not-used'], ['URL', 'https://x.example/y'], ['TOKEN', ''], ['TOKEN', 'Bearer ${X}']])('%s=%s does not', (n, v) => expect(secretIn(n, v)).toBeUndefined());

  it('does not say again what a reference says, and is not led astray by what stands in a hole', () => {
    const secret = hole({ kind: 'ref', address: 'root/a#aws_iam_access_key.k["x:y@z"]', attribute: 'secret' });
    const [found, ...more] = secretsInScript(`echo 'AWS_SECRET_ACCESS_KEY=${secret}' >> /etc/profile`);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ name: 'AWS_SECRET_ACCESS_KEY', found: { literal: undefined }, references: [secret] });
    expect(secretIn('URL', `postgres://u:${secret}@db/x`)).toEqual({ credType: 'password', literal: undefined });
    expect(secretIn('URL', `https://${secret}/x@y`)).toBeUndefined();
  });

  it('finds them in a script', () => {
    const found = secretsInScript('export DB_PASSWORD="hunter22"\nmysql --password=abc12345 -h db\nLOG=info\necho "u:p4ss" | chpasswd\n');
    expect(found.map((f) => f.name)).toEqual(['DB_PASSWORD', 'password', 'password of u']);
  });
});
