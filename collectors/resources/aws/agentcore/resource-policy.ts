import { at, list, literal, prop, text, texts } from '../../properties.ts';
import { isUnknown, nodeId, type Resource, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { policyOn } from '../stores.ts';
import { partOf } from '../shared.ts';

const RUNTIME = 'AWS::BedrockAgentCore::Runtime';
const GATEWAY = 'AWS::BedrockAgentCore::Gateway';
const OUTSIDE = { kind: 'ToolServer', type: 'aws.bedrockagentcore.gateway' } as const;

/** Who may call a runtime or gateway beyond its own account. A statement for everyone opens the signed endpoint to every AWS account. */
export function mapAgentResourcePolicy(r: Resource, ctx: MapContext): void {
  const named = prop(r, 'ResourceArn') ?? '';
  policyOn(r, ctx, ['Policy'], [named], '/ResourceArn', [RUNTIME, GATEWAY], OUTSIDE);
  const target = ctx.resource(named, [RUNTIME, GATEWAY]);
  if (!target || !admitsEveryone(prop(r, 'Policy'))) return;
  const id = ctx.resolve(named, [RUNTIME, GATEWAY]);
  if (id === undefined) return;
  ctx.amend(nodeId('Endpoint', 'aws', partOf(id, target.type === GATEWAY ? 'endpoint' : 'endpoint/DEFAULT')), { authDetail: { publicStatement: true } });
}

/** An Allow for every principal without a condition. What the input leaves open says nothing here: the statements themselves are on the policy. */
function admitsEveryone(document: Value | undefined): boolean {
  const parsed = typeof document === 'string' ? parse(document) : document;
  if (parsed === undefined || isUnknown(parsed)) return false;
  return list(at(parsed, 'Statement')).some((s) => {
    const principal = at(s, 'Principal');
    const everyone = text(principal) === '*' || texts(at(principal, 'AWS')).includes('*');
    return literal(at(s, 'Effect')) === 'Allow' && everyone && at(s, 'Condition') === undefined;
  });
}

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** A resource policy of a knowledge base or a guardrail. */
export function mapBedrockResourcePolicy(r: Resource, ctx: MapContext): void {
  const types = ['AWS::Bedrock::KnowledgeBase', 'AWS::Bedrock::Guardrail'];
  const [property, named] = r.type === 'AWS::Bedrock::KnowledgeBasePolicy' ? ['KnowledgeBaseId', prop(r, 'KnowledgeBaseId')] : ['ResourceArn', prop(r, 'ResourceArn')];
  policyOn(r, ctx, ['PolicyDocument'], [named ?? ''], `/${property}`, types, { kind: 'DataStore', type: 'aws.bedrock.knowledgebase' });
}
