import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as official } from '@cdktn/hcl2json';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lex } from '../../../collectors/read/terraform/syntax/lexer.ts';
import { parseExpressionText, parseFile, parseTemplate } from '../../../collectors/read/terraform/syntax/parse.ts';
import { parseJsonFile } from '../../../collectors/read/terraform/syntax/parse-json.ts';
import { printBody, printExpression } from '../../../collectors/read/terraform/syntax/print.ts';
import { SourceFile } from '../../../collectors/read/terraform/syntax/source.ts';
import type { Expression } from '../../../collectors/read/terraform/syntax/tree.ts';
import { officialForm } from './official.ts';
import { expressions } from './random.ts';

const parse = (text: string) => {
  const file = new SourceFile('main.tf', text);
  return { file, ...parseFile(file) };
};
const at = (file: SourceFile, offset: number): string => `${file.position(offset).line}:${file.position(offset).column}`;
const problemsOf = (text: string): string[] => {
  const { file, problems } = parse(text);
  return problems.map((p) => `${at(file, p.start)} ${p.message}`);
};
/** Tree without places and without parentheses. */
const bare = (node: unknown): unknown => JSON.parse(JSON.stringify(node, (k, v: unknown) => {
  if (['start', 'end', 'exact', 'nameSpan', 'heredoc'].includes(k)) return undefined;
  const e = v as Expression;
  return e && typeof e === 'object' && e.kind === 'parentheses' ? unwrap(e) : v;
}));
const unwrap = (e: Expression): Expression => (e.kind === 'parentheses' ? unwrap(e.inner) : e);

const FIXTURES = join(import.meta.dirname, 'fixtures/syntax');
const fixtures = readdirSync(FIXTURES).filter((n) => n.endsWith('.tf'));

describe('structure and literals equal the official parser’s', () => {
  const same = async (name: string, text: string): Promise<void> => {
    const theirs = JSON.parse(JSON.stringify(await official(name, text))) as unknown;
    const { file, tree, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(JSON.parse(JSON.stringify(officialForm(tree, file)))).toEqual(theirs);
  };
  it.each(fixtures)('%s', (name) => same(name, readFileSync(join(FIXTURES, name), 'utf8')));

  const folder = process.env['OVERREACH_ACC'];
  it.runIf(folder !== undefined && existsSync(folder))('every file of the accuracy material', async () => {
    const seen = new Set<string>();
    for (const name of readdirSync(folder!, { recursive: true }) as string[]) {
      if (!name.endsWith('.tf')) continue;
      const text = readFileSync(join(folder!, name), 'utf8');
      if (seen.has(text)) continue;
      seen.add(text);
      await same(name, text);
    }
    expect(seen.size).toBeGreaterThan(100);
  }, 120_000);
});

describe('places', () => {
  it('every token stands at its line and column', () => {
    const file = new SourceFile('main.tf', 'a = "x${b}y" # c\n\tb = <<-E\n\t  l1 ${c}\n\t  E\nd=1.5e3\n');
    const tokens = lex(file).tokens.map((t) => `${at(file, t.start)} ${t.kind} ${JSON.stringify(file.slice(t))}`);
    expect(tokens).toEqual([
      '1:1 word "a"', '1:3 = "="', '1:5 quote "\\""', '1:6 text "x"', '1:7 interpolate "${"', '1:9 word "b"', '1:10 close "}"', '1:11 text "y"', '1:12 unquote "\\""', '1:17 newline "\\n"',
      '2:2 word "b"', '2:4 = "="', '2:6 heredoc "<<-E\\n"', '3:1 text "\\t  l1 "', '3:7 interpolate "${"', '3:9 word "c"', '3:10 close "}"', '3:11 text "\\n"', '4:1 unheredoc "\\t  E"', '4:5 newline "\\n"',
      '5:1 word "d"', '5:2 = "="', '5:3 number "1.5e3"', '5:8 newline "\\n"', '6:1 end ""',
    ]);
  });
  it('an expression ends where its text ends, inside brackets, too', () => {
    const { file, tree } = parse('a = [\n  x.y,\n  z.w\n]\n');
    const list = tree.attributes[0]!.value as Expression & { kind: 'tuple' };
    expect(list.items.map((i) => file.slice(i))).toEqual(['x.y', 'z.w']);
    expect(file.slice(list)).toBe('[\n  x.y,\n  z.w\n]');
  });
  it('a block runs from its type to its closing brace', () => {
    const { file, tree } = parse('\n  resource "a" "b" {\n    c {\n    }\n  }\n');
    const block = tree.blocks[0]!;
    expect([at(file, block.start), at(file, block.end), at(file, block.body.blocks[0]!.start)]).toEqual(['2:3', '5:4', '3:5']);
  });
});

describe('expressions', () => {
  const value = (text: string): unknown => bare(parseExpressionText(new SourceFile('x', text)).tree);
  it.each([
    ['1 + 2 * 3', '1 + (2 * 3)'], ['a || b && c == d', 'a || (b && (c == d))'], ['-a * b', '(-a) * b'], ['a - b - c', '(a - b) - c'], ['!a && b', '(!a) && b'],
    ['a ? b : c ? d : e', 'a ? b : (c ? d : e)'], ['a < b == c > d', '(a < b) == (c > d)'], ['a % 2 == 0 ? x : y', '((a % 2) == 0) ? x : y'],
  ])('%s binds as %s', (text, explicit) => {
    expect(value(text)).toEqual(value(explicit));
  });
  it('splats take what follows them', () => {
    expect(value('a.*.b.c[0]')).toMatchObject({ steps: [{ kind: 'splat', full: false, steps: [{ name: 'b' }, { name: 'c' }] }, { kind: 'index' }] });
    expect(value('a[*].b[0]')).toMatchObject({ steps: [{ kind: 'splat', full: true, steps: [{ name: 'b' }, { kind: 'index' }] }] });
    expect(value('a.0.1.b')).toMatchObject({ steps: [{ kind: 'index', key: { value: 0 } }, { kind: 'index', key: { value: 1 } }, { name: 'b' }] });
  });
  it('a template file has directives with strip marks', () => {
    const { tree, problems } = parseTemplate(new SourceFile('t', 'a %{ if x ~}\n  b\n%{ else }c%{ endif }%{ for k, v in m ~} ${v} %{~ endfor }$${z}'));
    expect(problems).toEqual([]);
    expect(bare(tree.parts)).toEqual([
      { kind: 'literal', text: 'a ' },
      { kind: 'if', condition: { kind: 'variable', name: 'x' }, whenTrue: [{ kind: 'literal', text: '  b\n' }], whenFalse: [{ kind: 'literal', text: 'c' }] },
      { kind: 'for', keyName: 'k', valueName: 'v', collection: { kind: 'variable', name: 'm' }, body: [{ kind: 'interpolation', value: { kind: 'variable', name: 'v' } }] },
      { kind: 'literal', text: '${z}' },
    ]);
  });
});

describe('broken files are read as far as they go', () => {
  it.each<[string, string[], string]>([
    ['a = \nb = 2\n', ['1:5 expected an expression, found the end of the line'], 'b'],
    ['a = [1, 2\nb = 2\n', ['2:1 expected "," or "]" in the list, found "b"'], ''],
    ['a = "x\nb = 2\n', ['1:7 string is not closed on its line'], 'a,b'],
    ['a = 1 b = 2\nc = 3\n', ['1:7 expected a new line after the argument, found "b"'], 'a,c'],
    ['a = <<X\n  text\n', ['3:1 heredoc X is not closed'], 'a'],
    ['a = 1\n}\nb = 2\n', ['2:1 "}" closes nothing'], 'a,b'],
    ['a = "\\q"\n', ['1:6 \\q is not an escape sequence'], 'a'],
    ['a = 1 /* open\n', ['1:7 comment is not closed'], 'a'],
    ['a = "${x"\n', ['1:9 expected the } that ends the template sequence, found """'], ''],
  ])('%j', (text, problems, left) => {
    expect(problemsOf(text)[0]).toBe(problems[0]);
    expect(parse(text).tree.attributes.map((a) => a.name).join()).toBe(left);
  });
  it('a block that is not closed does not swallow the next ones', () => {
    const { tree } = parse('resource "a" "b" {\n  x = [1,\n}\n\nresource "c" "d" {\n  y = 2\n}\n\nvariable "v" {}\n');
    expect(tree.blocks.map((b) => b.labels.map((l) => l.text).join('.'))).toEqual(['a.b', 'c.d', 'v']);
    expect(problemsOf('resource "a" "b" {\n  x = 1\n\nresource "c" "d" {\n}\n')).toEqual(['4:1 block "resource" is not closed before this line']);
  });
  it.each([['[', ']'], ['(', ')'], ['{a=', '}'], ['-', ''], ['"${', '}"'], ['f(', ')'], ['a[', ']'], ['x?1:', ''], ['%', ''], ['x {\n', '}\n']])('nesting of %j beyond all measure is a located problem', (open, close) => {
    const text = (open.endsWith('\n') ? '' : 'a = ') + open.repeat(20_000) + '1' + close.repeat(20_000) + '\nb = 2\n';
    const [first] = problemsOf(text);
    expect(first).toMatch(/^\d+:\d+ /);
    if (open !== '%') expect(problemsOf(text).join()).toContain('nested deeper than 500 levels');
  });
  it('a long chain of operators or steps is no nesting', () => {
    expect(problemsOf(`a = 1${' + 1'.repeat(20_000)}\nb = x${'.y'.repeat(20_000)}\n`)).toEqual([]);
  });
});

describe('the JSON form gives the same tree', () => {
  it('blocks, labels, expressions', () => {
    const json = '{\n  "resource": {"a": {"b": {"x": "${var.y}", "dynamic": {"d": {"for_each": [1], "content": {"z": true}}}}}},\n  "variable": {"y": {"type": "list(string)", "default": []}},\n  "module": {"m": [{"source": "./m", "providers": {"aws": "aws.east"}}]}\n}';
    const hcl = 'resource "a" "b" {\n x = "${var.y}"\n dynamic "d" {\n for_each = [1]\n content {\n z = true\n}\n}\n}\nvariable "y" {\n type = list(string)\n default = []\n}\nmodule "m" {\n source = "./m"\n providers = {"aws" = aws.east}\n}\n';
    const file = new SourceFile('main.tf.json', json);
    const { tree, problems } = parseJsonFile(file);
    expect(problems).toEqual([]);
    expect(bare(tree)).toEqual(bare(parse(hcl).tree));
    expect(at(file, tree.blocks[0]!.body.attributes[0]!.start)).toBe('2:28');
  });
  it.each([['{', '1:2'], ['{"a": tru}', '1:7'], ['[1', '1:3'], [`${'['.repeat(600)}`, '1:501']])('%j is a located problem', (text, where) => {
    const file = new SourceFile('x.tf.json', text);
    expect(parseJsonFile(file).problems.map((p) => at(file, p.start))).toEqual([where]);
  });
});

describe('for any input', () => {
  it('what is printed parses to the same tree', () => {
    fc.assert(fc.property(expressions, (e) => {
      const text = printBody({ attributes: [{ name: 'a', value: e, nameSpan: { start: 0, end: 0 }, start: 0, end: 0 }], blocks: [], start: 0, end: 0 });
      const { tree, problems } = parse(text);
      expect(problems, text).toEqual([]);
      expect(bare(tree.attributes[0]!.value), text).toEqual(bare(e));
      expect(printExpression(tree.attributes[0]!.value).replaceAll('(', '').replaceAll(')', '')).toBe(printExpression(e).replaceAll('(', '').replaceAll(')', ''));
    }), { numRuns: 500 });
  });
  const noise = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.constantFrom('"', '${', '%{', '}', '{', '[', ']', '(', ')', '<<E\n', 'E\n', '\n', ' ', 'a', 'for', 'in', 'if', '=', ':', '?', '.', '*', '1', '~', '\\', '/*', '#', ',', 'endif', '=>', '...'), { maxLength: 60 }).map((p) => p.join('')));
  it('the parser never throws, and its problems lie in the text', () => {
    fc.assert(fc.property(noise, (text) => {
      for (const p of parse(text).problems) expect(p.start >= 0 && p.end <= text.length && p.message !== '').toBe(true);
      parseTemplate(new SourceFile('t', text));
      parseJsonFile(new SourceFile('t', text));
      parseExpressionText(new SourceFile('t', text));
    }), { numRuns: 2000 });
  });
  it('a damaged file never throws', () => {
    const texts = fixtures.map((n) => readFileSync(join(FIXTURES, n), 'utf8'));
    fc.assert(fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(60), fc.constantFrom('', '"', '}', '{', '${', '\n', '[', '\u0000'), (text, where, cut, insert) => {
      const from = where % text.length;
      parse(text.slice(0, from) + insert + text.slice(from + cut));
    }), { numRuns: 500 });
  });
});
