import { JsonFailure, type JsonNode, parseJson } from './json.ts';
import { parseExpressionText, parseTemplate, type Parsed } from './parse.ts';
import { SourceFile, type Span, type SyntaxProblem } from './source.ts';
import { type Attribute, type Block, type Body, type Expression, literalString } from './tree.ts';

/** Labels of the blocks that the language itself knows. */
const TOP: Record<string, number> = { resource: 2, data: 2, ephemeral: 2, module: 1, variable: 1, output: 1, provider: 1, locals: 0, terraform: 0, moved: 0, import: 0, removed: 0, check: 1 };
/** Blocks inside them that are blocks in JSON as well, with their labels; the rest of a body is arguments. */
const NESTED: Record<string, Record<string, number>> = {
  terraform: { backend: 1, cloud: 0, required_providers: 0 },
  provider: { assume_role: 0, assume_role_with_web_identity: 0, default_tags: 0, ignore_tags: 0, endpoints: 0 },
  resource: { dynamic: 1, lifecycle: 0, provisioner: 1, connection: 0, timeouts: 0 },
  aws_iam_policy_document: { statement: 0, dynamic: 1 },
  statement: { principals: 0, not_principals: 0, condition: 0, dynamic: 1 },
  dynamic: { content: 0 },
  variable: { validation: 0 },
};
/** Arguments whose string is an expression, not a template. */
const EXPRESSIONS: Record<string, readonly string[]> = { variable: ['type'], resource: ['provider', 'depends_on'], data: ['provider', 'depends_on'], module: ['providers', 'depends_on'] };

/** A `.tf.json` file as the tree of the native syntax. Never throws. */
export function parseJsonFile(file: SourceFile): Parsed<Body> {
  const reader = new JsonBodyReader(file);
  let root: JsonNode;
  try {
    root = parseJson(file.text);
  } catch (failure) {
    if (!(failure instanceof JsonFailure)) throw failure;
    return { tree: reader.empty, problems: [{ message: failure.message, start: failure.at, end: failure.at }] };
  }
  return { tree: reader.file(root), problems: reader.problems };
}

/** The values of a `.tfvars.json` file. */
export function parseJsonValues(file: SourceFile): Parsed<Body> {
  const parsed = parseJsonFile(new SourceFile(file.path, file.text.trim() === '' ? '{}' : file.text));
  if (parsed.problems.length) return parsed;
  const reader = new JsonBodyReader(file);
  return { tree: reader.body(parseJson(file.text), '', {}), problems: reader.problems };
}

class JsonBodyReader {
  readonly problems: SyntaxProblem[] = [];
  readonly empty: Body;
  #file: SourceFile;

  constructor(file: SourceFile) {
    this.#file = file;
    this.empty = { attributes: [], blocks: [], start: 0, end: file.text.length };
  }

  file(root: JsonNode): Body {
    const body = this.empty;
    for (const node of root.kind === 'array' ? root.items : [root]) {
      if (node.kind !== 'object') {
        this.#problem('expected an object', node);
        continue;
      }
      for (const { key, value } of node.members) {
        if (key === '//') continue;
        const labels = TOP[key];
        if (labels === undefined) this.#problem(`"${key}" is not a block of the language`, value);
        else this.#blocks(body.blocks, key, key, labels, [], value);
      }
    }
    return body;
  }

  body(node: JsonNode, context: string, nested: Record<string, number>): Body {
    const body: Body = { attributes: [], blocks: [], start: node.start, end: node.end };
    if (node.kind !== 'object') {
      this.#problem('expected an object', node);
      return body;
    }
    for (const member of node.members) {
      if (member.key === '//') continue;
      const labels = nested[member.key];
      const blocks = context === 'resource' && member.value.kind === 'array' && member.value.items.length > 0 && member.value.items.every((i) => i.kind === 'object');
      if (labels !== undefined || blocks) this.#blocks(body.blocks, member.key, member.key, labels ?? 0, [], member.value);
      else {
        const asExpression = EXPRESSIONS[context]?.includes(member.key) ?? false;
        const value = this.#expression(member.value, asExpression);
        const attribute: Attribute = { name: member.key, nameSpan: { start: member.start, end: member.start + member.key.length + 2 }, value, start: member.start, end: member.end };
        body.attributes.push(attribute);
      }
    }
    return body;
  }

  /** Objects nested `labels` deep, at each level possibly as lists. */
  #blocks(out: Block[], type: string, context: string, labels: number, path: { text: string; span: Span }[], node: JsonNode): void {
    if (node.kind === 'array') {
      for (const item of node.items) this.#blocks(out, type, context, labels, path, item);
      return;
    }
    if (labels > 0) {
      if (node.kind !== 'object') return this.#problem(`expected an object with the names of ${type}`, node);
      for (const m of node.members) if (m.key !== '//') this.#blocks(out, type, context, labels - 1, [...path, { text: m.key, span: { start: m.start, end: m.start + m.key.length + 2 } }], m.value);
      return;
    }
    const inner = context === 'data' && path[0]?.text === 'aws_iam_policy_document' ? 'aws_iam_policy_document' : context === 'data' ? 'resource' : context;
    const body = this.body(node, inner, NESTED[inner] ?? {});
    out.push({ type, labels: path.map((p) => ({ text: p.text, ...p.span })), body, start: path.at(-1)?.span.start ?? node.start, end: node.end });
  }

  #expression(node: JsonNode, asExpression: boolean): Expression {
    const span = { start: node.start, end: node.end };
    if (node.kind === 'array') return { kind: 'tuple', items: node.items.map((i) => this.#expression(i, asExpression)), ...span };
    if (node.kind === 'object') {
      const items = node.members.map((m) => ({ key: this.#string(m.key, { start: m.start, end: m.start + m.key.length + 2 }, false), value: this.#expression(m.value, asExpression), start: m.start, end: m.end }));
      return { kind: 'object', items, ...span };
    }
    if (node.kind === 'hole') return literalString(node.text, span);
    return typeof node.value === 'string' ? this.#string(node.value, span, asExpression) : { kind: 'literal', value: node.value, ...span };
  }

  #string(text: string, span: Span, asExpression: boolean): Expression {
    if (!asExpression && !text.includes('${') && !text.includes('%{')) return literalString(text, span);
    const plain = this.#file.text.slice(span.start + 1, span.end - 1) === text;
    if (plain && !asExpression) {
      const { tree, problems } = parseTemplate(this.#file, span.start + 1, span.end - 1);
      this.problems.push(...problems);
      return { ...tree, heredoc: false };
    }
    const inner = new SourceFile(this.#file.path, text);
    const { tree, problems } = asExpression ? parseExpressionText(inner) : parseTemplate(inner);
    this.problems.push(...problems.map((p) => ({ message: p.message, ...span })));
    const moved = tree ? relocate(tree, span) : literalString(text, span);
    return moved.kind === 'template' ? { ...moved, heredoc: false } : moved;
  }

  #problem(message: string, span: Span): void {
    this.problems.push({ message, start: span.start, end: span.end });
  }
}

/** The same tree with every position set to the JSON string that held its text. */
function relocate<T>(node: T, span: Span): T {
  if (Array.isArray(node)) return node.map((n) => relocate(n as unknown, span)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const out = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, relocate(v as unknown, span)]));
  if ('start' in out) Object.assign(out, span);
  if ('exact' in out) out['exact'] = false;
  return out as T;
}
