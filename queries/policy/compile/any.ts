import { type EffectClass, type NodeKind, nodeId, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { shapeOf } from '../../../knowledge/actions/index.ts';
import type { PolicyDocument } from '../document.ts';
import type { PolicyEstate } from '../estate.ts';
import { serviceOfArn } from '../rules.ts';
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

const SERVICES = new Set(KINDS.map((k) => serviceOfArn(k.form)));

/** `by`: the document that allows it, held by `holder`. */
interface AnyAsset extends Asset { candidate: Candidate; account: string; holder: NodeRecord; by: PolicyDocument }
/** `left`: by account, the kinds that nobody may act on so. */
export interface AnyAssets { found: readonly AnyAsset[]; left: ReadonlyMap<string, readonly Candidate[]> }

/**
 * Assets “any <kind>” per account for kinds of which the input holds nothing there, where some identity policy of that account
 * allows an action with an effect on a name that nobody spells out.
 */
export function anyAssets(estate: PolicyEstate, inventory: readonly Asset[]): AnyAssets {
  const held = new Set<string>();
  for (const { node, arn } of inventory) if (node.completeness !== 'none' && SERVICES.has(serviceOfArn(arn))) held.add(`${shapeOf(withoutHoles(arn))?.form} ${estate.account(node)}`);
  const left = new Map<string, Candidate[]>();
  const found: AnyAsset[] = [];
  const seen = new Map<string, Set<PolicyDocument>>();
  for (const holder of holdersOf(estate)) {
    const { principal, identity: documents } = estate.layers(holder);
    let candidates = left.get(principal.account);
    if (!candidates) {
      left.set(principal.account, (candidates = candidatesOf(principal.arn, principal.account, held)));
      seen.set(principal.account, new Set());
    }
    const known = seen.get(principal.account)!;
    for (const by of documents) {
      if (candidates.length === 0 || known.has(by)) continue;
      known.add(by);
      for (const c of candidates.slice()) {
        const regions = regionsIf(by, c);
        if (!regions) continue;
        found.push({ node: anyNode(holder, principal.account, c.kind), arn: c.arn, witnesses: regions, ...(c.kind.effects ? { only: c.kind.effects } : {}), candidate: c, account: principal.account, holder, by });
        candidates.splice(candidates.indexOf(c), 1);
      }
    }
  }
  return { found: found.sort((a, b) => (a.node.id < b.node.id ? -1 : 1)), left };
}

/** What would be found after a change of what some identities hold, where nothing new allows more: all of it, or less. undefined: more, or the same in other regions. */
export function anyAfter(before: AnyAssets, estate: PolicyEstate, was: PolicyEstate, changed: ReadonlySet<string>): AnyAssets | undefined {
  const holders = holdersOf(estate);
  const found: AnyAsset[] = [];
  const left = new Map(before.left);
  for (const a of before.found) {
    if (!changed.has(a.holder.id) || estate.layers(a.holder).identity.includes(a.by)) { found.push(a); continue; }
    const still = firstOf(holders, (holder) => { const l = estate.layers(holder); return l.principal.account === a.account ? firstOf(l.identity, (by) => { const regions = regionsIf(by, a.candidate); return regions && { holder, by, regions }; }) : undefined; });
    if (!still) left.set(a.account, [...(left.get(a.account) ?? []), a.candidate]);
    else if (still.regions.join() !== a.witnesses.join()) return undefined;
    else found.push({ ...a, holder: still.holder, by: still.by });
  }
  const more = holders.filter((h) => changed.has(h.id)).some((h) => {
    const { principal, identity } = estate.layers(h);
    const candidates = before.left.get(principal.account) ?? [];
    const fresh = candidates.length === 0 ? [] : identity.filter((d) => !was.layers(h).identity.includes(d));
    return candidates.some((c) => fresh.some((d) => regionsIf(d, c)));
  });
  return more ? undefined : { found, left };
}

function firstOf<T, R>(list: readonly T[], f: (x: T) => R | undefined): R | undefined {
  for (const x of list) { const r = f(x); if (r !== undefined) return r; }
  return undefined;
}

const holdersOf = (estate: PolicyEstate): NodeRecord[] => estate.snapshot.ofKind('Identity').filter((n) => n.props.identityType === 'role' || n.props.identityType === 'user');

const regions = new WeakMap<PolicyDocument, Map<string, readonly string[] | undefined>>();

/** The regions that a document spells out where it allows something on a kind; undefined where it allows nothing. */
function regionsIf(d: PolicyDocument, c: Candidate): readonly string[] | undefined {
  let byKind = regions.get(d);
  if (!byKind) regions.set(d, (byKind = new Map()));
  if (!byKind.has(c.arn)) byKind.set(c.arn, readRegions(d, c));
  return byKind.get(c.arn);
}

function readRegions(d: PolicyDocument, c: Candidate): string[] | undefined {
  const named = d.statements.filter((s) => s.effect === 'Allow' && mayName(s, c.services));
  if (named.length === 0) return undefined;
  const regions = regional(named, c.arn);
  return named.some((s) => reaches(s, c, regions)) ? regions : undefined;
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
