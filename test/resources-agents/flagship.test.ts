import { beforeAll, describe, expect, it } from 'vitest';
import { flagship, lineOf } from './flagship.hcl.ts';
import { scan, type Graph } from './graph.ts';

let g: Graph;
beforeAll(async () => { g = await scan(flagship); });

describe('the flagship of the model, hop by hop', () => {
  it('reads everything', () => {
    expect(g.problems()).toEqual([]);
    expect(g.unmapped()).toEqual({});
  });

  it('has an open route that leads to the chat function', () => {
    const route = g.one('aws.apigatewayv2.route');
    expect(route).toMatchObject({ kind: 'Endpoint', name: 'POST /chat', props: { auth: 'none', networkScope: 'public', repliesToCaller: true } });
    expect(g.placeOf(route)).toBe(lineOf('aws_apigatewayv2_route" "chat'));
    const [edge] = g.edges('ROUTES_TO', route);
    expect(g.node(edge!.to).name).toBe('chat-fn');
    expect(edge!.evidence.map((e) => `main.tf:${e.source?.startLine}`)).toEqual([lineOf('target    ='), lineOf('integration_uri')]);
  });

  it('names the alias in the configuration of the chat function', () => {
    const chat = g.one('aws.lambda.function', 'chat-fn');
    const alias = g.all('aws.bedrock.agentalias').find((a) => a.name === 'support alias live' && g.targets('ROUTES_TO', a).includes('support'))!;
    expect(chat.props['invokes']).toContain(alias.id);
    expect(chat.props['configuredNames']).toContain('AGENT_ALIAS_ID');
  });

  it('has the alias and the test alias as signed endpoints of the agent', () => {
    const aliases = g.all('aws.bedrock.agentalias').filter((a) => g.targets('ROUTES_TO', a).includes('support'));
    expect(aliases.map((a) => [a.name, a.props['auth']])).toEqual(expect.arrayContaining([['support alias live', 'aws-iam'], ['support test alias (DRAFT)', 'aws-iam']]));
    expect(aliases).toHaveLength(2);
    const test = aliases.find((a) => a.name !== 'support alias live')!;
    expect(test.props['arn']).toMatch(/:agent-alias\/.*\/TSTALIASID$/);
    expect(g.edges('ROUTES_TO', test)[0]!.evidence[0]).toMatchObject({ basis: 'platform' });
  });

  it('runs the agent as its role for the model only', () => {
    const agent = g.one('aws.bedrock.agent', 'support');
    const runs = g.edges('RUNS_AS', agent);
    expect(runs.map((e) => [g.node(e.to).name, e.props['for'], g.place(e)])).toEqual([['agent-role', 'model', lineOf('agent_resource_role_arn')]]);
  });

  it('has a tool per function, which runs as the role of the function behind it', () => {
    const agent = g.one('aws.bedrock.agent', 'support');
    const update = g.one('aws.bedrock.agentaction', 'update');
    expect(update.props).toMatchObject({ toolClass: 'undeclared', contract: 'undeclared' });
    expect(update.props['effects']).toBeUndefined();
    expect(g.placeOf(update)).toBe(lineOf('name        = "update"', flagship).replace(/\d+$/, (n) => String(Number(n) - 1)));
    expect(g.edges('HAS_TOOL', agent, update)[0]!.props).toMatchObject({ gates: [], enabled: true, selection: 'listed' });
    expect(g.targets('PROVIDED_BY', update)).toEqual(['customers']);
    expect(g.targets('IMPLEMENTED_BY', update)).toEqual(['tool-fn']);
    const runs = g.edges('RUNS_AS', update);
    expect(runs.map((e) => [g.node(e.to).name, e.props['for'], g.place(e)])).toEqual([['tool-role', 'tool', lineOf('role          = aws_iam_role.tool.arn')]]);
    expect(g.edges('RUNS_AS', g.one('aws.lambda.function', 'tool-fn')).map((e) => e.props['for'])).toEqual(['code']);
  });

  it('takes effects from OpenAPI methods, and the confirmation of an operation as a gate of the session user', () => {
    const agent = g.one('aws.bedrock.agent', 'support');
    expect(['getOrder', 'placeOrder', 'deleteOrder'].map((n) => g.one('aws.bedrock.agentaction', n).props)).toMatchObject([
      { contract: 'declared', effects: ['list', 'read'] }, { contract: 'declared', effects: ['write'] }, { contract: 'declared', effects: ['delete'] },
    ]);
    const remove = g.one('aws.bedrock.agentaction', 'deleteOrder');
    expect(g.placeOf(remove)).toBe(lineOf('operationId = "deleteOrder"'));
    const gate = g.one('aws.bedrock.userconfirmation');
    expect(gate.props).toMatchObject({ controlType: 'approval', approver: 'session_user', mode: 'enforce' });
    expect(g.edges('HAS_TOOL', agent, remove)[0]!.props['gates']).toEqual([gate.id]);
    expect(g.edges('HAS_TOOL', agent, g.one('aws.bedrock.agentaction', 'getOrder'))[0]!.props['gates']).toEqual([]);
  });

  it('leaves the executor of a returned control open', () => {
    const tool = g.one('aws.bedrock.agentaction', 'open_page');
    expect(tool.props['execution']).toBe('return_control');
    expect(g.edges('RUNS_AS', tool)).toEqual([]);
    expect(g.one('aws.bedrock.returnofcontrol').props).toMatchObject({ approver: 'unknown', enforcedBy: 'app' });
  });

  it('runs the code of the interpreter in a microVM without a role', () => {
    const tool = g.one('aws.bedrock.agentaction', 'AMAZON.CodeInterpreter');
    expect(tool.props['toolClass']).toBe('code_exec');
    const sandbox = g.one('aws.bedrock.codeinterpreter');
    expect(sandbox).toMatchObject({ kind: 'Compute', props: { computeType: 'microvm' } });
    expect(g.edges('EXECUTES_IN', tool, sandbox)).toHaveLength(1);
    expect(g.edges('RUNS_AS', sandbox)).toEqual([]);
  });

  it('feeds the agent from the knowledge base, and that from the bucket', () => {
    const faq = g.one('aws.bedrock.knowledgebase');
    const feeds = (from: string) => g.edges('FEEDS').filter((e) => g.node(e.from).name === from).map((e) => [g.node(e.to).name, e.props['mode'], g.place(e)]);
    expect(feeds('faq')).toEqual([['support', 'on_query', lineOf('knowledge_base_id    =')]]);
    expect(feeds('shop-faq')).toEqual([['faq', 'ingest', lineOf('bucket_arn')]]);
    const tool = g.one('aws.bedrock.agentknowledge');
    expect(tool.props).toMatchObject({ toolClass: 'retrieval', effects: ['read'], resources: [faq.id] });
  });

  it('is guarded, remembers, is built from a prompt and delegates', () => {
    const agent = g.one('aws.bedrock.agent', 'support');
    expect(g.one('aws.bedrock.guardrail').props).toMatchObject({ controlType: 'guardrail', mode: 'enforce', promptAttack: true, surfaces: ['user_input'] });
    expect(g.targets('GUARDED_BY', agent)).toEqual(['shop']);
    expect(g.targets('WRITES_TO', agent)).toEqual(['support memory']);
    expect(g.edges('FEEDS', g.one('aws.bedrock.agentmemory'), agent)[0]!.props['mode']).toBe('memory');
    const prompt = g.one('aws.bedrock.agentprompt');
    expect(prompt.props).toMatchObject({ artifactType: 'prompt', length: 62 });
    expect(JSON.stringify(g.batch)).not.toContain('You help customers');
    expect(g.edges('DELEGATES_TO', agent).map((e) => [g.node(e.to).name, e.props])).toEqual([['returns', { relaysContext: true, relaysReply: true, identityMode: 'service' }]]);
  });
});

describe('near misses of the flagship', () => {
  const route = (attributes: string) => scan(flagship.replace('route_key = "POST /chat"', `route_key = "POST /chat"\n  ${attributes}`)).then((x) => x.one('aws.apigatewayv2.route').props['auth']);

  it('a signed route is not open, an API key is no authentication, an undecided type is unknown', async () => {
    expect(await route('authorization_type = "AWS_IAM"')).toBe('aws-iam');
    expect(await route('api_key_required = true')).toBe('api-key');
    expect(await route('authorization_type = var.undecided')).toBe('unknown');
  });

  it('an asynchronous worker sends no reply', async () => {
    const x = await scan(flagship.replace('integration_type = "AWS_PROXY"', 'integration_type = "AWS"\n  request_parameters = { "integration.request.header.X-Amz-Invocation-Type" = "\'Event\'" }'));
    expect(x.edges('ROUTES_TO', x.one('aws.apigatewayv2.route'))[0]!.props).toMatchObject({ relaysReply: false, asynchronous: true });
  });

  it('a guardrail that only detects gives no blocking credit, one without a prompt-attack filter none', async () => {
    const props = async (more: string, type = 'PROMPT_ATTACK') => (await scan(flagship.replace('input_strength  = "HIGH"', more).replace('"PROMPT_ATTACK"', `"${type}"`))).one('aws.bedrock.guardrail').props;
    expect(await props('input_strength  = "HIGH"\n      input_action = "NONE"')).toMatchObject({ mode: 'detect', promptAttack: true });
    expect(await props('input_strength  = "NONE"')).toMatchObject({ promptAttack: false });
    expect(await props('input_strength  = "HIGH"', 'HATE')).toMatchObject({ promptAttack: false });
  });

  it('a disabled action group stays visible and is not enabled', async () => {
    const x = await scan(flagship.replace('action_group_name = "customers"', 'action_group_name = "customers"\n  action_group_state = "DISABLED"'));
    expect(x.edges('HAS_TOOL', undefined, x.one('aws.bedrock.agentaction', 'update'))[0]!.props['enabled']).toBe(false);
  });

  it('a tool function outside the input is a placeholder without a role, never one with the role of the agent', async () => {
    const x = await scan(flagship.replaceAll('lambda = aws_lambda_function.tool.arn', 'lambda = "arn:aws:lambda:eu-central-1:111122223333:function:elsewhere"'));
    const update = x.one('aws.bedrock.agentaction', 'update');
    expect(x.edges('RUNS_AS', update)).toEqual([]);
    expect(x.node(x.edges('IMPLEMENTED_BY', update)[0]!.to)).toMatchObject({ name: 'elsewhere', completeness: 'none' });
  });
});
