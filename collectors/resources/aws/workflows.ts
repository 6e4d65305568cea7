import { type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { documentAt, fields, known, list, pointer, prop, text } from '../properties.ts';
import { functionBehind, label, partOf, runsAs } from './shared.ts';

/** Things a state of a workflow may go on to, by the parameter that names them. */
const TARGETS: readonly (readonly [parameter: string, types: readonly string[]])[] = [
  ['AgentAliasArn', ['AWS::Bedrock::AgentAlias']], ['AgentId', ['AWS::Bedrock::Agent']], ['AgentRuntimeArn', ['AWS::BedrockAgentCore::Runtime']],
  ['StateMachineArn', ['AWS::StepFunctions::StateMachine']], ['QueueUrl', ['AWS::SQS::Queue']], ['TopicArn', ['AWS::SNS::Topic']], ['TableName', ['AWS::DynamoDB::Table']],
];

/** A state machine: each Task state is a way on; a state that waits for a token is an approval, if a person sends it. */
function stateMachine(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: { computeType: 'workflow', arn: r.nativeId, metadataService: 'none', egress: 'none' } });
  runsAs(ctx, r, id, ['RoleArn'], 'code');
  const at = prop(r, 'Definition') === undefined ? 'DefinitionString' : 'Definition';
  const definition = fields(documentAt(r, at));
  if (!definition) {
    if (prop(r, at) !== undefined) ctx.note({ code: 'unresolved', message: `${r.address}: the definition of the workflow could not be read`, subject: r.address, ...(ctx.source(r, `/${at}`) ? { source: ctx.source(r, `/${at}`)! } : {}) });
    return;
  }
  const substitutions = fields(prop(r, 'DefinitionSubstitutions')) ?? {};
  states(definition, pointer(at), (name, state, where) => task(r, ctx, id, name, state, where, (v) => substituted(v, substitutions)));
}

/** Every Task state, those in branches and iterators too. */
function states(machine: { [k: string]: Value }, where: string, visit: (name: string, state: { [k: string]: Value }, where: string) => void): void {
  for (const [name, v] of Object.entries(fields(machine['States']) ?? {})) {
    const state = fields(v);
    const here = where + pointer('States', name);
    if (!state) continue;
    if (state['Type'] === 'Task') visit(name, state, here);
    list(state['Branches']).forEach((b, i) => { const branch = fields(b); if (branch) states(branch, here + pointer('Branches', i), visit); });
    for (const key of ['Iterator', 'ItemProcessor']) { const inner = fields(state[key]); if (inner) states(inner, here + pointer(key), visit); }
  }
}

/** `${Name}` of a definition, as the template fills it. */
function substituted(v: Value | undefined, by: { [k: string]: Value }): Value | undefined {
  const t = text(v);
  const name = t === undefined ? undefined : /^\$\{(\w+)\}$/.exec(t)?.[1];
  return name !== undefined && by[name] !== undefined ? by[name] : v;
}

/** A value that the state takes from its input (`$.id`). */
const isPath = (v: Value): boolean => text(v)?.startsWith('$') === true && !text(v)!.startsWith('${');

function task(r: Resource, ctx: MapContext, id: string, name: string, state: { [k: string]: Value }, where: string, fill: (v: Value | undefined) => Value | undefined): void {
  const resource = fill(state['Resource']);
  const service = text(resource) ?? '';
  const parameters = fields(state['Parameters']) ?? fields(state['Arguments']) ?? {};
  const evidence = ctx.evidence(r, where, name);
  const go = (to: string | undefined, asynchronous: boolean): void => {
    if (to && to !== id) ctx.edge({ kind: 'ROUTES_TO', from: id, to, discriminator: name, evidence, props: { forwardsText: 'unknown', relaysReply: !asynchronous, asynchronous: asynchronous || undefined } });
  };
  if (!/^arn:[^:]*:states:/.test(service)) go(functionBehind(ctx, resource)?.id, false);
  const called = fill(parameters['FunctionName']);
  if (called !== undefined && !isPath(called)) go(functionBehind(ctx, called)?.id, false);
  for (const [parameter, types] of TARGETS) {
    const v = fill(parameters[parameter]);
    if (v === undefined || isPath(v)) continue;
    const to = ctx.resolve(v, types);
    go(to, parameter === 'QueueUrl' || parameter === 'TopicArn');
  }
  if (service.endsWith('.waitForTaskToken')) {
    ctx.node(r, {
      kind: 'Control', nativeId: partOf(id, `approval/${name}`), type: 'aws.stepfunctions.callback', name: `${name} of ${label(r)}`, tags: {}, sources: evidence.flatMap((e) => (e.source ? [e.source] : [])),
      props: { controlType: 'approval', mode: 'enforce', approver: 'unknown', enforcedBy: 'platform', enforcedOutsideCompute: true },
    });
  }
}

/** A pipe carries what comes in at its source to its target, as its own role. */
function pipe(r: Resource, ctx: MapContext): void {
  const id = ctx.node(r, { kind: 'Compute', props: known({ computeType: 'saas', arn: r.nativeId, metadataService: 'none', egress: 'none' }) });
  runsAs(ctx, r, id, ['RoleArn'], 'code');
  const from = ctx.resolve(prop(r, 'Source'), ['AWS::SQS::Queue', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table']);
  if (from) ctx.edge({ kind: 'FEEDS', from, to: id, discriminator: 'trigger', evidence: ctx.evidence(r, '/Source'), props: { mode: 'trigger' } });
  for (const key of ['Target', 'Enrichment']) {
    const to = ctx.resolve(prop(r, key), ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Kinesis::Stream', 'AWS::Bedrock::AgentAlias']);
    if (to && to !== id) ctx.edge({ kind: 'ROUTES_TO', from: id, to, discriminator: key, evidence: ctx.evidence(r, pointer(key)), props: { forwardsText: true, asynchronous: true } });
  }
}

export const mappings: ResourceMapping[] = [mapping('AWS::StepFunctions::StateMachine', stateMachine), mapping('AWS::Pipes::Pipe', pipe)];
