import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOne } from '../../queries/policy/decide.ts';
import { levelAt } from '../../queries/policy/compile/rows.ts';
import { Compiled } from '../../queries/policy/index.ts';
import type { Value } from '../../schema/index.ts';
import { ACCOUNT, World } from './world.ts';

const names = ['a', 'ab', 'b', 'data', 'data-x'];
const name = fc.constantFrom(...names);
const hole = '\uE000pseudo|account|\uE001';
const account = fc.constantFrom(ACCOUNT, '444455556666');
const action = fc.constantFrom('*', 's3:*', 's3:GetObject', 's3:Get*', 's3:PutObject', 's3:Delete*', 'dynamodb:*Item', 'dynamodb:Scan', 'kms:*', 'iam:*', 'secretsmanager:GetSecretValue', 'iam:PutRolePolicy', '*:Put*', 's3:G?tObject');
const resource = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  name.map((n) => `arn:aws:s3:::${n}/*`), name.map((n) => `arn:aws:s3:::${n}*`), name.map((n) => `arn:aws:s3:::${n}`), fc.constant('arn:aws:s3:::*'), fc.constant('arn:aws:s3'),
  fc.constant('arn:aws:s3:::${aws:username}/*'), fc.constant('arn:aws:s3:::${aws:PrincipalTag/team}*'), fc.constant('arn:aws:s3:::data/logs/*'), fc.constant('arn:aws:s3:::da*/x/y.csv'),
  name.map((n) => `arn:aws:dynamodb:*:*:table/${n}`), fc.constant(`arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/*`), fc.constant('*data*'), fc.constant(`arn:aws:iam::${hole}:role/*`), fc.constant('arn:aws:s3:::\uE000unknown|var.name\uE001/*'),
);
const lists = <T>(a: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(a, { minLength: 1, maxLength: 3 });
const condition = fc.option(fc.constantFrom<Value>(
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, { StringEquals: { 'aws:PrincipalTag/team': 'data' } }, { StringEquals: { 'aws:ResourceTag/env': 'prod' } }, { StringNotEquals: { 'aws:ResourceTag/env': 'prod' } },
  { Bool: { 'aws:SecureTransport': 'false' } }, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, { Odd: { 'aws:x': '1' } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/r*' } }, { StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } }, { StringEquals: { 'aws:ResourceAccount': ACCOUNT } },
), { freq: 2, nil: undefined });
const statement = (principal?: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.record({
  effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'), actions: lists(action), notAction: fc.nat(9), resources: lists(resource), notResource: fc.nat(9), condition, principal: principal ?? fc.constant(null), notPrincipal: fc.nat(9),
}).map((s) => ({
  Effect: s.effect, [s.notAction === 0 ? 'NotAction' : 'Action']: s.actions, [s.notResource === 0 ? 'NotResource' : 'Resource']: s.resources,
  ...(s.condition ? { Condition: s.condition } : {}), ...(s.principal !== null ? { [s.notPrincipal === 0 ? 'NotPrincipal' : 'Principal']: s.principal } : {}),
}));
const document = (principal?: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.oneof({ weight: 50, arbitrary: fc.array(statement(principal), { minLength: 1, maxLength: 3 }).map((Statement): Value => ({ Version: '2012-10-17', Statement })) }, { weight: 1, arbitrary: fc.constant<Value>('not json') });
const principal = fc.oneof(
  fc.constant<Value>('*'), fc.constant<Value>({ AWS: '*' }), account.map((a): Value => ({ AWS: a })), account.map((a): Value => ({ AWS: `arn:aws:iam::${a}:root` })),
  fc.tuple(account, fc.constantFrom('role/r0', 'role/r1', 'user/data', 'user/ab')).map(([a, r]): Value => ({ AWS: [`arn:aws:iam::${a}:${r}`] })),
  fc.constant<Value>({ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/r0/job` }), fc.constant<Value>({ Service: 's3.amazonaws.com' }), fc.constant<Value>({ AWS: `arn:aws:iam::${hole}:role/r1` }),
);

/** A small estate with every layer. */
const worlds = fc.record({
  identities: fc.array(fc.record({ type: fc.constantFrom('role' as const, 'user' as const), name: fc.constantFrom('r0', 'r1', 'data', 'ab'), account: fc.constantFrom(ACCOUNT, ACCOUNT, '444455556666', hole), docs: fc.array(document(), { maxLength: 3 }), boundary: fc.option(document(), { freq: 4 }), tags: fc.constantFrom<Record<string, string>>({}, { team: 'data' }), group: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  group: document(),
  buckets: fc.array(fc.record({ name, policy: fc.option(document(principal), { freq: 2 }), tags: fc.constantFrom<Record<string, string>>({}, { env: 'prod' }), full: fc.boolean(), account }), { maxLength: 3 }),
  key: fc.option(document(principal)),
  scp: fc.option(document(), { freq: 3 }), ou: fc.option(document(), { freq: 3 }), rcp: fc.option(document(fc.constant('*')), { freq: 3 }),
});

type Spec = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

export function build(spec: Spec): World {
  const w = new World();
  const org = w.node('Scope', '', { scopeType: 'organisation' }, { id: 'ovr:scope:aws:o' });
  const accounts = new Map([ACCOUNT, '444455556666', hole].map((a) => [a, w.node('Scope', '', { scopeType: 'account', account: a }, { id: `ovr:scope:aws:${a}` })]));
  w.edge('IN_SCOPE', accounts.get(ACCOUNT)!, org);
  if (spec.scp) w.attach(org, 'scp', spec.scp);
  if (spec.ou) w.attach(accounts.get(ACCOUNT)!, 'scp', spec.ou);
  if (spec.rcp) w.attach(org, 'rcp', spec.rcp);
  const group = w.identity('group', 'g', [spec.group]);
  for (const i of spec.identities) {
    const n = w.identity(i.type, i.name, i.docs, i.account);
    n.tags = i.tags;
    w.edge('IN_SCOPE', n, accounts.get(i.account)!);
    if (i.boundary) w.attach(n, 'boundary', i.boundary);
    if (i.group && i.type === 'user') w.edge('MEMBER_OF', n, group);
  }
  const key = w.node('Secret', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k1`, { secretType: 'encryption_key' });
  if (spec.key) w.attach(key, 'resource', spec.key);
  for (const b of spec.buckets) {
    const n = w.bucket(b.name, { tags: b.tags, completeness: b.full ? 'full' : 'partial' });
    w.edge('IN_SCOPE', n, accounts.get(b.account)!);
    if (b.policy) w.attach(n, 'resource', b.policy);
    if (b.tags['env']) w.edge('ENCRYPTED_WITH', n, key);
  }
  w.table('data');
  w.table('ab', '444455556666');
  w.node('Secret', `arn:aws:secretsmanager:eu-west-1:${hole}:secret:db-1`, { secretType: 'secret' });
  return w;
}

describe('compile', () => {
  it('answers as decide does, for every identity, row and action', () => {
    let compared = 0;
    const seen = [0, 0, 0, 0];
    fc.assert(fc.property(worlds, (spec) => {
      const compiled = Compiled.of(build(spec).snapshot());
      for (const node of compiled.estate.snapshot.ofKind('Identity')) {
        if (node.props.identityType === 'group') continue;
        const rowsOf = new Map<number, Uint8Array>();
        for (const [g, rows] of compiled.evaluate(node)) {
          const table = new Uint8Array(g.texts.length * g.actions.length);
          g.texts.forEach((_, r) => g.actions.forEach((__, i) => { table[r * g.actions.length + i] = levelAt(rows, r * g.words + (i >> 5), i & 31); }));
          rowsOf.set(g.index, table);
        }
        for (const g of compiled.groups) g.texts.forEach((text, r) => g.actions.forEach((a, i) => {
          if ((r * 7 + i * 3) % 11 !== 0 && g.actions.length > 6) return;
          const { held, blockedBy } = decideOne(compiled.estate, { identity: compiled.estate.layers(node), action: a.name, resource: text, target: g.nodes[r]!, position: 'direct', given: new Map(), complete: false });
          const mine = rowsOf.get(g.index)?.[r * g.actions.length + i] ?? 0;
          compared++;
          seen[held.v]!++;
          if (mine !== held.v) throw new Error(`${node.props.arn} ${a.name} ${text}: compiled ${mine}, decided ${held.v} (${held.why.join('; ')}; ${blockedBy})`);
        }));
      }
    }), { numRuns: 200 });
    expect(compared).toBeGreaterThan(10_000);
    expect(Math.min(...seen)).toBeGreaterThan(15);
  });

  it('the heaviest grant, read off the rows, is the heaviest of the grants', () => {
    const effects: Record<string, number> = { permission: 10, credential: 9, delete: 8, write: 7, read: 7, list: 1 };
    const seen = new Map<string, number>();
    fc.assert(fc.property(worlds, fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }), (spec, levels) => {
      const snapshot = build(spec).snapshot();
      const weights = { asset: (id: string) => levels[[...id].reduce((n, c) => n + c.charCodeAt(0), 0) % levels.length]!, effect: (e: string) => effects[e] ?? 0 };
      const quick = Compiled.of(snapshot);
      const full = Compiled.of(snapshot);
      for (const { id } of snapshot.ofKind('Identity')) {
        const every = full.grantsOf(id).flatMap((g) => g.assets.map((asset) => ({ asset, effect: g.effect, verdict: g.verdict, weight: weights.asset(asset) * weights.effect(g.effect) }))).filter((x) => x.weight > 0);
        const rank = { proven: 0, conditional: 1, unknown: 2 };
        const [heaviest] = every.sort((a, b) => b.weight - a.weight || rank[a.verdict] - rank[b.verdict] || (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0) || (a.effect < b.effect ? -1 : 1));
        expect(quick.heaviestOf(id, weights)).toEqual(heaviest);
        expect(full.heaviestOf(id, weights)).toEqual(heaviest);
        seen.set(heaviest?.verdict ?? 'none', (seen.get(heaviest?.verdict ?? 'none') ?? 0) + 1);
      }
    }), { numRuns: 300 });
    expect([...seen.keys()].sort()).toEqual(['conditional', 'none', 'proven', 'unknown']);
  });
});
