import { stableHash, type Resource, type Statement, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, fields, flag, known, list, ordered, pointer, prop, text, texts } from '../properties.ts';
import { attachPolicy } from '../context/policies.ts';
import { label } from './shared.ts';

/**
 * A key with its policy. Without a written policy the service gives the default one: the account's own IAM policies decide.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function key(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Secret', name: label(r), props: known({ secretType: 'encryption_key', arn: r.nativeId, enabled: flag(prop(r, 'Enabled')), rotation: flag(prop(r, 'EnableKeyRotation')) }) });
  const written = prop(r, 'KeyPolicy');
  const name = `key policy of ${label(r)}`;
  if (written !== undefined && written !== '') attachPolicy(ctx, r, id, 'resource', '/KeyPolicy', { name });
  else if (r.mode === 'managed') defaultPolicy(r, ctx, id, name);
  grants(r, ctx, id);
}

function defaultPolicy(r: Resource, ctx: MapContext, id: string, name: string): void {
  const account = r.nativeId?.split(':')[4] ?? '';
  const partition = r.nativeId?.split(':')[1] ?? 'aws';
  const statement: Statement = { effect: 'Allow', actions: ['kms:*'], resources: ['*'], principals: { AWS: [`arn:${partition}:iam::${account}:root`] }, source: 0 };
  const source = ctx.source(r);
  const policy = ctx.node(r, { kind: 'Policy', type: 'aws.kms.key.policy', nativeId: `${ctx.nativeId(r)}#policy/resource`, name, tags: {}, sources: source ? [source] : [], props: { policyType: 'resource', managedBy: 'provider', statements: [statement], parse: 'ok' } });
  const evidence = ctx.evidence(r, '', 'no key policy is written: the service gives the default one').map((e) => ({ ...e, basis: 'platform' as const, document: 'docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html' }));
  ctx.edge({ kind: 'HAS_POLICY', from: id, to: policy, discriminator: 'resource', evidence, props: { as: 'resource' } });
}

/**
 * A grant lets its principal do the listed operations, beside the key policy and whether or not that leaves anything to IAM
 * (https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
 */
function grants(r: Resource, ctx: MapContext, id: string): void {
  list(prop(r, 'Grants')).forEach((g, i) => {
    const f = fields(g);
    const principal = text(f?.['GranteePrincipal']);
    const operations = texts(f?.['Operations']);
    if (principal === undefined || operations.length === 0) return;
    const conditions = constraints(f?.['Constraints']);
    const statement: Statement = {
      effect: 'Allow', actions: operations.map((o) => `kms:${o}`), resources: ['*'], source: 0,
      principals: principal.endsWith('.amazonaws.com') ? { Service: [principal] } : { AWS: [principal] }, ...(conditions && { conditions: { StringEquals: conditions } }),
    };
    const number = text(f?.['GrantId']) ?? stableHash(ordered(g)).slice(0, 12);
    const source = ctx.source(r, pointer('Grants', i));
    const policy = ctx.node(r, { kind: 'Policy', type: 'aws.kms.grant', nativeId: `${ctx.nativeId(r)}#policy/grant/${number}`, name: `grant on ${label(r)}`, tags: {}, sources: source ? [source] : [], props: { policyType: 'resource', managedBy: 'customer', statements: [statement], parse: 'ok' } });
    ctx.edge({ kind: 'HAS_POLICY', from: id, to: policy, discriminator: `grant ${number}`, evidence: ctx.evidence(r, pointer('Grants', i)), props: { as: 'resource' } });
  });
}

/** The encryption context that a request under the grant must carry. */
function constraints(v: Value | undefined): Record<string, string[]> | undefined {
  const context = ['EncryptionContextEquals', 'encryption_context_equals', 'EncryptionContextSubset', 'encryption_context_subset'].map((k) => fields(at(list(v)[0] ?? v, k))).find((c) => c !== undefined);
  const pairs = Object.entries(context ?? {}).flatMap(([k, x]): [string, string[]][] => { const value = text(x); return value === undefined ? [] : [[`kms:EncryptionContext:${k}`, [value]]]; });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

/** Another name of a key: remembered on it, so that policies and conditions that use the alias find it. */
function alias(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'TargetKeyId'), ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey']);
  if (id && r.name !== undefined) ctx.amend(id, { keyAliases: [r.name] });
}

export const mappings: ResourceMapping[] = [mapping('AWS::KMS::Key', key), mapping('AWS::KMS::ReplicaKey', key), mapping('AWS::KMS::Alias', alias)];
