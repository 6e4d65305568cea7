import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePath } from '../../queries/findings/language/path.ts';
import { parseFact, parseNode, parseStep } from '../../queries/findings/language/pattern.ts';
import { bounded, holdsWhen, parseWhen } from '../../queries/findings/when.ts';
import { glob } from '../../queries/derive/match.ts';

describe('fact patterns', () => {
  test('node, classes, variants', () => {
    const p = parseFact('EFFECT(DataStore|Secret{sensitive, !secretType: encryption_key}, [write, delete]; visible)');
    expect([p.fact, [...p.node!.kinds!], p.effects, p.variants]).toEqual(['EFFECT', ['DataStore', 'Secret'], ['write', 'delete'], ['visible']]);
    expect(p.node!.props).toEqual([{ name: 'sensitive', values: undefined, not: false }, { name: 'secretType', values: ['encryption_key'], not: true }]);
  });
  test('goal', () => expect(parseFact('GOAL([exfil, admin], any)')).toMatchObject({ fact: 'GOAL', goals: ['exfil', 'admin'] }));
  test('privileged stands for its classes', () => expect(parseFact('EFFECT(any, privileged)').effects).toEqual(['write', 'delete', 'execute', 'credential', 'permission', 'spend', 'send']));
  test.each(['EFECT(any)', 'EFFECT(Bucket)', 'EFFECT(any, [fly])', 'TOOL(any; loud)', 'EFFECT(any', ''])('%s is refused', (t) => expect(() => parseFact(t)).toThrow());
  test('steps', () => {
    expect(parseStep('EXEC -> CRED')).toEqual({ kind: 'transition', from: 'EXEC', to: 'CRED' });
    expect(parseStep('gate{approver: independent_human|resource_owner}')).toMatchObject({ kind: 'gate' });
  });
  test('node', () => expect(parseNode('Control{controlType: guardrail, mode: enforce|absent}').props[1]).toEqual({ name: 'mode', values: ['enforce', 'absent'], not: false }));
});

describe('paths', () => {
  test('directions', () => {
    const p = parsePath('Agent -HAS_TOOL{enabled: true}-> Tool <-IMPLEMENTED_BY- Tool -PROVIDED_BY-> ToolServer{transport: http|streamable-http}');
    expect(p.segments.map((s) => [s.edge, s.out, s.props])).toEqual([['HAS_TOOL', true, [['enabled', ['true']]]], ['IMPLEMENTED_BY', false, []], ['PROVIDED_BY', true, []]]);
    expect(p.segments[2]!.node.props[0]!.values).toEqual(['http', 'streamable-http']);
  });
  test.each(['Agent -FLIES-> Tool', 'Agent <-HAS_TOOL-> Tool', 'Agent -HAS_TOOL- Tool'])('%s is refused', (t) => expect(() => parsePath(t)).toThrow());
});

describe('conditions', () => {
  test.each([
    ['sensitivity == restricted|confidential', { sensitivity: 'confidential' }, true],
    ['sensitivity == restricted', { sensitivity: 'confidential' }, false],
    ['opr >= 0.9 and privilegedOnSensitive', { opr: 0.93, privilegedOnSensitive: true }, true],
    ['opr >= 0.9 and privilegedOnSensitive', { opr: 0.93 }, false],
    ['found != none', { found: 'a team' }, true],
    ['onFinding >= 55', {}, false],
  ])('%s with %o is %s', (when, facts, expected) => expect(holdsWhen(when, facts as never)).toBe(expected));
  test.each(['a is b', '== 3', 'x >= high'])('%s is refused', (t) => expect(() => parseWhen(t)).toThrow());
  test('floors win over ceilings', () => {
    expect(bounded('low', { floor: [{ band: 'high' }], ceiling: [] }, {})).toEqual({ severity: 'high', by: 'floor' });
    expect(bounded('critical', { floor: [], ceiling: [{ band: 'medium' }] }, {})).toEqual({ severity: 'medium', by: 'ceiling' });
    expect(bounded('critical', { floor: [{ band: 'high' }], ceiling: [] }, {})).toEqual({ severity: 'critical' });
  });
});

describe('globs', () => {
  test('a text matches itself, and a star whatever it stands for', () =>
    fc.assert(fc.property(fc.string({ maxLength: 20 }).filter((s) => !/[*?…]/.test(s)), fc.string({ maxLength: 10 }), fc.nat(20), (text, more, at) => {
      const cut = Math.min(at, text.length);
      return glob(text, text) && glob(`${text.slice(0, cut)}*${text.slice(cut)}`, text.slice(0, cut) + more + text.slice(cut));
    })));
  test('an ellipsis stands for any beginning', () => expect(glob('…:runtime/invoice-bot-*', 'arn:aws:bedrock-agentcore:eu-west-1:1:runtime/invoice-bot-7')).toBe(true));
});
