import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { flag, known, list, literal, pointer, prop, text } from '../../properties.ts';
import { attachedTo, egressOf, label, partOf, platformEvidence, runsAs } from '../shared.ts';

const METADATA_DOCUMENT = 'https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/security-credentials-management.html (read 2026-10)';

/**
 * A code interpreter: whoever may invoke it runs code beside its role's credentials, in every network mode. An agent has it as a tool
 * only where configuration and permission say so (derived).
 */
export function mapCodeInterpreter(r: Resource, ctx: MapContext): void {
  const networkMode = text(prop(r, 'NetworkConfiguration', 'NetworkMode'));
  const tool = ctx.node(r, { kind: 'Tool', props: known({ toolClass: 'code_exec', contract: 'all', operation: 'run code', argumentBinding: 'model_chosen', arn: r.nativeId, networkMode }) });
  const sandbox = microvm(r, tool, 'code interpreter', ctx);
  ctx.edge({
    kind: 'EXECUTES_IN', from: tool, to: sandbox,
    evidence: platformEvidence(ctx, r, '', 'code that the model wrote runs in a microVM; the metadata service there hands out the execution role', METADATA_DOCUMENT),
  });
}

function microvm(r: Resource, tool: string, what: string, ctx: MapContext): string {
  const compute = ctx.node(r, {
    kind: 'Compute', nativeId: partOf(tool, 'microvm'), type: 'aws.bedrockagentcore.microvm', name: `${what} ${label(r)} microVM`,
    props: known({ computeType: 'microvm', arn: r.nativeId, egress: egressOf(literal(prop(r, 'NetworkConfiguration', 'NetworkMode'))), metadataService: 'open' }),
  });
  runsAs(ctx, r, compute, ['ExecutionRoleArn'], 'code');
  attachedTo(ctx, r, compute, ['NetworkConfiguration', 'VpcConfig', 'Subnets'], ['NetworkConfiguration', 'VpcConfig', 'SecurityGroups']);
  list(prop(r, 'Certificates')).forEach((_, i) => {
    const path = ['Certificates', i, 'CertificateLocation', 'SecretArn'];
    const secret = ctx.resolve(prop(r, ...path), ['AWS::SecretsManager::Secret'], { kind: 'Secret', type: 'aws.secretsmanager.secret' });
    if (secret) ctx.edge({ kind: 'HOLDS', from: compute, to: secret, evidence: ctx.evidence(r, pointer(...path)) });
  });
  return compute;
}

/** A browser: untrusted pages come in, typed text goes out. */
export function mapBrowser(r: Resource, ctx: MapContext): void {
  const tool = ctx.node(r, {
    kind: 'Tool', props: known({ toolClass: 'browser', contract: 'all', operation: 'browse', argumentBinding: 'model_chosen', egress: literal(prop(r, 'NetworkConfiguration', 'NetworkMode')) === 'PUBLIC' ? true : undefined, arn: r.nativeId }),
  });
  const compute = microvm(r, tool, 'browser', ctx);
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: tool, to: compute, evidence: ctx.evidence(r) });
  runsAs(ctx, r, tool, ['ExecutionRoleArn'], 'tool');
  const web = ctx.node(r, {
    kind: 'Channel', nativeId: partOf(tool, 'web'), type: 'web', name: `web pages of browser ${label(r)}`, tags: {}, props: { channelType: 'web', writableBy: ['E2'], readableBy: ['E0'], recipients: 'free' },
  });
  ctx.edge({ kind: 'WRITES_TO', from: tool, to: web, evidence: ctx.evidence(r, '/NetworkConfiguration') });
  if (flag(prop(r, 'RecordingConfig', 'Enabled')) === false) return;
  const path = ['RecordingConfig', 'S3Location', 'Bucket'];
  const bucket = ctx.resolve(prop(r, ...path), ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
  if (bucket) ctx.edge({ kind: 'WRITES_TO', from: tool, to: bucket, evidence: ctx.evidence(r, pointer(...path)) });
}

/** Saved login state of browser sessions: possession is being logged in. */
export function mapBrowserProfile(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Credential', props: known({ credType: 'browser_profile', lifetime: 'session', heldBy: 'us', arn: r.nativeId }) });
}
