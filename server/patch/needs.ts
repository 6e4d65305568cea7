import type { SourceRef } from '../../schema/index.ts';
import type { Document } from './document.ts';
import type { TextEdit } from './edits.ts';
import { insertEntry } from './maps.ts';
import { literalNaming } from './document.ts';
import { NotWritable, printEntry, quoted, type Plain } from './print.ts';
import { entryOf } from './tree.ts';

/** What a change needs beside itself, by name: data sources of Terraform, variables and parameters that the owner gives a value. */
export type Needs = Map<string, Need>;
interface Need { block?: readonly string[]; parameter?: { readonly [key: string]: Plain } }
/** What only the owner knows: one or two words for its name, and a description. */
export interface Ask { what: string; says: string }

const words = (text: string): string[] => text.split(/[^A-Za-z0-9]+/).filter((w) => w !== '');

export function needData(type: string, needs: Needs): string {
  needs.set(`data ${type}`, { block: [`data "${type}" "current" {}`] });
  return `data.${type}.current`;
}

/** A variable of the root module; a module that others call would leave each of them without a value. */
export function needVariable(ask: Ask, at: SourceRef, module: readonly Document[], needs: Needs): string {
  onlyAtRoot(ask, at);
  const label = (at.address ?? '').replace(/\[.*\]$/, '').split('.').at(-1) ?? '';
  const name = [...words(label), ...words(ask.what)].join('_').toLowerCase();
  const there = module.some((d) => d.root?.kind === 'map' && d.root.entries.some((e) => e.key === 'variable' && e.value.kind === 'map' && e.value.labels?.[0] === name));
  if (!there) needs.set(name, { block: [`variable "${name}" {`, `  description = ${quoted(ask.says, 'hcl')}`, '  type        = string', '}'] });
  return `var.${name}`;
}

function onlyAtRoot(ask: Ask, at: SourceRef): void {
  if ((at.moduleChain?.length ?? 0) > 0) throw new NotWritable(`it takes a value that only its owner knows (${ask.says}), which whatever uses this file has to pass in`);
}

export function needParameter(ask: Ask, at: SourceRef, doc: Document, needs: Needs): string {
  onlyAtRoot(ask, at);
  const name = [at.address?.split('.').at(-1) ?? '', ...ask.what.split(' ').map((w) => w[0]!.toUpperCase() + w.slice(1))].join('').replace(/[^A-Za-z0-9]/g, '');
  if (!entryOf(entryOf(doc.root, 'Parameters')?.value, name)) needs.set(name, { parameter: { Type: 'String', Description: ask.says } });
  return name;
}

/** Blocks go to the end of a Terraform file; parameters behind those of the template, or into a section before its resources. */
export function needed(doc: Document, needs: Needs): TextEdit[] | string {
  const newline = doc.text.includes('\r\n') ? '\r\n' : '\n';
  const blocks = [...needs.values()].flatMap((n) => (n.block ? [n.block] : []));
  const end = doc.text.length;
  const ended = doc.text === '' || doc.text.endsWith('\n') ? '' : newline;
  const edits: TextEdit[] = blocks.length === 0 ? [] : [{ start: end, end, text: ended + blocks.map((lines) => newline + lines.join(newline) + newline).join('') }];
  const parameters = [...needs].flatMap(([name, n]) => (n.parameter ? [[name, n.parameter] as const] : []));
  if (parameters.length === 0) return edits;
  const made = parametersOf(doc, parameters);
  return made ? [...edits, ...made] : 'there is no place for a parameter in the template';
}

function parametersOf(doc: Document, wanted: readonly (readonly [string, { readonly [key: string]: Plain }])[]): TextEdit[] | undefined {
  const there = entryOf(doc.root, 'Parameters')?.value;
  if (there?.kind === 'map') {
    const edits = wanted.map(([name, p]) => insertEntry(doc.text, there, name, p, doc.layout(there.style, literalNaming)));
    return edits.every((e) => e !== undefined) ? edits : undefined;
  }
  const resources = entryOf(doc.root, 'Resources');
  if (there || !resources || doc.root?.kind !== 'map' || doc.root.style === 'flow') return undefined;
  const layout = doc.layout(doc.root.style, literalNaming);
  const indent = /[ \t]*$/.exec(doc.text.slice(0, resources.start))![0];
  const oneLine = !doc.text.slice(doc.root.start, resources.value.end).includes('\n');
  const entry = printEntry('Parameters', Object.fromEntries(wanted), { ...layout, indent, oneLine });
  if (oneLine) return [{ start: resources.start, end: resources.start, text: `${entry}, ` }];
  return [{ start: resources.start, end: resources.start, text: doc.root.style === 'json' ? `${entry},${layout.newline}${indent}` : `${entry}${layout.newline}${layout.newline}` }];
}
