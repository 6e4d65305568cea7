import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, JsonTextError, type JsonPath, type Taken } from '../../collectors/read/json-splitter.ts';

function split(text: string | Buffer, choose: (path: JsonPath) => 'enter' | 'take' | 'skip', sizes: readonly number[] = []): Taken[] {
  const out: Taken[] = [];
  const s = new JsonSplitter(choose, (t) => out.push(t));
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const n = sizes.length ? sizes[i % sizes.length]! : bytes.length;
    s.push(bytes.subarray(at, at + n));
    at += n;
  }
  s.end();
  return out;
}
const leaves = (path: JsonPath) => (path.length < 2 ? 'enter' : 'take') as 'enter' | 'take';
const lists = fc.dictionary(fc.string({ maxLength: 8 }).filter((k) => !(k in {})), fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), { noNullPrototype: true, maxKeys: 4 });

describe('JSON splitter', () => {
  it('gives the same records as JSON.parse, wherever the chunks end', () => {
    fc.assert(fc.property(lists, fc.constantFrom(undefined, 1, 2), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), (value, indent, sizes) => {
      const text = JSON.stringify(value, null, indent);
      const again: Record<string, unknown[]> = {};
      for (const t of split(text, leaves, sizes)) (again[t.path[0] as string] ??= [])[t.path[1] as number] = JSON.parse(t.text);
      const expected = Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, unknown[]>).filter(([, v]) => v.length > 0));
      expect(again).toEqual(expected);
    }), { numRuns: 300 });
  });

  it('knows the line on which each record begins', () => {
    fc.assert(fc.property(lists, fc.integer({ min: 1, max: 9 }), (value, size) => {
      const text = JSON.stringify(value, null, 2);
      const lines = text.split('\n');
      for (const t of split(text, leaves, [size])) expect(lines[t.line - 1]!.trimStart().startsWith(t.text.split('\n')[0]!)).toBe(true);
    }), { numRuns: 100 });
  });

  it('passes over what is not wanted, and reads one document after the other', () => {
    const got = split('{"a":[1,{"x":"}]\\""}],"b":{"c":2}}\n{"b":{"c":3}}', (p) => (p[0] === 'b' || p.length === 0 ? (p.length < 2 ? 'enter' : 'take') : 'skip'));
    expect(got.map((t) => [t.path.join('.'), t.text, t.line])).toEqual([['b.c', '2', 1], ['b.c', '3', 2]]);
  });

  it.each([
    ['{"a": [1, 2', 1, 'cut off'], ['{"a":\n [{"b": "x', 2, 'cut off'], ['{"a" 1}', 1, '":"'], ['{"a":[1 2]}', 1, '","'], ['{a:1}', 1, 'double quotes'], ['', 1, 'empty'], ['{"a":[1]]}', 1, '","'], ['{"a":,}', 1, 'value'],
  ])('says where %j stops being JSON', (text, line, says) => {
    const run = () => split(text, leaves);
    expect(run).toThrow(JsonTextError);
    try { run(); } catch (e) { expect((e as JsonTextError).line).toBe(line); expect((e as JsonTextError).message).toContain(says); }
  });

  it('never loops or crashes on arbitrary bytes', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }).map((a) => Buffer.from(a)), fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n1a') }).map((s) => Buffer.from(s))), fc.integer({ min: 1, max: 7 }), (bytes, size) => {
      try { split(bytes, leaves, [size]); } catch (e) { expect(e).toBeInstanceOf(JsonTextError); }
    }), { numRuns: 500 });
  });
});
