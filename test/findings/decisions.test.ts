import { describe, expect, test } from 'vitest';
import type { AnalysisResult } from '../../schema/index.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { flagship, parts } from './flagship.ts';

const write = (r: AnalysisResult) => r.findings.find((f) => f.effect === 'write' && f.startClass === 'E0')!;

describe('what people decide', () => {
  test('an acceptance by fingerprint holds until it expires, and changes no score', async () => {
    const open = await analyzeText(flagship());
    const one = { fingerprint: write(open).fingerprint, owner: 'jane', reason: 'demo', until: '2026-12-31', at: '2026-10-01' };
    const accepted = await analyzeText(flagship(), { acceptances: [one] });
    expect([write(accepted).state, write(accepted).accepted?.owner, write(accepted).score.value]).toEqual(['accepted', 'jane', write(open).score.value]);
    expect(write(await analyzeText(flagship(), { acceptances: [one], now: '2027-01-01T00:00:00Z' })).state).toBe('open');
    const row = open.posture[0]!;
    expect((await analyzeText(flagship(), { acceptances: [{ ...one, fingerprint: row.fingerprint }] })).posture.find((p) => p.fingerprint === row.fingerprint)!.state).toBe('accepted');
  });

  test('a comment above a block takes its rule off there', async () => {
    const noted = parts.agent.replace('resource "aws_bedrockagent_agent" "support"', '# overreach:ignore AGT-003 reason="pilot" until=2027-01-31\nresource "aws_bedrockagent_agent" "support"');
    const r = await analyzeText(flagship({ agent: noted }));
    expect(r.posture.filter((p) => p.rule === 'AGT-003').map((p) => p.state)).toEqual(['ignored']);
    expect(r.posture.filter((p) => p.rule === 'AGT-002').map((p) => p.state)).toEqual(['open']);
    const late = await analyzeText(flagship({ agent: noted }), { now: '2027-03-01T00:00:00Z' });
    expect(late.posture.filter((p) => p.rule === 'AGT-003').map((p) => p.state)).toEqual(['open']);
    expect(late.notes.join()).toMatch(/ignore of AGT-003 expired 2027-01-31/);
  });

  test('a finding stays open while one of its facets is not ignored', async () => {
    const yaml = (rules: string[]): string => `ignore:\n${rules.map((r) => `  - { rule: ${r}, match: { kind: Agent, name: support }, reason: known }`).join('\n')}\n`;
    const some = await analyzeText({ ...flagship(), 'overreach.yaml': yaml(['AGT-007']) });
    expect(write(some).state).toBe('open');
    const all = await analyzeText({ ...flagship(), 'overreach.yaml': yaml(['AGT-007', 'AGT-009', 'AGT-012', 'AGT-021']) });
    expect(write(all).state).toBe('ignored');
  });

  test('sensitivity by overreach.yaml', async () => {
    const r = await analyzeText({ ...flagship(), 'overreach.yaml': 'sensitivity:\n  - { match: { kind: DataStore, name: customers }, level: restricted }\n' });
    expect([write(r).sensitivity, write(r).severity]).toEqual(['restricted', 'critical']);
    const low = await analyzeText({ ...flagship(), 'overreach.yaml': 'sensitivity:\n  - { match: { kind: DataStore, name: customers }, level: public, reason: synthetic, expires: 2027-01-01 }\n' });
    expect(low.findings.filter((f) => f.effect === 'read')).toEqual([]);
  });

  test('the low-noise set is asked for', async () => {
    const r = await analyzeText(flagship(), { allRules: false });
    expect(write(r).rules).toEqual(['AGT-007', 'AGT-009', 'AGT-021']);
    expect(r.rules.map((x) => x.id)).not.toContain('AGT-012');
  });
});

describe('the same problem keeps its fingerprint', () => {
  const prints = (r: AnalysisResult): string[] => r.findings.map((f) => f.fingerprint).sort();
  test('whatever the lines, the folder and the file', async () => {
    const r = await analyzeText(flagship());
    const moved = flagship()['main.tf']!;
    const cut = moved.indexOf('\nresource "aws_bedrockagent_agent" "support"');
    expect(prints(await analyzeText({ 'a.tf': '\n\n\n' + moved.slice(0, cut), 'b.tf': moved.slice(cut) }))).toEqual(prints(r));
  });
});
