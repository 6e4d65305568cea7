import type { NodeRecord } from '../../schema/index.ts';
import type { KeyState } from './conditions/evaluate.ts';
import type { IdentityLayers, PolicyEstate } from './estate.ts';
import { accountOfArn } from './rules.ts';
import { SOMETHING } from './targets.ts';
import type { Truth } from './truth.ts';

/**
 * Keys of requests that come through an access point of S3 (S3 user guide, configuring IAM policies for using access points). A bucket that
 * leaves access to its access points by them lets in whoever one of those points lets in, and nobody who asks the bucket itself.
 */
export const isAccessPointKey = (key: string): boolean => key.charCodeAt(2) === 58 && /^s3:(dataaccesspoint(arn|account)|accesspointnetworkorigin)$/i.test(key);

const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'];
type Ask = (action: string, resource: string, target: NodeRecord) => Truth;

/** undefined: nothing here decides it. */
export function accessPointKey(estate: PolicyEstate, key: string, target: NodeRecord | undefined, l: IdentityLayers, ask: Ask): KeyState | undefined {
  if (target?.type === 'aws.s3.accesspoint') return ofPoint(key.toLowerCase(), target);
  if (target?.type !== 'aws.s3.bucket') return undefined;
  const points = pointsOf(estate, target);
  if (points.length === 0) return undefined;
  let byTarget = known.get(l);
  if (!byTarget) known.set(l, (byTarget = new Map()));
  let comes = byTarget.get(target.id);
  if (comes === undefined) byTarget.set(target.id, (comes = points.some((p) => ACTIONS.some((a) => ask(a, a === 's3:ListBucket' ? String(p.props.arn) : `${String(p.props.arn)}/object/${SOMETHING}`, p) > 0))));
  return comes ? undefined : { state: 'absent' };
}

const known = new WeakMap<IdentityLayers, Map<string, boolean>>();

const pointsOf = (estate: PolicyEstate, bucket: NodeRecord): NodeRecord[] => estate.snapshot.in(bucket.id, 'ROUTES_TO').map((e) => estate.snapshot.node(e.from)!).filter((n) => n.type === 'aws.s3.accesspoint' && typeof n.props.arn === 'string');

function ofPoint(key: string, point: NodeRecord): KeyState | undefined {
  const arn = typeof point.props.arn === 'string' ? point.props.arn : undefined;
  if (key === 's3:accesspointnetworkorigin') return point.props.networkScope === 'private' ? { state: 'known', values: ['VPC'] } : point.props.networkScope === 'public' ? { state: 'known', values: ['Internet'] } : undefined;
  if (arn === undefined) return undefined;
  const value = key === 's3:dataaccesspointarn' ? arn : accountOfArn(arn);
  return value === '' ? undefined : { state: 'known', values: [value] };
}
