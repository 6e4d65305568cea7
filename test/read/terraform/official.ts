import type { SourceFile } from '../../../collectors/read/terraform/syntax/source.ts';
import type { Body, Expression, TemplatePart } from '../../../collectors/read/terraform/syntax/tree.ts';

/** Our tree in the form that the official parser's JSON converter gives, for comparison. */
export function officialForm(body: Body, file: SourceFile): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const b of body.blocks) {
    let into = out;
    for (const key of [b.type, ...b.labels.map((l) => l.text)].slice(0, -1)) into = (into[key] ??= {}) as Record<string, unknown>;
    const last = b.labels.at(-1)?.text ?? b.type;
    ((into[last] ??= []) as unknown[]).push(officialForm(b.body, file));
  }
  for (const a of body.attributes) out[a.name] = expression(a.value, file);
  return out;
}

function expression(e: Expression, file: SourceFile): unknown {
  if (e.kind === 'literal') return e.value;
  if (e.kind === 'template') return template(e.parts, file);
  if (e.kind === 'tuple') return e.items.map((i) => expression(i, file));
  if (e.kind === 'object') return Object.fromEntries(e.items.map((i) => [key(i.key, file), expression(i.value, file)]));
  return '${' + file.slice(e) + '}';
}

const key = (e: Expression, file: SourceFile): string => (e.kind === 'template' ? template(e.parts, file) : e.kind === 'literal' ? String(e.value) : '${' + file.slice(e) + '}');

function template(parts: readonly TemplatePart[], file: SourceFile): string {
  return parts.map((p) => {
    if (p.kind === 'literal') return p.text.replace(/([$%])\{/g, '$1$1{');
    if (p.kind === 'interpolation') return '${' + file.slice(p.value) + '}';
    return file.slice(p);
  }).join('');
}
