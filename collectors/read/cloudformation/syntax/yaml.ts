import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node as YamlNode, type Pair, type YAMLMap } from 'yaml';
import type { Problem } from '../../../../schema/index.ts';
import { tooDeep } from '../../yaml-tree.ts';
import { mapNode, type Entry, type Node, type Span } from './node.ts';
import type { Parsed } from './parse.ts';

const SOURCE = 'cloudformation';
const MAX_ALIASES = 2_000;
const MAX_DEPTH = 200;
const MAX_ERRORS = 50;

/** One YAML document. Anchors are shared, never copied; a value that contains itself is unknown. */
export function parseYaml(text: string, file: string): Parsed {
  const deep = tooDeep(text);
  if (deep) return { root: undefined, problems: [{ code: 'parse-error', message: 'nested deeper than any template', source: { source: SOURCE, file, startLine: deep } }] };
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: false, strict: true, logLevel: 'silent', version: '1.2', merge: true, intAsBigInt: false });
  const reading = new Reading(document, text, file, counter);
  const root = document.contents ? reading.node(document.contents, 0) : undefined;
  if (root) for (const line of reading.unclaimed()) spoil(root, line);
  return { root, problems: reading.problems };
}

/** What the parser gave up on belongs to the entry before it: that one is not known. */
function spoil(root: Node, line: number): void {
  let here: Node = root;
  let last: Entry | undefined;
  while (here.kind === 'map') {
    const before: Entry | undefined = here.entries.filter((e) => e.at.start < line).at(-1);
    if (!before) break;
    last = before;
    here = before.value;
  }
  if (last) last.value = { kind: 'unknown', reason: 'it could not be parsed', at: last.at };
}

const SAYS: Record<string, string> = {
  MULTIPLE_DOCS: 'one document is expected', TAB_AS_INDENT: 'a tab cannot indent in YAML', BAD_INDENT: 'the indentation fits no block above',
  MISSING_CHAR: 'a character is missing', UNEXPECTED_TOKEN: 'this does not belong here', BAD_ALIAS: 'the alias names no anchor',
};

class Reading {
  readonly problems: Problem[] = [];
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #file: string;
  readonly #counter: LineCounter;
  /** Places of errors that no value has taken upon itself yet. */
  readonly #errors: number[] = [];
  readonly #done = new Map<YamlNode, Node | 'open'>();
  #aliases = 0;

  constructor(document: Document.Parsed, text: string, file: string, counter: LineCounter) {
    this.#document = document;
    this.#text = text;
    this.#file = file;
    this.#counter = counter;
    for (const e of document.errors.slice(0, MAX_ERRORS)) {
      this.#errors.push(e.pos[0]);
      this.#problem('parse-error', SAYS[e.code] ?? e.message.split('\n')[0]!.replace(/ at line \d+.*$/, ''), e.pos[0]);
    }
  }

  /** Lines of errors that lie in no value. */
  unclaimed(): number[] { return this.#errors.map((e) => this.#counter.linePos(e).line); }

  node(n: YamlNode | null, depth: number, fallback?: Span): Node {
    const at = n?.range ? this.#span(n.range[0], n.range[1]) : fallback ?? { file: this.#file, start: 1, end: 1 };
    if (!n) return { kind: 'scalar', value: null, at };
    if (depth > MAX_DEPTH) return this.#refuse('limit', 'nested too deeply', at);
    const known = this.#done.get(n);
    if (known === 'open') return this.#refuse('cycle', 'the value contains itself', at);
    if (known) return known;
    if (isAlias(n)) {
      const target = n.resolve(this.#document);
      if (!target) return this.#refuse('unresolved', `the alias *${n.source} names no anchor`, at);
      if (++this.#aliases > MAX_ALIASES) return this.#refuse('limit', `more than ${MAX_ALIASES} aliases`, at);
      return this.node(target, depth + 1, at);
    }
    this.#done.set(n, 'open');
    const made = this.#tagged(n, this.#plain(n, at, depth), at);
    if (n.anchor) this.#done.set(n, made);
    else this.#done.delete(n);
    return made;
  }

  #plain(n: YamlNode, at: Span, depth: number): Node {
    if (isMap(n)) return mapNode(this.#entries(n, depth), at);
    if (isSeq(n)) return { kind: 'list', items: n.items.map((i) => this.node(i as YamlNode, depth + 1, at)), at };
    if (!isScalar(n)) return { kind: 'unknown', reason: 'not a value of a template', at };
    const { value, source } = n;
    // An account id or a version must not lose its zeros.
    if (typeof value === 'number' && source !== undefined && String(value) !== source) return { kind: 'scalar', value: source, at };
    if (typeof value === 'string' && n.type === 'BLOCK_LITERAL') return { kind: 'scalar', value, at, body: at.start + 1 };
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return { kind: 'scalar', value, at };
    return { kind: 'scalar', value: source ?? String(value), at };
  }

  #entries(n: YAMLMap, depth: number): Entry[] {
    const out: Entry[] = [];
    const seen = new Map<string, number>();
    const own = new Set<string>();
    for (const pair of n.items as Pair<YamlNode, YamlNode | null>[]) {
      const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : undefined;
      const start = pair.key?.range?.[0] ?? pair.value?.range?.[0] ?? 0;
      const end = pair.value?.range?.[1] ?? pair.key?.range?.[1] ?? start;
      const at = this.#span(start, end);
      if (key === undefined) { this.#problem('parse-error', 'the key of a map must be text', start); continue; }
      let value = this.node(pair.value, depth + 1, at);
      if (key === '<<') {
        for (const from of value.kind === 'list' ? value.items : [value]) if (from.kind === 'map') for (const e of from.entries) if (!seen.has(e.key)) { seen.set(e.key, out.length); out.push(e); }
        continue;
      }
      if (this.#errors.some((e) => e >= start && e <= end)) {
        for (let i = this.#errors.length - 1; i >= 0; i--) if (this.#errors[i]! >= start && this.#errors[i]! <= end) this.#errors.splice(i, 1);
        value = { kind: 'unknown', reason: 'it could not be parsed', at };
      }
      const there = seen.get(key);
      if (there === undefined) { seen.set(key, out.length); out.push({ key, at, value }); }
      else if (own.has(key)) {
        this.#problem('parse-error', `the key ${key} stands twice in the same map, first on line ${out[there]!.at.start}`, start);
        out[there] = { key, at, value: { kind: 'unknown', reason: `the key ${key} stands twice`, at } };
      } else out[there] = { key, at, value }; // a key that was merged gives way
      own.add(key);
    }
    return out;
  }

  /** `!Sub x` is the short form of `Fn::Sub`. */
  #tagged(n: YamlNode, plain: Node, at: Span): Node {
    const tag = (n as { tag?: string }).tag;
    if (!tag?.startsWith('!') || tag === '!') return plain;
    return { kind: 'call', name: tag.slice(1), argument: plain, at };
  }

  #span(from: number, to: number): Span {
    const { line, col } = this.#counter.linePos(from);
    let last = Math.max(from, to);
    while (last > from && /\s/.test(this.#text[last - 1] ?? '')) last--;
    return { file: this.#file, start: line, end: this.#counter.linePos(Math.max(from, last - 1)).line, column: col };
  }

  #problem(code: Problem['code'], message: string, offset: number): void {
    const { line, col } = this.#counter.linePos(offset);
    this.problems.push({ code, message, source: { source: SOURCE, file: this.#file, startLine: line, startColumn: col } });
  }

  #refuse(code: Problem['code'], message: string, at: Span): Node {
    this.problems.push({ code, message, source: { source: SOURCE, file: at.file, startLine: at.start, endLine: at.end } });
    return { kind: 'unknown', reason: message, at };
  }
}
