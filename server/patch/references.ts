import { hasHole, splitHoles, type SourceRef } from '../../schema/index.ts';
import type { Document } from './document.ts';
import { quoted, type Naming } from './print.ts';
import type { Style } from './tree.ts';

/**
 * Texts with holes as references: `aws_dynamodb_table.orders.arn` or `${…}` in Terraform, `!GetAtt` in a template. Only what stands in the
 * same module or template has a name; undefined for everything else.
 */
export function referenceNaming(doc: Document, at: SourceRef): Naming {
  return (text, style) => {
    if (!hasHole(text)) return escaped(quoted(text, style), doc, style);
    return doc.language === 'hcl' && (style === 'hcl' || style === 'body') ? terraform(text, at) : doc.language === 'yaml' ? template(text) : undefined;
  };
}

/** JSON inside of Terraform is a template: what looks like an interpolation must not be one. */
const escaped = (text: string, doc: Document, style: Style): string => (style === 'json' && (doc.language === 'hcl' || /\.(tpl|tftpl)$/.test(doc.path)) ? text.replaceAll('${', '$${') : text);

const local = (address: string): string => address.slice(address.indexOf('#') + 1);
const moduleOf = (address: string): string => /^((?:module\.[^.]+\.)*)/.exec(address)![1]!;

function terraform(text: string, at: SourceRef): string | undefined {
  const here = moduleOf(at.address ?? '');
  const parts = splitHoles(text).map((p) => {
    if (typeof p === 'string') return { literal: p };
    if (p.kind !== 'ref') return undefined;
    const address = local(p.address);
    if (moduleOf(address) !== here || /\[/.test(address)) return undefined;
    return { expression: `${address.slice(here.length)}${p.attribute ? '.' + p.attribute : ''}` };
  });
  if (parts.includes(undefined)) return undefined;
  const known = parts as ({ literal: string } | { expression: string })[];
  if (known.length === 1 && 'expression' in known[0]!) return known[0].expression;
  return `"${known.map((p) => ('literal' in p ? quoted(p.literal, 'hcl').slice(1, -1) : `\${${p.expression}}`)).join('')}"`;
}

function template(text: string): string | undefined {
  const parts = splitHoles(text);
  const ref = (p: (typeof parts)[number]): string | undefined => (typeof p !== 'string' && p.kind === 'ref' && p.attribute !== '' ? `${local(p.address)}.${p.attribute}` : undefined);
  if (parts.length === 1) { const one = ref(parts[0]!); return one && `!GetAtt ${one}`; }
  const named = parts.map((p) => (typeof p === 'string' ? p.replaceAll('${', '${!') : ref(p) && `\${${ref(p)}}`));
  return named.includes(undefined) ? undefined : `!Sub "${named.join('')}"`;
}
