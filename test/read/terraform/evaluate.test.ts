import { describe, expect, it } from 'vitest';
import { hole, unknown } from '../../../schema/index.ts';
import { evaluateAll, evaluateOne, lineOf, read, resourceAt } from './helpers.ts';

const open = (key: string): string => hole({ kind: 'unknown', key });
const arn = hole({ kind: 'ref', address: 'aws_s3_bucket.b', attribute: 'arn' });
const account = hole({ kind: 'pseudo', name: 'account', scope: '' });
const ROOT = {
  'main.tf': `
variable "text" { type = string }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "map" { type = map(string) }
variable "any" {}
variable "object" { type = object({ name = string, size = number }) }
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket" "named" { bucket = "lit" }
resource "aws_s3_bucket" "many" { for_each = toset(var.list) }
resource "aws_s3_bucket" "maybe" { count = var.flag ? 1 : 0 }
resource "aws_s3_bucket" "two" { count = 2 }
data "aws_caller_identity" "me" {}
locals { nested = { a = [{ b = "deep" }] } }
`,
};
const value = (e: string): unknown => evaluateOne(e, ROOT);

describe('the language', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3 - 4 / 8', 6.5], ['7 % 3', 1], ['-3 + 1', -2], ['"1" + "2"', 3], ['1 == 1.0', true], ['"1" == 1', false], ['[1] == [1]', true], ['null == null', true], ['true || nothing.x', true], ['false && nothing.x', false], ['1 / 0', 'error: division by zero'],
    ['"a${1}b${true}"', 'a1btrue'], ['"${[1]}"', [1]], ['"a${null}"', 'error: null has no text'], ['"%{if true}x%{else}y%{endif}"', 'x'], ['"%{for i, v in ["a", "b"]}${i}${v},%{endfor}"', '0a,1b,'],
    ['[for k, v in {b = 1, a = 2} : "${k}${v}"]', ['a2', 'b1']], ['[for v in [1, 2, 3] : v * 2 if v != 2]', [2, 6]], ['{for v in ["ab", "ac", "b"] : substr(v, 0, 1) => v...}', { a: ['ab', 'ac'], b: ['b'] }], ['{for v in ["a", "a"] : v => 1}', 'error: the key "a" occurs twice'],
    ['[{a = 1}, {a = 2}][*].a', [1, 2]], ['[{a = [1]}, {a = [2]}].*.a[0]', [1]], ['"x"[*]', ['x']], ['null[*]', []], ['[1, 2][5]', 'error: index 5 is outside the list of 2'], ['{a = 1}["b"]', 'error: there is no key "b"'], ['{a = 1}.a', 1], ['[10, 20].1', 20],
    ['max([1, 5, 3]...)', 5], ['nothing("x")', 'error: function "nothing" is not known'], ['upper("a", "b")', 'error: upper: 2 arguments do not fit'], ['local.nested.a[0].b', 'deep'], ['path.module', '.'], ['terraform.workspace', 'default'],
    ['<<-T\n    a\n      b ${1}\n\n    c\n    T\n', 'a\n  b 1\n\nc\n'], ['<<T\n  a\nT\n', '  a\n'], ['true ? 1 : nothing.x', 1], ['{ "a-b" = 1, (upper("c")) = 2, "d${1}" = 3 }', { 'a-b': 1, C: 2, d1: 3 }], ['123456789012', 123456789012], ['0.1 + 0.2', 0.3], ['1.1 * 3', 3.3], ['"n${1e21}"', 'n1000000000000000000000'], ['"n${1e-7}"', 'n0.0000001'], ['"n${1.50}"', 'n1.5'],
  ])('%s', (e, expected) => {
    expect(value(e)).toEqual(expected);
  });
});

describe('what the input does not decide', () => {
  it.each<[string, unknown]>([
    ['var.text', open('var.text')], ['"a-${var.text}"', `a-${open('var.text')}`], ['var.flag', unknown('var.flag')], ['var.list', unknown('var.list')], ['var.list[0]', open('var.list[0]')], ['var.map["k"]', open('var.map["k"]')], ['var.object.name', open('var.object.name')], ['var.object.size', unknown('var.object.size')], ['var.object.other', 'error: there is no attribute "other"'], ['var.any.x[0]', open('var.any.x[0]')],
    ['aws_s3_bucket.b.arn', arn], ['aws_s3_bucket.named.bucket', 'lit'], ['aws_s3_bucket.b.bucket', hole({ kind: 'ref', address: 'aws_s3_bucket.b', attribute: 'bucket' })], ['aws_s3_bucket.b.rule[0].x', hole({ kind: 'ref', address: 'aws_s3_bucket.b', attribute: 'rule[0].x' })],
    ['aws_s3_bucket.two[*].arn', [0, 1].map((i) => hole({ kind: 'ref', address: `aws_s3_bucket.two[${i}]`, attribute: 'arn' }))], ['aws_s3_bucket.many["k"].arn', hole({ kind: 'ref', address: 'aws_s3_bucket.many[*]', attribute: 'arn' })], ['aws_s3_bucket.maybe[0].id', hole({ kind: 'ref', address: 'aws_s3_bucket.maybe[0]', attribute: 'id' })],
    ['length(aws_s3_bucket.many)', unknown('length(aws_s3_bucket.many)')], ['"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"', `arn:aws:iam::${account}:root`],
    ['var.flag && false', false], ['var.flag || true', true], ['var.flag && true', unknown('var.flag')], ['!var.flag', unknown('!var.flag')], ['var.text == var.text', true], ['var.text == "x"', unknown('⟨var.text⟩ == x'.replace(/[⟨⟩]/g, ''))], ['"a${var.text}" == "b"', false], ['aws_s3_bucket.b.arn == null', false], ['var.any == null', unknown('var.any == null')],
    ['var.flag ? "a" : "a"', 'a'], ['var.flag ? "a" : "b"', open('var.flag ? a : b')], ['var.flag ? ["a"] : []', unknown('var.flag ? [a] : []')], ['try(var.any.x, "fallback")', open('var.any.x')], ['can(var.any.x)', unknown('can(var.any.x)')], ['coalesce(aws_s3_bucket.b.arn, "x")', arn], ['coalesce(var.any, "x")', open('coalesce(var.any, "x")')],
    ['join(",", ["a", aws_s3_bucket.b.arn])', `a,${arn}`], ['format("%s/%s", aws_s3_bucket.b.arn, "x")', `${arn}/x`], ['format("%q", var.text)', open('format("%q", var.text)')], ['jsondecode(jsonencode({a = aws_s3_bucket.b.arn, b = var.list}))', { a: arn, b: unknown('var.list') }], ['jsonencode({a = var.text})', `{"a":"${open('var.text')}"}`],
    ['lower("ABC-${var.text}")', `abc-${open('lower(var.text)')}`], ['replace("a.b.${var.text}", ".", "-")', `a-b-${open('replace(var.text, ".", "-")')}`], ['split(":", "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root")[4]', account], ['split(":", aws_s3_bucket.b.arn)[5]', open('split(":", aws_s3_bucket.b.arn)[5]')], ['substr("prefix-${var.text}", 0, 6)', 'prefix'], ['startswith("arn:${var.text}", "arn:")', true], ['startswith("arn:${var.text}", "x")', false], ['startswith(var.text, "x")', unknown('startswith(var.text, "x")')], ['trimsuffix("${var.text}/*", "/*")', open('var.text')], ['md5(var.text)', open('md5(var.text)')], ['length(var.list)', unknown('length(var.list)')], ['length([var.text])', 1],
    ['concat(["a"], var.list)', ['a', unknown('concat([a], var.list)')]], ['flatten([["a"], var.list, [["b"]]])', ['a', 'b', unknown('flatten([[a], var.list, [[b]]])')]], ['merge({a = 1}, var.map)', unknown('merge({a = 1}, var.map)')], ['contains(["a", var.text], "a")', true], ['contains(["a", var.text], "b")', unknown('contains([a, var.text], "b")')], ['contains(["a"], "b")', false], ['keys({(var.text) = 1})', [open('var.text')]], ['lookup(var.map, "k", "d")', open('lookup(var.map, "k", "d")')], ['[for x in var.list : upper(x)]', unknown('[for x in var.list : upper(x)] over var.list')], ['toset([aws_s3_bucket.b.arn, "a"])', ['a', arn]], ['one(var.list)', open('one(var.list)')], ['regex("a", var.text)', open('regex("a", var.text)')],
  ])('%s', (e, expected) => {
    expect(value(e)).toEqual(expected);
  });
  it('equal expressions give equal holes, others do not', () => {
    const [a, b, c] = evaluateAll(['"${sha1(var.text)}"', 'sha1("${var.text}")', 'sha1(var.any)'], ROOT);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });
  it('patterns that could run forever are not tried', () => {
    const before = Date.now();
    expect(value(`can(regex("^(a+)+$", "${'a'.repeat(5000)}b"))`)).toEqual(expect.objectContaining({ $unknown: expect.any(String) }));
    expect(Date.now() - before).toBeLessThan(2000);
  });
});

describe('variables', () => {
  const tf = { 'main.tf': 'variable "a" {}\nvariable "n" { type = number }\nvariable "l" { type = list(string) }\nvariable "s" {\n  sensitive = true\n}\nresource "x" "y" {\n  a = var.a\n  n = var.n\n  l = var.l\n  s = "p-${var.s}"\n}\n' };
  it('-var over -var-file over TF_VAR_, converted to the declared type', () => {
    const r = read({ ...tf, 'env/p.tfvars': 'a = "file"\nl = ["f"]\n' }, { variables: { n: '5', l: '["x", "y"]' }, varFiles: ['env/p.tfvars'], env: { TF_VAR_a: 'env', TF_VAR_s: 'secret' } });
    expect(r.problems).toEqual([]);
    expect(resourceAt(r, 'x.y').properties).toEqual({ a: 'file', n: 5, l: ['x', 'y'], s: `p-${open('var.s')}` });
  });
  it('without a value: a hole and a located problem', () => {
    const r = read(tf);
    expect(r.problems.map((p) => [p.code, p.subject, `${p.source?.file}:${p.source?.startLine}:${p.source?.startColumn}`])).toEqual([['missing-variable', 'var.a', 'main.tf:1:1'], ['missing-variable', 'var.n', 'main.tf:2:1'], ['missing-variable', 'var.l', 'main.tf:3:1'], ['missing-variable', 'var.s', 'main.tf:4:1']]);
    expect(resourceAt(r, 'x.y').properties).toEqual({ a: open('var.a'), n: unknown('var.n'), l: unknown('var.l'), s: `p-${open('var.s')}` });
  });
  it('a value of the wrong type is a located problem', () => {
    const r = read({ 'main.tf': 'variable "n" { type = number }\nresource "x" "y" { n = var.n }\n', 'terraform.tfvars': 'n = "many"\n' });
    expect(r.problems).toMatchObject([{ code: 'unresolved', subject: 'var.n' }]);
  });
});

describe('repetition and blocks', () => {
  it('count, for_each over maps, sets and unknown values', () => {
    const r = read({ 'main.tf': 'variable "u" { type = set(string) }\nresource "a" "c" { \n count = 2\n n = count.index\n}\nresource "a" "none" { count = 0 }\nresource "a" "m" {\n for_each = { x = 1, "y.z" = 2 }\n k = each.key\n v = each.value\n}\nresource "a" "u" {\n for_each = var.u\n k = each.value\n}\nresource "a" "uc" {\n count = length(var.u)\n i = count.index\n}\n' });
    expect(r.resources.map((x) => [x.address, x.properties])).toEqual([
      ['a.c[0]', { n: 0 }], ['a.c[1]', { n: 1 }], ['a.m["x"]', { k: 'x', v: 1 }], ['a.m["y.z"]', { k: 'y.z', v: 2 }], ['a.u[*]', { k: open('var.u key') }], ['a.uc[0]', { i: 0 }],
    ]);
    expect(r.problems.map((p) => [p.code, p.subject, p.source?.startLine])).toEqual([['missing-variable', 'var.u', 1], ['unresolved', 'a.u', 13], ['unresolved', 'a.uc', 17]]);
  });
  it('dynamic blocks, nested and with an iterator of their own', () => {
    const r = read({ 'main.tf': 'variable "u" { type = list(string) }\nresource "a" "b" {\n  rule { p = 1 }\n  dynamic "rule" {\n    for_each = [2, 3]\n    iterator = r\n    content {\n      p = r.value\n      dynamic "in" {\n        for_each = { k = r.key }\n        content { v = "${in.key}${in.value}" }\n      }\n    }\n  }\n  dynamic "no" {\n    for_each = []\n    content {}\n  }\n  dynamic "open" {\n    for_each = var.u\n    content { x = open.value }\n  }\n}\n' });
    expect(resourceAt(r, 'a.b').properties).toEqual({ rule: [{ p: 1 }, { p: 2, in: [{ v: 'k0' }] }, { p: 3, in: [{ v: 'k1' }] }], no: [], open: [{ x: open('var.u[*]') }] });
    expect(['/rule/0', '/rule/1', '/rule/1/p', '/rule/2/in/0/v'].map((p) => lineOf(resourceAt(r, 'a.b'), p))).toEqual([3, 4, 8, 11].map((n) => `main.tf:${n}`));
    expect(r.problems.map((p) => p.code)).toEqual(['missing-variable', 'unresolved']);
  });
  it('a cycle of locals is reported with its place, and the rest is read', () => {
    const r = read({ 'main.tf': 'locals {\n  a = local.b\n  b = "x${local.a}"\n}\nresource "x" "y" {\n  a = local.a\n  b = "ok"\n}\n' });
    expect(r.problems).toMatchObject([{ code: 'cycle', source: { file: 'main.tf', startLine: 2 } }]);
    expect(resourceAt(r, 'x.y').properties['b']).toBe('ok');
  });
  it('override files win, argument by argument', () => {
    const r = read({ 'a.tf': 'resource "x" "y" {\n  a = 1\n  b = 2\n  n { v = 1 }\n}\n', 'z_override.tf': 'resource "x" "y" {\n  b = 3\n  n { v = 9 }\n}\n' });
    expect(resourceAt(r, 'x.y').properties).toEqual({ a: 1, b: 3, n: [{ v: 9 }] });
    expect(lineOf(resourceAt(r, 'x.y'), '/b')).toBe('z_override.tf:2');
  });
  it('the JSON form reads like the native one', () => {
    const r = read({ 'main.tf.json': '{\n "variable": {"n": {"default": "x"}},\n "resource": {"aws_iam_policy": {"p": {\n  "name": "${var.n}-p",\n  "policy": "{\\"Statement\\": [{\\"Action\\": \\"s3:*\\"}]}"\n }}}\n}\n' });
    expect(r.problems).toEqual([]);
    const p = resourceAt(r, 'aws_iam_policy.p');
    expect(p.properties['name']).toBe('x-p');
    expect(p.documents.get('/policy')).toEqual({ Statement: [{ Action: 's3:*' }] });
    expect(lineOf(p, '/policy/Statement/0/Action')).toBe('main.tf.json:5');
  });
  it('moved, import, removed and check blocks are no resources', () => {
    const r = read({ 'main.tf': 'moved {\n  from = a.b\n  to = a.c\n}\nimport {\n  to = a.c\n  id = "x"\n}\nremoved {\n  from = a.d\n}\ncheck "h" {\n  data "http" "x" { url = "u" }\n  assert {\n    condition = data.http.x.status == 200\n    error_message = "no"\n  }\n}\nresource "a" "c" {}\n' });
    expect(r.problems).toEqual([]);
    expect(r.resources.map((x) => x.address)).toEqual(['a.c', 'data.http.x']);
  });
});

describe('documents', () => {
  it('those that are not decided are listed, whole or in part, nested ones too', () => {
    const r = read({ 'main.tf': 'variable "l" { type = list(string) }\nvariable "t" { type = string }\nresource "a" "b" {\n  policy = var.t\n  assume_role_policy = jsonencode({ Statement = [{ Action = var.l }] })\n  inline_policy {\n    policy = file("${var.t}.json")\n  }\n  ssl_policy = "ELBSecurityPolicy"\n  other = jsonencode({ a = var.t })\n}\n' });
    expect(r.problems.filter((p) => p.code === 'unresolved').map((p) => [p.source?.startLine, p.message])).toEqual([[4, 'the document in "policy" is not decided'], [5, 'a part of the document in "assume_role_policy" is not decided'], [7, 'the document in "inline_policy/0/policy" is not decided']]);
    expect(resourceAt(r, 'a.b').documents.get('/assume_role_policy')).toEqual({ Statement: [{ Action: unknown('var.l') }] });
    expect(resourceAt(r, 'a.b').documents.get('/other')).toEqual({ a: open('var.t') });
  });
  it('text around and inside a document keeps its places', () => {
    const r = read({ 'main.tf': 'variable "n" { type = number }\nlocals {\n  doc = <<-J\n    {\n      "Statement": [${jsonencode({ Action = "x:y" })},\n        {"Action": "a:b",\n         "N": ${var.n}}]\n    }\n  J\n}\nresource "a" "b" { policy = trimspace(local.doc) }\nresource "a" "c" { policy = jsonencode(jsondecode(local.doc)) }\nresource "a" "d" { policy = replace(file("p.json"), "ACCOUNT", "111122223333") }\n', 'p.json': '{\n "Statement": [\n  {"Resource": "arn:aws:iam::ACCOUNT:role/x",\n   "Action": "*"}\n ]\n}\n' });
    expect(lineOf(resourceAt(r, 'a.b'), '/policy/Statement/1/N')).toBe('main.tf:7');
    expect(resourceAt(r, 'a.d').documents.get('/policy')).toEqual({ Statement: [{ Resource: 'arn:aws:iam::111122223333:role/x', Action: '*' }] });
    expect(['/policy/Statement/0', '/policy/Statement/0/Action'].map((p) => lineOf(resourceAt(r, 'a.d'), p))).toEqual(['p.json:3', 'p.json:4']);
    expect(resourceAt(r, 'a.c').documents.get('/policy')).toEqual({ Statement: [{ Action: 'x:y' }, { Action: 'a:b', N: unknown('var.n') }] });
    expect(['/policy/Statement/0', '/policy/Statement/1', '/policy/Statement/1/N'].map((p) => lineOf(resourceAt(r, 'a.c'), p))).toEqual(['main.tf:5', 'main.tf:6', 'main.tf:7']);
  });
});

describe('modules', () => {
  it('a root with configuration_aliases: the local alias is the scope', () => {
    const r = read({ 'main.tf': 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n      configuration_aliases = [aws.prod]\n    }\n  }\n}\ndata "aws_caller_identity" "x" { provider = aws.prod }\nresource "aws_iam_role" "r" {\n  provider = aws.prod\n  name = data.aws_caller_identity.x.account_id\n}\n' });
    expect(resourceAt(r, 'aws_iam_role.r').provider).toEqual({ scope: 'prod', unconfigured: true });
    expect(resourceAt(r, 'aws_iam_role.r').properties['name']).toBe(hole({ kind: 'pseudo', name: 'account', scope: 'prod' }));
  });
  it('what terraform init fetched is read, from modules.json', () => {
    const r = read({ 'main.tf': 'module "v" {\n  source = "acme/v/aws"\n}\nresource "x" "y" { a = module.v.o }\n', '.terraform/modules/modules.json': '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"v","Source":"registry.terraform.io/acme/v/aws","Dir":".terraform/modules/v"}]}', '.terraform/modules/v/m.tf': 'output "o" { value = "found" }\n' });
    expect(r.problems).toEqual([]);
    expect(resourceAt(r, 'x.y').properties['a']).toBe('found');
  });
  it('a module that calls itself, and one outside the folder', () => {
    const r = read({ 'main.tf': 'module "a" {\n  source = "./m"\n}\nmodule "out" {\n  source = "../../elsewhere"\n}\n', 'm/m.tf': 'module "again" {\n  source = "../m"\n}\nresource "x" "y" {}\n' });
    expect(r.problems.map((p) => [p.code, p.subject, p.source?.file, p.source?.startLine])).toEqual([['outside-root', 'module.out', 'main.tf', 5], ['cycle', 'module.a.module.again', 'm/m.tf', 1]]);
    expect(r.resources.map((x) => x.address)).toEqual(['module.a.x.y']);
  });
  it('unknown keys of a module: one instance stands for all', () => {
    const r = read({ 'main.tf': 'variable "u" { type = map(string) }\nmodule "m" {\n  source = "./m"\n  for_each = var.u\n  n = each.key\n}\nresource "x" "z" { a = module.m["k"].o }\n', 'm/m.tf': 'variable "n" {}\nresource "x" "y" { n = var.n }\noutput "o" { value = x.y.id }\n' });
    expect(r.resources.map((x) => x.address)).toEqual(['x.z', 'module.m[*].x.y']);
    expect(resourceAt(r, 'x.z').properties['a']).toBe(hole({ kind: 'ref', address: 'module.m[*].x.y', attribute: 'id' }));
  });
});

describe('blocks of a resource', () => {
  const cluster = { 'main.tf': 'resource "aws_eks_cluster" "c" {\n  vpc_config {\n    subnet_ids = ["s"]\n  }\n}\n' };
  it('give back what was written, and the provider’s own beside it', () => {
    expect(evaluateOne('aws_eks_cluster.c.vpc_config[0].subnet_ids[0]', cluster)).toBe('s');
    expect(evaluateOne('aws_eks_cluster.c.vpc_config[0].cluster_security_group_id', cluster)).toBe(hole({ kind: 'ref', address: 'aws_eks_cluster.c', attribute: 'vpc_config[0].cluster_security_group_id' }));
  });
});
