import { type Cursor, SyntaxFailure } from './cursor.ts';
import { parseQuoted } from './parse-template.ts';
import { type Attribute, type Block, type Body, type Label, literalText } from './tree.ts';

const OPENS = new Set(['{', '[', '(', 'interpolate', 'directive', 'quote', 'heredoc']);
const CLOSES = new Set(['}', ']', ')', 'close', 'unquote', 'unheredoc']);
/** Blocks that stand only at the top of a file, with the number of labels that tells them from a nested block of that name. */
const TOP_LEVEL: Record<string, number> = { resource: 2, data: 2, module: 1, variable: 1, output: 1 };

/** Body of a whole file. What cannot be read is noted in `cursor.problems` and left out; the rest is there. */
export function parseFileBody(cursor: Cursor): Body {
  const reader = new BodyReader(cursor);
  return reader.file();
}

class BodyReader {
  #cursor: Cursor;
  /** Set when an error was left by giving up on all open blocks: they end here. */
  #abandoned = false;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  file(): Body {
    const body: Body = { attributes: [], blocks: [], start: 0, end: this.#cursor.file.text.length };
    while (!this.#cursor.is('end')) {
      this.#items(body, '');
      this.#abandoned = false;
      const stray = this.#cursor.take('}');
      if (stray) this.#cursor.note('"}" closes nothing', stray);
    }
    return body;
  }

  /** Items up to the end of the file, or to a closing brace that is left to the caller. */
  #items(body: Body, parent: string): void {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipNewlines();
      if (cursor.is('end') || cursor.is('}') || this.#abandoned) return;
      if (parent && parent !== 'check' && this.#startsTopLevel()) {
        cursor.note(`block "${parent}" is not closed before this line`, cursor.peek());
        this.#abandoned = true;
        return;
      }
      const first = cursor.index;
      try {
        cursor.nested(() => this.#item(body));
      } catch (failure) {
        if (!(failure instanceof SyntaxFailure)) throw failure;
        cursor.problems.push(failure.problem);
        this.#recover(first, parent !== '');
        if (failure.tooDeep && parent) this.#abandoned = true;
      }
    }
  }

  #item(body: Body): void {
    const cursor = this.#cursor;
    const word = cursor.peek();
    if (word.kind !== 'word') {
      const quoted = word.kind === 'quote' && literalText(parseQuoted(cursor)) !== undefined;
      cursor.fail(quoted ? 'an argument name is written without quotes' : `expected an argument or a block, found ${cursor.describe(word)}`, word);
    }
    cursor.next();
    if (cursor.take('=')) {
      const value = cursor.expression();
      const attribute: Attribute = { name: cursor.text(word), nameSpan: { start: word.start, end: word.end }, value, start: word.start, end: value.end };
      if (body.attributes.some((a) => a.name === attribute.name)) cursor.note(`argument "${attribute.name}" is set twice`, attribute.nameSpan);
      else body.attributes.push(attribute);
      this.#endOfItem('argument');
      return;
    }
    this.#block(body, cursor.text(word), word.start);
  }

  #block(body: Body, type: string, start: number): void {
    const cursor = this.#cursor;
    const labels: Label[] = [];
    for (;;) {
      const token = cursor.peek();
      if (token.kind === 'word') {
        cursor.next();
        labels.push({ text: cursor.text(token), start: token.start, end: token.end });
      } else if (token.kind === 'quote') {
        const label = parseQuoted(cursor);
        const text = literalText(label);
        labels.push({ text: text ?? cursor.fail('a block label may not hold a template', label), start: label.start, end: label.end });
      } else break;
    }
    cursor.expect('{', labels.length ? '"{" after the block labels' : '"=" or "{"');
    const inner: Body = { attributes: [], blocks: [], start: cursor.lastEnd, end: cursor.lastEnd };
    const block: Block = { type, labels, body: inner, start, end: cursor.lastEnd };
    body.blocks.push(block);
    this.#items(inner, type);
    inner.end = block.end = cursor.lastEnd;
    if (this.#abandoned) return;
    cursor.expect('}', `"}" that closes block "${type}"`);
    block.end = cursor.lastEnd;
    this.#endOfItem('block');
  }

  #endOfItem(what: string): void {
    const token = this.#cursor.peek();
    if (token.kind !== 'newline' && token.kind !== 'end' && token.kind !== '}') this.#cursor.fail(`expected a new line after the ${what}, found ${this.#cursor.describe(token)}`);
  }

  /** A block that never nests, in the first column. */
  #startsTopLevel(): boolean {
    const { tokens, index, file } = this.#cursor;
    const word = tokens[index]!;
    if (word.kind !== 'word' || (word.start > 0 && file.text[word.start - 1] !== '\n')) return false;
    const labels = TOP_LEVEL[file.text.slice(word.start, word.end)];
    if (labels === undefined) return false;
    const rest = tokens.slice(index + 1, index + 2 + labels * 3).map((t) => t.kind);
    return rest.join(' ') === [...Array.from({ length: labels }, () => 'quote text unquote'), '{'].join(' ');
  }

  /** Goes to the end of the broken item: the line end outside all brackets it opened, or a line that begins a new block. */
  #recover(first: number, nested: boolean): void {
    const cursor = this.#cursor;
    const failedAt = cursor.index;
    let depth = 0;
    for (let at = first; ; at++) {
      const token = cursor.tokens[at]!;
      cursor.index = at;
      if (token.kind === 'end') return;
      if (at > first && this.#startsTopLevel()) {
        this.#abandoned = nested;
        return;
      }
      if (OPENS.has(token.kind)) depth++;
      else if (CLOSES.has(token.kind)) {
        if (depth === 0) {
          if (at >= failedAt && token.kind === '}') return;
        } else depth--;
      } else if (token.kind === 'newline' && depth === 0 && at >= failedAt) return;
    }
  }
}
