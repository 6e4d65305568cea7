import { describe, expect, test } from 'vitest';
import type { AttackPath, FactKind, GoalKind, NodeRecord, SensitivityResult, StartClass } from '../../schema/index.ts';
import type { Estate } from '../../queries/attack/estate.ts';
import { band, scoreOf } from '../../queries/findings/score.ts';
import { nodeRef } from '../../queries/findings/ref.ts';
import { edge, graph, node } from '../derive/build.ts';

const agent = node('Agent', 'a');
const tool = node('Tool', 't');
const store = node('DataStore', 's', { storeType: 'table' });
const mailbox = node('Channel', 'mail');
const gate = (approver: string): NodeRecord => node('Control', 'gate', { controlType: 'approval', approver, mode: 'enforce' });
const guardrail = node('Control', 'rail', { controlType: 'guardrail', promptAttack: true, mode: 'enforce', surfaces: ['user_input'] });

type Step = [FactKind, NodeRecord, string?, Record<string, string>?];
function path(steps: Step[]): AttackPath {
  return { start: { class: 'E0', says: '' }, verdict: 'proven', requires: [], hops: steps.map(([fact, n, edgeId, variant]) => ({ fact, node: nodeRef(n), variant: variant ?? {}, transition: '', says: '', verdict: 'proven', requires: [], evidence: [], edgeIds: edgeId === undefined ? [] : [edgeId] })) };
}

const level = (l: SensitivityResult['level']): SensitivityResult => ({ level: l, integrity: 'normal', availability: 'normal', confidence: 1, reasons: [], decidedBy: 'signal' });
function estate(l: SensitivityResult['level'], nodes: NodeRecord[] = [], edges: Parameters<typeof graph>[1] = []): Estate {
  return { snapshot: graph([agent, tool, store, mailbox, ...nodes], edges), access: { anyAssets: [], heaviestOf: () => undefined, textsOn: () => [], grantsOf: () => [], decide: () => ({ outcome: 'denied', requires: [], because: [] }) }, sensitivity: new Map([[store.id, level(l)]]) };
}
const score = (startClass: StartClass, p: AttackPath, goal: GoalKind, others: number, e: Estate, t: NodeRecord = tool) => scoreOf({ startClass, path: p, goal, assets: [store], tool: t, identity: undefined, others }, e);

const endpoint = node('Endpoint', 'e');
const direct: Step[] = [['PRESENCE', endpoint], ['INFLUENCE', agent, undefined, { session: 'attacker' }], ['TOOL', tool], ['EFFECT', store], ['GOAL', store]];

describe('worked examples of model 6.2', () => {
  test('1: anonymous to a whole restricted table, three more stores: 96', () => {
    const s = score('E0', path(direct), 'tamper', 3, estate('restricted'));
    expect([s.likelihood, s.impact, s.breadth, s.value]).toEqual([0.855, 0.9, 1.1, 96]);
  });
  test('1b: a confirmation that the same caller answers changes nothing', () => {
    const g = gate('session_user');
    expect(score('E0', path(direct), 'tamper', 3, estate('restricted', [g], [edge('HAS_TOOL', agent, tool, { gates: [g.id] })])).value).toBe(96);
  });
  test('1c: an independent approver: 48', () => {
    const g = gate('independent_human');
    const s = score('E0', path(direct), 'tamper', 3, estate('restricted', [g], [edge('HAS_TOOL', agent, tool, { gates: [g.id] })]));
    expect(s.likelihood).toBeCloseTo(0.214, 3);
    expect(s.value).toBe(48);
  });
  test('1d: own record only', () => expect(score('E0', path(direct), 'tamper', 0, estate('restricted'), node('Tool', 't', { argumentBinding: 'caller_identity' })).value).toBe(48));
  test('1e: a guardrail lowers, and never takes out of critical', () => {
    const with_ = estate('restricted', [guardrail], [edge('GUARDED_BY', agent, guardrail)]);
    expect(score('E0', path(direct), 'tamper', 3, with_).value).toBe(89);
    const confidential = estate('confidential', [guardrail], [edge('GUARDED_BY', agent, guardrail)]);
    expect(score('E0', path(direct), 'tamper', 0, estate('confidential')).value).toBe(78);
    expect(score('E0', path(direct), 'tamper', 0, confidential).value).toBe(75);
  });
  test('2: mail steers a support agent that reads and mails out', () => {
    const feeds = edge('FEEDS', mailbox, agent, { mode: 'trigger' });
    const p = path([['CONTENT', mailbox], ['INFLUENCE', agent, feeds.id], ['INFLUENCE', agent], ['TOOL', tool], ['EFFECT', store], ['GOAL', store]]);
    const s = score('E2', p, 'exfil', 1, estate('confidential', [], [feeds]));
    expect(s.likelihood).toBeCloseTo(0.616, 3);
    expect(s.value).toBe(70);
  });
  test('3: any employee, deletes without proof of recovery', () => expect(score('E4', path(direct), 'destroy', 3, estate('confidential')).value).toBe(63));
  test('7: an edited wiki, found by retrieval', () => {
    const feeds = edge('FEEDS', mailbox, agent, { mode: 'on_query' });
    const s = score('E4', path([['CONTENT', mailbox], ['INFLUENCE', agent, feeds.id], ['INFLUENCE', agent], ['TOOL', tool], ['EFFECT', store], ['GOAL', store]]), 'exfil', 0, estate('confidential', [], [feeds]));
    expect(s.likelihood).toBeCloseTo(0.192, 3);
  });
});

describe('explanation', () => {
  const s = score('E0', path(direct), 'tamper', 3, estate('restricted'));
  test('every factor that can be fixed says what the score would be', () => {
    expect(s.factors.find((f) => f.name.startsWith('start E0'))!.scoreIfFixed).toBeLessThan(s.value);
    expect(s.factors.find((f) => f.name === 'scale: whole store')!.scoreIfFixed).toBe(48);
  });
  test('unknown sensitivity counts as confidential', () => expect(score('E0', path(direct), 'tamper', 0, estate('unknown')).value).toBe(score('E0', path(direct), 'tamper', 0, estate('confidential')).value));
  test('bands', () => expect([75, 74, 55, 54, 35, 34, 15, 14].map(band)).toEqual(['critical', 'high', 'high', 'medium', 'medium', 'low', 'low', 'info']));
  test('what can be restored is worth less', () => {
    const saved = { ...store, props: { ...store.props, recovery: ['pitr'] } };
    const e = estate('confidential');
    expect(scoreOf({ startClass: 'E0', path: path(direct), goal: 'destroy', assets: [saved], tool, identity: undefined, others: 0 }, e).value).toBeLessThan(score('E0', path(direct), 'destroy', 0, e).value);
  });
});
