import type { Evidence, NodeKind, Resource, Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { idOf } from '../nodes.ts';
import { at, list, pointer, prop, text, undecided } from '../properties.ts';

/** Links that many AWS types share: executing role, network, key, function behind an invocation address. */

export const ROLE = ['AWS::IAM::Role'] as const;
export const FUNCTION = ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'] as const;

const rolePlaceholder = { kind: 'Identity', type: 'aws.iam.role' } as const satisfies { kind: NodeKind; type: string };
const functionPlaceholder = { kind: 'Compute', type: 'aws.lambda.function' } as const satisfies { kind: NodeKind; type: string };
const keyPlaceholder = { kind: 'Secret', type: 'aws.kms.key' } as const satisfies { kind: NodeKind; type: string };

export { idOf, label, nativeOf, partOf } from '../nodes.ts';

/** Evidence for what the platform does by itself: the line of its cause and the vendor document that says so. */
export const platformEvidence = (ctx: MapContext, r: Resource, at: string, text: string, document: string): Evidence[] =>
  ctx.evidence(r, at, text).map((e) => ({ ...e, basis: 'platform' as const, document }));

/** RUNS_AS from `from` to the role that `value` names. Returns the identity, undefined when nothing is named or it is undecided. */
export function runsAs(ctx: MapContext, r: Resource, from: string, path: (string | number)[], purpose: 'model' | 'tool' | 'code' | 'service'): string | undefined {
  const role = ctx.resolve(prop(r, ...path), ROLE, rolePlaceholder);
  if (role) ctx.edge({ kind: 'RUNS_AS', from, to: role, discriminator: purpose, props: { for: purpose }, evidence: ctx.evidence(r, pointer(...path)) });
  return role;
}

/** RUNS_AS the role that the instance profile carries which `named` names, by name, ARN or reference; the evidence is the line that names the profile. */
export function runsAsProfile(ctx: MapContext, from: string, named: Value | undefined, r: Resource, where: string): void {
  const carrier = ctx.resource(named, ['AWS::IAM::InstanceProfile']);
  const role = carrier && ctx.resolve(list(prop(carrier, 'Roles'))[0], ROLE, rolePlaceholder);
  if (role) ctx.edge({ kind: 'RUNS_AS', from, to: role, discriminator: 'code', props: { for: 'code' }, evidence: ctx.evidence(r, where) });
}

/** ENCRYPTED_WITH the customer key that a property names; AWS-managed keys give no edge. */
export function encryptedWith(ctx: MapContext, r: Resource, from: string, ...path: (string | number)[]): void {
  const value = prop(r, ...path);
  if (value === undefined || text(value)?.includes('alias/aws/')) return;
  const key = ctx.resolve(value, ['AWS::KMS::Key', 'AWS::KMS::Alias'], keyPlaceholder);
  if (key) ctx.edge({ kind: 'ENCRYPTED_WITH', from, to: key, evidence: ctx.evidence(r, pointer(...path)) });
}

/** ATTACHED_TO every subnet and security group that the listed properties name. */
export function attachedTo(ctx: MapContext, r: Resource, from: string, ...paths: (string | number)[][]): void {
  for (const path of paths) {
    list(prop(r, ...path)).forEach((value, i) => {
      const network = ctx.resolve(value, ['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup', 'AWS::EC2::VPC'], {
        kind: 'Network', type: /subnet/i.test(String(path.at(-1))) ? 'aws.ec2.subnet' : 'aws.ec2.securitygroup',
      });
      if (network) ctx.edge({ kind: 'ATTACHED_TO', from, to: network, evidence: ctx.evidence(r, pointer(...path, i)) });
    });
  }
}

/** Egress of something with a network mode: PUBLIC leaves freely, SANDBOX only to storage and name resolution, VPC as its subnets let it. */
export function egressOf(mode: string | undefined): 'open' | 'limited' | 'unknown' {
  return mode === 'PUBLIC' ? 'open' : mode === 'SANDBOX' ? 'limited' : 'unknown';
}

const INVOKE_PATH = /:lambda:path\/[^/]+\/functions\/(.+?)\/invocations$/;

/** The function named by an ARN, a name, a qualified ARN or an API Gateway invocation address. */
export function functionValue(value: Value | undefined): Value | undefined {
  const t = text(value);
  return (t && INVOKE_PATH.exec(t)?.[1]) ?? value;
}

export interface FunctionBehind { id: string; resource: Resource | undefined }

/** Compute and resource of the function behind `value`; an alias or version leads to its function. */
export function functionBehind(ctx: MapContext, value: Value | undefined): FunctionBehind | undefined {
  const named = functionValue(value);
  let resource = ctx.resource(named, FUNCTION);
  for (let hops = 0; resource && resource.type !== 'AWS::Lambda::Function' && hops < 3; hops++) {
    resource = ctx.resource(prop(resource, 'FunctionName'), FUNCTION);
  }
  const id = resource ? idOf(ctx, resource) : ctx.resolve(named, FUNCTION, functionPlaceholder);
  return id ? { id, resource } : undefined;
}


/** Tool RUNS_AS{tool} the execution role of the function that implements it; the evidence is the function's role attribute. */
export function toolRunsAsFunction(ctx: MapContext, tool: string, fn: FunctionBehind): void {
  if (fn.resource) runsAs(ctx, fn.resource, tool, ['Role'], 'tool');
}

/** Whether a property is written but not decided by the input: the fact it carries is then unknown, not absent. */
export const undecidedAt = (r: Resource, ...path: (string | number)[]): boolean => undecided(at(r.properties, ...path));
