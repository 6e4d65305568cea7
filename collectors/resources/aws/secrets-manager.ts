import { hasHole, type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, known, literal, pointer, prop, text } from '../properties.ts';
import { secretIn } from '../secrets.ts';
import { holdCredential, holdReferences, mapValue } from './environment.ts';
import { encryptedWith } from './shared.ts';
import { policyOn, resourcePolicy } from './stores.ts';

const SECRET = ['AWS::SecretsManager::Secret'];
const SECRET_OUTSIDE = { kind: 'Secret', type: 'aws.secretsmanager.secret' } as const;

function secret(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Secret', props: known({ secretType: 'secret', arn: r.nativeId }) });
  encryptedWith(ctx, r, id, 'KmsKeyId');
  resourcePolicy(r, ctx, id, ['Policy']);
  literalValue(r, ctx, id, 'SecretString');
}

/** A value written in the code is known to every reader of the code; only its keyed hash goes on. Placeholders and references are no secrets. */
function literalValue(r: Resource, ctx: MapContext, id: string, property: string): void {
  const v = prop(r, property);
  const entries: [string, string][] = fields(v)
    ? Object.entries(fields(v)!).flatMap(([k, x]) => (text(x) === undefined ? [] : [[k, text(x)!] as [string, string]]))
    : text(v) === undefined ? [] : [[property, text(v)!]];
  for (const [key, value] of entries) if (hasHole(value)) holdReferences(ctx, r, id, key === property ? pointer(property) : pointer(property, key), key, value);
  const written = entries.filter(([, value]) => secretIn('secret', value)?.literal !== undefined);
  if (written.length === 0) return;
  ctx.amend(id, { literal: true, hash: ctx.keyedHash(written.map(([k, x]) => `${k}=${x}`).join('\n')) });
  for (const [key, value] of written) {
    if (key !== property && !/pass|secret|token|key|pwd|credential/i.test(key)) continue;
    holdCredential(ctx, r, id, key === property ? pointer(property) : pointer(property, key), key, { credType: /pass|pwd/i.test(key) ? 'password' : 'secret', literal: value });
  }
}

function secretPolicy(r: Resource, ctx: MapContext): void {
  policyOn(r, ctx, ['ResourcePolicy'], [prop(r, 'SecretId') ?? ''], '/SecretId', SECRET, SECRET_OUTSIDE);
}

function rotation(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'SecretId'), SECRET, SECRET_OUTSIDE);
  if (id) ctx.amend(id, { rotation: true });
}

/** The secret carries the master login of a database. */
function target(r: Resource, ctx: MapContext): void {
  const id = ctx.resolve(prop(r, 'SecretId'), SECRET, SECRET_OUTSIDE);
  const database = ctx.resource(prop(r, 'TargetId'), ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster']);
  if (!id || !database) return;
  const credential = ctx.node(r, { kind: 'Credential', name: 'database login', props: { credType: 'db_user', heldBy: 'us' } });
  ctx.edge({ kind: 'HOLDS', from: id, to: credential, evidence: ctx.evidence(r) });
  const store = ctx.resolve(database.nativeId, [database.type]);
  const endpoint = store?.replace(/^ovr:datastore:/, 'ovr:endpoint:');
  if (endpoint) ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: `${endpoint}#endpoint`, evidence: ctx.evidence(r, '/TargetId') });
}

/** SecureString is a secret; other parameters are configuration, and may hold a secret by mistake. */
function parameter(r: Resource, ctx: MapContext): void {
  const type = prop(r, 'Type');
  const secure = type === 'SecureString';
  if (secure) {
    const id = ctx.node(r, { kind: 'Secret', props: known({ secretType: 'parameter', arn: r.nativeId }) });
    encryptedWith(ctx, r, id, 'KeyId');
    literalValue(r, ctx, id, 'Value');
    return;
  }
  const id = ctx.node(r, { kind: 'DataStore', props: known({ storeType: 'configuration', arn: r.nativeId, hints: literal(type) === undefined && type !== undefined ? ['parameter type not decided'] : undefined }) });
  const value = text(prop(r, 'Value'));
  if (value !== undefined) mapValue(ctx, r, id, '/Value', (literal(prop(r, 'Name')) ?? r.address).split('/').pop()!, value);
}

/** Commands that the service runs on instances. */
function runDocument(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Artifact', props: { artifactType: 'script', arn: r.nativeId, mutable: true } });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::SecretsManager::Secret', secret),
  mapping('AWS::SecretsManager::ResourcePolicy', secretPolicy),
  mapping('AWS::SecretsManager::RotationSchedule', rotation),
  mapping('AWS::SecretsManager::SecretTargetAttachment', target),
  mapping('AWS::SSM::Parameter', parameter),
  mapping('AWS::SSM::Document', runDocument),
];
