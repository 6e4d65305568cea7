import { beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisResult, Finding } from '../../schema/index.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

let r: AnalysisResult;
beforeAll(async () => { r = JSON.parse((await commandLine().run('scan', EXAMPLE, '--format', 'json')).out) as AnalysisResult; }, 120_000);

const of = (agent: string): Finding[] => r.findings.filter((f) => f.subject.name === agent);
const rulesOf = (agent: string): string[] => [...new Set([...of(agent).flatMap((f) => f.rules), ...r.posture.filter((p) => p.node.name === agent).map((p) => p.rule)])].sort();

/** The table of examples/README.md: agent, rules that must speak, the file in which a hop or row must have a line. */
const SCENARIOS: [number, string, string[], string][] = [
  [1, 'harbourline-finance', ['AGT-028'], 'modules/bedrock-agent/main.tf'],
  [2, 'harbourline-hr-onboarding', ['AGT-015', 'AGT-011'], 'modules/data/main.tf'],
  [3, 'harbourline-marketing', ['AGT-015', 'AGT-011', 'AGT-023'], 'modules/data/main.tf'],
  [4, 'harbourline_helpdesk', ['AGT-034', 'AGT-021'], 'modules/helpdesk/main.tf'],
  [5, 'harbourline-cloud-operations', ['AGT-029'], 'modules/bedrock-agent/main.tf'],
  [7, 'harbourline-procurement', ['AGT-021'], 'modules/data/main.tf'],
  [8, 'harbourline-shipment-chat', ['AGT-007', 'AGT-008', 'AGT-009', 'AGT-027'], 'modules/chat/main.tf'],
  [9, 'harbourline-delivery', ['AGT-048'], 'modules/cloudops/delivery.tf'],
];

describe('the nine scenarios', () => {
  test.each(SCENARIOS)('%i: %s', (_, agent, rules, file) => {
    expect(rulesOf(agent)).toEqual(expect.arrayContaining(rules));
    const lines = [...of(agent).flatMap((f) => f.path.hops.flatMap((h) => [...h.evidence.map((e) => e.source), h.node.definedAt])), ...r.posture.filter((p) => p.node.name === agent).flatMap((p) => p.evidence.map((e) => e.source))];
    expect(lines.some((s) => s?.file === file && (s.startLine ?? 0) > 0)).toBe(true);
  });

  test('6: a foreign tool server beside one that reads source code', () => {
    const client = r.agents.find((a) => a.platform === 'mcp-client')!;
    expect(rulesOf(client.agent.name)).toEqual(expect.arrayContaining(['AGT-052', 'AGT-011']));
  });
});

test('1: the consent of the finance gateway is wider than its purpose', () => {
  expect(r.posture.filter((p) => p.rule === 'AGT-039').map((p) => p.node.name)).toContain('invoices');
});

describe('what looks the same is harmless', () => {
  const worst = (agent: string): string[] => of(agent).filter((f) => f.startClass !== 'steered').map((f) => `${f.startClass} ${f.effect} ${f.asset.name}`);
  test.each(['harbourline-vessel-positions', 'harbourline-invoice-reader', 'harbourline-order-drafts', 'harbourline-release-status'])('%s', (agent) => { expect(worst(agent)).toEqual([]); });
  test('the purpose of the invoice reader is what it may do', () => { expect(rulesOf('harbourline-invoice-reader')).not.toContain('AGT-028'); });
  test('a role called administrator is none, and only the operations tool is', () => {
    expect(r.principals.filter((p) => p.isAdmin.value).map((p) => p.identity.name)).toEqual(['harbourline-cloud-operations-tool']);
  });
  test('signed callers only: nobody on the internet reaches the partner function', () => {
    expect(r.findings.filter((f) => f.path.hops.some((h) => h.node.name.includes('partner-front')) && ['E0', 'E1'].includes(f.startClass))).toEqual([]);
  });
});

test('every hop of every finding has a line or says it is the platform', () => {
  for (const f of r.findings) for (const h of f.path.hops) expect([f.title, h.says, h.evidence.some((e) => e.source?.startLine ?? e.basis === 'platform') || h.node.definedAt?.startLine !== undefined]).toEqual([f.title, h.says, true]);
});
