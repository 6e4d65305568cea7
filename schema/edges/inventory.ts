import { z } from 'zod';
import { OWNER_SOURCES } from '../owner.ts';
import { defineEdge, NODE_KINDS, shapes } from '../define.ts';

const ANY = NODE_KINDS;
const mode = z.enum(['auto', 'on_query', 'on_user_action', 'instruction', 'memory', 'trigger', 'ingest', 'checkout', 'restore']);

export const inventoryEdges = [
  defineEdge('HAS_POLICY', 'attachment; the statements live in the Policy', [[['Identity', 'DataStore', 'Secret', 'Compute', 'Endpoint', 'Agent', 'ToolServer', 'Artifact', 'Network', 'Scope', 'Channel', 'Pipeline', 'Repository', 'Control', 'Tool'], ['Policy']]], { as: z.enum(['identity', 'boundary', 'trust', 'resource', 'scp', 'rcp', 'session', 'endpoint', 'data_access', 'vended', 'k8s_role']) }),
  defineEdge('MEMBER_OF', 'user in group', [[['Identity'], ['Identity']]]),
  defineEdge('RUNS_AS', 'executing identity', [[['Agent', 'Tool', 'ToolServer', 'Compute', 'Pipeline', 'Endpoint', 'DataStore', 'Channel'], ['Identity']]], { for: z.enum(['model', 'tool', 'code', 'service', 'host']).describe('host: of the machine that the code runs on, for whoever gets out of its own place') }),
  defineEdge('IMPLEMENTED_BY', 'the code behind it', [[['Agent', 'Tool', 'ToolServer', 'Endpoint', 'Pipeline', 'Control'], ['Compute']]]),
  defineEdge('HAS_TOOL', 'the agent may call it', [[['Agent'], ['Tool']]], { gates: shapes.strings.describe('ids of Control nodes'), enabled: z.boolean(), selection: z.enum(['listed', 'wildcard']) }, 'both'),
  defineEdge('PROVIDED_BY', 'tool of a server', [[['Tool'], ['ToolServer']], [['ToolServer'], ['ToolServer']]]),
  defineEdge('ROUTES_TO', 'a request goes on to', [[['Endpoint', 'Compute', 'Channel', 'ToolServer'], ['Endpoint', 'Compute', 'Agent', 'ToolServer', 'DataStore', 'Channel']]], { forwardsText: z.union([z.boolean(), z.literal('unknown')]), relaysReply: z.boolean(), asynchronous: z.boolean() }, 'both'),
  defineEdge('FEEDS', 'its content enters the context, or starts the code that passes it on', [[['Channel', 'DataStore', 'Artifact'], ['Agent', 'DataStore', 'Compute', 'Pipeline', 'Channel']]], { mode }, 'both'),
  defineEdge('WRITES_TO', 'writes by platform function, no permission needed', [[['Agent', 'Tool', 'Compute'], ['Channel', 'DataStore']]]),
  defineEdge('USES_CREDENTIAL', 'authenticates with', [[['Agent', 'Tool', 'ToolServer', 'Compute'], ['Credential']]], { delegation: z.enum(['service', 'user_obo', 'caller', 'passthrough']) }),
  defineEdge('AUTHENTICATES_AS', 'possession lets one act as, or log in to', [[['Credential'], ['Identity', 'Endpoint', 'Compute']]]),
  defineEdge('HOLDS', 'contains a credential or secret reference', [[['DataStore', 'Secret', 'Compute', 'Artifact', 'Pipeline', 'Channel', 'Agent', 'ToolServer', 'Endpoint', 'Repository'], ['Credential', 'Secret']]], { property: z.string() }),
  defineEdge('DELEGATES_TO', 'collaborator, hand-off, A2A', [[['Agent'], ['Agent']]], { relaysContext: z.boolean(), relaysReply: z.boolean(), identityMode: z.string() }),
  defineEdge('EXECUTES_IN', 'the tool runs code that the model wrote', [[['Tool'], ['Compute']]]),
  defineEdge('BUILT_FROM', 'image, package, dependency, prompt', [[['Compute', 'ToolServer', 'Agent', 'Artifact', 'Pipeline'], ['Artifact']]]),
  defineEdge('DEPLOYS', 'pipeline changes it', [[['Pipeline'], ['Compute', 'Artifact', 'Scope']]]),
  defineEdge('CONTAINS', 'write on the container is write on the content', [[['Repository', 'Scope', 'DataStore', 'Channel'], ANY]]),
  defineEdge('GUARDED_BY', 'changes gates and scores, not a move', [[['Agent', 'Endpoint', 'Tool', 'ToolServer', 'Scope'], ['Control']]]),
  defineEdge('ENCRYPTED_WITH', 'customer key', [[['DataStore', 'Secret', 'Agent', 'Compute', 'Artifact', 'Channel', 'Pipeline', 'Control', 'ToolServer'], ['Secret']]]),
  defineEdge('ATTACHED_TO', 'for reachability', [[['Compute', 'Endpoint', 'DataStore', 'Network', 'Agent'], ['Network']]]),
  defineEdge('OWNED_BY', 'who answers for it', [[ANY, ['Owner']]], { by: z.enum(OWNER_SOURCES) }),
  defineEdge('IN_SCOPE', 'account, cluster or namespace', [[ANY, ['Scope']]]),
];
