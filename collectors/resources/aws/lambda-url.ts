import { isUnknown, type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { flag, known, prop, text } from '../properties.ts';
import { permissionsOf } from './permissions.ts';
import { functionBehind, label, platformEvidence } from './shared.ts';

const DOCUMENT = 'docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/**
 * A function URL. AuthType NONE opens it only together with a statement that lets everyone invoke; where the deployment tool adds
 * that statement itself, NONE is public by platform behaviour.
 */
function url(r: Resource, ctx: MapContext): void {
  const target = functionBehind(ctx, r.properties['TargetFunctionArn']);
  const type = r.properties['AuthType'];
  const auth = type === 'NONE' ? 'none' : type === 'AWS_IAM' ? 'aws-iam' : 'unknown';
  const adds = flag(r.properties['AddsPublicStatement']) === true;
  const publicStatement = auth !== 'none' ? undefined : adds || (target?.resource ? hasPublicStatement(ctx, target.resource) : undefined);
  const id = ctx.node(r, {
    kind: 'Endpoint', name: `URL of ${target?.resource ? label(target.resource) : label(r)}`,
    props: known({
      protocol: 'https', auth, authDetail: publicStatement === undefined ? undefined : { publicStatement }, method: 'ANY', path: '/', url: text(prop(r, 'FunctionUrl')),
      networkScope: 'public', repliesToCaller: true,
    }),
  });
  if (isUnknown(type)) ctx.note({ code: 'unresolved', message: `${r.address}: how callers authenticate is not decided by the input`, subject: r.address, ...(ctx.source(r, '/AuthType') ? { source: ctx.source(r, '/AuthType')! } : {}) });
  if (!target) return;
  const evidence = adds && auth === 'none' ? platformEvidence(ctx, r, '/AuthType', 'the public invoke statement comes with the URL', DOCUMENT) : ctx.evidence(r, '/TargetFunctionArn');
  ctx.edge({ kind: 'ROUTES_TO', from: id, to: target.id, evidence, props: { forwardsText: 'unknown', relaysReply: true } });
}

/** A statement on the function that lets everyone invoke it through a URL without authentication. */
function hasPublicStatement(ctx: MapContext, fn: Resource): boolean {
  return permissionsOf(fn, ctx).some((p) => {
    if (p.properties['Principal'] !== '*' || !/^lambda:(InvokeFunctionUrl|InvokeFunction|\*)$/.test(text(p.properties['Action']) ?? '')) return false;
    const url = p.properties['FunctionUrlAuthType'];
    return url === undefined || url === 'NONE';
  });
}

export const mappings: ResourceMapping[] = [mapping('AWS::Lambda::Url', url)];
