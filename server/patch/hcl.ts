import { parseFile } from '../../collectors/read/terraform/syntax/parse.ts';
import { SourceFile } from '../../collectors/read/terraform/syntax/source.ts';
import { literalText, type Attribute, type Block, type Body, type Expression } from '../../collectors/read/terraform/syntax/tree.ts';
import type { TextEdit } from './edits.ts';

/** A list of action names as it is written, and what a change of it may touch. */
interface ActionList { line: number; endLine: number; value: Expression; names: string[]; holder: Holder | undefined }
/** The statement around it: an element of a list, or a block; with how many others. */
interface Holder { start: number; end: number; siblings: number }

const IS_ACTIONS = /^actions?$/i;

/** One Terraform file, open for changes of single properties. Comments and layout outside of the changed value stay. */
export class HclFile {
  readonly file: SourceFile;
  readonly #body: Body;
  readonly #lists: ActionList[] = [];

  constructor(path: string, text: string) {
    this.file = new SourceFile(path, text);
    this.#body = parseFile(this.file).tree;
    this.#walkBody(this.#body, undefined);
  }

  /** Makes the action list that reads `from` and lies within the lines read `to`. undefined: there is none, or more than one. */
  narrow(from: readonly string[], to: readonly string[], startLine: number, endLine: number): TextEdit | undefined {
    const same = (a: readonly string[]): boolean => a.length === from.length && [...a].sort().join('\n') === [...from].sort().join('\n');
    const found = this.#lists.filter((l) => same(l.names) && l.line >= startLine && l.endLine <= endLine);
    if (found.length !== 1) return undefined;
    const list = found[0]!;
    if (to.length > 0) return this.#rewrite(list, to);
    return list.holder && list.holder.siblings > 0 ? this.#cut(list.holder) : undefined;
  }

  /** Replaces a literal value of an argument of the block that starts at a line. */
  literal(blockLine: number, name: string, from: string, to: string): TextEdit | undefined {
    const a = this.block(blockLine)?.body.attributes.find((x) => x.name === name);
    if (!a || literalText(a.value) !== from) return undefined;
    return { start: a.value.start, end: a.value.end, text: JSON.stringify(to) };
  }

  block(line: number): Block | undefined { return this.#body.blocks.find((b) => this.#line(b.start) === line); }
  endLine(b: Block): number { return this.file.position(b.end).line; }
  #line(offset: number): number { return this.file.position(offset).line; }

  #rewrite(list: ActionList, to: readonly string[]): TextEdit {
    const { value, names } = list;
    if (value.kind !== 'tuple') return { start: value.start, end: value.end, text: to.length === 1 ? JSON.stringify(to[0]) : `[${to.map((t) => JSON.stringify(t)).join(', ')}]` };
    const gone = names.flatMap((n, i) => (to.includes(n) ? [] : [i]));
    const added = to.filter((t) => !names.includes(t));
    const first = value.items[0]!;
    const many = this.#line(value.items.at(-1)!.start) > this.#line(first.start);
    if (added.length === 0 && gone.length < names.length && !many) {
      // Keeps the spacing of what stays: cuts the element and one separator.
      const kept = value.items.filter((_, i) => !gone.includes(i)).map((x) => this.file.slice(x));
      return { start: first.start, end: value.items.at(-1)!.end, text: kept.join(', ') };
    }
    if (!many) return { start: first.start, end: value.items.at(-1)!.end, text: to.map((t) => JSON.stringify(t)).join(', ') };
    const indent = ' '.repeat(this.file.position(first.start).column - 1);
    const kept = value.items.filter((_, i) => !gone.includes(i));
    if (added.length === 0 && kept.length > 0) return this.#dropLines(value.items, gone);
    return { start: first.start, end: value.items.at(-1)!.end, text: to.map((t) => JSON.stringify(t)).join(`,\n${indent}`) };
  }

  /** Elements on lines of their own go with their lines and what is said beside them. */
  #dropLines(items: readonly Expression[], gone: readonly number[]): TextEdit {
    const from = items[gone[0]!]!;
    const to = items[gone.at(-1)!]!;
    const { text } = this.file;
    const keep = items.slice(gone[0]!, gone.at(-1)! + 1).filter((_, i) => !gone.includes(i + gone[0]!)).map((x) => this.file.slice(x));
    const start = text.lastIndexOf('\n', from.start - 1) + 1;
    const indent = text.slice(start, from.start);
    const alone = indent.trim() === '';
    const newline = text.indexOf('\n', to.end);
    if (!alone || newline < 0) return { start: from.start, end: to.end, text: keep.join(', ') };
    return { start, end: newline + 1, text: keep.map((k) => `${indent}${k},\n`).join('') };
  }

  /** Removes an element of a list with one separator, or a block with its lines. */
  #cut(h: Holder): TextEdit {
    const { text } = this.file;
    const lineStart = text.lastIndexOf('\n', h.start - 1) + 1;
    const rest = /^[ \t]*,?[ \t]*\r?\n/.exec(text.slice(h.end));
    if (rest && text.slice(lineStart, h.start).trim() === '') {
      // Alone on its lines: they go. A list keeps its last comma as it was, a block leaves no double gap.
      const end = h.end + rest[0].length;
      const gap = rest[0].includes(',') ? null : /^[ \t]*\r?\n/.exec(text.slice(end));
      return { start: lineStart, end: end + (gap?.[0].length ?? 0), text: '' };
    }
    const after = /^\s*,[ \t]*/.exec(text.slice(h.end));
    if (after) return { start: h.start, end: h.end + after[0].length, text: '' };
    const before = /,\s*$/.exec(text.slice(0, h.start));
    if (before) return { start: before.index, end: h.end, text: '' };
    return { start: h.start, end: h.end, text: '' };
  }

  #walkBody(body: Body, holder: Holder | undefined): void {
    for (const a of body.attributes) this.#attribute(a, holder);
    for (const b of body.blocks) {
      const siblings = body.blocks.filter((x) => x.type === b.type).length - 1;
      this.#walkBody(b.body, b.type === 'statement' ? { start: b.start, end: b.end, siblings } : holder);
    }
  }

  #attribute(a: Attribute, holder: Holder | undefined): void {
    if (IS_ACTIONS.test(a.name)) this.#list(a.value, holder);
    this.#walk(a.value, holder);
  }

  #list(value: Expression, holder: Holder | undefined): void {
    const items = value.kind === 'tuple' ? value.items : [value];
    const names = items.map(literalText);
    if (names.length === 0 || names.some((n) => n === undefined) || (value.kind === 'template' && value.heredoc)) return;
    this.#lists.push({ line: this.#line(value.start), endLine: this.#line(value.end), value, names: names as string[], holder });
  }

  #walk(e: Expression, holder: Holder | undefined): void {
    switch (e.kind) {
      case 'tuple': for (const item of e.items) this.#walk(item, item.kind === 'object' ? { start: item.start, end: item.end, siblings: e.items.length - 1 } : holder); break;
      case 'object': for (const i of e.items) { const key = literalText(i.key) ?? (i.key.kind === 'variable' ? i.key.name : ''); if (IS_ACTIONS.test(key)) this.#list(i.value, holder); this.#walk(i.value, holder); } break;
      case 'call': for (const a of e.args) this.#walk(a, holder); break;
      case 'parentheses': this.#walk(e.inner, holder); break;
      case 'conditional': this.#walk(e.whenTrue, holder); this.#walk(e.whenFalse, holder); break;
      default:
    }
  }
}
