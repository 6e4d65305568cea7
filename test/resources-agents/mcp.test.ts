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
    expect(g.targets('USES_CREDENTIAL', g.one('mcp.server', 'near'))).toEqual(['GITHUB_TOKEN', 'dev']);
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
