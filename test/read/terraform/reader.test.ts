import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFatalInput } from '../../../schema/index.ts';
import type { ReadOptions, ReadResult } from '../../../collectors/define.ts';
import { discover } from '../../../collectors/discovery.ts';
import { readRoot, terraformReader } from '../../../collectors/read/terraform/reader.ts';
import { read, resourceAt, type Texts, withFolder } from './helpers.ts';

const options = (base: string, more: Partial<ReadOptions> = {}): ReadOptions => ({ base, variables: {}, varFiles: [], roots: [], workspace: '', env: {}, progress: () => {}, ...more });

async function scan(texts: Texts, more: Partial<ReadOptions> = {}, prepare: (base: string) => void = () => {}): Promise<ReadResult[]> {
  const base = mkdtempSync(join(tmpdir(), 'terraform-'));
  try {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(base, path)), { recursive: true });
      writeFileSync(join(base, path), text);
    }
    prepare(base);
    return await scanFolder(base, more);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function scanFolder(base: string, more: Partial<ReadOptions> = {}): Promise<ReadResult[]> {
  const { files } = await discover(base, base);
  const out: ReadResult[] = [];
  for (const group of await terraformReader.recognise(files, options(base, more))) for await (const r of terraformReader.read(group, options(base, more))) out.push(r);
  return out;
}

describe('roots', () => {
  const estate = { 'live/prod/main.tf': 'module "a" { source = "../../modules/a" }\n', 'live/dev/main.tf': 'module "a" { source = "../../modules/a" }\n', 'modules/a/m.tf': 'module "b" { source = "./b" }\n', 'modules/a/b/m.tf': 'resource "x" "y" {}\n', 'modules/unused/m.tf': '', 'live/prod/.terraform/modules/z/m.tf': 'resource "x" "z" {}\n', 'only/terraform.tfvars': 'a = 1\n' };
  it('are the folders that no module call names', async () => {
    expect((await scan(estate)).map((r) => r.input)).toEqual(['live/dev', 'live/prod', 'modules/unused']);
  });
  it('are those that are given', async () => {
    expect((await scan(estate, { roots: ['./modules/a/', 'live/dev', 'nothing'] })).map((r) => r.input)).toEqual(['modules/a', 'live/dev']);
  });
  it('claim the files they read, their modules’ among them', async () => {
    await withFolderAsync(estate, async (base) => {
      const groups = await terraformReader.recognise((await discover(base, base)).files, options(base));
      expect(groups[1]!.files.map((f) => f.path)).toEqual(['live/prod/main.tf', 'modules/a/m.tf', 'modules/a/b/m.tf']);
    });
  });
  it('a circle of modules still has a root', async () => {
    expect((await scan({ 'a/m.tf': 'module "b" { source = "../b" }\n', 'b/m.tf': 'module "a" { source = "../a" }\n' })).map((r) => r.input)).toEqual(['a']);
  });
});

const withFolderAsync = async (texts: Texts, work: (base: string) => Promise<void>): Promise<void> => {
  const base = mkdtempSync(join(tmpdir(), 'terraform-'));
  try {
    withInto(base, texts);
    await work(base);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
};
const withInto = (base: string, texts: Texts): void => {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
};

describe('bad input is a located problem and never more', () => {
  it('a broken file, beside a good one', async () => {
    const [r] = await scan({ 'bad.tf': 'resource "a" "b" {\n  x = [1,\n  y = }\n', 'good.tf': 'resource "c" "d" {}\n' });
    expect(r!.status).toBe('partial');
    expect(r!.problems[0]).toMatchObject({ code: 'parse-error', source: { file: 'bad.tf', startLine: 3, startColumn: 5 } });
    expect(r!.resources.map((x) => x.address)).toContain('c.d');
  });
  it('text that is no UTF-8', async () => {
    const [r] = await scan({ 'good.tf': 'resource "c" "d" {}\n' }, {}, (base) => writeFileSync(join(base, 'bad.tf'), Buffer.from([0x61, 0xff, 0xfe])));
    expect(r!.problems).toMatchObject([{ code: 'unreadable', source: { file: 'bad.tf' } }]);
    expect(r!.resources).toHaveLength(1);
  });
  it('a file of one line that is larger than anything', () => {
    withFolder({ 'good.tf': 'resource "c" "d" {}\n', 'big.tf': `a = "${'x'.repeat(25_000_000)}"` }, (base) => {
      const r = readRoot('', options(base));
      expect(r.problems).toMatchObject([{ code: 'too-large', source: { file: 'big.tf' } }]);
      expect(r.resources).toHaveLength(1);
    });
  });
  it('links that loop, and links and paths that leave the folder', async () => {
    const [r] = await scan({ 'main.tf': 'locals {\n  a = file("loop")\n  b = file("out")\n  c = file("/etc/passwd")\n  d = file("../x")\n  e = fileset("around", "**")\n}\nresource "x" "y" {\n  a = local.a\n  b = local.b\n  c = local.c\n  d = local.d\n  e = local.e\n}\n' }, {}, (base) => {
      symlinkSync('loop', join(base, 'loop'));
      symlinkSync('/etc/hostname', join(base, 'out'));
      mkdirSync(join(base, 'around'));
      symlinkSync('..', join(base, 'around/up'));
    });
    expect(r!.problems.map((p) => [p.code, p.source?.startLine])).toEqual([['unreadable', 2], ['outside-root', 3], ['outside-root', 4], ['outside-root', 5]]);
    expect(r!.problems.every((p) => !p.message.includes(tmpdir()))).toBe(true);
    expect(resourceAt(r!, 'x.y').properties['e']).toEqual([]);
  });
  it('instances and names without end', () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `  a${i} = local.a${i + 1}\n`).join('');
    const r = read({ 'main.tf': `resource "a" "many" {\n  count = 1000000\n}\nlocals {\n${chain}  a3000 = "end"\n}\nresource "a" "deep" {\n  x = local.a0\n}\nresource "a" "loops" {\n  x = length([for i in range(1000) : [for j in range(1000) : [for k in range(1000) : k]]])\n}\n` });
    expect(r.resources.filter((x) => x.address.startsWith('a.many'))).toHaveLength(10_000);
    expect(r.problems.map((p) => [p.code, p.source?.startLine])).toEqual(expect.arrayContaining([['limit', 2]]));
    expect(r.problems.filter((p) => p.code === 'limit').length).toBeGreaterThanOrEqual(3);
    expect(r.status).toBe('partial');
  });
  it('values that are small to write and endless to walk', () => {
    const levels = (step: (i: number) => string): string => Array.from({ length: 40 }, (_, i) => `  v${i + 1} = ${step(i)}\n`).join('');
    const uses = ['jsonencode(local.v40)', 'yamlencode(local.v40)', 'local.v40', 'local.v40 == local.v39', 'flatten(local.v40)', 'contains([local.v40], local.v39)', 'upper(local.v40[0])', 'toset(local.v40)', 'distinct(local.v40)', '[for x in local.v40 : x]', 'tolist(concat(local.v40, var.u))'];
    for (const step of [(i: number) => `[${Array(10).fill(`local.v${i}`).join(', ')}]`, (i: number) => `concat(local.v${i}, local.v${i})`, (i: number) => `[join(",", [local.v${i}[0], local.v${i}[0]])]`]) {
      const r = read({ 'main.tf': `variable "u" { default = [] }\nlocals {\n  v0 = ["x"]\n${levels(step)}}\nresource "a" "b" {\n${uses.map((u, i) => `  p${i} = ${u}\n`).join('')}}\nresource "a" "c" {}\n` });
      expect(r.resources.map((x) => x.address)).toEqual(['a.b', 'a.c']);
      expect(r.problems.some((p) => p.code === 'limit')).toBe(true);
    }
    const deep = read({ 'main.tf': `locals {\n  d0 = []\n${Array.from({ length: 4000 }, (_, i) => `  d${i + 1} = [local.d${i}]\n`).join('')}}\nresource "a" "b" {\n  p = [${Array.from({ length: 40 }, (_, i) => `local.d${(i + 1) * 100}`).join(', ')}]\n  q = upper(local.d4000)\n  r = local.d4000 == local.d3999\n}\n` });
    expect(deep.resources).toHaveLength(1);
  });
  it('whatever stands in the files, reading ends with a result', () => {
    const piece = fc.constantFrom('variable "v" {}\n', 'locals {\n a = local.b\n b = var.v\n c = [for x in local.d : x]\n d = aws_x.y[*].id\n}\n', 'resource "aws_x" "y" {\n count = var.v\n a = local.a\n p = jsonencode(local)\n}\n', 'resource "aws_x" "z" {\n for_each = local.c\n a = each.value.b\n s = self.x\n}\n', 'data "aws_iam_policy_document" "d" {\n statement {\n actions = local.c\n principals {}\n condition {}\n }\n source_policy_documents = [local.a, var.v]\n}\n', 'resource "aws_y" "p" {\n policy = data.aws_iam_policy_document.d.json\n t = templatefile("t", {a = 1})\n}\n', 'module "m" {\n source = "./m"\n for_each = local.c\n v = module.m\n}\n', 'provider "aws" {\n alias = "x"\n region = data.aws_region.r.name\n}\n', 'data "aws_region" "r" { provider = aws.x }\n', 'terraform {\n backend "s3" { bucket = var.v }\n}\n', 'output "o" { value = module.m }\n', 'garbage {{{\n', 'resource "a" {}\n', 'x = "${', '"', '}\n');
    fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 4 }), (root, module) => {
      const r = read({ 'main.tf': root.join(''), 'm/m.tf': module.join(''), t: '${a}${nothing}%{ for x in a }%{ endfor }' });
      for (const p of r.problems) expect(p.source?.startLine === undefined || p.source.startLine > 0).toBe(true);
      if (r.problems.some(isFatalInput)) expect(r.status).toBe('partial');
    }), { numRuns: 150 });
  });
});

const folder = process.env['OVERREACH_ACC'];
describe.runIf(folder !== undefined && existsSync(join(folder, 'runs.json')))('accuracy material', () => {
  it('every case is read, every document is resolved or listed', async () => {
    const runs = (JSON.parse(readFileSync(join(folder!, 'runs.json'), 'utf8')) as { id: string; inputKind: string; dir: string; root?: string; inputVars?: Record<string, unknown> }[]).filter((r) => r.inputKind === 'terraform-hcl');
    const count: Record<string, number> = { cases: runs.length, resources: 0, documents: 0 };
    for (const run of runs) {
      const variables = Object.fromEntries(Object.entries(run.inputVars ?? {}).map(([k, v]) => [k, typeof v === 'string' ? v : JSON.stringify(v)]));
      const results = await scanFolder(join(folder!, run.dir), { variables, roots: run.root ? [run.root] : [] });
      expect(results.length, run.id).toBeGreaterThan(0);
      for (const r of results) {
        const listed = new Set(r.problems.map((p) => p.subject));
        for (const p of r.problems) count[p.code] = (count[p.code] ?? 0) + 1;
        for (const x of r.resources) {
          count['resources']!++;
          count['documents']! += x.documents.size;
          const written = x.properties['policy'] ?? x.properties['assume_role_policy'];
          if (typeof written === 'string') expect(x.documents.size > 0 || listed.has(x.address), `${run.id} ${x.address}`).toBe(true);
        }
      }
    }
    console.log(JSON.stringify(count));
  }, 120_000);
});
