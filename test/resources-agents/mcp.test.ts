import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownPackage, knownServers, knownUrl } from '../../knowledge/tools/index.ts';
import { readLaunch } from '../../collectors/resources/mcp/launch.ts';
import { collectText } from '../helpers/scan.ts';
import { Graph } from './graph.ts';

const config = async (servers: unknown, file = '.mcp.json'): Promise<Graph> => new Graph(await collectText({ [file]: JSON.stringify({ mcpServers: servers }, null, 2) }, { scope: 'test' }));

describe('what a command starts', () => {
  it.each([
    ['npx', ['-y', '@scope/pkg'], { package: '@scope/pkg', pinned: false, origin: 'package' }],
    ['npx', ['-y', '@scope/pkg@1.2.3', '--flag', 'x'], { package: '@scope/pkg', version: '1.2.3', pinned: true, rest: ['--flag', 'x'] }],
    ['npx', ['--package=@scope/pkg@^1.0.0', 'bin'], { package: '@scope/pkg', version: '^1.0.0', pinned: false }],
    ['/srv/u/.local/bin/uvx', ['tool@latest'], { program: 'uvx', package: 'tool', version: 'latest', pinned: false }],
    ['uvx', ['--from', 'pkg==2.0.1', 'cli'], { package: 'pkg', version: '2.0.1', pinned: true }],
    ['docker', ['run', '-i', '--rm', '-e', 'TOKEN', 'org/image:0.4.0', 'stdio'], { package: 'org/image', version: '0.4.0', pinned: true, origin: 'image', rest: ['stdio'] }],
    ['docker', ['run', '-i', 'org/image'], { package: 'org/image', pinned: false }],
    ['docker', ['run', `registry:5000/org/image@sha256:${'0'.repeat(64)}`], { package: 'registry:5000/org/image', pinned: true }],
    ['uv run python', ['server.py'], { program: 'uv', origin: 'local' }],
    ['node', ['server.js'], { program: 'node', origin: 'local' }],
    ['cmd', ['/c', 'npx', '-y', 'pkg'], { program: 'npx', package: 'pkg' }],
    ['python3', ['-m', 'mcp_server_git'], { package: 'mcp_server_git', pinned: false }],
  ])('%s %j', (command, args, expected) => expect(readLaunch(command, args)).toMatchObject(expected));

  it('answers for any words', () => {
    fc.assert(fc.property(fc.constantFrom('npx', 'uvx', 'docker', 'sh', 'node', 'cmd', ''), fc.array(fc.constantFrom('-y', '--from', 'run', '-e', 'a@1.0.0', '@s/p', 'x:1', '/c', '', '-p', 'exec', '--', '=')), (command, args) => {
      const l = readLaunch(command, args);
      expect(['package', 'image', 'local']).toContain(l.origin);
      if (l.pinned === true) expect(l.version ?? l.package).toBeDefined();
    }));
  });
});

describe('MCP client configurations', () => {
  it('is an agent on a workstation; a local server runs as its user', async () => {
    const g = await config({ files: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/srv/me/docs'] } }, '.cursor/mcp.json');
    const agent = g.one('mcp.client');
    expect(agent).toMatchObject({ kind: 'Agent', name: 'cursor', props: { platform: 'mcp-client', autonomy: 'interactive', servers: 1 } });
    expect(g.node(g.edges('IMPLEMENTED_BY', agent)[0]!.to).props).toMatchObject({ computeType: 'workstation' });
    const server = g.one('mcp.server');
    expect(server.props).toMatchObject({ transport: 'stdio', package: '@modelcontextprotocol/server-filesystem', pinned: false, publisher: 'third_party', catalogue: 'filesystem' });
    expect(g.edges('RUNS_AS', server).map((e) => [g.node(e.to).type, e.props['for']])).toEqual([['mcp.user', 'tool']]);
    const write = g.one('mcp.tool', 'write_file');
    expect(write.props).toMatchObject({ toolClass: 'file_generic', contract: 'declared', effects: ['write'], resources: [g.one('local.filesystem').id] });
    const [has] = g.edges('HAS_TOOL', agent, write);
    expect(has!.props['enabled']).toBe(true);
    expect(g.node((has!.props['gates'] as string[])[0]!).props).toMatchObject({ controlType: 'approval', approver: 'session_user', enforcedBy: 'client', enforcedOutsideCompute: false });
  });

  it('offers one tool of unknown contract for a server nobody knows', async () => {
    const g = await config({ own: { command: 'node', args: ['server.js'] }, far: { url: 'https://mcp.vendor.example/v1' }, near: { url: 'http://localhost:3000/mcp' } });
    expect(g.all('mcp.tool').map((t) => t.props['contract'])).toEqual(['undeclared', 'undeclared', 'undeclared']);
    expect(Object.fromEntries(g.all('mcp.server').map((s) => [s.name, s.props['publisher']]))).toEqual({ own: 'own', far: 'third_party', near: 'own' });
    expect(g.edges('RUNS_AS', g.one('mcp.server', 'far'))).toEqual([]);
  });

  it('keeps literal secrets as hashes with their line, references as references, settings not at all', async () => {
    const g = await config({
      far: { url: 'https://api.vendor.example/mcp?token=abcdef123456', headers: { Authorization: 'Bearer live-0123456789', 'X-Team': 'shop', 'X-Api-Key': '${API_KEY}' } },
      near: { command: 'npx', args: ['-y', 'pkg', '--api-key', 'k-0123456789', 'postgres://u:pa55word@db/x'], env: { GITHUB_TOKEN: '${GITHUB_TOKEN}', NODE_ENV: 'production', AWS_PROFILE: 'dev', MAX_TOKENS: '4096' } },
    });
    const held = (name: string) => g.targets('HOLDS', g.one('mcp.server', name));
    expect(held('far')).toContain('Authorization');
    expect(held('far')).not.toContain('X-Api-Key');
    expect(held('near')).toEqual(['api-key', 'argument 5']);
    expect(g.all('literal.credential').every((c) => c.props['exposedLiteral'] === true && typeof c.props['hash'] === 'string' && g.placeOf(c) !== '')).toBe(true);
    expect(g.targets('USES_CREDENTIAL', g.one('mcp.server', 'far'))).toEqual(['Authorization', 'X-Api-Key']);
    expect(g.targets('USES_CREDENTIAL', g.one('mcp.server', 'near'))).toEqual(['GITHUB_TOKEN', 'api-key', 'argument 5', 'dev']);
    expect([...new Set(g.edges('AUTHENTICATES_AS').map((e) => g.node(e.to).name))].sort()).toEqual(['account behind Authorization', 'account behind GITHUB_TOKEN']);
    const all = JSON.stringify(g.batch);
    for (const secret of ['live-0123', 'abcdef123456', 'k-0123456789', 'pa55word']) expect(all).not.toContain(secret);
  });

  it('a disabled server is listed and offers nothing, a trusted one does not ask', async () => {
    const g = await config({ off: { command: 'uvx', args: ['mcp-server-fetch'], disabled: true }, on: { command: 'uvx', args: ['mcp-server-git'], autoApprove: ['git_commit'] } });
    expect(g.edges('HAS_TOOL', undefined, g.one('mcp.tool', 'fetch'))[0]!.props['enabled']).toBe(false);
    expect(g.all('mcp.answers')).toEqual([]);
    expect(g.edges('HAS_TOOL', undefined, g.one('mcp.tool', 'git_commit'))[0]!.props['gates']).toEqual([]);
    expect(g.edges('HAS_TOOL', undefined, g.one('mcp.tool', 'git_add'))[0]!.props['gates']).toHaveLength(1);
  });

  it('a tool that brings back text of outsiders feeds the agent', async () => {
    const g = await config({ web: { command: 'uvx', args: ['mcp-server-fetch'] } });
    expect(g.one('mcp.answers').props['writableBy']).toEqual(['E2']);
    expect(g.edges('FEEDS', g.one('mcp.answers'), g.one('mcp.client'))[0]!.props['mode']).toBe('on_query');
    expect(g.one('mcp.tool', 'fetch').props).toMatchObject({ toolClass: 'http_generic', egress: true });
  });

  it('opens what stands behind the token of a known server, on the condition of its rights', async () => {
    const g = await config({ code: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-github'], env: { GITHUB_PERSONAL_ACCESS_TOKEN: '${GITHUB_TOKEN}' } } });
    const account = g.one('mcp.account');
    expect(account).toMatchObject({ kind: 'Identity', name: 'account behind GITHUB_PERSONAL_ACCESS_TOKEN', props: { identityType: 'external' } });
    expect(g.edges('AUTHENTICATES_AS', g.one('literal.reference'), account)).toHaveLength(1);
    const repositories = g.one('mcp.codestore');
    const issues = g.one('mcp.channel');
    expect(issues.props).toMatchObject({ channelType: 'issue_tracker', writableBy: ['E2'], readableBy: ['E0'] });
    expect(g.edges('FEEDS', issues, g.one('mcp.client')).map((e) => e.props['mode'])).toEqual(['on_query']);
    const can = g.edges('CAN', account);
    expect(can.map((e) => [g.node(e.to).name, e.verdict, e.requires, e.props['effects']]).sort()).toEqual([
      [issues.name, 'conditional', ['what the token of code may do was not read'], ['send']],
      [repositories.name, 'conditional', ['what the token of code may do was not read'], ['delete', 'execute', 'list', 'read', 'write']],
    ]);
    expect(can.every((e) => e.evidence[0]?.source?.file === '.mcp.json' && (e.evidence[0].source.startLine ?? 0) > 0 && e.evidence[0].document?.startsWith('https://'))).toBe(true);
    expect(g.one('mcp.tool', 'get_file_contents').props['resources']).toEqual([repositories.id]);
    expect(g.one('mcp.tool', 'create_issue').props['resources']).toEqual([issues.id]);
  });

  it.each([
    ['a token handed into a container', { command: 'docker', args: ['run', '-i', '-e', 'GITHUB_PERSONAL_ACCESS_TOKEN', 'ghcr.io/github/github-mcp-server:1.0.0'] }, 'account behind GITHUB_PERSONAL_ACCESS_TOKEN', 'service'],
    ['a remote server without a credential: its user signs in', { type: 'http', url: 'https://api.githubcopilot.com/mcp/' }, 'user signed in at s', 'user_obo'],
    ['a cloud profile', { command: 'uvx', args: ['awslabs.aws-api-mcp-server@1.0.0'], env: { AWS_PROFILE: 'ops' } }, 'AWS identity behind ops', 'service'],
  ])('acts as: %s', async (_, server, name, delegation) => {
    const g = await config({ s: server });
    expect(g.one('mcp.account').name).toBe(name);
    expect(g.edges('USES_CREDENTIAL', g.one('mcp.server')).map((e) => e.props['delegation'])).toEqual([delegation]);
    expect(g.edges('CAN', g.one('mcp.account')).length).toBeGreaterThan(0);
  });

  it('of a server nobody knows it invents no store, with or without a token', async () => {
    const g = await config({ far: { url: 'https://mcp.vendor.example/v1', headers: { Authorization: '${TOKEN}' } }, own: { command: 'node', args: ['server.js', '/srv/data'] } });
    expect(g.one('mcp.account').name).toBe('account behind Authorization');
    expect(g.edges('CAN')).toEqual([]);
    expect(g.batch.nodes.filter((n) => n.kind === 'DataStore' || n.kind === 'Channel')).toEqual([]);
    expect(g.batch.coverage.map((c) => c.missing)).toEqual([['tool-lists']]);
  });

  it('tells folders and databases by what is written, without passwords; a mounted folder by its place on the machine', async () => {
    const g = await config({
      a: { command: 'cmd', args: ['/c', 'npx', '-y', '@modelcontextprotocol/server-filesystem', 'C:\\work'] },
      b: { command: 'docker', args: ['run', '--mount', 'type=bind,src=/srv/contracts,dst=/projects/x', 'mcp/filesystem', '/projects'] },
      c: { command: 'uvx', args: ['postgres-mcp'], env: { DATABASE_URI: 'postgresql://app:pa/ss@w0rd@db.example:5432/shop' } },
    });
    expect(g.batch.nodes.filter((n) => n.kind === 'DataStore').map((n) => n.name).sort()).toEqual(['/srv/contracts', 'C:\\work', 'postgresql://db.example:5432/shop']);
    expect(JSON.stringify(g.batch)).not.toContain('pa/ss');
    expect(g.edges('CAN').map((e) => g.node(e.from).type).sort()).toEqual(['mcp.account', 'mcp.user', 'mcp.user']);
  });

  it.each([['args', { command: 'docker', args: ['run', 'ghcr.io/github/github-mcp-server', 'stdio', '--read-only'] }], ['headers', { url: 'https://api.githubcopilot.com/mcp/', headers: { 'X-MCP-Readonly': 'true' } }]])('started read-only (%s) it offers nothing that changes anything', async (_, server) => {
    const g = await config({ s: server });
    expect([...new Set(g.edges('CAN').flatMap((e) => e.props['effects'] as string[]))].sort()).toEqual(['list', 'read']);
    expect(g.all('mcp.tool').map((t) => t.name)).not.toContain('push_files');
    expect(g.all('mcp.tool').map((t) => t.name)).toContain('get_file_contents');
  });

  it('an empty list is a client without servers', async () => {
    const g = await config({});
    expect(g.one('mcp.client').props['servers']).toBe(0);
    expect(g.all('mcp.server')).toEqual([]);
  });
});

describe('tool catalogue', () => {
  it('finds servers by package whatever the case, and by address', () => {
    expect(knownPackage('@Playwright/MCP')?.id).toBe('playwright');
    expect(knownPackage('@playwright/mcp-not')).toBeUndefined();
    expect(knownUrl('https://mcp.linear.app/sse')?.id).toBe('linear');
    expect(knownUrl('https://mcp.linear.app.evil.example/sse')).toBeUndefined();
  });

  it('says of every tool what it does', () => {
    for (const s of knownServers()) for (const t of s.tools) expect(t.all === true || t.effects !== undefined, `${s.id} ${t.names[0]}`).toBe(true);
  });
});
