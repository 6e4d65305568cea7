import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideDocuments, type DocumentRequest } from '../../queries/policy/index.ts';
import type { Value } from '../../schema/index.ts';
import { type Case, decide, type Doc, type Stmt } from './oracle.ts';

const A = '111122223333';
const B = '444455556666';
const some = <T>(a: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(a, { minLength: 1, maxLength: 3 });
const account = fc.constantFrom(A, A, B);
const principal = fc.tuple(account, fc.constantFrom('user/ann', 'role/app', 'role/team/app')).map(([a, n]) => `arn:aws:iam::${a}:${n}`);
const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 'dynamodb:GetItem', 'sqs:SendMessage');
const resource = fc.constantFrom('arn:aws:s3:::data/a', 'arn:aws:s3:::data/b/c', 'arn:aws:s3:::data-2/a', `arn:aws:dynamodb:eu-west-1:${A}:table/t`, `arn:aws:sqs:us-east-1:${B}:q`);
const actionPattern = fc.constantFrom('*', 's3:*', 's3:Get*', 'S3:getobject', '*:Get*', 'dynamodb:GetIte?', 'sqs:SendMessage', 's3:?etObject');
const resourcePattern = fc.constantFrom('*', 'arn:aws:s3:::data/*', 'arn:aws:s3:::data*', 'arn:aws:s3:::data/?', 'arn:aws:s3:::*', 'arn:aws:s3', 'arn:aws:*:*:*:*', `arn:aws:dynamodb:*:${A}:table/*`, 'arn:aws:sqs:us-*:*:q', '*q', 'arn:*:table/t');
const condition = fc.option(fc.constantFrom<Stmt['Condition']>({ StringEquals: { 'aws:team': ['x', 'y'] } }, { StringNotEquals: { 'aws:team': ['x'] } }, { StringEqualsIfExists: { 'aws:team': ['x'] } }, { Bool: { 'aws:mfa': ['true'] } }, { Null: { 'aws:mfa': ['true'] } }, { StringEquals: { 'aws:team': ['x'] }, Null: { 'aws:mfa': ['false'] } }), { freq: 2, nil: undefined });
const statement = fc.record({ deny: fc.nat(5), actions: some(actionPattern), not: fc.nat(11), resources: some(resourcePattern), condition }).map((s): Stmt => ({
  Effect: s.deny === 0 ? 'Deny' : 'Allow', [s.not === 0 ? 'NotAction' : 'Action']: s.actions, [s.not === 1 ? 'NotResource' : 'Resource']: s.resources, ...(s.condition ? { Condition: s.condition } : {}),
}));
const docs = fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement): Doc => ({ Statement })), { maxLength: 2 });
const named = fc.tuple(statement, fc.oneof(fc.constant<unknown>('*'), fc.constant({ AWS: '*' }), account.map((a) => ({ AWS: a })), account.map((a) => ({ AWS: `arn:aws:iam::${a}:root` })), principal.map((p) => ({ AWS: [p] })))).map(([s, Principal]): Stmt => ({ ...s, Principal }));
const maybe = <T>(a: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(a, { freq: 2, nil: undefined });
const cases: fc.Arbitrary<Case> = fc.record({
  principal, action, resource, account, context: fc.constantFrom<Record<string, string>>({}, { 'aws:team': 'x' }, { 'aws:team': 'z', 'aws:mfa': 'true' }, { 'aws:mfa': 'false' }), identity: docs,
  boundary: maybe(docs), session: maybe(docs), resourcePolicy: maybe(fc.array(named, { minLength: 1, maxLength: 3 }).map((Statement): Doc[] => [{ Statement }])), scps: maybe(fc.array(docs, { minLength: 1, maxLength: 2 })),
}).map((c) => Object.fromEntries(Object.entries(c).filter(([, v]) => v !== undefined)) as unknown as Case);

const versioned = (list: Doc[] | undefined): Value[] => (list ?? []).map((d) => ({ Version: '2012-10-17', ...d }) as unknown as Value);
const asked = (c: Case): DocumentRequest => ({
  request: { principal: c.principal, action: c.action, resource: c.resource, resourceAccount: c.account, context: c.context }, identityPolicies: versioned(c.identity),
  ...(c.boundary ? { permissionBoundaries: versioned(c.boundary) } : {}), ...(c.session ? { sessionPolicies: versioned(c.session) } : {}),
  ...(c.resourcePolicy ? { resourcePolicies: versioned(c.resourcePolicy) } : {}), ...(c.scps ? { scps: c.scps.map((l, i) => ({ scope: `ou${i}`, policies: versioned(l) })) } : {}),
});
const answer = (c: Case): string => decideDocuments(asked(c)).decision;
const allowed = (c: Case): boolean => answer(c) === 'Allowed';
const RUNS = { numRuns: 3_000 };

describe('decisions', () => {
  it('equal those of an independent evaluator', () => {
    const seen = new Map<string, number>();
    fc.assert(fc.property(cases, (c) => {
      const mine = answer(c);
      seen.set(mine, (seen.get(mine) ?? 0) + 1);
      expect(mine).toBe(decide(c));
    }), { numRuns: 6_000 });
    expect([...seen.keys()].sort()).toEqual(['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']);
    expect(Math.min(...seen.values())).toBeGreaterThan(100);
  });

  it('one more Allow for an identity or in a resource policy takes nothing away', () => {
    fc.assert(fc.property(cases, statement, named, (c, s, r) => {
      if (!allowed(c)) return;
      expect(allowed({ ...c, identity: [...c.identity, { Statement: [{ ...s, Effect: 'Allow' }] }] })).toBe(true);
      if (c.resourcePolicy) expect(allowed({ ...c, resourcePolicy: [{ Statement: [...c.resourcePolicy[0]!.Statement, { ...r, Effect: 'Allow' }] }] })).toBe(true);
    }), RUNS);
  });

  it('one more Deny, boundary, session policy or control policy gives nothing', () => {
    fc.assert(fc.property(cases, statement, docs, (c, s, d) => {
      if (allowed(c)) return;
      const deny: Doc = { Statement: [{ ...s, Effect: 'Deny' }] };
      expect(allowed({ ...c, identity: [...c.identity, deny] })).toBe(false);
      if (!c.boundary) expect(allowed({ ...c, boundary: d })).toBe(false);
      if (!c.session) expect(allowed({ ...c, session: d })).toBe(false);
      expect(allowed({ ...c, scps: [...(c.scps ?? []), d] })).toBe(false);
    }), RUNS);
  });

  it('one more Deny gives nothing in any layer, whomever it names or excepts', () => {
    const excepting = fc.tuple(statement, some(fc.oneof(principal, account.map((a) => `arn:aws:iam::${a}:root`), account))).map(([s, list]): Value => ({ ...s, Effect: 'Deny', NotPrincipal: { AWS: list } }) as unknown as Value);
    const naming = fc.oneof(named.map((s) => ({ ...s, Effect: 'Deny' }) as unknown as Value), excepting);
    const odd = fc.constantFrom<Record<string, Record<string, string>>>({ 'ForAllValues:StringEquals': { 'aws:team': 'x' } }, { 'ForAnyValue:StringNotEquals': { 'aws:team': 'x' } }, { StringLike: { 'aws:team': "${aws:mfa, 'x'}" } }, { StringSomething: { 'aws:team': 'x' } }, { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } });
    const layers = ['identityPolicies', 'permissionBoundaries', 'sessionPolicies', 'resourcePolicies', 'endpointPolicies'] as const;
    let gone = 0;
    fc.assert(fc.property(cases, statement, naming, fc.option(odd, { nil: undefined }), fc.constantFrom(...layers, 'scps', 'rcps'), (c, plain, n, condition, layer) => {
      const before = asked(c);
      const own = layer === 'resourcePolicies' || layer === 'endpointPolicies';
      const s = { ...(own ? (n as object) : { ...plain, Effect: 'Deny' }), ...(condition ? { Condition: condition } : {}) } as Value;
      const added: Value = { Version: '2012-10-17', Statement: [s] };
      const after: DocumentRequest = layer === 'scps' || layer === 'rcps' ? { ...before, [layer]: (before[layer] ?? []).length > 0 ? before[layer]!.map((l, i) => (i === 0 ? { ...l, policies: [...l.policies, added] } : l)) : [{ scope: 'root', policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, added] }] }
        : { ...before, [layer]: [...(before[layer] ?? (own ? [] : [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }])), added] };
      const [was, is] = [decideDocuments(before).decision, decideDocuments(after).decision];
      if (was === 'Allowed' && is !== 'Allowed') gone++;
      if (was === 'ImplicitlyDenied') expect(is).toMatch(/Denied$/);
      if (was === 'ExplicitlyDenied') expect(is).toBe('ExplicitlyDenied');
    }), RUNS);
    expect(gone).toBeGreaterThan(50);
  });

  it('the order of statements and documents means nothing', () => {
    const turned = (list: Doc[] | undefined): Doc[] | undefined => list?.map((d) => ({ Statement: [...d.Statement].reverse() })).reverse();
    fc.assert(fc.property(cases, (c) => {
      const other = { ...c, identity: turned(c.identity)! };
      for (const k of ['boundary', 'session', 'resourcePolicy'] as const) if (c[k]) other[k] = turned(c[k])!;
      expect(answer(other)).toBe(answer(c));
    }), RUNS);
  });

  it('other names give the same answers where no wildcard meets them', () => {
    const rename = (c: Case): Case => JSON.parse(JSON.stringify(c).replaceAll('ann', 'zoë').replaceAll('app', 'service-9')) as Case;
    fc.assert(fc.property(cases, (c) => { expect(answer(rename(c))).toBe(answer(c)); }), RUNS);
  });
});
