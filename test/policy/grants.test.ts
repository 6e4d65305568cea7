import { describe, expect, it } from 'vitest';
import { compileAccess } from '../../queries/policy/index.ts';
import type { Grant } from '../../queries/policy/index.ts';
import { ACCOUNT, allow, deny, doc, World } from './world.ts';

const effects = (grants: readonly Grant[], asset: string): Record<string, string> => Object.fromEntries(grants.filter((g) => g.assets.includes(asset)).map((g) => [g.effect, g.verdict]));

describe('grants', () => {
  it('an object pattern gives effects on its bucket; metadata and foreign buckets give none', () => {
    const w = new World();
    const [data, other] = [w.bucket('data'), w.bucket('other')];
    const r = w.role('r', doc(allow(['s3:GetObject', 's3:GetBucketLocation', 's3:PutBucketTagging'], ['arn:aws:s3:::data/reports/*', 'arn:aws:s3:::data'])));
    const access = compileAccess(w.snapshot());
    expect(effects(access.grantsOf(r.id), data.id)).toEqual({ read: 'proven' });
    expect(effects(access.grantsOf(r.id), other.id)).toEqual({});
    const [g] = access.grantsOf(r.id);
    expect(g!.actions).toEqual(['s3:GetObject']);
    expect(g!.evidence[0]!.source).toMatchObject({ file: 'main.tf', startLine: 10 });
  });
  it('names that begin with a name and a slash are other things', () => {
    const w = new World();
    const parameter = w.node('Secret', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/app`, {});
    const logs = w.node('DataStore', `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:app`, {});
    const below = w.role('below', doc(allow('ssm:GetParameter', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/app/d*`), allow(['logs:GetLogEvents', 'logs:FilterLogEvents'], `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:app:*`), allow('iam:UpdateAssumeRolePolicy', `arn:aws:iam::${ACCOUNT}:role/ops/d*`)));
    const itself = w.role('itself', doc(allow('ssm:GetParameter', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/app*`), allow('iam:UpdateAssumeRolePolicy', `arn:aws:iam::${ACCOUNT}:role/ops*`)));
    const [ops, deep] = [w.role('ops'), w.role('ops/deep')];
    const access = compileAccess(w.snapshot());
    expect(effects(access.grantsOf(below.id), parameter.id)).toEqual({});
    expect(effects(access.grantsOf(itself.id), parameter.id)).toMatchObject({ credential: 'proven' });
    expect(effects(access.grantsOf(below.id), logs.id)).toMatchObject({ read: 'proven' });
    const may = (principal: typeof ops, target: typeof ops): string => access.decide({ principal, action: 'iam:UpdateAssumeRolePolicy', resource: '*', target }).outcome;
    expect([may(below, ops), may(below, deep), may(itself, ops), may(itself, deep)]).toEqual(['denied', 'allowed', 'allowed', 'allowed']);
  });
  it('an index of a search domain is part of the domain', () => {
    const w = new World();
    const domain = w.node('DataStore', `arn:aws:es:eu-west-1:${ACCOUNT}:domain/logs`, {});
    const other = w.node('DataStore', `arn:aws:es:eu-west-1:${ACCOUNT}:domain/logs-archive`, {});
    const r = w.role('r', doc(allow('es:ESHttpGet', `arn:aws:es:eu-west-1:${ACCOUNT}:domain/logs/app-*/_search`)));
    const access = compileAccess(w.snapshot());
    expect([effects(access.grantsOf(r.id), domain.id), effects(access.grantsOf(r.id), other.id)]).toEqual([{ read: 'proven' }, {}]);
  });
  it('what is open below one prefix is told beside what is certain below another', () => {
    const w = new World();
    const b = w.bucket('data');
    const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
    const r = w.role('r', doc(allow('s3:GetObject', 'arn:aws:s3:::data/a/*'), allow('s3:PutObject', 'arn:aws:s3:::data/b/*', mfa)));
    const grants = compileAccess(w.snapshot()).grantsOf(r.id);
    expect(effects(grants, b.id)).toEqual({ read: 'proven', write: 'conditional' });
    expect(grants.map((g) => [g.effect, g.evidence.map((e) => e.source?.startLine), g.requires])).toEqual([['read', [10], []], ['write', [11], ['aws:MultiFactorAuthPresent Bool true']]]);
  });
  it('a deny on one prefix does not take the rest, a deny on all does', () => {
    const w = new World();
    const b = w.bucket('data');
    const some = w.role('some', doc(allow('s3:*'), deny('s3:GetObject', 'arn:aws:s3:::data/secret/*')));
    const none = w.role('none', doc(allow('s3:*'), deny('s3:*', ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'])));
    const access = compileAccess(w.snapshot());
    expect(effects(access.grantsOf(some.id), b.id).read).toBe('proven');
    expect(effects(access.grantsOf(none.id), b.id)).toEqual({});
  });
  it('says what a conditional grant asks for, and what was not read', () => {
    const w = new World();
    const b = w.bucket('data');
    const mfa = w.role('mfa', doc(allow('s3:GetObject', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })));
    const unread = w.role('unread', 'not json');
    const half = w.role('half', doc(allow('s3:GetObject', '\uE000unknown|var.arn\uE001')));
    const access = compileAccess(w.snapshot());
    expect(access.grantsOf(mfa.id).find((g) => g.assets.includes(b.id))).toMatchObject({ effect: 'read', verdict: 'conditional', requires: ['aws:MultiFactorAuthPresent Bool true'] });
    expect(effects(access.grantsOf(unread.id), b.id).read).toBe('unknown');
    expect(effects(access.grantsOf(half.id), b.id).read).toBe('unknown');
    expect(access.decide({ principal: unread, action: 's3:GetObject', resource: 'arn:aws:s3:::data/x' })).toMatchObject({ outcome: 'unknown' });
  });
  it('a store with a customer key needs Decrypt as well', () => {
    const w = new World();
    const b = w.bucket('data');
    const key = w.node('Secret', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`, { secretType: 'encryption_key' });
    w.edge('ENCRYPTED_WITH', b, key);
    const without = w.role('without', doc(allow('s3:*')));
    const with_ = w.role('with', doc(allow(['s3:*', 'kms:Decrypt'])));
    const access = compileAccess(w.snapshot());
    expect(effects(access.grantsOf(without.id), b.id).read).toBeUndefined();
    expect(effects(access.grantsOf(without.id), b.id).write).toBe('proven');
    expect(effects(access.grantsOf(with_.id), b.id).read).toBe('proven');
  });
  it('agents, aliases and runtimes are targets of invoke', () => {
    const w = new World();
    const alias = w.node('Endpoint', `arn:aws:bedrock:eu-west-1:${ACCOUNT}:agent-alias/A1/B1`);
    const agent = w.node('Agent', `arn:aws:bedrock:eu-west-1:${ACCOUNT}:agent/A1`);
    const runtime = w.node('Agent', `arn:aws:bedrock-agentcore:eu-west-1:${ACCOUNT}:runtime/r-1`);
    const r = w.role('r', doc(allow(['bedrock:InvokeAgent', 'bedrock-agentcore:InvokeAgentRuntime'])));
    const access = compileAccess(w.snapshot());
    for (const n of [alias, agent, runtime]) expect(effects(access.grantsOf(r.id), n.id), n.id).toMatchObject({ invoke: 'proven' });
  });
  it('“any” stands for what the input does not hold, only where a wildcard covers it', () => {
    const w = new World();
    w.bucket('data');
    const r = w.role('r', doc(allow('dynamodb:*', `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/*`), allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:*:${ACCOUNT}:secret:app-*`), allow('s3:*')));
    const access = compileAccess(w.snapshot());
    expect(access.anyAssets.map((n) => n.type)).toEqual(['aws.dynamodb.table']);
    expect(effects(access.grantsOf(r.id), access.anyAssets[0]!.id)).toMatchObject({ read: 'proven', write: 'proven', delete: 'proven' });
  });
  it('equal rights have equal keys', () => {
    const w = new World();
    w.bucket('a');
    w.bucket('b');
    const x = w.role('x', doc(allow('s3:GetObject')));
    const y = w.role('y', doc(allow('s3:Get*Object', 'arn:aws:s3:::*'), deny('s3:GetObject', 'arn:aws:s3:::b/*')));
    const z = w.role('z', doc(allow('s3:GetObject', ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'])));
    const access = compileAccess(w.snapshot());
    const key = (id: string): string | undefined => access.grantsOf(id).find((g) => g.effect === 'read')?.key;
    expect(key(x.id)).toBe(key(z.id));
    expect(key(x.id)).not.toBe(key(y.id));
  });
  it('reads `*` as some resource of the kind, and a thing by what lies below it', () => {
    const w = new World();
    const b = w.bucket('data');
    const r = w.role('r', doc(allow('lambda:CreateFunction', `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:app-*`), allow('s3:GetObject', 'arn:aws:s3:::data/x')));
    const access = compileAccess(w.snapshot());
    expect(access.decide({ principal: r, action: 'lambda:CreateFunction', resource: '*' }).outcome).toBe('allowed');
    expect(access.decide({ principal: r, action: 's3:GetObject', resource: 'arn:aws:s3:::data', target: b }).outcome).toBe('allowed');
    expect(access.decide({ principal: r, action: 's3:PutObject', resource: 'arn:aws:s3:::data', target: b })).toMatchObject({ outcome: 'denied', blockedBy: 'identity' });
  });
  it('a secret whose suffix is not known yet is met by six question marks', () => {
    const w = new World();
    const s = w.node('Secret', `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:db-\uE000ref|aws_secretsmanager_secret.db|suffix\uE001`, { secretType: 'secret' });
    const r = w.role('r', doc(allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:db-??????`)));
    const q = w.role('q', doc(allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:db-Ab12cD`)));
    const access = compileAccess(w.snapshot());
    expect(effects(access.grantsOf(r.id), s.id)).toEqual({ credential: 'proven' });
    expect(effects(access.grantsOf(q.id), s.id)).toEqual({ credential: 'unknown' });
  });
});
