import { beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisResult } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';

const FOREIGN = { type: 'http', url: 'https://mcp.search.example/v1' };
const GITHUB = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-github@2025.4.8'], env: { GITHUB_PERSONAL_ACCESS_TOKEN: '${GITHUB_TOKEN}' } };
const FILES = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem@2026.1.14', '/srv/contracts'] };
const DATABASE = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-postgres@0.6.2'], env: { DATABASE_URL: '${DATABASE_URL}' } };

const scan = (servers: Record<string, unknown>): Promise<AnalysisResult> => analyzeText({ '.mcp.json': JSON.stringify({ mcpServers: servers }, null, 2) });
const rulesOf = (r: AnalysisResult): string[] => [...new Set([...r.findings.flatMap((f) => f.rules), ...r.posture.map((p) => p.rule)])];
/** Findings that somebody outside starts, not the agent's own mistake nor one assumed steered. */
const fromOutside = (r: AnalysisResult): string[] => r.findings.filter((f) => f.startClass !== 'E7' && f.startClass !== 'steered').map((f) => `${f.startClass} ${f.effect} ${f.asset.name}`);

describe('a source-code server with a token, a foreign remote server, and files', () => {
  let r: AnalysisResult;
  beforeAll(async () => { r = await scan({ search: FOREIGN, code: GITHUB, files: FILES }); });

  test('text of outsiders, private repositories and a way out are one walk, each hop with its line', () => {
    const f = r.findings.find((x) => x.rules.includes('AGT-011') && x.asset.name.startsWith('repositories'))!;
    expect([f.startClass, f.effect, f.identity?.name, f.verdict]).toEqual(['E2', 'read', 'account behind GITHUB_PERSONAL_ACCESS_TOKEN', 'conditional']);
    expect(f.alsoFrom).toContain('E6');
    expect(f.requires).toEqual(expect.arrayContaining(['what the token of code may do was not read']));
    expect(f.path.hops.map((h) => h.transition)).toEqual(['from-start/content', 'from-content/influence', 'from-influence/leak-channel', 'from-influence/tool', 'from-tool/effect', 'from-effect/goal']);
    expect(f.path.hops.every((h) => h.evidence.some((e) => e.source?.file === '.mcp.json' && (e.source.startLine ?? 0) > 0) || h.node.definedAt?.startLine !== undefined)).toBe(true);
  });

  test('the foreign server beside them is posture', () => expect(r.posture.filter((p) => p.rule === 'AGT-052')).toHaveLength(1));
  test('writing to the repositories changes code', () => expect(r.findings.some((f) => f.effect === 'write' && f.asset.name.startsWith('repositories') && f.rules.includes('AGT-015'))).toBe(true));
  test('what was not read is asked for', () => expect(r.undecided.map((u) => u.what)).toContain('what the token of code may do was not read'));
});

describe('near misses', () => {
  test('the pinned local file server alone', async () => {
    const r = await scan({ files: FILES });
    expect(fromOutside(r)).toEqual([]);
    for (const rule of ['AGT-011', 'AGT-015', 'AGT-052']) expect(rulesOf(r)).not.toContain(rule);
  });

  test('private data, but no foreign content', async () => {
    const r = await scan({ files: FILES, db: DATABASE });
    expect(fromOutside(r)).toEqual([]);
    for (const rule of ['AGT-011', 'AGT-015', 'AGT-052']) expect(rulesOf(r)).not.toContain(rule);
  });

  test('the same beside the web is no longer silent', async () => {
    const r = await scan({ files: FILES, db: DATABASE, web: { command: 'uvx', args: ['mcp-server-fetch==2025.4.7'] } });
    expect(r.findings.filter((f) => f.rules.includes('AGT-011')).map((f) => [f.startClass, f.asset.name])).toEqual(expect.arrayContaining([['E2', 'database that db opens'], ['E2', '/srv/contracts']]));
  });

  test('a server that is switched off', async () => {
    const r = await scan({ search: { ...FOREIGN, disabled: true }, code: { ...GITHUB, disabled: true } });
    expect(rulesOf(r)).not.toContain('AGT-011');
  });
});
