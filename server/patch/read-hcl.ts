import { parseFile } from '../../collectors/read/terraform/syntax/parse.ts';
import type { SourceFile } from '../../collectors/read/terraform/syntax/source.ts';
import { literalText, type Block, type Body, type Expression } from '../../collectors/read/terraform/syntax/tree.ts';
import { readTemplate } from './read-json.ts';
import type { Entry, Item, MapItem } from './tree.ts';

/** A Terraform file. JSON in a heredoc is part of the tree. */
export const readHcl = (file: SourceFile): MapItem => bodyOf(parseFile(file).tree, { start: 0, end: file.text.length }, file);

function bodyOf(body: Body, range: { start: number; end: number }, file: SourceFile): MapItem {
  const entries: Entry[] = [
    ...body.attributes.map((a): Entry => ({ key: a.name, start: a.start, end: a.value.end, value: itemOf(a.value, file), block: false })),
    ...body.blocks.map((b): Entry => ({ key: b.type, start: b.start, end: b.end, value: blockOf(b, file), block: true })),
  ];
  return { kind: 'map', style: 'body', start: range.start, end: range.end, entries: entries.sort((a, b) => a.start - b.start) };
}

const blockOf = (b: Block, file: SourceFile): MapItem => ({ ...bodyOf(b.body, b, file), labels: b.labels.map((l) => l.text) });

function itemOf(e: Expression, file: SourceFile): Item {
  const at = { start: e.start, end: e.end };
  const other = (...inner: Expression[]): Item => ({ kind: 'other', style: 'hcl', ...at, inner: inner.map((i) => itemOf(i, file)) });
  switch (e.kind) {
    case 'literal': return { kind: 'scalar', style: 'hcl', ...at, value: e.value };
    case 'template': {
      if (e.heredoc) return heredoc(e, file);
      const text = literalText(e);
      return text === undefined ? other() : { kind: 'scalar', style: 'hcl', ...at, value: text };
    }
    case 'tuple': return { kind: 'list', style: 'hcl', ...at, items: e.items.map((i) => itemOf(i, file)) };
    case 'object': return { kind: 'map', style: 'hcl', ...at, entries: e.items.map((i): Entry => ({ key: literalText(i.key) ?? (i.key.kind === 'variable' ? i.key.name : ''), start: i.key.start, end: i.value.end, value: itemOf(i.value, file), block: false })) };
    case 'call': return other(...e.args);
    case 'parentheses': return other(e.inner);
    case 'conditional': return other(e.whenTrue, e.whenFalse);
    case 'for': return other(e.value);
    case 'binary': return other(e.left, e.right);
    default: return other();
  }
}

/** `${…}` inside a JSON text changes nothing of where its parts stand. */
function heredoc(e: Expression & { kind: 'template' }, file: SourceFile): Item {
  const text = file.slice(e);
  const open = text.indexOf('\n') + 1;
  const close = text.trimEnd().lastIndexOf('\n') + 1;
  const json = readTemplate(text.slice(open, Math.max(open, close)), e.start + open);
  return { kind: 'other', style: 'hcl', start: e.start, end: e.end, inner: json ? [json] : [] };
}
