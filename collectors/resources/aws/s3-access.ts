import { isUnknown, type Resource, type Statement, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { parsePolicyDocument } from '../../../knowledge/policy-document/parse.ts';
import { at, documentAt, fields, flag, list, literal, prop, text, texts } from '../properties.ts';

/** What lets people at a bucket besides its policy, and what shuts them out again: access control lists and the public access block. */

const EVERYONE = 'http://acs.amazonaws.com/groups/global/AllUsers';
const SIGNED = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
/** Canned lists that let in a group (S3 user guide, canned ACL); the others let in the owner, or a service. */
const CANNED: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'public-read': [EVERYONE, ['READ']], 'public-read-write': [EVERYONE, ['READ', 'WRITE']], 'authenticated-read': [SIGNED, ['READ']],
  PublicRead: [EVERYONE, ['READ']], PublicReadWrite: [EVERYONE, ['READ', 'WRITE']], AuthenticatedRead: [SIGNED, ['READ']],
};
/** Permission of a list → actions on the bucket, and on an object (S3 user guide, mapping of ACL permissions). */
const BUCKET: Readonly<Record<string, readonly string[]>> = { READ: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'], WRITE: ['s3:PutObject'], READ_ACP: ['s3:GetBucketAcl'], WRITE_ACP: ['s3:PutBucketAcl'] };
const OBJECT: Readonly<Record<string, readonly string[]>> = { READ: ['s3:GetObject', 's3:GetObjectVersion'], READ_ACP: ['s3:GetObjectAcl'], WRITE_ACP: ['s3:PutObjectAcl'] };

interface AclGrant { who: string; permissions: readonly string[] }

function grantsOf(r: Resource): AclGrant[] {
  const canned = CANNED[literal(prop(r, 'Acl')) ?? literal(prop(r, 'ACL')) ?? literal(prop(r, 'AccessControl')) ?? ''];
  const written = [...list(prop(r, 'AccessControlPolicy')).flatMap((p) => list(at(p, 'grant'))), ...list(prop(r, 'Grants'))].flatMap((g): AclGrant[] => {
    const grantee = list(at(g, 'grantee') ?? at(g, 'Grantee'))[0] ?? at(g, 'Grantee');
    const uri = text(at(grantee, 'uri') ?? at(grantee, 'URI') ?? at(g, 'uri'));
    const permissions = [...texts(at(g, 'permission') ?? at(g, 'Permission')), ...texts(at(g, 'permissions'))];
    return uri === EVERYONE || uri === SIGNED ? [{ who: uri, permissions }] : [];
  });
  return canned ? [{ who: canned[0], permissions: canned[1] }, ...written] : written;
}

/** The blocks that stand on the bucket and on its account; one is enough. */
function blocked(r: Resource, ctx: MapContext, key: string): boolean {
  const account = ctx.all('AWS::S3::AccountPublicAccessBlock').find((b) => ctx.account(b) === ctx.account(r));
  return flag(prop(r, 'PublicAccessBlockConfiguration', key)) === true || (account !== undefined && flag(prop(account, key)) === true);
}

const listsOff = (r: Resource): boolean => list(prop(r, 'OwnershipControls', 'Rules')).some((x) => literal(at(x, 'ObjectOwnership')) === 'BucketOwnerEnforced');

/** Groups that the list lets in, as a policy of the bucket. With lists switched off or ignored there is none. */
export function mapAcl(r: Resource, ctx: MapContext, bucket: string, of: Resource = r, key?: string): void {
  const found = grantsOf(r);
  if (found.length === 0 || listsOff(of) || blocked(of, ctx, 'IgnorePublicAcls')) return;
  const arn = of.nativeId ?? '*';
  const source = ctx.source(r, literal(prop(r, 'Acl')) !== undefined ? '/Acl' : prop(r, 'AccessControl') !== undefined ? '/AccessControl' : '');
  const table = key === undefined ? BUCKET : OBJECT;
  const statements = found.map((g): Statement => ({
    effect: 'Allow', actions: [...new Set((g.permissions.includes('FULL_CONTROL') ? Object.keys(table) : g.permissions).flatMap((p) => table[p] ?? []))], source: 0,
    resources: key === undefined ? [arn, `${arn}/*`] : [`${arn}/${key}`], principals: { '*': ['*'] }, ...(g.who === SIGNED && { conditions: { Null: { 'aws:PrincipalArn': ['false'] } } }),
  })).filter((s) => s.actions!.length > 0);
  if (statements.length === 0) return;
  const policy = ctx.node(r, { kind: 'Policy', type: 'aws.s3.acl', nativeId: `${ctx.nativeId(r)}#policy/acl`, name: `access control list of ${key ?? arn.split(':').pop()}`, tags: {}, sources: source ? [source] : [], props: { policyType: 'resource', managedBy: 'customer', statements, parse: 'ok' } });
  ctx.edge({ kind: 'HAS_POLICY', from: bucket, to: policy, discriminator: `acl${key ?? ''}`, evidence: ctx.evidence(r, '/Acl'), props: { as: 'resource' } });
}

/** Keys that keep a statement for everyone from being public when they hold fixed values (S3 user guide, the meaning of “public”). */
const NARROWS = /^(aws:(sourcearn|sourcevpc|sourcevpce|sourceowner|sourceaccount|userid|principalorgid|sourceip)|s3:(dataaccesspointarn|dataaccesspointaccount|x-amz-server-side-encryption-aws-kms-key-id))$/i;

function isPublic(statements: readonly Statement[]): boolean {
  return statements.some((s) => s.effect === 'Allow' && (s.notPrincipals !== undefined || Object.entries(s.principals ?? {}).some(([type, values]) => (type === '*' || type === 'AWS') && values.includes('*')))
    && !Object.values(s.conditions ?? {}).some((keys) => Object.entries(keys).some(([k, values]) => NARROWS.test(k) && values.every((v) => !/[*?]|^0\.0\.0\.0\/0$|^::\/0$/.test(v)))));
}

/**
 * The document as the public access block leaves it: a public policy of a restricted bucket or access point lets in nobody but principals
 * of its own account and services of the provider. undefined: it stands as written.
 */
export function restricted(holder: Resource | undefined, policy: Resource, ctx: MapContext, ...path: string[]): Value | undefined {
  if (!holder || !blocked(holder, ctx, 'RestrictPublicBuckets')) return undefined;
  const document = fields(documentAt(policy, ...path));
  const written = document?.['Statement'];
  if (document === undefined || written === undefined || isUnknown(written) || !isPublic(parsePolicyDocument(document).statements)) return undefined;
  const inside = (s: Value): Value => {
    const f = fields(s);
    if (!f || f['Effect'] !== 'Allow' || onlyServices(f['Principal'])) return s;
    const condition = fields(f['Condition']) ?? {};
    return { ...f, Condition: { ...condition, StringEquals: { ...fields(condition['StringEquals']), 'aws:PrincipalAccount': ctx.account(holder) } } };
  };
  return { ...document, Statement: Array.isArray(written) ? written.map(inside) : inside(written) };
}

const onlyServices = (principal: Value | undefined): boolean => Object.keys(fields(principal) ?? { x: 1 }).every((k) => k === 'Service');
