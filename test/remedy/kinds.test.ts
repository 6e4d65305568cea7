import { expect, test } from 'vitest';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { derive } from '../../queries/derive/index.ts';
import { applyEdit, type Graph } from '../../queries/remedy/edit.ts';
import { FIX_LIST } from '../../queries/remedy/fixes.gen.ts';
import { HARDENING_LIST } from '../../queries/remedy/hardening.gen.ts';
import { lastAccessed, type Action, type Service } from '../helpers/last-accessed.ts';
import { ORDERS } from './orders.ts';
import { swap, tried, type Tried } from './tried.ts';

const code = (text: string): Promise<Tried> => tried({ 'main.tf': text });
const patched = (t: Tried, fix: Parameters<Tried['patch']>[0], path = 'main.tf'): string => { const p = t.patch(fix); return typeof p === 'string' ? `! ${p}` : p[path]!; };

test('narrow-resources: what the function names instead of everything; near miss: it names nothing, or a service with nothing named', async () => {
  const t = await code(ORDERS);
  const [c] = t.saying(/on orders instead of \*/);
  expect(t.proof(c!)).toMatchObject({ opens: [] });
  expect(t.proof(c!).closes.length).toBeGreaterThan(0);
  expect(patched(t, c!.fix)).toBe(swap(ORDERS, ['resources = ["*"]', 'resources = [aws_dynamodb_table.orders.arn, "${aws_dynamodb_table.orders.arn}/index/*"]']));
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect((await code(swap(ORDERS, ['TABLE = aws_dynamodb_table.orders.name', 'MODE = "x"']))).saying(/instead of \*$/)).toEqual([]);
  expect((await code(swap(ORDERS, ['"dynamodb:PutItem"]', '"dynamodb:PutItem", "s3:PutObject"]']))).saying(/on orders instead of/)).toEqual([]);
});

test('endpoint-auth: the open route asks for a signature, in the columns of its block; near miss: a route that asks already', async () => {
  const t = await code(ORDERS);
  const [c] = t.saying(/to AWS_IAM/);
  expect(patched(t, c!.fix)).toContain('  api_id             = aws_apigatewayv2_api.chat.id\n  route_key          = "POST /chat" # the page posts here\n');
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect((await code(swap(ORDERS, ['  route_key = "POST /chat"', '  authorization_type = "AWS_IAM"\n  route_key = "POST /chat"']))).saying(/to AWS_IAM/)).toEqual([]);
});

test('leading-keys: items of one table; near miss: a scan, any table, or a statement that has them', async () => {
  const one = swap(ORDERS, ['resources = ["*"]', 'resources = [aws_dynamodb_table.orders.arn]']);
  const t = await code(one);
  const [c] = t.saying(/dynamodb:LeadingKeys/);
  expect(patched(t, c!.fix)).toContain('      values   = ["$${aws:PrincipalTag/caller}"]');
  expect((await t.reread(c!.fix)).closes.sort()).toEqual(t.proof(c!).closes.sort());
  for (const miss of [ORDERS, swap(one, ['"dynamodb:GetItem", ', '"dynamodb:Scan", '])]) expect((await code(miss)).saying(/LeadingKeys/)).toEqual([]);
});

test('declared-purpose: only the effects that are declared; near miss: nobody declares any', async () => {
  const purpose = 'scope: test\nagents:\n  - match: { kind: Agent, name: helper }\n    purpose:\n      allow:\n        - { effect: read, resources: { name: "orders" } }\n';
  const t = await tried({ 'main.tf': ORDERS, 'overreach.yaml': purpose });
  const [c] = t.saying(/what the purpose of helper says/);
  expect(c!.fix.edit).toMatchObject({ kind: 'actions', to: ['dynamodb:GetItem'] });
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect((await code(ORDERS)).saying(/the purpose of/)).toEqual([]);
});

test('unused-actions: what a report says nobody used; near miss: used, not told of by itself, or a holder without a report', async () => {
  const put = '2026-04-01T00:00:00Z';
  const report = (...actions: Action[]): string => JSON.stringify(lastAccessed([['dynamodb', put, actions]], { Arn: 'arn:aws:iam::111122223333:role/tool' }));
  const saying = (t: Tried): string[] => t.saying(/what is used$/).map((c) => c.fix.text);
  const t = await tried({ 'main.tf': ORDERS, 'used.json': report(['GetItem', put], ['PutItem']) });
  const [c] = t.saying(/what is used$/);
  expect(c!.fix.edit).toMatchObject({ kind: 'actions', to: ['dynamodb:GetItem'] });
  expect(c!.fix.mightBreak[0]).toBe('1 action is no longer allowed (dynamodb:PutItem), none of which was used in the tracking period: the report of 2026-05-02');
  expect(t.proof(c!).closes.length).toBeGreaterThan(0);
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
  expect(saying(await tried({ 'main.tf': ORDERS, 'used.json': report(['GetItem', put], ['PutItem', put]) }))).toEqual([]);
  expect(saying(await tried({ 'main.tf': ORDERS, 'used.json': report(['GetItem', put]) }))).toEqual([]);
  const shared = (...roles: string[]): string => ORDERS.replace(/resource "aws_iam_role_policy" "tool" \{[^]*?\n\}\n/, () => [
    'resource "aws_iam_policy" "tool" {\n  name   = "tool"\n  policy = data.aws_iam_policy_document.tool.json\n}\n', ...roles.map((r) => `resource "aws_iam_role_policy_attachment" "${r}" {\n  role       = aws_iam_role.${r}.name\n  policy_arn = aws_iam_policy.tool.arn\n}\n`),
  ].join('\n'));
  const used = report(['GetItem', put], ['PutItem']);
  expect(saying(await tried({ 'main.tf': shared('tool'), 'used.json': used }))).toHaveLength(1);
  expect(saying(await tried({ 'main.tf': shared('tool', 'front'), 'used.json': used }))).toEqual([]);
});

test('what might break says what was used of it, as far as the input tells', async () => {
  const breaks = async (...services: Service[]): Promise<string | undefined> => {
    const t = await tried({ 'main.tf': ORDERS, ...(services.length > 0 && { 'used.json': JSON.stringify(lastAccessed(services, { Arn: 'arn:aws:iam::111122223333:role/tool' })) }) });
    return t.saying(/allow dynamodb:GetItem instead of .*: without/)[0]?.fix.mightBreak[0]?.split('; ').slice(1).join('; ');
  };
  expect(await breaks()).toBe('what is used of it is not in the input');
  expect(await breaks(['dynamodb', '2026-04-01T00:00:00Z', [['PutItem', '2026-03-02T00:00:00Z']]])).toBe('used lately: dynamodb:PutItem on 2026-03-02: the report of 2026-05-02');
  expect(await breaks(['dynamodb', '2026-04-01T00:00:00Z'])).toBe('used lately: dynamodb (some action of it) on 2026-04-01: the report of 2026-05-02');
  expect(await breaks(['dynamodb'])).toBe('none of it was used in the tracking period: the report of 2026-05-02');
  expect(await breaks(['s3'])).toBe('of dynamodb nothing is told: the report of 2026-05-02');
});

test('narrow-actions: everything becomes the log; the only statement takes its policy along, unless something else needs the policy', async () => {
  const all = swap(ORDERS, ['["dynamodb:GetItem", "dynamodb:PutItem"]', '["*"]']);
  const everything = await code(all);
  const [log] = everything.saying(/its log/);
  expect(patched(everything, log!.fix)).toContain('actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]');
  expect((await everything.reread(log!.fix)).opens).toEqual([]);
  const inline = swap(ORDERS, ['policy = data.aws_iam_policy_document.tool.json', 'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = "*" }] })']);
  const t = await code(inline);
  const [c] = t.saying(/remove the statement that allows dynamodb:PutItem/);
  expect(patched(t, c!.fix)).toBe(inline.replace(/resource "aws_iam_role_policy" "tool" \{[^]*?\n\}\n\n/, ''));
  const waited = swap(inline, ['  function_name = "tool"', '  depends_on    = [aws_iam_role.tool, aws_iam_role_policy.tool]\n  function_name = "tool"']);
  const w = await code(waited);
  expect(patched(w, w.saying(/remove the statement that allows dynamodb:PutItem/)[0]!.fix)).toContain('  depends_on    = [aws_iam_role.tool]\n');
  const used = await code(`${inline}\noutput "policy" {\n  value = aws_iam_role_policy.tool.id\n}\n`);
  expect(patched(used, used.saying(/remove the statement that allows dynamodb:PutItem/)[0]!.fix)).toBe('! aws_iam_role_policy.tool is used elsewhere in main.tf');
});

test('detach-policy: a managed policy leaves the role, as a block, and as an item of a list; near miss: one the account wrote itself', async () => {
  const attached = `${ORDERS}
# gives too much
resource "aws_iam_role_policy_attachment" "tool" {
  role       = aws_iam_role.tool.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
}
`;
  const t = await code(attached);
  const [c] = t.saying(/^detach AmazonDynamoDBFullAccess/);
  expect(patched(t, c!.fix).trimEnd()).toBe(ORDERS.trimEnd());
  expect(t.proof(c!).opens).toEqual([]);
  const own = await code(swap(attached, ['"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"\n}\n', 'aws_iam_policy.own.arn\n}\n\nresource "aws_iam_policy" "own" {\n  name = "own"\n  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = "*" }] })\n}\n']));
  expect(own.saying(/^detach/)).toEqual([]);
});

const SERVERS = (github: string, extra = ''): Record<string, string> => ({ '.mcp.json': `{\n  "mcpServers": {\n    // code\n    "github": ${github},\n    "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem@2026.1.14", "./docs"]${extra} }\n  }\n}\n` });

test('pin-server: a range becomes its version, no version has no patch; near miss: a version', async () => {
  const t = await tried(SERVERS('{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@^2025.4.8"], "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${TOKEN}" } }'));
  const [c] = t.saying(/from one version of @modelcontextprotocol\/server-github, 2025\.4\.8/);
  expect(patched(t, c!.fix, '.mcp.json')).toBe(SERVERS('{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"], "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${TOKEN}" } }')['.mcp.json']);
  expect((await t.reread(c!.fix)).closes.length).toBeGreaterThan(0);
  const none = await tried(SERVERS('{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"] }'));
  expect(patched(none, none.saying(/from one version/)[0]!.fix)).toMatch(/^! which version of .* is in use is not in the code/);
  expect((await tried(SERVERS('{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"] }'))).saying(/from one version/)).toEqual([]);
});

test('remove-server and read-only-server: the entry goes, or its switch comes in; near miss: a server without such a mode', async () => {
  const files = SERVERS('{\n      "command": "npx",\n      "args": ["-y", "mongodb-mcp-server@1.2.0", "--connectionString", "mongodb://db.internal/orders"]\n    }');
  const t = await tried(SERVERS('{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"], "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${TOKEN}" } }'));
  const [gone] = t.saying(/remove the tool server github/);
  expect(patched(t, gone!.fix, '.mcp.json')).not.toContain('server-github');
  expect((await t.reread(gone!.fix)).opens).toEqual([]);
  expect(t.saying(/read-only mode/)).toEqual([]);
  const mongo = await tried(files);
  for (const c of mongo.saying(/read-only mode: --readOnly/)) expect(patched(mongo, c.fix, '.mcp.json')).toContain('"mongodb://db.internal/orders", "--readOnly"]');
});

test('secret-by-reference: a variable of the environment instead of the value; near miss: a reference already', async () => {
  const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwx12';
  const files = SERVERS(`{ "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"], "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${secret}" } }`);
  const t = await tried(files);
  const [c] = t.saying(/GITHUB_PERSONAL_ACCESS_TOKEN from outside/);
  expect(patched(t, c!.fix, '.mcp.json')).toBe(files['.mcp.json']!.replace(secret, () => '${GITHUB_PERSONAL_ACCESS_TOKEN}'));
  expect(JSON.stringify(c)).not.toContain(secret);
  expect((await t.reread(c!.fix)).closes.length).toBeGreaterThan(0);
  expect((await tried({ '.mcp.json': files['.mcp.json']!.replace(secret, () => '${T}') })).saying(/from outside/)).toEqual([]);
});

test('hardening: the account in a trust, the agent in a permission; near miss: they are there', async () => {
  const t = await code(ORDERS);
  const all = t.hardening();
  const trust = all.find((f) => f.what === 'CAN_ASSUME')!;
  const text = patched(t, trust);
  expect(text).toContain('"aws:SourceAccount" = data.aws_caller_identity.current.account_id');
  expect(text.endsWith('}\n\ndata "aws_caller_identity" "current" {}\n')).toBe(true);
  expect(trust.settles!.length).toBe(1);
  const admits = all.find((f) => f.what === 'resource policy')!;
  expect(patched(t, admits)).toContain('  principal     = "bedrock.amazonaws.com"\n  source_arn    = aws_bedrockagent_agent.orders.agent_arn\n');
  expect((await t.reread(admits)).opens).toEqual([]);
  const known = swap(text, ['  principal     = "bedrock.amazonaws.com"', '  source_arn    = aws_bedrockagent_agent.orders.agent_arn\n  principal     = "bedrock.amazonaws.com"']);
  expect((await code(known)).hardening().filter((f) => f.what === 'CAN_ASSUME' || f.what === 'resource policy')).toEqual([]);
});

test('hardening: a guardrail of the module is attached, and said when there is none; GitHub tokens get a subject', async () => {
  const guard = `${ORDERS}
resource "aws_bedrock_guardrail" "chat" {
  name                      = "chat"
  blocked_input_messaging   = "No."
  blocked_outputs_messaging = "No."

  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }
}
`;
  const t = await code(guard);
  const f = t.hardening().find((x) => x.what === 'Control{guardrail}')!;
  expect(patched(t, f)).toContain('  guardrail_configuration {\n    guardrail_identifier = aws_bedrock_guardrail.chat.guardrail_arn\n    guardrail_version    = "DRAFT"\n  }\n');
  const after = await code(patched(t, f));
  expect(after.hardening().some((x) => x.what === 'Control{guardrail}')).toBe(false);
  expect((await code(ORDERS)).hardening().find((x) => x.what === 'Control{guardrail}')!.noPatch).toMatch(/no guardrail with a PROMPT_ATTACK filter/);
});

test('every kind is named after its file, and every change of a policy gives nothing that was not given before', async () => {
  for (const k of [...FIX_LIST, ...HARDENING_LIST]) expect(k.edits.length).toBeGreaterThan(5);
  expect(new Set([...FIX_LIST, ...HARDENING_LIST].map((k) => k.name)).size).toBe(FIX_LIST.length + HARDENING_LIST.length);
  for (const text of [ORDERS, swap(ORDERS, ['["dynamodb:GetItem", "dynamodb:PutItem"]', '["dynamodb:*", "s3:*"]']), swap(ORDERS, ['["dynamodb:GetItem", "dynamodb:PutItem"]', '["*"]'])]) {
    const t = await code(text);
    const before = held(t.graph);
    for (const c of t.candidates) for (const one of held(applyEdit(t.graph, c.fix.edit))) expect(before.has(one), `${c.fix.text}: ${one}`).toBe(true);
  }
}, 60_000);

/** Who may have which effect on what, by the policy evaluator. */
function held(g: Graph): Set<string> {
  const { access, snapshot } = derive(new GraphSnapshot(g.nodes, g.edges));
  return new Set(snapshot.ofKind('Identity').flatMap((i) => access.grantsOf(i.id).flatMap((x) => x.assets.map((a) => `${i.id} ${x.effect} ${a}`))));
}
