import type { Evidence, Resource, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, fields, literal, text } from '../../properties.ts';
import { functionBehind } from '../shared.ts';

/** What a route does with a request. `r` and `where` are the place that says so, `cause` the line of the route that leads there. */
export interface Integration { r: Resource; where: string; type: string | undefined; uri: string | undefined; credentials: Value | undefined; asynchronous: boolean; cause?: Evidence[] }

/** Direct integrations: service in the URI → what the last part of the path names. */
const SERVICES: Readonly<Record<string, { types: string[]; placeholder?: { kind: 'DataStore' | 'Channel' | 'Compute'; type: string } }>> = {
  sqs: { types: ['AWS::SQS::Queue'], placeholder: { kind: 'DataStore', type: 'aws.sqs.queue' } },
  kinesis: { types: ['AWS::Kinesis::Stream'] },
  states: { types: ['AWS::StepFunctions::StateMachine'] },
  sns: { types: ['AWS::SNS::Topic'] },
};

/** ROUTES_TO what answers, and RUNS_AS the role that a direct call to a service is made with. */
export function mapIntegration(ctx: MapContext, endpoint: string, i: Integration): void {
  const evidence = [...(i.cause ?? []), ...ctx.evidence(i.r, i.where)];
  const fn = i.uri === undefined ? undefined : functionBehind(ctx, lambdaUri(i.uri));
  if (fn) {
    ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: fn.id, evidence, props: { forwardsText: 'unknown', relaysReply: !i.asynchronous, asynchronous: i.asynchronous ? true : undefined } });
  } else direct(ctx, endpoint, i, evidence);
  const role = ctx.resolve(i.credentials, ['AWS::IAM::Role'], { kind: 'Identity', type: 'aws.iam.role' });
  if (role && !fn) ctx.edge({ kind: 'RUNS_AS', from: endpoint, to: role, discriminator: 'service', props: { for: 'service' }, evidence });
}

/** Only addresses of functions: everything else in a URI is no function name. */
const lambdaUri = (uri: string): Value | undefined => (/:lambda:/.test(uri) || /\|(invoke_arn|arn|qualified_arn|)\uE001/.test(uri) ? uri : undefined);

function direct(ctx: MapContext, endpoint: string, i: Integration, evidence: Evidence[]): void {
  const listener = i.uri === undefined ? undefined : ctx.resolve(i.uri, ['AWS::ElasticLoadBalancingV2::Listener']);
  if (listener) { ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: listener, evidence, props: { relaysReply: true } }); return; }
  const service = /^arn:[^:]*:apigateway:[^:]*:(?:[^:]*\.)?([a-z]+):(?:path|action)\/(.*)$/s.exec(i.uri ?? '');
  const known = SERVICES[service?.[1] ?? ''];
  if (!service || !known) return;
  const named = service[2]!.split('/').at(-1);
  const to = ctx.resolve(named, known.types, known.placeholder);
  if (to) ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to, evidence, props: { forwardsText: true, relaysReply: false, asynchronous: true } });
}

/** An asynchronous invocation answers before the function has run. */
export const isAsynchronous = (parameters: Value | undefined): boolean =>
  Object.entries(fields(parameters) ?? {}).some(([k, v]) => /x-amz-invocation-type/i.test(k) && /event/i.test(text(v) ?? ''));

/** Integration of an OpenAPI operation. */
export function operationIntegration(api: Resource, where: string, operation: { [key: string]: Value }): Integration {
  const x = operation['x-amazon-apigateway-integration'];
  return {
    r: api, where: `${where}/x-amazon-apigateway-integration`, type: literal(at(x, 'type')), uri: text(at(x, 'uri')), credentials: at(x, 'credentials'), asynchronous: isAsynchronous(at(x, 'requestParameters')),
  };
}
