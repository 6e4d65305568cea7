import { describe, expect, it } from 'vitest';
import { conditionsHold, type Keys, type KeyState } from '../../queries/policy/conditions/evaluate.ts';

type Ctx = Record<string, string | string[] | KeyState>;
const keys = (ctx: Ctx): Keys => {
  const map = new Map(Object.entries(ctx).map(([k, v]): [string, KeyState] => [k.toLowerCase(), typeof v === 'string' ? { state: 'known', values: [v] } : Array.isArray(v) ? { state: 'known', values: v } : v]));
  return (k) => map.get(k.toLowerCase()) ?? { state: 'absent' };
};
const holds = (operator: string, key: string, values: string | string[], ctx: Ctx): number => conditionsHold({ [operator]: { [key]: [values].flat() } }, keys(ctx)).v;
const YES = 3;
const IF = 2;
const UNKNOWN = 1;
const NO = 0;

describe.each<[string, string | string[], string | string[] | undefined, number]>([
  ['StringEquals', ['a', 'b'], 'b', YES], ['StringEquals', 'a*', 'ab', NO], ['StringEquals', 'A', 'a', NO], ['StringEquals', 'a', undefined, NO],
  ['StringNotEquals', ['a', 'b'], 'c', YES], ['StringNotEquals', ['a', 'b'], 'a', NO], ['StringNotEquals', 'a', undefined, YES],
  ['StringEqualsIgnoreCase', 'ABC', 'abc', YES], ['StringNotEqualsIgnoreCase', 'ABC', 'abc', NO],
  ['StringLike', 'a*c?', 'abbbcd', YES], ['StringLike', 'a?c', 'ac', NO], ['StringNotLike', 'a*', 'b', YES], ['stringlike', '*', '', YES],
  ['NumericEquals', '10', '10.0', YES], ['NumericNotEquals', '10', '11', YES], ['NumericLessThan', '10', '9', YES], ['NumericLessThan', '10', '10', NO], ['NumericLessThanEquals', '10', '10', YES],
  ['NumericGreaterThan', '10', '1e2', YES], ['NumericGreaterThanEquals', '10', 'x', NO], ['NumericLessThan', '10', undefined, NO], ['NumericNotEquals', '10', undefined, YES],
  ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31', YES], ['DateGreaterThan', '2026-01-01', '1767225601', YES], ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', YES], ['DateNotEquals', '2026-01-01', '2026-01-02', YES], ['DateLessThan', '2026-01-01', 'soon', NO],
  ['Bool', 'true', 'true', YES], ['Bool', 'False', 'false', YES], ['Bool', 'true', 'false', NO], ['Bool', 'true', undefined, NO], ['Bool', 'false', undefined, NO],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', YES], ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ6', NO],
  ['IpAddress', '203.0.113.0/24', '203.0.113.9', YES], ['IpAddress', ['10.0.0.0/8', '192.0.2.1'], '192.0.2.1', YES], ['IpAddress', '10.0.0.0/8', '11.0.0.1', NO], ['NotIpAddress', '10.0.0.0/8', '11.0.0.1', YES], ['NotIpAddress', '10.0.0.0/8', undefined, YES],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9::1', YES], ['IpAddress', '::/0', '10.0.0.1', NO], ['IpAddress', '::ffff:192.0.2.0/120', '::ffff:192.0.2.7', YES], ['IpAddress', '10.0.0.300/8', '10.0.0.1', NO],
  ['ArnEquals', 'arn:aws:sns:*:123456789012:*', 'arn:aws:sns:eu-west-1:123456789012:topic', YES], ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', YES], ['ArnLike', 'arn:aws:*:topic', 'arn:aws:sns:eu-west-1:1:topic', NO],
  ['ArnNotEquals', 'arn:aws:sns:*:1:*', 'arn:aws:sns:x:2:y', YES], ['ArnNotLike', 'arn:aws:s3:::b*', undefined, YES],
  ['StringEqualsIfExists', 'a', undefined, YES], ['StringEqualsIfExists', 'a', 'b', NO], ['BoolIfExists', 'true', 'false', NO], ['BoolIfExists', 'true', undefined, YES], ['IpAddressIfExists', '10.0.0.0/8', undefined, YES],
  ['Null', 'true', undefined, YES], ['Null', 'true', 'x', NO], ['Null', 'false', 'x', YES], ['Null', 'false', undefined, NO],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], YES], ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], NO], ['ForAllValues:StringEquals', 'a', undefined, YES], ['ForAllValues:StringEquals', 'a', [], YES],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], YES], ['ForAnyValue:StringEquals', 'a', ['c'], NO], ['ForAnyValue:StringEquals', 'a', undefined, NO],
  ['ForAllValues:StringNotEquals', 'a', ['b', 'c'], YES], ['ForAllValues:StringNotEquals', 'a', ['a', 'c'], NO], ['ForAnyValue:StringNotEquals', 'a', ['a', 'c'], YES], ['ForAnyValue:StringNotEquals', 'a', ['a'], NO], ['ForAnyValue:StringNotEquals', 'a', undefined, NO],
  ['ForAnyValue:StringLike', 'prod-*', ['dev-1', 'prod-1'], YES], ['ForAllValues:ArnLike', 'arn:aws:iam::*:role/a*', ['arn:aws:iam::1:role/ab'], YES], ['ForAnyValue:StringEqualsIfExists', 'a', undefined, YES],
  ['StringSomething', 'a', 'a', UNKNOWN],
])('%s %j, request %j', (operator, policy, request, expected) => {
  it(`is ${expected}`, () => expect(holds(operator, 'k', policy, request === undefined ? {} : { K: request })).toBe(expected));
});

describe('variables, holes and open keys', () => {
  it('replaces variables, and one without value fits nothing', () => {
    expect(holds('StringEquals', 'k', '${aws:username}', { k: 'ann', 'aws:username': 'ann' })).toBe(YES);
    expect(holds('StringLike', 'k', '${aws:username}-*', { k: 'ann-1', 'aws:username': 'ann' })).toBe(YES);
    expect(holds('StringEquals', 'k', '${aws:username}', { k: 'ann' })).toBe(NO);
    expect(holds('StringNotEquals', 'k', '${aws:username}', { k: 'ann' })).toBe(NO);
    expect(holds('StringNotEquals', 'k', '${aws:username}', { k: 'ann', 'aws:username': 'bob' })).toBe(YES);
    expect(holds('StringEquals', 'k', "${aws:PrincipalTag/team, 'none'}", { k: 'none' })).toBe(YES);
    expect(holds('StringLike', 'k', 'a${*}b', { k: 'a*b' })).toBe(YES);
    expect(holds('StringLike', 'k', 'a${*}b', { k: 'axb' })).toBe(NO);
  });
  it('names the key and the value that would satisfy it', () => {
    const held = conditionsHold({ Bool: { 'aws:MultiFactorAuthPresent': ['true'] }, IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } }, () => ({ state: 'open' }));
    expect(held).toEqual({ v: IF, why: ['aws:MultiFactorAuthPresent Bool true', 'aws:SourceIp IpAddress 10.0.0.0/8'] });
  });
  it('equal holes are equal text, others leave it open', () => {
    const h = '\uE000unknown|var.x\uE001';
    expect(holds('StringEquals', 'k', h, { k: h })).toBe(YES);
    expect(holds('StringEquals', 'k', h, { k: 'x' })).toBe(UNKNOWN);
    expect(holds('StringEquals', 'k', `p-${h}`, { k: 'x' })).toBe(NO);
    expect(holds('Bool', 'k', h, { k: 'true' })).toBe(UNKNOWN);
    expect(holds('StringEquals', 'k', 'a', { k: { state: 'unread', what: 'tags' } })).toBe(UNKNOWN);
  });
  it('an account hole holds digits only', () => {
    const a = '\uE000pseudo|account|\uE001';
    expect(holds('StringEquals', 'k', '123456789012', { k: a })).toBe(UNKNOWN);
    expect(holds('StringEquals', 'k', 'abc', { k: a })).toBe(NO);
  });
  it('all keys and operators must hold', () => {
    expect(conditionsHold({ StringEquals: { a: ['1'], b: ['2'] } }, keys({ a: '1' })).v).toBe(NO);
    expect(conditionsHold({ StringEquals: { a: ['1'] }, Odd: { b: ['2'] } }, keys({ a: '2' })).v).toBe(NO);
    expect(conditionsHold({ StringEquals: { a: ['1'] }, Odd: { b: ['2'] } }, keys({ a: '1' })).v).toBe(UNKNOWN);
  });
});
