type Values = Record<string, unknown>;
/** One resource of a plan: as it stands, as it is planned, what is known after apply only, and what the code refers to there. */
export interface Planned { address: string; before?: Values | null; after?: Values | null; unknown?: Values; refs?: Record<string, string[]>; expressions?: Values }

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const actionsOf = (p: Planned): string[] => (!p.before ? ['create'] : !p.after ? ['delete'] : same(p.before, p.after) && !p.unknown ? ['no-op'] : ['update']);

/** A plan in the shape of `terraform show -json` (format 1.2). */
export const planFile = (resources: readonly Planned[]): string => JSON.stringify({
  format_version: '1.2', terraform_version: '1.9.8', planned_values: {},
  resource_changes: resources.map((p) => ({
    address: p.address, mode: 'managed', type: p.address.split('.')[0], name: p.address.split('.')[1], provider_name: 'registry.terraform.io/hashicorp/aws',
    change: { actions: actionsOf(p), before: p.before ?? null, after: p.after ?? null, after_unknown: p.unknown ?? {}, before_sensitive: {}, after_sensitive: {} },
  })),
  prior_state: { format_version: '1.0', values: { root_module: { resources: [] } } },
  configuration: {
    provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-west-1' } } } },
    root_module: { resources: resources.filter((p) => p.after).map((p) => ({ address: p.address, provider_config_key: 'aws', expressions: { ...Object.fromEntries(Object.entries(p.refs ?? {}).map(([k, references]) => [k, { references }])), ...p.expressions } })) },
  },
}, null, 1);

const ACCOUNT = '111122223333';
const iam = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const lambda = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const trust = (service: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
export const allow = (action: string | string[], resource: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] });
export const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/customers`;
const AGENT = `arn:aws:bedrock:eu-west-1:${ACCOUNT}:agent/AGENT12345`;
const ALIAS = `arn:aws:bedrock:eu-west-1:${ACCOUNT}:agent-alias/AGENT12345/ALIAS12345`;

/** A chat agent behind a function URL that asks for SigV4, whose tool only describes its table. */
export const STANDING: Record<string, Values> = {
  'aws_lambda_function_url.chat': { id: 'chat', function_name: 'chat', function_arn: lambda('chat'), authorization_type: 'AWS_IAM', function_url: 'https://abc.lambda-url.eu-west-1.on.aws/' },
  'aws_iam_role.chat': { id: 'chat', name: 'chat', arn: iam('chat'), assume_role_policy: trust('lambda.amazonaws.com') },
  'aws_iam_role_policy.chat': { id: 'chat:invoke', name: 'invoke', role: 'chat', policy: allow('bedrock:InvokeAgent', ALIAS) },
  'aws_lambda_function.chat': { id: 'chat', function_name: 'chat', arn: lambda('chat'), role: iam('chat'), handler: 'index.handler', runtime: 'nodejs20.x', environment: [{ variables: { AGENT_ID: 'AGENT12345', ALIAS_ID: 'ALIAS12345' } }] },
  'aws_iam_role.agent': { id: 'agent', name: 'agent', arn: iam('agent'), assume_role_policy: trust('bedrock.amazonaws.com') },
  'aws_bedrockagent_agent.support': { id: 'AGENT12345', agent_id: 'AGENT12345', agent_arn: AGENT, agent_name: 'support', agent_resource_role_arn: iam('agent'), foundation_model: 'anthropic.claude-3-5-sonnet-20240620-v1:0', instruction: 'Help customers with questions about their orders and change them when they ask.' },
  'aws_bedrockagent_agent_alias.live': { id: 'ALIAS12345,AGENT12345', agent_id: 'AGENT12345', agent_alias_id: 'ALIAS12345', agent_alias_arn: ALIAS, agent_alias_name: 'live' },
  'aws_bedrockagent_agent_action_group.tools': {
    id: 'GROUP12345,AGENT12345,DRAFT', agent_id: 'AGENT12345', agent_version: 'DRAFT', action_group_name: 'tools', action_group_executor: [{ lambda: lambda('tool') }],
    function_schema: [{ member_functions: [{ functions: [{ name: 'update_customer', description: 'Works on what the user names.' }] }] }],
  },
  'aws_iam_role.tool': { id: 'tool', name: 'tool', arn: iam('tool'), assume_role_policy: trust('lambda.amazonaws.com') },
  'aws_lambda_function.tool': { id: 'tool', function_name: 'tool', arn: lambda('tool'), role: iam('tool'), handler: 'index.handler', runtime: 'nodejs20.x' },
  'aws_iam_role_policy.tool': { id: 'tool:data', name: 'data', role: 'tool', policy: allow('dynamodb:DescribeTable', TABLE) },
  'aws_dynamodb_table.customers': { id: 'customers', name: 'customers', arn: TABLE, billing_mode: 'PAY_PER_REQUEST', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }], tags: { 'data-classification': 'restricted' } },
};

/** The standing estate with some resources changed; null removes one, `unknown` says what is decided at apply only. */
export const change = (changes: Record<string, Values | null>, more: Partial<Record<string, Pick<Planned, 'unknown' | 'refs'>>> = {}): string => planFile(
  [...new Set([...Object.keys(STANDING), ...Object.keys(changes)])].map((address) => ({
    address, before: STANDING[address] ?? null, after: address in changes ? (changes[address] === null ? null : { ...STANDING[address], ...changes[address] }) : STANDING[address], ...more[address],
  })),
);

const COMPUTED: Record<string, string[]> = {
  aws_lambda_function_url: ['id', 'function_arn', 'function_url'], aws_iam_role: ['id', 'arn'], aws_iam_role_policy: ['id', 'policy'], aws_lambda_function: ['id', 'arn', 'environment'], aws_bedrockagent_agent: ['id', 'agent_id', 'agent_arn'],
  aws_bedrockagent_agent_alias: ['id', 'agent_alias_id', 'agent_alias_arn'], aws_bedrockagent_agent_action_group: ['id'], aws_dynamodb_table: ['id', 'arn'],
};
const REFERENCES: Record<string, Record<string, string>> = {
  'aws_iam_role_policy.chat': { policy: 'aws_bedrockagent_agent_alias.live.agent_alias_arn' }, 'aws_iam_role_policy.tool': { policy: 'aws_dynamodb_table.customers.arn' },
  'aws_lambda_function.chat': { role: 'aws_iam_role.chat.arn' }, 'aws_lambda_function.tool': { role: 'aws_iam_role.tool.arn' }, 'aws_bedrockagent_agent.support': { agent_resource_role_arn: 'aws_iam_role.agent.arn' },
  'aws_bedrockagent_agent_alias.live': { agent_id: 'aws_bedrockagent_agent.support.agent_id' }, 'aws_bedrockagent_agent_action_group.tools': { agent_id: 'aws_bedrockagent_agent.support.agent_id' },
};

/** The same estate before anything exists: no account; what is computed, and texts that are made of it, known after apply. */
export function fresh(): string {
  return planFile(Object.entries(STANDING).map(([address, standing]) => {
    const after: Values = { ...standing, ...(address === 'aws_lambda_function_url.chat' && { authorization_type: 'NONE' }), ...(address === 'aws_bedrockagent_agent_action_group.tools' && { action_group_executor: [{}] }) };
    const unknown: Values = {};
    const refs: Record<string, string[]> = {};
    const away = [...(COMPUTED[address.split('.')[0]!] ?? []), ...Object.keys(REFERENCES[address] ?? {})];
    for (const key of away) { delete after[key]; unknown[key] = true; }
    for (const [key, to] of Object.entries(REFERENCES[address] ?? {})) refs[key] = [to, to.split('.').slice(0, 2).join('.')];
    if (address === 'aws_bedrockagent_agent_action_group.tools') unknown['action_group_executor'] = [{ lambda: true }];
    if (address === 'aws_lambda_function.chat') refs['environment'] = ['aws_bedrockagent_agent.support.agent_id', 'aws_bedrockagent_agent_alias.live.agent_alias_id'];
    return { address, before: null, after, unknown, refs, ...(address === 'aws_bedrockagent_agent_action_group.tools' && { expressions: { action_group_executor: [{ lambda: { references: ['aws_lambda_function.tool.arn', 'aws_lambda_function.tool'] } }] } }) };
  }));
}
