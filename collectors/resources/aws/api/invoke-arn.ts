import { hole, type Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { prop, text } from '../../properties.ts';
import { naming } from '../grouped.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html (read 2026-10) */

const STAGES: Readonly<Record<string, readonly [type: string, property: string]>> = {
  'AWS::ApiGateway::RestApi': ['AWS::ApiGateway::Stage', 'RestApiId'], 'AWS::ApiGatewayV2::Api': ['AWS::ApiGatewayV2::Stage', 'ApiId'],
};

/**
 * ARN on which `execute-api:Invoke` is asked for a route: `arn:<p>:execute-api:<region>:<account>:<api id>/<stage>/<METHOD>/<path>`.
 * Only where AWS signatures decide; elsewhere that permission lets nobody in. More than one stage, or none in the input, is a stage not known.
 */
export function invokeArn(ctx: MapContext, api: Resource | undefined, auth: string, method: string, path: string | undefined): string | undefined {
  const own = api?.nativeId === undefined ? null : /^arn:(.*?):apigateway:(.*)::\/(?:restapis|apis)\/(.+)$/.exec(api.nativeId);
  if (!api || !own || auth !== 'aws-iam' || path === undefined) return undefined;
  const [, partition, region, id] = own;
  const unknown = (what: string): string => hole({ kind: 'unknown', key: `${ctx.nativeId(api)} ${what}` });
  const stages = new Set(naming(ctx, api, ...STAGES[api.type]!).flatMap((s) => text(prop(s, 'StageName')) ?? []));
  const stage = stages.size === 1 ? [...stages][0]! : unknown('stage');
  // A request has its own verb and its own values where the route leaves them open.
  const verb = method === 'ANY' ? unknown('method') : method;
  const below = path.replace(/^\//, '').replace(/\{[^}]*\}/g, (name) => unknown(name));
  return `arn:${partition}:execute-api:${region}:${ctx.account(api)}:${id}/${stage}/${verb}/${below}`;
}
