import { hasHole, hole, type NodeRecord, type SourceRef } from '../../schema/index.ts';

/** Attributes that hold the ARN where they are not called `arn`, `Arn`. */
const ARN: Record<string, string> = {
  aws_bedrockagent_agent: 'agent_arn', 'AWS::Bedrock::Agent': 'AgentArn', aws_bedrockagent_agent_alias: 'agent_alias_arn', 'AWS::Bedrock::AgentAlias': 'AgentAliasArn',
  aws_bedrockagentcore_gateway: 'gateway_arn', 'AWS::BedrockAgentCore::Gateway': 'GatewayArn', aws_bedrockagentcore_agent_runtime: 'agent_runtime_arn', 'AWS::BedrockAgentCore::Runtime': 'AgentRuntimeArn',
  'AWS::SNS::Topic': 'TopicArn', 'AWS::BedrockAgentCore::Memory': 'MemoryArn',
};

const moduleOf = (address: string | undefined): string => /^((?:module\.[^.]+\.)*)/.exec(address ?? '')![1]!;

/** How the code at `place` names a thing: a reference where both stand in one module or template, else its ARN. Undefined: neither is possible. */
export function namedAt(n: NodeRecord, place: SourceRef): string | undefined {
  const own = n.sources[0];
  const arn = n.props['arn'];
  const near = own?.address !== undefined && own.source === place.source && (place.source === 'terraform' ? moduleOf(own.address) === moduleOf(place.address) && !/[[\]]/.test(own.address) : own.file === place.file);
  const type = n.sourceType ?? '';
  // A policy file that Terraform reads knows nothing of its resources.
  const isRead = place.source === 'terraform' && !/\.tf(\.json)?$/.test(place.file ?? '');
  if (near && !isRead) return hole({ kind: 'ref', address: `#${own.address}`, attribute: ARN[type] ?? (place.source === 'terraform' ? 'arn' : 'Arn') });
  return typeof arn === 'string' && !hasHole(arn) ? arn : undefined;
}
