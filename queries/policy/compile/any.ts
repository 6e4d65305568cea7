import { type EffectClass, type NodeKind, nodeId, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { shapeOf } from '../../../knowledge/actions/index.ts';
import type { PolicyEstate } from '../estate.ts';
import { actionFits, resourceFits } from '../statement.ts';
import { SOMETHING, type Target, targetsOfArn, withoutHoles } from '../targets.ts';
import { type Asset, grantable } from './groups.ts';
import { mayName } from './masks.ts';

/** Things that matter even when the input shows none: an identity with `*` on the service holds them all (architecture §7). */
const KINDS: readonly { kind: NodeKind; type: string; says: string; form: string; props: Record<string, unknown>; effects?: readonly EffectClass[] }[] = [
  { kind: 'DataStore', type: 'aws.s3.bucket', says: 'any S3 bucket', form: 'arn:P:s3:::N', props: { storeType: 'bucket' } },
  { kind: 'DataStore', type: 'aws.dynamodb.table', says: 'any DynamoDB table', form: 'arn:P:dynamodb:R:A:table/N', props: { storeType: 'table' } },
  { kind: 'DataStore', type: 'aws.rds.dbcluster', says: 'any RDS cluster', form: 'arn:P:rds:R:A:cluster:N', props: { storeType: 'database' } },
  { kind: 'DataStore', type: 'aws.sqs.queue', says: 'any SQS queue', form: 'arn:P:sqs:R:A:N', props: { storeType: 'queue' } },
  { kind: 'Secret', type: 'aws.secretsmanager.secret', says: 'any secret', form: 'arn:P:secretsmanager:R:A:secret:N', props: { secretType: 'secret' } },
  { kind: 'Secret', type: 'aws.ssm.parameter', says: 'any SSM parameter', form: 'arn:P:ssm:R:A:parameter/N', props: { secretType: 'parameter' } },
  { kind: 'Compute', type: 'aws.lambda.function', says: 'any Lambda function', form: 'arn:P:lambda:R:A:function:N', props: { computeType: 'lambda' } },
  { kind: 'Compute', type: 'aws.ec2.instance', says: 'any EC2 instance', form: 'arn:P:ec2:R:A:instance/N', props: { computeType: 'vm' } },
  { kind: 'Channel', type: 'aws.ses.recipient', says: 'any recipient of SES', form: 'arn:P:ses:R:A:identity/N', props: { channelType: 'mail', recipients: 'free' }, effects: ['send'] },
];

/**
 * Assets “any <kind>” per account for kinds of which the input holds nothing there, where some identity policy of that account
 * allows an action with an effect on a name that nobody spells out.
 */
export function anyAssets(estate: PolicyEstate, inventory: readonly Asset[]): Asset[] {
  const held = new Set(inventory.filter((a) => a.node.completeness !== 'none').map((a) => `${shapeOf(withoutHoles(a.arn))?.form} ${estate.account(a.node)}`));
  const open = new Map<string, Candidate[]>();
  const out: Asset[] = [];
  const seen = new Set<string>();
  for (const identity of estate.snapshot.ofKind('Identity')) {
    const type = identity.props.identityType;
    if (type !== 'role' && type !== 'user') continue;
    const { principal, identity: documents } = estate.layers(identity);
    let candidates = open.get(principal.account);
    if (!candidates) open.set(principal.account, (candidates = candidatesOf(principal.arn, principal.account, held)));
    for (const d of documents) {
      const key = `${principal.account} ${d.id}`;
      if (candidates.length === 0 || seen.has(key)) continue;
      seen.add(key);
      for (const c of candidates.slice()) {
        const named = d.statements.filter((s) => s.effect === 'Allow' && mayName(s, c.services));
        if (named.length === 0) continue;
        const regions = regional(named, c.arn);
        if (!named.some((s) => reaches(s, c, regions))) continue;
        out.push({ node: anyNode(identity, principal.account, c.kind), arn: c.arn, witnesses: regions, ...(c.kind.effects ? { only: c.kind.effects } : {}) });
        candidates.splice(candidates.indexOf(c), 1);
      }
    }
  }
  return out.sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
}

interface Candidate { kind: (typeof KINDS)[number]; arn: string; targets: readonly Target[]; services: ReadonlySet<string> }

/** Kinds of which an account shows nothing. */
function candidatesOf(identityArn: string, account: string, held: ReadonlySet<string>): Candidate[] {
  return KINDS.flatMap((kind) => {
    const arn = kind.form.replace('P', partitionOf(identityArn)).replace(':R:', `:${SOMETHING}:`).replace(':A:', `:${account}:`).replace(/N$/, SOMETHING);
    const shape = shapeOf(withoutHoles(arn));
    return shape && !held.has(`${shape.form} ${account}`) && !held.has(`${shape.form} `) ? [candidate(kind, arn)] : [];
  });
}

function candidate(kind: Candidate['kind'], arn: string): Candidate {
  const targets = targetsOfArn(arn);
  return { kind, arn, targets, services: new Set(targets.flatMap((t) => t.shape.actions.map((a) => a.service))) };
}

const partitionOf = (arn: string): string => arn.split(':')[1] || 'aws';

const NOTHING = (): { state: 'open' } => ({ state: 'open' });

function reaches(s: Statement, c: Candidate, regions: readonly string[]): boolean {
  const { effects } = c.kind;
  const wanted = (t: Target): boolean => t.shape.actions.some((a) => grantable(a) && a.effects.some((e) => e !== 'list' && (!effects || effects.includes(e))) && actionFits(s, a.name) === 2);
  return [...c.targets, ...regions.flatMap((r) => targetsOfArn(r))].some((t) => resourceFits(s, t.text, NOTHING, false).v >= 2 && wanted(t));
}

/** The same “any” in the regions that patterns of these statements spell out. */
function regional(statements: readonly Statement[], arn: string): string[] {
  const parts = arn.split(':');
  if (parts[3] !== SOMETHING) return [];
  const regions = new Set<string>();
  for (const s of statements) for (const p of s.resources ?? []) {
    const f = p.split(':');
    if (f[2] === parts[2] && f[3] && /^[a-z0-9-]+$/.test(f[3])) regions.add(f[3]);
  }
  return [...regions].sort().map((r) => [...parts.slice(0, 3), r, ...parts.slice(4)].join(':'));
}

function anyNode(identity: NodeRecord, account: string, k: (typeof KINDS)[number]): NodeRecord {
  return {
    id: nodeId(k.kind, 'aws', `any:${account || identity.scope}:${k.type}`), kind: k.kind, type: k.type, name: k.says, provider: 'aws', scope: identity.scope,
    environment: 'unknown', tags: {}, state: identity.state, completeness: 'none', sources: [], aliases: [], props: { ...k.props, any: true, ...(account ? { account } : {}) },
  };
}
