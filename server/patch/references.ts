import { hasHole, splitHoles, type Hole, type SourceRef } from '../../schema/index.ts';
import type { Document } from './document.ts';
import { quoted, type Naming } from './print.ts';
import type { Style } from './tree.ts';

/** What a change needs beside itself: data sources that its module does not have yet, by type. */
export type Needs = Set<string>;

/**
 * Texts with holes as references: `aws_dynamodb_table.orders.arn` or `${…}` in Terraform, `!GetAtt` or `!Ref` in a template. Only what stands
 * in the same module or template has a name, and the account; undefined for everything else.
 */
export function referenceNaming(doc: Document, at: SourceRef, module: readonly Document[] = [], needs: Needs = new Set()): Naming {
  return (text, style) => {
    if (!hasHole(text)) return escaped(quoted(text, style), doc, style);
    if (doc.language === 'hcl') return terraform(text, style, (h) => expression(h, at, module, needs));
    return doc.language === 'yaml' ? yaml(text) : json(text);
  };
}

/** JSON inside of Terraform is a template: what looks like an interpolation must not be one. */
const escaped = (text: string, doc: Document, style: Style): string => (style === 'json' && (doc.language === 'hcl' || /\.(tpl|tftpl)$/.test(doc.path)) ? text.replaceAll('${', () => '$${') : text);

const local = (address: string): string => address.slice(address.indexOf('#') + 1);
const moduleOf = (address: string): string => /^((?:module\.[^.]+\.)*)/.exec(address)![1]!;

function expression(h: Hole, at: SourceRef, module: readonly Document[], needs: Needs): string | undefined {
  if (h.kind === 'pseudo' && h.name === 'account') {
    for (const d of module) if (d.root?.kind === 'map') for (const e of d.root.entries) if (e.key === 'data' && e.value.kind === 'map' && e.value.labels?.[0] === 'aws_caller_identity' && !e.value.entries.some((x) => x.key === 'provider')) return `data.aws_caller_identity.${e.value.labels[1]}.account_id`;
    needs.add('aws_caller_identity');
    return 'data.aws_caller_identity.current.account_id';
  }
  if (h.kind !== 'ref') return undefined;
  const here = moduleOf(at.address ?? '');
  const address = local(h.address);
  return moduleOf(address) !== here || address.includes('[') ? undefined : `${address.slice(here.length)}${h.attribute ? '.' + h.attribute : ''}`;
}

function terraform(text: string, style: Style, name: (h: Hole) => string | undefined): string | undefined {
  const parts = splitHoles(text).map((p) => (typeof p === 'string' ? { literal: p } : { expression: name(p) }));
  if (parts.some((p) => 'expression' in p && p.expression === undefined)) return undefined;
  if (parts.length === 1 && style !== 'json') return (parts[0] as { expression: string }).expression;
  return `"${parts.map((p) => ('literal' in p ? quoted(p.literal!, 'hcl').slice(1, -1) : `\${${p.expression}}`)).join('')}"`;
}

/** Name of a hole in a template: logical id and attribute, or a pseudo parameter. */
const inTemplate = (h: Hole): { attribute?: string; ref?: string } | undefined =>
  h.kind === 'ref' && h.attribute !== '' ? { attribute: `${local(h.address)}.${h.attribute}` } : h.kind === 'pseudo' && h.name === 'account' ? { ref: 'AWS::AccountId' } : undefined;

function yaml(text: string): string | undefined {
  const parts = splitHoles(text);
  if (parts.length === 1) { const one = inTemplate(parts[0] as Hole); return one && (one.attribute ? `!GetAtt ${one.attribute}` : `!Ref ${one.ref}`); }
  const sub = substituted(parts);
  return sub && `!Sub "${sub}"`;
}

function json(text: string): string | undefined {
  const parts = splitHoles(text);
  if (parts.length === 1) { const one = inTemplate(parts[0] as Hole); return one && (one.attribute ? `{ "Fn::GetAtt": ${JSON.stringify(one.attribute.split('.'))} }` : `{ "Ref": ${JSON.stringify(one.ref)} }`); }
  const sub = substituted(parts);
  return sub && `{ "Fn::Sub": ${JSON.stringify(sub)} }`;
}

function substituted(parts: readonly (string | Hole)[]): string | undefined {
  const named = parts.map((p) => { if (typeof p === 'string') return p.replaceAll('${', () => '${!'); const n = inTemplate(p); return n && `\${${n.attribute ?? n.ref}}`; });
  return named.includes(undefined) ? undefined : named.join('');
}
