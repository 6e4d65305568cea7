import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { flag, known, prop, text } from '../properties.ts';
import { mapEnvironment, mapValue } from './environment.ts';
import { naming } from './grouped.ts';
import { label, partOf, runsAs } from './shared.ts';

/** Amplify: a hosted site (and its server side), built from a repository with the app's service role. */

function mapApp(r: Resource, ctx: MapContext): void {
  const compute = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'saas', arn: r.nativeId, egress: 'open', metadataService: 'none' }) });
  runsAs(ctx, r, compute, ['ComputeRoleArn'], 'code');
  runsAs(ctx, r, compute, ['IAMServiceRole'], 'service');
  for (const owner of [r, ...naming(ctx, r, 'AWS::Amplify::Branch', 'AppId')]) {
    for (const path of ['EnvironmentMap', 'EnvironmentVariables']) ctx.amend(compute, { ...mapEnvironment(ctx, owner, compute, [path]) });
  }
  for (const key of ['OauthToken', 'AccessToken']) {
    const value = text(prop(r, key));
    if (value !== undefined) mapValue(ctx, r, compute, `/${key}`, key, value);
  }
  const protectedBy = flag(prop(r, 'BasicAuthConfig', 'EnableBasicAuth')) === true;
  const endpoint = ctx.node(r, {
    kind: 'Endpoint', nativeId: partOf(compute, 'site'), type: 'aws.amplify.site', name: `site of ${label(r)}`, sources: [ctx.source(r, protectedBy ? '/BasicAuthConfig' : '')].filter((s) => s !== undefined),
    props: { protocol: 'https', networkScope: 'public', auth: protectedBy ? 'session' : 'none', repliesToCaller: true },
  });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: compute, props: { forwardsText: 'unknown', relaysReply: true }, evidence: ctx.evidence(r) });
}

export const mappings: readonly ResourceMapping[] = [mapping('AWS::Amplify::App', mapApp), mapping('AWS::Amplify::Branch', () => {})];
