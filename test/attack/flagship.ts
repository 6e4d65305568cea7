import type { EstateSpec } from './estate.ts';

/** Model 4.4b: HTTP API without authorizer → chat Lambda → Bedrock agent alias → action-group Lambda whose role writes a table. */
export const flagship = (): EstateSpec => ({
  nodes: [
    ['Scope', 'internet', { scopeType: 'any' }], ['Scope', 'account', { scopeType: 'account' }],
    ['Endpoint', 'route', { auth: 'none', networkScope: 'public' }], ['Compute', 'chat-fn', { computeType: 'lambda', egress: 'open' }], ['Identity', 'chat-role', { identityType: 'role' }],
    ['Endpoint', 'alias', { auth: 'aws-iam' }], ['Agent', 'support', { platform: 'bedrock-agent', autonomy: 'interactive' }], ['Identity', 'agent-role', { identityType: 'role' }],
    ['ToolServer', 'group', {}], ['Tool', 'update', { contract: 'undeclared' }], ['Compute', 'tool-fn', { computeType: 'lambda', egress: 'open' }], ['Identity', 'tool-role', { identityType: 'role' }],
    ['DataStore', 'customers', { storeType: 'table' }], ['DataStore', 'any-bucket', { storeType: 'any', any: true }],
  ],
  edges: [
    ['internet', 'REACHES', 'route', { from: 'internet' }],
    ['route', 'ROUTES_TO', 'chat-fn'], ['chat-fn', 'RUNS_AS', 'chat-role', { for: 'code' }], ['chat-fn', 'ROUTES_TO', 'alias', { forwardsText: 'unknown', relaysReply: true }, 'conditional', ['text forwarded']],
    ['alias', 'ROUTES_TO', 'support'], ['support', 'HAS_TOOL', 'update', { enabled: true, gates: [] }], ['update', 'PROVIDED_BY', 'group'], ['update', 'IMPLEMENTED_BY', 'tool-fn'],
    ['update', 'RUNS_AS', 'tool-role', { for: 'tool' }], ['tool-fn', 'RUNS_AS', 'tool-role', { for: 'code' }], ['support', 'RUNS_AS', 'agent-role', { for: 'model' }],
    ['tool-role', 'IN_SCOPE', 'account'],
  ],
  grants: [
    { to: 'chat-role', effect: 'invoke', assets: ['alias'] },
    ...(['list', 'read', 'write', 'delete'] as const).map((effect) => ({ to: 'tool-role', effect, assets: ['customers'] })),
    { to: 'tool-role', effect: 'write', assets: ['any-bucket'] },
  ],
  sensitivity: { customers: 'confidential', 'any-bucket': 'unknown' },
});
