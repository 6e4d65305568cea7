import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hole, isUnknown } from '../../schema/index.ts';
import { readFiles } from '../helpers/read.ts';

describe('MCP configurations', () => {
  const entry = { s: { command: 'npx', args: ['-y', 'pkg'], env: { TOKEN: 'x' } } };
  it.each([
    ['.mcp.json', { mcpServers: entry }, 'project', '/mcpServers/s'],
    ['.vscode/mcp.json', { inputs: [], servers: entry }, 'vscode', '/servers/s'],
    ['home/settings.json', { 'editor.fontSize': 1, mcp: { servers: entry } }, 'unknown', '/mcp/servers/s'],
    ['zed/settings.json', { context_servers: { s: { source: 'custom', command: { path: 'npx', args: ['-y', 'pkg'], env: { TOKEN: 'x' } } } } }, 'zed', '/context_servers/s'],
    ['.claude.json', { projects: { '/estate/a': { mcpServers: entry } } }, 'claude-code', '/projects/~1estate~1a/mcpServers/s'],
    ['opencode.json', { mcp: { s: { type: 'local', command: ['npx', '-y', 'pkg'], environment: { TOKEN: 'x' } } } }, 'opencode', '/mcp/s'],
    ['list.json', { mcpServers: [{ name: 's', ...entry.s }] }, 'unknown', '/mcpServers/0'],
  ])('%s', async (path, value, client, address) => {
    const [result] = await readFiles({ [path]: JSON.stringify(value, null, 1) });
    const [c, s] = result!.resources;
    expect(result).toMatchObject({ source: 'mcp', status: 'read' });
    expect(c).toMatchObject({ type: 'MCP::Client', root: path, properties: { name: client, file: path, servers: 1 } });
    expect(s).toMatchObject({ type: 'MCP::Server', address, root: path, properties: { name: 's', command: 'npx', args: ['-y', 'pkg'], env: { TOKEN: 'x' }, type: 'stdio' } });
    expect(s!.properties.client).toBe(hole({ kind: 'ref', address: c!.address, attribute: '' }));
    const lines = JSON.stringify(value, null, 1).split('\n');
    expect(lines[s!.sources.get('/env/TOKEN')!.startLine! - 1]).toContain('"TOKEN"');
    expect(lines[s!.sources.get('/args/1')!.startLine! - 1]).toContain('"pkg"');
  });

  it('reads comments and trailing commas, other names of the url, and what is switched off', async () => {
    const [result] = await readFiles({ 'mcp.json': '{\n // ours\n "mcpServers": {\n  "a": { "serverUrl": "https://x.example/sse", "headers": { "Authorization": "Bearer k" }, "disabled": true, },\n  "b": { "httpUrl": "https://y.example" , "trust": true },\n }\n}' });
    expect(result!.resources.slice(1).map((r) => r.properties)).toMatchObject([{ name: 'a', url: 'https://x.example/sse', type: 'http', disabled: true }, { name: 'b', url: 'https://y.example', type: 'http', trust: true }]);
    expect(result!.resources[1]!.sources.get('/url')!.startLine).toBe(4);
  });

  it('reads TOML with the lines of its tables and keys', async () => {
    const [result] = await readFiles({ '.codex/config.toml': 'model = "x"\n\n[mcp_servers.docs]\ncommand = "npx"\nargs = ["-y", "pkg"]\n\n[mcp_servers.docs.env]\nTOKEN = "x"\n\n[mcp_servers.off]\nurl = "https://x.example"\nenabled = false\n' });
    const [, docs, off] = result!.resources;
    expect(docs!.properties).toMatchObject({ name: 'docs', command: 'npx', env: { TOKEN: 'x' } });
    expect([docs!.sources.get('')!.startLine, docs!.sources.get('/args')!.startLine, docs!.sources.get('/env/TOKEN')!.startLine, off!.sources.get('/url')!.startLine]).toEqual([3, 5, 8, 11]);
    expect(off!.properties.disabled).toBe(true);
  });

  it('a client without servers is there, without servers; a schema that speaks of servers is none', async () => {
    const results = await readFiles({ 'a/settings.json': '{ "chat.mcp.gallery.enabled": true, "mcp": {} }', 'b/schema.json': '{"properties":{"mcpServers":{"type":"object","additionalProperties":{"type":"object"}}}}' });
    expect(results.map((r) => [r.input, r.resources.map((x) => x.type)])).toEqual([['a/settings.json', ['MCP::Client']], ['b/schema.json', []]]);
  });

  it.each([
    ['mcp.json', '{\n "mcpServers": {\n  "a": { "command": }\n }\n}', 3], ['mcp.json', '', 1], ['mcp.json', `{"mcpServers":${'['.repeat(100_000)}`, 1],
    ['.codex/config.toml', '[mcp_servers.a]\ncommand = \n', 2],
  ])('%s that is not valid is a problem with its line', async (path, text, line) => {
    const [result] = await readFiles({ [path]: text });
    expect(result).toMatchObject({ status: 'failed', resources: [], problems: [{ code: 'parse-error', source: { file: path, startLine: line } }] });
  });

  it('an entry that starts nothing is said, the others are read', async () => {
    const [result] = await readFiles({ 'mcp.json': '{"mcpServers":{"odd":{"note":"x"},"text":"no","ok":{"url":"https://x.example"}}}' });
    expect(result).toMatchObject({ status: 'partial', problems: [{ code: 'unresolved' }, { code: 'unresolved' }] });
    expect(result!.resources.map((r) => r.properties.name)).toEqual(['unknown', 'odd', 'ok']);
  });

  it('never throws, whatever stands in the file', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]",:\n/*mcpServers ') }), fc.json().map((j) => `{"mcpServers":${j}}`)), async (text) => {
      for (const r of await readFiles({ 'mcp.json': text }, 'mcp')) for (const p of r.problems) expect(p.source?.startLine).toBeGreaterThan(0);
    }), { numRuns: 60 });
  });
});

describe('agent cards', () => {
  it('are read with their lines; broken ones are located', async () => {
    const card = { name: 'w', url: 'https://w.example/a2a', capabilities: {}, skills: [{ id: 's' }], securitySchemes: {} };
    const [ok, bad] = await readFiles({ 'agent_card.json': JSON.stringify(card, null, 1), 'b/.well-known/agent-card.json': '{\n "name": "x",\n "skills": [,]\n}' });
    expect(ok).toMatchObject({ source: 'a2a', status: 'read', resources: [{ type: 'A2A::AgentCard', properties: card }] });
    expect(ok!.resources[0]!.sources.get('/url')!.startLine).toBe(3);
    expect(bad).toMatchObject({ status: 'failed', problems: [{ code: 'parse-error', source: { startLine: 3 } }] });
  });
});

describe('overreach.yaml', () => {
  const read = async (text: string) => (await readFiles({ 'overreach.yaml': text }))[0]!;

  it('yields the settings with their lines', async () => {
    const r = await read('scope: acme\nagents:\n  - match: { name: bot }\n    owner: team@acme.example\n');
    expect(r).toMatchObject({ status: 'read', resources: [{ type: 'Overreach::Config', properties: { scope: 'acme', agents: [{ match: { name: 'bot' }, owner: 'team@acme.example' }] } }] });
    expect(r.resources[0]!.sources.get('/agents/0/owner')!.startLine).toBe(4);
  });

  it('reports every fault with its line and keeps the rest', async () => {
    const r = await read('scope: acme\nsensitivty: []\nsensitivity:\n  - match: { name: a }\n    level: secret\n  - match: { name: b }\n    level: restricted\nignore:\n  - rule: AGT-001\n');
    expect(r.status).toBe('partial');
    expect(r.problems.map((p) => [p.code, p.source?.startLine])).toEqual(expect.arrayContaining([['bad-config', 2], ['bad-config', 5], ['bad-config', 9]]));
    const { properties, sources } = r.resources[0]!;
    expect(properties).toMatchObject({ scope: 'acme', sensitivity: [{ match: { name: 'b' }, level: 'restricted' }], ignore: [] });
    expect(sources.get('/sensitivity/0/level')!.startLine).toBe(7);
  });

  it.each([
    ['a key that stands twice', 'scope: a\nscope: b\n', 2], ['bad indentation', 'agents:\n  - match: {}\n owner: x\n', 3], ['not a map', '- a\n', 1],
    ['aliases that multiply', `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\n`, 1],
    ['brackets without end', `scope: ${'['.repeat(5000)}`, 1],
  ])('%s is refused with its line', async (_, text, line) => {
    const r = await read(text);
    expect(r.status).toBe('failed');
    expect(r.problems[0]!.source).toMatchObject({ file: 'overreach.yaml', startLine: line });
  });
});

describe('state', () => {
  const state = (instances: object[], more: object = {}) => JSON.stringify({ version: 4, terraform_version: '1.9.8', serial: 1, lineage: 'x', outputs: {}, resources: [{ mode: 'managed', type: 'aws_db_instance', name: 'd', provider: 'p', instances }, { mode: 'data', type: 'aws_caller_identity', name: 'me', instances: [{ attributes: { account_id: '123456789012' } }] }], ...more }, null, 1);

  it('gives live values with their lines, without what is sensitive', async () => {
    const text = state([{ index_key: 'a', attributes: { identifier: 'x', password: 'pw', custom: 'hidden', arn: 'arn:aws:rds:eu-west-1:123456789012:db:x' }, sensitive_attributes: [[{ type: 'get_attr', value: 'custom' }]], dependencies: ['aws_kms_key.k'] }]);
    const [r] = await readFiles({ 'env/terraform.tfstate': text });
    expect(r).toMatchObject({ source: 'terraform-state', status: 'read', account: '123456789012' });
    const d = r!.resources[0]!;
    expect(d).toMatchObject({ address: 'aws_db_instance.d["a"]', root: 'env', mode: 'live', state: 'live', properties: { identifier: 'x' }, references: ['aws_kms_key.k'] });
    expect([isUnknown(d.properties.password), isUnknown(d.properties.custom)]).toEqual([true, true]);
    expect(text.split('\n')[d.sources.get('/identifier')!.startLine! - 1]).toContain('identifier');
  });

  it('an older version and a cut file are said', async () => {
    const [old] = await readFiles({ 'terraform.tfstate': state([], { version: 3 }) });
    expect(old).toMatchObject({ status: 'failed', problems: [{ code: 'not-read', source: { startLine: 2 } }] });
    const text = state([{ attributes: { identifier: 'x' } }]);
    const [cut] = await readFiles({ 'terraform.tfstate': text.slice(0, text.indexOf('aws_caller_identity')) });
    expect(cut).toMatchObject({ status: 'partial', resources: [{ address: 'aws_db_instance.d' }], problems: [{ code: 'parse-error', source: { file: 'terraform.tfstate' } }] });
  });
});

describe('recognised, not read', () => {
  it.each([
    ['k.yaml', 'apiVersion: v1\nkind: Pod\n', 'kubernetes'], ['k.json', '{"apiVersion":"apps/v1","kind":"Deployment"}', 'kubernetes'],
    ['.github/workflows/ci.yml', 'on: push\n', 'github-actions'], ['live/terragrunt.hcl', 'include {}\n', 'terragrunt'], ['docker-compose.yml', 'services:\n  a: {}\n', 'docker-compose'],
  ])('%s is counted as %s', async (path, text, source) => {
    expect(await readFiles({ [path]: text })).toMatchObject([{ source: expect.stringContaining(source), input: path, status: 'recognised-not-read', resources: [] }]);
  });

  it('plain data is nobody’s', async () => {
    expect(await readFiles({ 'a.json': '{"kind":"x"}', 'b.yaml': 'name: x\n', 'c.json': '[1,2' })).toEqual([]);
  });
});
