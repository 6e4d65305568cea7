import { HOLE_OPEN } from '../../../../schema/index.ts';
import type { SourceFile } from '../syntax/source.ts';
import type { TemplateExpression, TemplatePart } from '../syntax/tree.ts';
import { type Box, box, type Segment, textData, Undecided, undecided } from './box.ts';
import { show } from './inspect.ts';
import { toBool, toItems, toText } from './convert.ts';
import { fail } from './failure.ts';
import { originOf, type Scope, withLoop } from './scope.ts';

const MAX_TEXT = 50_000_000;

/** A template's text and where each piece of it was written. A quoted string of one interpolation is that value itself. */
export function evaluateTemplate(e: TemplateExpression, scope: Scope): Box {
  const only = e.parts[0];
  const at = originOf(scope, e);
  if (!e.heredoc && e.parts.length === 1 && only!.kind === 'interpolation') return scope.names.session.evaluate(only!.value, scope);
  const builder = new TextBuilder();
  append(builder, e.parts, scope);
  return builder.box(at);
}

function append(builder: TextBuilder, parts: readonly TemplatePart[], scope: Scope): void {
  for (const part of parts) {
    scope.names.session.step();
    if (part.kind === 'literal') builder.literal(part.text, scope.file, part.start, part.end, part.exact);
    else if (part.kind === 'interpolation') builder.value(scope.names.session.evaluate(part.value, scope), originOf(scope, part));
    else if (part.kind === 'if') {
      const condition = toBool(scope.names.session.evaluate(part.condition, scope));
      if (condition instanceof Undecided) builder.value(box(undecided(`%{if ${show(condition)}} at ${part.start} in ${scope.file.path} ${scope.owner}`)), originOf(scope, part));
      else append(builder, condition ? part.whenTrue : part.whenFalse, scope);
    } else {
      const collection = scope.names.session.evaluate(part.collection, scope);
      const items = toItems(collection);
      if (!items) builder.value(box(undecided(`%{for ${show(collection)}} at ${part.start} in ${scope.file.path} ${scope.owner}`)), originOf(scope, part));
      else for (const item of items) append(builder, part.body, withLoop(withLoop(scope, part.keyName, item.key), part.valueName, item.value));
    }
  }
}

class TextBuilder {
  #pieces: string[] = [];
  #length = 0;
  #segments: Segment[] = [];

  literal(text: string, file: SourceFile, start: number, end: number, exact: boolean): void {
    this.#segments.push({ at: this.#length, origin: { file, start, end }, exact });
    this.#add(text);
  }

  value(b: Box, at: Segment['origin']): void {
    if (b.segments) for (const s of b.segments) this.#segments.push({ ...s, at: s.at + this.#length });
    else this.#segments.push({ at: this.#length, origin: at, exact: false });
    this.#add(toText(b));
  }

  #add(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_TEXT) fail('the text is too long', 'limit');
    this.#pieces.push(text);
  }

  /** Segments are kept only where the text can hold a document. */
  box(at: Segment['origin']): Box {
    const text = this.#pieces.join('');
    const data = text.includes(HOLE_OPEN) ? textData(text) : text;
    return /[{[]/.test(text) ? { data, at, segments: this.#segments } : { data, at };
  }
}
