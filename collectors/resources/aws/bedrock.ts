import { mapping, type ResourceMapping } from '../../define.ts';
import { mapAgent, mapAgentAlias } from './bedrock/agent.ts';
import { mapBedrockResourcePolicy } from './agentcore/resource-policy.ts';
import { mapFlow, mapFlowAlias } from './bedrock/flow.ts';
import { mapEnforcedGuardrail, mapGuardrail, mapPrompt } from './bedrock/guardrail.ts';
import { mapDataSource, mapKnowledgeBase } from './bedrock/knowledge.ts';

/** Amazon Bedrock: agents, their tools, knowledge, flows, guardrails (platforms.md 1.1). */
export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::Bedrock::Agent', mapAgent),
  mapping('AWS::Bedrock::AgentAlias', mapAgentAlias),
  mapping('AWS::Bedrock::KnowledgeBase', mapKnowledgeBase),
  mapping('AWS::Bedrock::DataSource', mapDataSource),
  mapping('AWS::Bedrock::Guardrail', mapGuardrail),
  mapping('AWS::Bedrock::EnforcedGuardrailConfiguration', mapEnforcedGuardrail),
  mapping('AWS::Bedrock::Prompt', mapPrompt),
  mapping('AWS::Bedrock::Flow', mapFlow),
  mapping('AWS::Bedrock::FlowAlias', mapFlowAlias),
  mapping('AWS::Bedrock::ResourcePolicy', mapBedrockResourcePolicy),
  mapping('AWS::Bedrock::KnowledgeBasePolicy', mapBedrockResourcePolicy),
];
