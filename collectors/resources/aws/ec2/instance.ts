import { hasHole, isUnknown, type Resource, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { mapScript } from '../environment.ts';
import { at, flag, known, list, literal, pointer, prop, text } from '../../properties.ts';
import { naming } from '../grouped.ts';
import { attachedTo, label, partOf, runsAsProfile } from '../shared.ts';
import { tagName } from './network.ts';

/** Where a setting of a machine is written: on it, or in the template below it. */
interface Setting { r: Resource; path: (string | number)[] }
const valueOf = (s: Setting | undefined): Value | undefined => s && prop(s.r, ...s.path);

/** The launch template or configuration that a machine names. */
export function templateOf(ctx: MapContext, r: Resource): Resource | undefined {
  for (const base of [['LaunchTemplate'], ['MixedInstancesPolicy', 'LaunchTemplate', 'LaunchTemplateSpecification']]) {
    for (const key of ['LaunchTemplateId', 'LaunchTemplateName', 'Id', 'Name']) {
      const template = ctx.resource(prop(r, ...base, key), ['AWS::EC2::LaunchTemplate']);
      if (template) return template;
    }
  }
  return ctx.resource(prop(r, 'LaunchConfigurationName'), ['AWS::AutoScaling::LaunchConfiguration']);
}

/** Own property first, then the template's. */
function setting(r: Resource, template: Resource | undefined, ...path: (string | number)[]): Setting | undefined {
  if (prop(r, ...path) !== undefined) return { r, path };
  if (!template) return undefined;
  const below = template.type === 'AWS::EC2::LaunchTemplate' ? ['LaunchTemplateData', ...path] : path;
  return prop(template, ...below) === undefined ? undefined : { r: template, path: below };
}

/** A virtual machine: its role, its metadata service, what its start-up script carries, and where it stands. */
export function mapInstance(r: Resource, ctx: MapContext): void {
  mapMachine(r, ctx, { computeType: 'vm' });
}

export function mapAutoScalingGroup(r: Resource, ctx: MapContext): void {
  const { compute, endpoint } = mapMachine(r, ctx, { computeType: 'vm' });
  attachedTo(ctx, r, compute, ['VPCZoneIdentifier']);
  if (endpoint) attachedTo(ctx, r, endpoint, ['VPCZoneIdentifier']);
}

/** A template runs nothing, but whoever may change it changes what is launched from it. */
export function mapLaunchTemplate(r: Resource, ctx: MapContext): void {
  const compute = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'vm', arn: r.nativeId, started: false, egress: 'unknown', metadataService: metadataOf(r, r) }) });
  profile(ctx, compute, setting(r, r, 'IamInstanceProfile'));
  script(ctx, compute, setting(r, r, 'UserData') ?? setting(r, r, 'UserDataBase64'));
}

export function mapMachine(r: Resource, ctx: MapContext, props: Record<string, unknown>): { compute: string; template: Resource | undefined; endpoint: string | undefined } {
  const template = templateOf(ctx, r);
  const compute = ctx.node(r, { kind: 'Compute', name: r.name === undefined || hasHole(r.name) ? tagName(r) : undefined, props: known({ ...props, arn: r.nativeId, metadataService: metadataOf(r, template), egress: 'unknown', keyPair: text(valueOf(setting(r, template, 'KeyName'))) }) });
  profile(ctx, compute, setting(r, template, 'IamInstanceProfile'));
  script(ctx, compute, setting(r, template, 'UserData') ?? setting(r, template, 'UserDataBase64'));
  return { compute, template, endpoint: network(ctx, r, template, compute) };
}

/** `optional` serves plain requests; what holds when nothing is written depends on the image and the account. */
function metadataOf(r: Resource, template: Resource | undefined): string {
  const value = (key: string): string | undefined => literal(valueOf(setting(r, template, 'MetadataOptions', key)));
  if (value('HttpEndpoint') === 'disabled') return 'blocked';
  const tokens = value('HttpTokens');
  return tokens === 'required' ? 'token_required' : tokens === 'optional' ? 'open' : 'unknown';
}

function profile(ctx: MapContext, compute: string, s: Setting | undefined): void {
  if (!s) return;
  const value = valueOf(s);
  runsAsProfile(ctx, compute, text(value) ?? text(at(value, 'Arn')) ?? text(at(value, 'Name')), s.r, pointer(...s.path));
}

function script(ctx: MapContext, compute: string, s: Setting | undefined): void {
  const written = text(valueOf(s));
  if (s && written !== undefined) mapScript(ctx, s.r, compute, s.path, decoded(written));
}

/** User data is base64 in templates and in some attributes, plain text in others. */
function decoded(value: string): string {
  if (hasHole(value) || value.length < 12 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) return value;
  const plain = Buffer.from(value, 'base64').toString('utf8');
  return /^[\t\n\r\x20-\x7e]*$/.test(plain) ? plain : value;
}

/** Subnets, security groups and, where a public address is given, the endpoint that packets reach. */
function network(ctx: MapContext, r: Resource, template: Resource | undefined, compute: string): string | undefined {
  const places = networkPlaces(ctx, r, template);
  for (const { owner, path } of places) attachedTo(ctx, owner, compute, path);
  const cause = publicAddress(ctx, r, template);
  if (!cause) return undefined;
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(compute, 'address'), type: 'aws.ec2.address', name: `public address of ${tagName(r) ?? label(r)}`,
    props: { protocol: 'tcp', auth: 'unknown', networkScope: 'unknown', publicIp: true, repliesToCaller: true },
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: compute, props: { forwardsText: 'unknown', relaysReply: true }, evidence: ctx.evidence(cause.r, pointer(...cause.path)) });
  for (const { owner, path } of places) attachedTo(ctx, owner, endpoint, path);
  return endpoint;
}

function networkPlaces(ctx: MapContext, r: Resource, template: Resource | undefined): { owner: Resource; path: (string | number)[] }[] {
  const out: { owner: Resource; path: (string | number)[] }[] = [];
  for (const key of ['SubnetId', 'SecurityGroupIds', 'SecurityGroups']) {
    const s = setting(r, template, key);
    if (s) out.push({ owner: s.r, path: s.path });
  }
  const interfaces = setting(r, template, 'NetworkInterfaces');
  list(valueOf(interfaces)).forEach((v, i) => {
    if (!interfaces || isUnknown(v)) return;
    for (const key of ['SubnetId', 'GroupSet', 'Groups']) if (at(v, key) !== undefined) out.push({ owner: interfaces.r, path: [...interfaces.path, i, key] });
    const card = ctx.resource(at(v, 'NetworkInterfaceId'), ['AWS::EC2::NetworkInterface']);
    if (card) for (const key of ['SubnetId', 'GroupSet']) out.push({ owner: card, path: [key] });
  });
  return out;
}

/** What gives the machine a public address: its own setting, an interface, an elastic address, or its subnet. */
function publicAddress(ctx: MapContext, r: Resource, template: Resource | undefined): Setting | undefined {
  const own = setting(r, template, 'AssociatePublicIpAddress');
  if (own && flag(valueOf(own)) !== undefined) return flag(valueOf(own)) ? own : elastic(ctx, r);
  const interfaces = setting(r, template, 'NetworkInterfaces');
  const open = list(valueOf(interfaces)).findIndex((v) => flag(at(v, 'AssociatePublicIpAddress')) === true);
  if (interfaces && open >= 0) return { r: interfaces.r, path: [...interfaces.path, open] };
  const subnet = setting(r, template, 'SubnetId');
  const there = ctx.resource(valueOf(subnet), ['AWS::EC2::Subnet']);
  return there && flag(prop(there, 'MapPublicIpOnLaunch')) === true ? { r: there, path: ['MapPublicIpOnLaunch'] } : elastic(ctx, r);
}

function elastic(ctx: MapContext, r: Resource): Setting | undefined {
  const found = [...naming(ctx, r, 'AWS::EC2::EIP', 'InstanceId'), ...naming(ctx, r, 'AWS::EC2::EIPAssociation', 'InstanceId')][0];
  return found ? { r: found, path: ['InstanceId'] } : undefined;
}
