import type { NodeRecord } from '../../schema/index.ts';
import type { PolicyDocument } from './document.ts';
import type { PolicyEstate } from './estate.ts';

/** The endpoint of a VPC through which requests of a compute to one service go. `policy` is absent where none is written: then everything passes. */
export interface Passage { endpoint: string; vpc?: string; policy?: readonly PolicyDocument[] }

/** Names of endpoint services that differ from the prefix of the actions they serve. */
const SERVES: Readonly<Record<string, string>> = {
  'bedrock-runtime': 'bedrock', 'bedrock-agent': 'bedrock', 'bedrock-agent-runtime': 'bedrock', monitoring: 'cloudwatch', ecr: 'ecr', 'ecs-agent': 'ecs', 'ecs-telemetry': 'ecs', elasticfilesystem: 'elasticfilesystem', 'states': 'states', 'sync-states': 'states', 'kinesis-streams': 'kinesis', 'kinesis-firehose': 'firehose', email: 'ses',
};

/** `com.amazonaws.eu-west-1.s3` → `s3`. */
function serviceOf(name: string): string {
  const own = name.replace(/^com\.amazonaws\.[^.]+\./, '').split('.')[0]!;
  return SERVES[own] ?? own;
}

const last = (n: NodeRecord | undefined): string | undefined => (typeof n?.props.arn === 'string' ? n.props.arn.slice(n.props.arn.lastIndexOf('/') + 1) : undefined);

const known = new WeakMap<PolicyEstate, Map<string, ReadonlyMap<string, Passage>>>();

/** Endpoints by service for one compute: those of the VPC its subnets and security groups stand in (VPC user guide, endpoint policies). */
export function passagesOf(estate: PolicyEstate, computeId: string): ReadonlyMap<string, Passage> {
  let byCompute = known.get(estate);
  if (!byCompute) known.set(estate, (byCompute = new Map()));
  let passages = byCompute.get(computeId);
  if (!passages) byCompute.set(computeId, (passages = look(estate, computeId)));
  return passages;
}

function look(estate: PolicyEstate, computeId: string): ReadonlyMap<string, Passage> {
  const { snapshot } = estate;
  const above = (ids: readonly string[]): string[] => ids.flatMap((id) => snapshot.out(id, 'ATTACHED_TO').map((e) => e.to));
  const places = new Set(above([computeId]));
  for (const id of above([...places])) places.add(id);
  const out = new Map<string, Passage>();
  for (const place of places) {
    for (const e of snapshot.in(place, 'ATTACHED_TO')) {
      const n = snapshot.node(e.from);
      if (n?.props.networkType !== 'vpc_endpoint' || typeof n.props.service !== 'string') continue;
      const policy = estate.attached(n.id, 'endpoint');
      const vpc = [...places].map((id) => snapshot.node(id)).find((x) => x?.props.networkType === 'vpc');
      const name = last(vpc);
      out.set(serviceOf(n.props.service), { endpoint: last(n) ?? n.name, ...(name === undefined ? {} : { vpc: name }), ...(policy.length > 0 ? { policy } : {}) });
    }
  }
  return out;
}

/** What a request says about the way it came: the endpoint and its VPC, or that it came by none. */
export function wayKeys(p: Passage | undefined): [string, readonly string[]][] {
  return [['aws:sourcevpce', p ? [p.endpoint] : []], ...(p && p.vpc === undefined ? [] : [['aws:sourcevpc', p ? [p.vpc!] : []] as [string, readonly string[]]])];
}
