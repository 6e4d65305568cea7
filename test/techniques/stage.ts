import type { Technique } from '../../schema/index.ts';
import { Account, allow, arn, doc, ROOT, trust } from './account.ts';
import { THING_SOURCE } from './things.ts';

/** One fact of the positive case, changed. */
export type NearMiss = Readonly<Record<string, string>>;

const SERVICE: Record<string, string> = { function: 'lambda.amazonaws.com', instance: 'ec2.amazonaws.com', 'emr-cluster': 'ec2.amazonaws.com', 'task-definition': 'ecs-tasks.amazonaws.com', 'batch-definition': 'ecs-tasks.amazonaws.com' };

/** The account in which a technique works, built from its own bindings and needs; or the same with one fact changed. */
export function stage(t: Technique, miss: NearMiss = {}): Account {
  const a = new Account();
  const asks = t.permissions.filter((p) => p.required && p.action !== miss['without']);
  const statements = [allow(asks.filter((p) => p.action !== 'iam:PassRole').map((p) => p.action))].filter((s) => s.Action.length > 0);
  if (asks.some((p) => p.action === 'iam:PassRole')) statements.push(allow('iam:PassRole', '*', miss['passedTo'] ? { StringEquals: { 'iam:PassedToService': miss['passedTo'] } } : undefined));
  const unbounded = t.needs.some((n) => 'adminWithoutBoundary' in n);
  const own = Object.values(t.bind).some((b) => b.attachedTo === 'self');
  const actor = t.actor === 'role' ? 'role' : 'user';
  if (unbounded) a.add('aws_iam_policy', 'boundary', { name: 'boundary', path: '/', arn: arn('policy', 'boundary'), policy: doc(...(miss['without'] ? [allow('s3:*')] : statements)) });
  const more = { ...(own ? {} : { inline: unbounded ? doc(allow('*')) : statements.length > 0 ? doc(...statements) : doc(allow('s3:ListAllMyBuckets')) }), ...(unbounded ? { boundary: arn('policy', 'boundary') } : {}) };
  if (actor === 'role') a.role('actor', trust({ AWS: ROOT }), more);
  else a.user('actor', more);
  if (own) a.policy('own', statements.length > 0 ? doc(...statements) : doc(allow('s3:ListAllMyBuckets')), actor, 'actor');
  for (const [name, b] of Object.entries(t.bind)) {
    const admin = t.gives.admin === undefined;
    if (b.is === 'role') {
      if (b.trusts) a.role(name, trust({ Service: miss['trust'] === name ? 'sso.amazonaws.com' : b.trusts[0]! }), { admin, ...(Object.values(t.bind).some((x) => x.assumable === name) ? { inline: doc(allow('sts:AssumeRole')) } : {}) });
      else if (b.trustsFederated) {
        a.add('aws_iam_saml_provider', 'provider', { name: 'provider', saml_metadata_document: '<x/>', arn: arn('saml-provider', 'provider') });
        a.role(name, trust({ Federated: arn('saml-provider', 'provider') }, 'sts:AssumeRoleWithSAML'), { admin });
      } else if (b.assumable) a.role(name, trust({ AWS: b.assumable === 'self' ? ROOT : arn('role', b.assumable) }), { admin });
      else a.role(name, trust({ Service: 'ec2.amazonaws.com' }), { admin });
    } else if (b.is === 'user') {
      a.user(name, { admin });
      for (const k of miss['keys'] === name ? ['1', '2'] : []) a.add('aws_iam_access_key', `${name}-${k}`, { user: name, status: 'Active' });
      if ((b.login === 'present') !== (miss['login'] === name)) a.add('aws_iam_user_login_profile', name, { user: name });
    } else if (b.is === 'group') a.group(name, b.own ? { members: ['actor'] } : { admin: true });
    else if (b.is === 'policy') { if (b.attachedTo !== 'self') a.policy(name, doc(allow('s3:GetObject')), 'role', b.attachedTo!); }
    else if (miss['absent'] !== name) {
      if (b.runsAs) a.role(b.runsAs, trust({ Service: SERVICE[b.is] ?? t.permissions.find((p) => p.passedTo)?.passedTo?.[0] ?? 'x.amazonaws.com' }), { admin: true, inline: doc(allow('sts:AssumeRole')) });
      THING_SOURCE[b.is]!(a, name, b.runsAs);
    }
  }
  for (const n of t.needs) {
    if (n['exists'] !== undefined && miss['missing'] !== n['exists']) THING_SOURCE[String(n['exists'])]!(a, String(n['exists']), undefined);
    if (n['instanceProfile'] !== undefined && miss['noInstanceProfile'] === undefined) a.add('aws_iam_instance_profile', 'profile', { name: 'profile', role: String(n['instanceProfile']) });
    if (n['profileExists']) a.role('meek', trust({ Service: 'lambda.amazonaws.com' })).add('aws_iam_instance_profile', 'meek', { name: 'meek', role: 'meek' });
    if (n['containerInstance']) {
      a.role('node', trust({ Service: 'ec2.amazonaws.com' }), { inline: doc(allow('ecs:RegisterContainerInstance')) });
      THING_SOURCE['instance']!(a, 'node', 'node');
    }
  }
  return a;
}
