import type { Resource, SourceRef, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { attachPolicy } from '../../context/policies.ts';
import { at, flag, known, list, literal, number, pointer, prop, text, texts } from '../../properties.ts';
import { naming } from '../grouped.ts';
import { attachedTo, idOf } from '../shared.ts';

/** Networks as far as reachability needs them. */

const VPC = ['AWS::EC2::VPC'];
const TABLE = ['AWS::EC2::RouteTable'];

export function mapVpc(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Network', name: tagName(r), props: known({ networkType: 'vpc', arn: r.nativeId, cidrs: cidrs(prop(r, 'CidrBlock')) }) });
}

const cidrs = (v: Value | undefined): string[] | undefined => (texts(v).length > 0 ? texts(v) : undefined);

/** The `Name` tag, which people use as the name of what has none. */
export function tagName(r: Resource): string | undefined {
  const tags = prop(r, 'Tags');
  const listed = list(tags).find((t) => literal(at(t, 'Key')) === 'Name');
  return literal(listed === undefined ? at(tags, 'Name') : at(listed, 'Value'));
}

/** A subnet is public only by its route table. */
export function mapSubnet(r: Resource, ctx: MapContext): void {
  const subnet = ctx.node(r, {
    kind: 'Network', name: tagName(r), props: known({ networkType: 'subnet', arn: r.nativeId, cidrs: cidrs(prop(r, 'CidrBlock')), publicIp: flag(prop(r, 'MapPublicIpOnLaunch')) ?? (prop(r, 'MapPublicIpOnLaunch') === undefined ? false : undefined) }),
  });
  attachedTo(ctx, r, subnet, ['VpcId']);
  const table = tableOf(ctx, r);
  if (table) ctx.edge({ kind: 'ATTACHED_TO', from: subnet, to: table.id, evidence: ctx.evidence(table.cause, table.where) });
}

/** The associated table, else the main table of the VPC. */
function tableOf(ctx: MapContext, subnet: Resource): { id: string; cause: Resource; where: string } | undefined {
  for (const a of naming(ctx, subnet, 'AWS::EC2::SubnetRouteTableAssociation', 'SubnetId')) {
    const id = ctx.resolve(prop(a, 'RouteTableId'), TABLE);
    if (id) return { id, cause: a, where: '/RouteTableId' };
  }
  const vpc = ctx.resource(prop(subnet, 'VpcId'), VPC);
  if (!vpc) return undefined;
  for (const a of naming(ctx, vpc, 'AWS::EC2::MainRouteTableAssociation', 'VpcId')) {
    const id = ctx.resolve(prop(a, 'RouteTableId'), TABLE);
    if (id) return { id, cause: a, where: '/RouteTableId' };
  }
  for (const t of naming(ctx, vpc, 'AWS::EC2::RouteTable', 'DefaultRouteTableId')) {
    if (flag(prop(t, 'Main')) !== true) continue;
    const id = idOf(ctx, t);
    if (id) return { id, cause: t, where: '' };
  }
  return undefined;
}

const TARGETS = ['GatewayId', 'NatGatewayId', 'EgressOnlyGatewayId', 'EgressOnlyInternetGatewayId', 'TransitGatewayId', 'VpcEndpointId', 'VpcPeeringConnectionId', 'NetworkInterfaceId', 'InstanceId'];

/** Routes written in the table and routes that name it. */
export function mapRouteTable(r: Resource, ctx: MapContext): void {
  const own = list(prop(r, 'Routes')).flatMap((v) => routeOf(v, ctx));
  const others = naming(ctx, r, 'AWS::EC2::Route', 'RouteTableId');
  const sources = [r, ...others].map((x) => ctx.source(x)).filter((s) => s !== undefined);
  ctx.node(r, { kind: 'Network', name: tagName(r), sources, props: known({ networkType: 'route_table', arn: r.nativeId, routes: [...own, ...others.flatMap((x) => routeOf(x.properties, ctx))] }) });
}

function routeOf(v: Value, ctx: MapContext): { destination: string; target: string }[] {
  const destination = text(at(v, 'DestinationCidrBlock')) ?? text(at(v, 'DestinationIpv6CidrBlock')) ?? text(at(v, 'DestinationPrefixListId'));
  const key = TARGETS.find((k) => text(at(v, k)) !== undefined && text(at(v, k)) !== '');
  if (destination === undefined || key === undefined) return [];
  const target = text(at(v, key))!;
  const gateway = key === 'GatewayId' ? ctx.resource(target, ['AWS::EC2::InternetGateway']) : undefined;
  return [{ destination, target: gateway ? `internet_gateway ${gateway.address}` : target }];
}

/**
 * Rules written in the group and rules that name it, each with its own lines. Where no rule for traffic out is written at all, everything
 * may leave, unless the source says that nothing may.
 */
export function mapSecurityGroup(r: Resource, ctx: MapContext): void {
  const sources: SourceRef[] = [ctx.source(r)].filter((s) => s !== undefined);
  const place = (s: SourceRef | undefined): number | undefined => (s === undefined ? undefined : sources.push(s) - 1);
  const rules = (property: string, type: string) => [
    ...list(prop(r, property)).map((v, i) => ruleOf(v, place(ctx.source(r, pointer(property, i))))),
    ...naming(ctx, r, type, 'GroupId').map((x) => ruleOf(x.properties, place(ctx.source(x)))),
  ];
  const ingress = rules('SecurityGroupIngress', 'AWS::EC2::SecurityGroupIngress');
  const written = rules('SecurityGroupEgress', 'AWS::EC2::SecurityGroupEgress');
  const egress = written.length === 0 && prop(r, 'SecurityGroupEgress') === undefined ? [{ protocol: '-1', cidrs: ['0.0.0.0/0', '::/0'] }] : written;
  const group = ctx.node(r, { kind: 'Network', sources, name: text(prop(r, 'GroupName')) === undefined ? tagName(r) : undefined, props: known({ networkType: 'security_group', arn: r.nativeId, ingress, egress }) });
  attachedTo(ctx, r, group, ['VpcId']);
}

function ruleOf(v: Value, source: number | undefined): Record<string, unknown> {
  const groups = [...texts(at(v, 'SourceSecurityGroupId')), ...texts(at(v, 'DestinationSecurityGroupId')), ...(flag(at(v, 'Self')) === true ? ['self'] : [])];
  const ranges = [...texts(at(v, 'CidrIp')), ...texts(at(v, 'CidrIpv6'))];
  return known({
    fromPort: number(at(v, 'FromPort')), toPort: number(at(v, 'ToPort')), protocol: text(at(v, 'IpProtocol')),
    cidrs: ranges.length > 0 ? ranges : undefined, groups: groups.length > 0 ? groups : undefined, source,
  });
}

export function mapVpcEndpoint(r: Resource, ctx: MapContext): void {
  const endpoint = ctx.node(r, { kind: 'Network', props: known({ networkType: 'vpc_endpoint', arn: r.nativeId, service: text(prop(r, 'ServiceName')), endpointType: literal(prop(r, 'VpcEndpointType')) ?? 'Gateway' }) });
  attachedTo(ctx, r, endpoint, ['VpcId'], ['SubnetIds'], ['SecurityGroupIds']);
  attachPolicy(ctx, r, endpoint, 'endpoint', '/PolicyDocument');
}
