import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandActions } from '../../knowledge/actions/index.ts';
import { withoutEffects } from '../../queries/remedy/actions.ts';
import { applyEdits, unifiedDiff, type TextEdit } from '../../server/patch/edits.ts';
import { changeBlock } from '../../server/patch/blocks.ts';
import { Document, literalNaming } from '../../server/patch/document.ts';
import { finished } from '../../server/patch/finish.ts';
import { changeStatement, findStatement } from '../../server/patch/statements.ts';

const narrowed = (text: string, from: string[], to: string[]): string | undefined => {
  const doc = new Document('x.tf', text);
  const written = findStatement(doc, from, 1, 1000);
  if (typeof written === 'string') return undefined;
  const edits = changeStatement(doc, written, { in: 'statement', at: { source: 'terraform' }, actions: from, ...(to.length === 0 ? { remove: true } : { set: { Action: to } }) }, literalNaming);
  return typeof edits === 'string' ? undefined : finished(doc, edits);
};

test('a list in jsonencode on one line: only the element goes', () => {
  const text = 'resource "aws_iam_role_policy" "p" {\n  # keep me\n  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["a:Get", "a:Put"], Resource = "*" }] }) # and me\n}\n';
  expect(narrowed(text, ['a:Get', 'a:Put'], ['a:Get'])).toBe(text.replace('["a:Get", "a:Put"]', '["a:Get"]'));
  expect(narrowed(text, ['a:Get', 'a:Put'], ['a:G*', 'a:L*'])).toBe(text.replace('"a:Get", "a:Put"', '"a:G*", "a:L*"'));
});

test('a list over several lines: only the lines of what goes', () => {
  const text = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = [\n      "a:Get", # reads\n      "a:Put", # writes\n      "a:List",\n    ]\n  }\n}\n';
  expect(narrowed(text, ['a:Get', 'a:Put', 'a:List'], ['a:Get', 'a:List'])).toBe(text.replace('      "a:Put", # writes\n', ''));
});

test('a single action becomes a list; Windows line ends stay', () => {
  const text = 'x = jsonencode({\r\n  Statement = [{\r\n    Action = "a:*"\r\n  }]\r\n})\r\n';
  expect(narrowed(text, ['a:*'], ['a:Get', 'a:List'])).toBe(text.replace('"a:*"', '["a:Get", "a:List"]'));
});

test('a statement goes whole, with its line; the only one stays', () => {
  const text = 'x = jsonencode({\n  Statement = [\n    { Action = ["a:Get"] },\n    { Action = ["b:Send"] },\n  ]\n})\n';
  expect(narrowed(text, ['b:Send'], [])).toBe(text.replace('    { Action = ["b:Send"] },\n', ''));
  expect(narrowed('x = jsonencode({ Statement = [{ Action = ["b:Send"] }, { Action = "a:Get" }] })\n', ['b:Send'], [])).toBe('x = jsonencode({ Statement = [{ Action = "a:Get" }] })\n');
  expect(narrowed('x = jsonencode({ Statement = [{ Action = ["b:Send"] }] })\n', ['b:Send'], [])).toBeUndefined();
  const blocks = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["a:Get"]\n  }\n\n  statement {\n    actions = ["b:Send"]\n  }\n}\n';
  expect(narrowed(blocks, ['a:Get'], [])).toBe('data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["b:Send"]\n  }\n}\n');
});

test('what is not written out, or stands twice, is left alone', () => {
  expect(narrowed('x = { Action = concat(["a:Get"], var.more) }\n', ['a:Get', 'b'], ['a:Get'])).toBeUndefined();
  expect(narrowed('x = [{ Action = ["a:Get", "b"] }, { Action = ["a:Get", "b"] }]\n', ['a:Get', 'b'], ['a:Get'])).toBeUndefined();
  const doc = new Document('x.tf', 'resource "aws_lambda_function_url" "b" {\n  authorization_type = var.auth\n}\n');
  const at = { source: 'terraform', file: 'x.tf', startLine: 1 };
  expect(changeBlock(doc, at, { in: 'block', at, path: ['AuthType'], from: 'NONE', to: 'AWS_IAM' }, literalNaming)).toMatch(/not written as a plain value/);
});

test('diffs are what git applies', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overreach-diff-'));
  execFileSync('git', ['init', '-q'], { cwd: dir });
  const line = fc.constantFrom('a\n', 'b\n', '\n', 'long line\n', '  x = 1\r\n');
  fc.assert(fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom('', 'new', 'two\nlines\n', '\n')), { minLength: 1, maxLength: 4 }), (lines, ended, raw) => {
    const text = lines.join('') + (ended ? '' : 'end');
    const edits: TextEdit[] = [];
    for (const [at, length, replacement] of raw) {
      const start = text.length === 0 ? 0 : at % (text.length + 1);
      const e = { start, end: Math.min(text.length, start + length), text: replacement };
      if (text.slice(e.start, e.end) !== e.text && !edits.some((x) => e.start <= x.end && x.start <= e.end)) edits.push(e);
    }
    const want = applyEdits(text, edits);
    fc.pre(text !== '' && want !== '' && want !== text);
    writeFileSync(join(dir, 'f.tf'), text);
    writeFileSync(join(dir, 'p.diff'), unifiedDiff('f.tf', text, edits));
    execFileSync('git', ['apply', '--whitespace=nowarn', 'p.diff'], { cwd: dir, stdio: 'pipe' });
    expect(readFileSync(join(dir, 'f.tf'), 'utf8')).toBe(want);
  }), { numRuns: 60 });
}, 60_000);

test('a narrowed list names nothing that was not named before, and nothing that was to go', () => {
  const patterns = ['dynamodb:*', 's3:*', 's3:Put*', 'dynamodb:GetItem', 'secretsmanager:*', 'ses:SendEmail', 'sqs:*'];
  fc.assert(fc.property(fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1 }), fc.uniqueArray(fc.constantFrom('write', 'delete', 'read', 'send', 'permission'), { minLength: 1 }), (from, drop) => {
    const n = withoutEffects(from, new Set(drop) as never);
    if (!n) return;
    const before = new Set(from.flatMap(expandActions));
    const after = new Set(n.to.flatMap(expandActions));
    for (const a of after) expect(before.has(a)).toBe(true);
    for (const a of n.dropped) expect(after.has(a)).toBe(false);
    for (const a of before) expect(after.has(a) || n.dropped.includes(a)).toBe(true);
  }), { numRuns: 40 });
});

test('a comment in front of what goes stays, also where it shares the line', () => {
  expect(narrowed('x = { Action = ["a:Get", /* why? */ "a:Put"] }\n', ['a:Get', 'a:Put'], ['a:Get'])).toBe('x = { Action = ["a:Get", /* why? */] }\n');
  expect(narrowed('x = {\n  Action = ["a:Get",\n    # uploads\n    "a:Put", "a:Del"  ]\n}\n', ['a:Get', 'a:Put', 'a:Del'], ['a:Get'])).toBe('x = {\n  Action = ["a:Get",\n    # uploads\n      ]\n}\n');
});

test('an anchor that nobody uses is in nobody’s way; one that is used is left alone', () => {
  const yaml = (alias: string): Document => new Document('t.yaml', `Statement:\n  - Action: &a [a:Get, a:Put]\n    Effect: Allow\n  - Action: ${alias}\n`);
  const change = (doc: Document): unknown => { const w = findStatement(doc, ['a:Get', 'a:Put'], 2, 3); return typeof w === 'string' ? w : changeStatement(doc, w, { in: 'statement', at: { source: 'cloudformation' }, actions: ['a:Get', 'a:Put'], set: { Action: ['a:Get'] } }, literalNaming); };
  expect(change(yaml('b:Get'))).toHaveLength(1);
  expect(change(yaml('*a'))).toMatch(/not written out/);
});

test('a template with directives and values outside of texts is changed where it is written', () => {
  const text = '{\n  "Statement": [\n%{ for b in buckets ~}\n    { "Action": ["a:Get", "a:Put"], "Resource": "${b}/{*}" },\n%{ endfor ~}\n    { "Action": ${jsonencode(more)}, "Resource": ["%{ if x }y%{ endif }", "$${z}"] }\n  ]\n}\n';
  const doc = new Document('p.json.tftpl', text);
  const w = findStatement(doc, ['a:Get', 'a:Put'], 4, 4);
  if (typeof w === 'string') throw new Error(w);
  const edits = changeStatement(doc, w, { in: 'statement', at: { source: 'terraform' }, actions: ['a:Get', 'a:Put'], set: { Action: ['a:Get'] } }, literalNaming);
  expect(finished(doc, edits as TextEdit[])).toBe(text.replace('"a:Get", "a:Put"', '"a:Get"'));
  expect(new Document('p.json.tftpl', '{ "a": ${b }\n').root).toBeUndefined();
  expect(new Document('p.json', '{ "a": ${b} }\n').root).toBeUndefined();
});
