import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, known, list, pointer, prop, text, texts } from '../properties.ts';
import { referencesIn } from '../secrets.ts';
import { apiBehind } from './api-address.ts';
import { naming } from './grouped.ts';
import { idOf } from './shared.ts';

/** CloudFront: a public front for whatever stands behind its origins. */

function mapDistribution(r: Resource, ctx: MapContext): void {
  const config = prop(r, 'DistributionConfig');
  const signed = texts(at(config, 'DefaultCacheBehavior', 'TrustedKeyGroups')).length > 0 || texts(at(config, 'DefaultCacheBehavior', 'TrustedSigners')).length > 0;
  const endpoint = ctx.node(r, { kind: 'Endpoint', props: known({ protocol: 'https', networkScope: 'public', auth: signed ? 'session' : 'none', repliesToCaller: true, arn: r.nativeId, url: texts(at(config, 'Aliases'))[0] }) });
  list(at(config, 'Origins')).forEach((origin, i) => {
    const where = pointer('DistributionConfig', 'Origins', i, 'DomainName');
    for (const to of behind(ctx, text(at(origin, 'DomainName')))) {
      ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to, evidence: ctx.evidence(r, where), props: { relaysReply: true } });
    }
  });
}

/** API, function URL, load balancer or bucket at a domain name. */
function behind(ctx: MapContext, domain: string | undefined): string[] {
  if (domain === undefined) return [];
  const api = apiBehind(ctx, domain);
  if (api) return api.endpoints;
  for (const reference of referencesIn(domain)) {
    const balancer = ctx.resource(reference, ['AWS::ElasticLoadBalancingV2::LoadBalancer']);
    if (balancer) return naming(ctx, balancer, 'AWS::ElasticLoadBalancingV2::Listener', 'LoadBalancerArn').flatMap((l) => idOf(ctx, l) ?? []);
    const direct = ctx.resolve(reference, ['AWS::Lambda::Url', 'AWS::AppSync::GraphQLApi', 'AWS::S3::Bucket', 'AWS::ElasticLoadBalancing::LoadBalancer']);
    if (direct) return [direct];
  }
  const bucket = /^(.+?)\.s3[.-][^/]*amazonaws\.com/.exec(domain)?.[1];
  const store = bucket === undefined ? undefined : ctx.resolve(bucket, ['AWS::S3::Bucket']);
  return store ? [store] : [];
}

export const mappings: readonly ResourceMapping[] = [mapping('AWS::CloudFront::Distribution', mapDistribution)];
