import { type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { flag, literal, prop, text, undecided } from '../properties.ts';
import { mapImage } from './code.ts';
import { mapEnvironment } from './environment.ts';
import { attachedTo, encryptedWith, label, partOf, runsAs } from './shared.ts';

/** A container service that is public unless it is told otherwise. */
function service(r: Resource, ctx: MapContext): void {
  const vpc = literal(prop(r, 'NetworkConfiguration', 'EgressConfiguration', 'EgressType')) === 'VPC';
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'container', arn: r.nativeId, metadataService: 'none', egress: vpc ? 'unknown' : 'open' } });
  runsAs(ctx, r, id, ['InstanceConfiguration', 'InstanceRoleArn'], 'code');
  encryptedWith(ctx, r, id, 'EncryptionConfiguration', 'KmsKey');
  const image = ['SourceConfiguration', 'ImageRepository'];
  mapImage(ctx, r, id, [...image, 'ImageIdentifier']);
  ctx.amend(id, { ...mapEnvironment(ctx, r, id, [...image, 'ImageConfiguration', 'RuntimeEnvironmentVariables']) });
  ctx.amend(id, { ...mapEnvironment(ctx, r, id, [...image, 'ImageConfiguration', 'RuntimeEnvironmentSecrets']) });
  const code = ['SourceConfiguration', 'CodeRepository'];
  ctx.amend(id, { ...mapEnvironment(ctx, r, id, [...code, 'CodeConfiguration', 'CodeConfigurationValues', 'RuntimeEnvironmentVariables']) });
  const connector = ctx.resource(prop(r, 'NetworkConfiguration', 'EgressConfiguration', 'VpcConnectorArn'), ['AWS::AppRunner::VpcConnector']);
  if (connector) attachedTo(ctx, connector, id, ['Subnets'], ['SecurityGroups']);
  const path = ['NetworkConfiguration', 'IngressConfiguration', 'IsPubliclyAccessible'];
  const open = flag(prop(r, ...path));
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: 'aws.apprunner.endpoint', name: `${label(r)} (service)`, tags: {},
    props: { protocol: 'https', auth: 'none', method: 'ANY', path: '/', url: text(prop(r, 'ServiceUrl')), networkScope: undecided(prop(r, ...path)) ? 'unknown' : open === false ? 'private' : 'public', repliesToCaller: true },
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(r), props: { forwardsText: 'unknown', relaysReply: true } });
}

export const mappings: ResourceMapping[] = [mapping('AWS::AppRunner::Service', service), mapping('AWS::AppRunner::VpcConnector', () => {})];
