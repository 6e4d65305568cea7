import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { hole, type SourceChange, type SourceRef } from '../../schema/index.ts';
import { changeBlock } from '../../server/patch/blocks.ts';
import { Document } from '../../server/patch/document.ts';
import { finished, lineEdits } from '../../server/patch/finish.ts';
import { applyEdits } from '../../server/patch/edits.ts';
import { referenceNaming } from '../../server/patch/references.ts';
import { changeStatement, findStatement, type StatementChange } from '../../server/patch/statements.ts';
import { movedLine } from '../../server/patch/workspace.ts';
import { alignLines } from '../../server/patch/align.ts';

const at = (more: Partial<SourceRef> = {}): SourceRef => ({ source: 'terraform', ...more });
const hasTerraform = (() => { try { execFileSync('terraform', ['version'], { stdio: 'ignore' }); return true; } catch { console.log('terraform is not on PATH: the formatter is not asked'); return false; } })();
const canonical = (text: string): string => execFileSync('terraform', ['fmt', '-'], { input: text, stdio: ['pipe', 'pipe', 'ignore'] }).toString();

/** The file after a change of the statement that reads `actions`. */
function stated(path: string, text: string, actions: string[], set: StatementChange['set']): string | undefined {
  const doc = new Document(path, text);
  const w = findStatement(doc, actions, 1, 10_000);
  if (typeof w === 'string') return undefined;
  const edits = changeStatement(doc, w, { in: 'statement', at: at(), actions, ...(set ? { set } : { remove: true }) }, referenceNaming(doc, at()));
  return typeof edits === 'string' ? undefined : finished(doc, edits);
}
function blocked(path: string, text: string, where: Partial<SourceRef>, c: Omit<SourceChange & { in: 'block' }, 'in' | 'at'>): string {
  const doc = new Document(path, text);
  const edits = changeBlock(doc, at(where), { in: 'block', at: at(where), ...c }, referenceNaming(doc, at(where)));
  return typeof edits === 'string' ? `! ${edits}` : finished(doc, edits);
}

/** One statement as people write it in each place, with spaces, comments and quotes of their own. */
interface Dialect { path: string; write: (statements: readonly (readonly string[])[], indent: string, comment: boolean) => string; read: (text: string) => string[][] }
const json = (s: readonly (readonly string[])[], pad: string): string => `{\n${pad}"Version": "2012-10-17",\n${pad}"Statement": [\n${s.map((a, i) => `${pad}${pad}{ "Sid": "S${i}", "Effect": "Allow", "Action": [${a.map((x) => JSON.stringify(x)).join(', ')}], "Resource": "*" }`).join(',\n')}\n${pad}]\n}\n`;
const DIALECTS: readonly Dialect[] = [
  { path: 'policy.json', write: (s, pad) => json(s, pad), read: (text) => (JSON.parse(text) as { Statement: { Action: string[] }[] }).Statement.map((x) => x.Action) },
  {
    path: 'template.yaml',
    write: (s, pad, comment) => `Resources:\n${pad}Role:\n${pad}${pad}Type: AWS::IAM::Policy\n${pad}${pad}Properties:\n${pad}${pad}${pad}PolicyDocument:\n${pad}${pad}${pad}${pad}Statement:\n${s.map((a) => `${pad.repeat(5)}- Effect: Allow${comment ? ' # says who' : ''}\n${pad.repeat(5)}  Action:\n${a.map((x) => `${pad.repeat(6)}- ${x}${comment ? ` # ${x.length}` : ''}\n`).join('')}${pad.repeat(5)}  Resource: "*"\n`).join('')}`,
    read: (text) => (parseYaml(text) as { Resources: { Role: { Properties: { PolicyDocument: { Statement: { Action: string[] }[] } } } } }).Resources.Role.Properties.PolicyDocument.Statement.map((x) => x.Action),
  },
  {
    path: 'main.tf',
    write: (s, _pad, comment) => `data "aws_iam_policy_document" "d" {\n${s.map((a) => `  statement {\n    actions = [\n${a.map((x) => `      "${x}",${comment ? ` # ${x.length}` : ''}\n`).join('')}    ]\n    resources = ["*"]\n  }\n`).join('\n')}}\n`,
    read: (text) => [...text.matchAll(/actions = \[([^\]]*)\]/g)].map((m) => [...m[1]!.matchAll(/"([^"]*)"/g)].map((x) => x[1]!)),
  },
  {
    path: 'inline.tf',
    write: (s, _pad, comment) => `resource "aws_iam_role_policy" "p" {\n  role = "r"\n  policy = jsonencode({\n    Statement = [\n${s.map((a) => `      { Effect = "Allow", Action = [${a.map((x) => `"${x}"`).join(', ')}], Resource = "*" },${comment ? ' // one' : ''}\n`).join('')}    ]\n  })\n}\n`,
    read: (text) => [...text.matchAll(/Action = \[([^\]]*)\]/g)].map((m) => [...m[1]!.matchAll(/"([^"]*)"/g)].map((x) => x[1]!)),
  },
  {
    path: 'heredoc.tf',
    write: (s, pad) => `resource "aws_iam_role_policy" "p" {\n  role   = "r"\n  policy = <<EOF\n${json(s, pad)}EOF\n}\n`,
    read: (text) => (JSON.parse(text.slice(text.indexOf('<<EOF') + 6, text.lastIndexOf('EOF'))) as { Statement: { Action: string[] }[] }).Statement.map((x) => x.Action),
  },
];

test('in every language a statement reads exactly what it should, and every other byte is as it was', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'dynamodb:Query', 'dynamodb:PutItem', 'kms:Decrypt');
  fc.assert(fc.property(fc.constantFrom(...DIALECTS), fc.array(fc.uniqueArray(action, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }), fc.nat(3), fc.nat(15), fc.constantFrom('', 'logs:PutLogEvents'), fc.constantFrom('  ', '    '), fc.boolean(), fc.boolean(), (d, raw, which, keep, extra, pad, comment, crlf) => {
    const statements = [...new Map(raw.map((a) => [[...a].sort().join(), a])).values()];
    fc.pre(statements.length >= 2);
    const target = which % statements.length;
    const from = statements[target]!;
    const to = [...from.filter((_, i) => (keep >> i) & 1), ...(extra ? [extra] : [])];
    fc.pre(to.join() !== from.join());
    const ends = (t: string): string => (crlf ? t.replaceAll('\n', '\r\n') : t);
    const before = ends(d.write(statements, pad, comment));
    const after = stated(d.path, before, from, to.length > 0 ? { Action: to } : undefined);
    expect(after).toBeDefined();
    const want = to.length > 0 ? statements.map((a, i) => (i === target ? to : a)) : statements.filter((_, i) => i !== target);
    expect(d.read(after!.replaceAll('\r\n', '\n')).map((a) => [...a].sort())).toEqual(want.map((a) => [...a].sort()));
    // Nothing outside of the statement moves: what is before its first change and behind its last is as it was.
    const edits = lineEdits(before, after!);
    expect(applyEdits(before, edits)).toBe(after);
    const lines = before.split('\n');
    const mine = (text: string): boolean => from.some((x) => text.includes(x)) || (to.length === 0 && /Effect|Sid|statement|Action|actions|resources|Resource|^\s*[\]}]|^\s*\r?$/.test(text)) || (d.path.endsWith('json') || d.path.startsWith('heredoc') ? /"Action"/.test(text) : false);
    // Comments beside neighbouring lines stand in one column: there, white space may move.
    const squeezed = new Set(after!.split('\n').map((x) => x.replace(/\s+/g, '')));
    for (const e of edits) for (let l = before.slice(0, e.start).split('\n').length - 1; l < before.slice(0, e.end).split('\n').length - 1; l++) expect(mine(lines[l]!) || squeezed.has(lines[l]!.replace(/\s+/g, '')), lines[l]).toBe(true);
    if (crlf) expect(/[^\r]\n/.test(after!)).toBe(false);
  }), { numRuns: 150 });
});

const ROLE = `resource "aws_iam_role" "agent" {
  name = "agent" # the name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "bedrock.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}
`;

test('conditions: into an object, an object on one line, a block, YAML and JSON; beside those that are there', () => {
  const set = { Condition: { StringEquals: { 'aws:SourceAccount': ['111122223333'] } } };
  expect(stated('a.tf', ROLE, ['sts:AssumeRole'], set)).toContain('      Condition = {\n        StringEquals = {\n          "aws:SourceAccount" = "111122223333"\n        }\n      }\n    }]');
  expect(stated('a.tf', 'x = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole" }] })\n', ['sts:AssumeRole'], set)).toContain('Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } } }');
  expect(stated('a.tf', 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["sts:AssumeRole"]\n  }\n}\n', ['sts:AssumeRole'], set)).toContain('\n\n    condition {\n      test     = "StringEquals"\n      variable = "aws:SourceAccount"\n      values   = ["111122223333"]\n    }\n  }');
  expect(stated('t.yaml', 'A:\n  - Effect: Allow\n    Action: sts:AssumeRole # here\n', ['sts:AssumeRole'], set)).toBe('A:\n  - Effect: Allow\n    Action: sts:AssumeRole # here\n    Condition:\n      StringEquals:\n        aws:SourceAccount: "111122223333"\n');
  expect(JSON.parse(stated('p.json', '{ "Statement": [ { "Action": "a:B", "Condition": { "StringEquals": { "x": "y" } } } ] }', ['a:B'], set)!)).toEqual({ Statement: [{ Action: 'a:B', Condition: { StringEquals: { x: 'y', 'aws:SourceAccount': '111122223333' } } }] });
  // Near miss: a condition of the same key is not written over.
  expect(stated('p.json', '{ "Statement": [ { "Action": "a:B", "Condition": { "StringEquals": { "aws:SourceAccount": "444455556666" } } } ] }', ['a:B'], set)).toBeUndefined();
});

test('references: a thing of the module, the account, and what has no name here', () => {
  const table = hole({ kind: 'ref', address: '#aws_dynamodb_table.orders', attribute: 'arn' });
  const document = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions   = ["dynamodb:GetItem"]\n    resources = ["*"]\n  }\n}\n';
  expect(stated('a.tf', document, ['dynamodb:GetItem'], { Resource: [table, `${table}/index/*`] })).toContain('resources = [aws_dynamodb_table.orders.arn, "${aws_dynamodb_table.orders.arn}/index/*"]');
  const template = hole({ kind: 'ref', address: '#Orders', attribute: 'Arn' });
  expect(stated('t.yaml', 'S:\n  - Action: [dynamodb:GetItem]\n    Resource: "*"\n', ['dynamodb:GetItem'], { Resource: [template, `${template}/index/*`] })).toContain('Resource: [!GetAtt Orders.Arn, !Sub "${Orders.Arn}/index/*"]');
  expect(() => stated('a.tf', document, ['dynamodb:GetItem'], { Resource: [hole({ kind: 'ref', address: '#module.data.aws_dynamodb_table.orders', attribute: 'arn' })] })).toThrow(/cannot be named/);
  // What looks like an interpolation is none, in expressions and in JSON inside of a file.
  const keys = { Condition: { StringEquals: { 'dynamodb:LeadingKeys': ['${aws:PrincipalTag/caller}'] } } };
  expect(stated('a.tf', document, ['dynamodb:GetItem'], keys)).toContain('values   = ["$${aws:PrincipalTag/caller}"]');
  expect(stated('a.tf', 'x = <<EOF\n{ "Action": "a:B", "Effect": "Allow" }\nEOF\n', ['a:B'], keys)).toContain('"$${aws:PrincipalTag/caller}"');
});

test('properties of blocks: replaced, added in the column of their neighbours, removed with their block', () => {
  const url = 'resource "aws_lambda_function_url" "u" {\n  function_name      = "f"\n  authorization_type = "NONE" # open\n}\n';
  expect(blocked('a.tf', url, { startLine: 1 }, { path: ['AuthType'], from: 'NONE', to: 'AWS_IAM' })).toBe(url.replace('"NONE"', '"AWS_IAM"'));
  expect(blocked('a.tf', url, { startLine: 1 }, { path: ['AuthType'], from: 'AWS_IAM', to: 'OTHER' })).toMatch(/^! authorization_type is not written/);
  const route = 'resource "aws_apigatewayv2_route" "r" {\n  api_id    = "a"\n  route_key = "POST /x"\n}\n';
  expect(blocked('a.tf', route, { startLine: 1 }, { path: ['AuthorizationType'], to: 'AWS_IAM' })).toBe('resource "aws_apigatewayv2_route" "r" {\n  api_id             = "a"\n  route_key          = "POST /x"\n  authorization_type = "AWS_IAM"\n}\n');
  const crooked = route.replace('api_id    =', 'api_id =');
  expect(blocked('a.tf', crooked, { startLine: 1 }, { path: ['AuthorizationType'], to: 'AWS_IAM' })).toBe(crooked.replace('}\n', '  authorization_type = "AWS_IAM"\n}\n'));
  const template = 'Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      # kept\n      ManagedPolicyArns:\n        - !Sub arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess # all\n        - arn:aws:iam::aws:policy/ReadOnlyAccess\n';
  expect(blocked('t.yaml', template, { address: 'R' }, { path: ['ManagedPolicyArns'], from: 'arn:aws:iam::aws:policy/AdministratorAccess' })).toBe(template.replace(/ {8}- !Sub[^\n]*\n/, ''));
  expect(blocked('t.yaml', 'Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionUrlConfig:\n        AuthType: NONE\n', { address: 'F' }, { path: ['AuthType'], from: 'NONE', to: 'AWS_IAM' })).toContain('        AuthType: AWS_IAM\n');
  const servers = '{\n  "mcpServers": {\n    "a": { "command": "x" }, // first\n    "b": { "command": "y" }\n  }\n}\n';
  expect(blocked('.mcp.json', servers, { jsonPointer: '/mcpServers/b' }, { path: [] })).toBe('{\n  "mcpServers": {\n    "a": { "command": "x" } // first\n  }\n}\n');
  expect(blocked('.mcp.json', servers, { jsonPointer: '/mcpServers/c' }, { path: [] })).toMatch(/^! the block is not written there/);
});

test('columns are those of the official formatter', () => {
  if (!hasTerraform) return;
  const name = fc.constantFrom('a', 'name', 'authorization_type', 'x_y');
  const value = fc.constantFrom('1', '"text"', 'var.x', '[1, 2]', 'foo({ a = 1 })', '"a ${var.b == "c" ? 1 : 2} d"', 'x == y', '{ a = 1, b = 2 }');
  const line = fc.tuple(name, value, fc.constantFrom('', ' # said', ' // said', ' /* inside */'), fc.nat(4)).map(([n, v, c, pad]) => `  ${n}${' '.repeat(pad)} = ${v}${c}`);
  const part = fc.oneof({ weight: 6, arbitrary: line }, fc.constantFrom('', '  # alone', '  h = <<EOT\n  a = b\nEOT', '  o = {\n    k   = 1\n    kk = 2 # z\n  }', '  b {\n    q = 1\n  }'));
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
    const text = `resource "a" "b" {\n${parts.map((p, i) => p.replace(/^ {2}(\w+)( *=)/, (_, n: string, eq: string) => `  ${n}${'_'.repeat(i % 3)}${i}${eq}`)).join('\n')}\n}\n`;
    const want = canonical(text);
    expect(alignLines(want)).toBe(want);
    expect(alignLines(text)).toBe(want);
  }), { numRuns: 25 });
}, 60_000);

test('a line is found again after changes above it and of itself', () => {
  const line = fc.stringMatching(/^[a-z]{1,3}$/);
  fc.assert(fc.property(fc.uniqueArray(line, { minLength: 1, maxLength: 12 }), fc.array(line, { maxLength: 3 }), fc.nat(), fc.nat(3), (lines, added, at0, gone) => {
    const from = at0 % lines.length;
    const fresh = added.map((a) => `new ${a}`);
    const after = [...lines.slice(0, from), ...fresh, ...lines.slice(from + gone)];
    const text = lines.map((l) => `${l}\n`);
    const start = text.slice(0, from).join('').length;
    const edit = { start, end: start + text.slice(from, from + gone).join('').length, text: fresh.map((l) => `${l}\n`).join('') };
    for (const last of [false, true]) lines.forEach((l, i) => { if (i < from || i >= from + gone) expect(after[movedLine(text.join(''), [edit], i + 1, last) - 1]).toBe(l); });
  }), { numRuns: 200 });
});
