import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, known, list, literal, pointer, prop, text } from '../properties.ts';
import { mapValue } from './environment.ts';
import { label, partOf, runsAsProfile } from './shared.ts';

/** Elastic Beanstalk: machines that the service runs for an application, described by option settings. */

const VARIABLES = 'aws:elasticbeanstalk:application:environment';

interface Option { namespace: string; name: string; value: string; where: string; r: Resource }

function options(r: Resource): Option[] {
  return list(prop(r, 'OptionSettings')).flatMap((o, i) => {
    const [namespace, name, value] = [literal(at(o, 'Namespace')), literal(at(o, 'OptionName')), text(at(o, 'Value'))];
    return namespace === undefined || name === undefined || value === undefined ? [] : [{ namespace, name, value, where: pointer('OptionSettings', i, 'Value'), r }];
  });
}

/** Settings of the environment, then those of the template it is made from. Variables show to whoever reads the configuration. */
function environment(r: Resource, ctx: MapContext): void {
  const template = ctx.resource(prop(r, 'TemplateName'), ['AWS::ElasticBeanstalk::ConfigurationTemplate']);
  const all = [...options(r), ...(template ? options(template) : [])];
  const option = (namespace: string, name: string): Option | undefined => all.find((o) => o.namespace === namespace && o.name === name);
  const machine = (name: string): Option | undefined => option('aws:autoscaling:launchconfiguration', name);
  const id = ctx.node(r, {
    kind: 'Compute', name: label(r), props: known({ computeType: 'vm', arn: r.nativeId, egress: 'unknown', metadataService: machine('DisableIMDSv1')?.value === 'true' ? 'token_required' : 'unknown', keyPair: machine('EC2KeyName')?.value }),
  });
  const profile = machine('IamInstanceProfile');
  if (profile) runsAsProfile(ctx, id, profile.value, profile.r, profile.where);
  for (const o of all) if (o.namespace === VARIABLES) mapValue(ctx, o.r, id, o.where, o.name, o.value);
  ctx.amend(id, known({ configuredNames: all.filter((o) => o.namespace === VARIABLES).map((o) => o.name) }));
  if (literal(prop(r, 'Tier', 'Name')) === 'Worker' || literal(prop(r, 'Tier')) === 'Worker') return;
  const inside = option('aws:ec2:vpc', 'ELBScheme')?.value === 'internal';
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: 'aws.elasticbeanstalk.endpoint', name: `${label(r)} (web)`, tags: {},
    props: known({ protocol: 'https', auth: 'none', method: 'ANY', path: '/', url: text(prop(r, 'EndpointURL')), networkScope: inside ? 'private' : 'public', repliesToCaller: true }),
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(r), props: { forwardsText: 'unknown', relaysReply: true } });
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::ElasticBeanstalk::Environment', environment),
  // Read with the environments made from it.
  mapping('AWS::ElasticBeanstalk::ConfigurationTemplate', () => {}),
];
