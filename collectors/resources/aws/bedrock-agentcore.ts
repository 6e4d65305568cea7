import { mapping, type ResourceMapping } from '../../define.ts';
import { mapBrowser, mapBrowserProfile, mapCodeInterpreter } from './agentcore/built-in.ts';
import { mapGateway } from './agentcore/gateway.ts';
import { mapGatewayTarget } from './agentcore/gateway-target.ts';
import { mapHarness } from './agentcore/harness.ts';
import { mapApiKeyProvider, mapOauthProvider, mapWorkloadIdentity } from './agentcore/identity.ts';
import { mapMemory } from './agentcore/memory.ts';
import { mapAgentResourcePolicy } from './agentcore/resource-policy.ts';
import { mapRuntime, mapRuntimeEndpoint } from './agentcore/runtime.ts';

/** Amazon Bedrock AgentCore: hosted agents, gateways, memory, interpreters, browsers, identities (platforms.md 1.2). */
export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::BedrockAgentCore::Runtime', mapRuntime),
  mapping('AWS::BedrockAgentCore::RuntimeEndpoint', mapRuntimeEndpoint),
  mapping('AWS::BedrockAgentCore::Harness', mapHarness),
  mapping('AWS::BedrockAgentCore::Gateway', mapGateway),
  mapping('AWS::BedrockAgentCore::GatewayTarget', mapGatewayTarget),
  mapping('AWS::BedrockAgentCore::PolicyEngine', () => {}),
  mapping('AWS::BedrockAgentCore::Policy', () => {}),
  mapping('AWS::BedrockAgentCore::ResourcePolicy', mapAgentResourcePolicy),
  mapping('AWS::BedrockAgentCore::Memory', mapMemory),
  mapping('AWS::BedrockAgentCore::CodeInterpreterCustom', mapCodeInterpreter),
  mapping('AWS::BedrockAgentCore::BrowserCustom', mapBrowser),
  mapping('AWS::BedrockAgentCore::BrowserProfile', mapBrowserProfile),
  mapping('AWS::BedrockAgentCore::WorkloadIdentity', mapWorkloadIdentity),
  mapping('AWS::BedrockAgentCore::OAuth2CredentialProvider', mapOauthProvider),
  mapping('AWS::BedrockAgentCore::ApiKeyCredentialProvider', mapApiKeyProvider),
];
