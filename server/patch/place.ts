import type { Fix, SourceChange, SourceRef } from '../../schema/index.ts';
import { changeBlock, LAST_ITEM } from './blocks.ts';
import { literalNaming, type Document } from './document.ts';
import { overlaps, type FileEdit, type TextEdit } from './edits.ts';
import { NotWritable, type Naming } from './print.ts';
import { changeOrigins } from './list-origins.ts';
import { changeStatement, cutWhole, findStatement, ONLY_ONE, writtenOut } from './statements.ts';
import { needed, type Needs } from './needs.ts';
import { referenceNaming } from './references.ts';
import { entryOf, type Entry } from './tree.ts';
import { withoutUses } from './uses.ts';

/** The code as it reads now: files, files of the same module, and where a place of the scan has moved to. */
export interface Code { open: (path: string) => Document | undefined; siblings: (path: string) => readonly string[]; at: (s: SourceRef) => SourceRef }

/** Where a fix is made, or why it is not: all its changes, or none. */
export function place(fix: Fix, code: Code): FileEdit[] | string {
  if (fix.noPatch !== undefined) return fix.noPatch;
  const changes = fix.changes ?? implied(fix);
  if (changes.length === 0) return 'a change of this kind has no editor';
  const out: FileEdit[] = [];
  for (const c of changes) {
    const made = placeChange({ ...c, at: code.at(c.at) }, code);
    if (typeof made === 'string') return made;
    out.push(...made);
  }
  return out.some((a, i) => out.some((b, j) => i < j && a.path === b.path && overlaps(a.edit, b.edit))) ? 'its changes lie in each other' : out;
}

/** What follows from the edit of a fix that names no changes of the source itself. */
function implied(fix: Fix): SourceChange[] {
  if (fix.source === undefined) return [];
  if (fix.edit.kind === 'actions') return [{ in: 'statement', at: fix.source, actions: fix.edit.from, ...(fix.edit.to.length === 0 ? { remove: true } : { set: { Action: fix.edit.to } }) }];
  return [];
}

function placeChange(c: SourceChange, code: Code): FileEdit[] | string {
  const { at } = c;
  const { open } = code;
  if (!at.file) return 'its place in the code is not known';
  const doc = open(at.file);
  if (!doc) return `${at.file} cannot be read`;
  if (!doc.root) return `${at.file} cannot be parsed as it stands`;
  try {
    const needs: Needs = new Map();
    if (c.in === 'statement') return withNeeds(inStatement(c, doc, code, needs), doc, needs);
    const change = changeBlock(doc, at, c, referenceNaming(doc, at, moduleAt(doc, code), needs));
    // A list that would be empty goes with its last item.
    if (change === LAST_ITEM) return placeChange({ ...c, path: c.path.slice(0, -1), from: undefined }, code);
    const edits = withNeeds(made(at.file, change), doc, needs);
    if (typeof edits === 'string' || c.path.length > 0) return edits;
    const name = nameOf(doc, at);
    const uses = name === undefined ? [] : withoutUses(name, at, doc.language === 'hcl' ? moduleAt(doc, code) : [doc]);
    return typeof uses === 'string' ? uses : [...edits, ...uses];
  } catch (e) {
    if (e instanceof NotWritable) return e.message;
    throw e;
  }
}

const moduleAt = (doc: Document, code: Code): Document[] => (doc.language === 'hcl' ? code.siblings(doc.path).flatMap((p) => code.open(p) ?? []) : []);

/** With what the change names and its module or template does not have. */
function withNeeds(edits: FileEdit[] | string, doc: Document, needs: Needs): FileEdit[] | string {
  if (typeof edits === 'string' || needs.size === 0) return edits;
  const more = needed(doc, needs);
  return typeof more === 'string' ? more : [...edits, ...more.map((edit) => ({ path: doc.path, edit }))];
}

const INLINE = new Set(['aws_iam_role_policy', 'aws_iam_user_policy', 'aws_iam_group_policy']);

/** A policy with a single statement goes as a whole, when it stands by itself: an inline policy as a block, an item of a list, a resource. */
function withoutPolicy(at: SourceRef, statement: SourceRef, code: Code): FileEdit[] | string {
  const doc = at.file === undefined ? undefined : code.open(at.file);
  if (!doc?.root) return ONLY_ONE;
  if (doc.language === 'hcl') {
    const e = doc.root.kind === 'map' ? doc.root.entries.find((x) => x.block && doc.line(x.start) <= at.startLine! && doc.line(x.end) >= at.startLine!) : undefined;
    if (e?.value.kind !== 'map' || !INLINE.has(e.value.labels?.[0] ?? '') || !isWhole(doc, e, statement, code)) return ONLY_ONE;
    return placeChange({ in: 'block', at: { ...at, startLine: doc.line(e.start) }, path: [] }, code);
  }
  const path = (at.property ?? '').split('/');
  if (path[0] === 'Policies' && path[1] !== undefined) return placeChange({ in: 'block', at, path: ['Policies', path[1]] }, code);
  return path[0] === 'PolicyDocument' ? placeChange({ in: 'block', at, path: [] }, code) : ONLY_ONE;
}

/** Whether the document that the statement stands in is all that the policy says: it is written in it, named by it, or read from a file. */
function isWhole(doc: Document, policy: Entry, statement: SourceRef, code: Code): boolean {
  if (statement.file === doc.path && doc.line(policy.start) <= (statement.startLine ?? 0) && (statement.startLine ?? 0) <= doc.line(policy.end)) return true;
  const value = entryOf(policy.value, 'policy')?.value;
  const text = value ? doc.text.slice(value.start, value.end).trim() : '';
  if (/^(file|templatefile)\([^()]*(\{[^()]*\})?[^()]*\)$/.test(text)) return true;
  const root = statement.file === undefined ? undefined : code.open(statement.file)?.root;
  const of = code.open(statement.file ?? '');
  const block = of && root?.kind === 'map' ? root.entries.find((e) => e.block && of.line(e.start) <= (statement.startLine ?? 0) && (statement.startLine ?? 0) <= of.line(e.end)) : undefined;
  return block?.value.kind === 'map' && text === `data.${(block.value.labels ?? []).join('.')}.json`;
}

/** What others call a block: `type.name` in Terraform, the logical id in a template. */
function nameOf(doc: Document, at: SourceRef): string | undefined {
  if (doc.language !== 'hcl') return at.address?.split('.').at(-1);
  const e = doc.topAt(at.startLine ?? 0);
  // A block that makes several stays for the others.
  return e?.value.kind === 'map' && !entryOf(e.value, 'for_each') && !entryOf(e.value, 'count') ? e.value.labels?.join('.') : undefined;
}

const made = (path: string, edits: TextEdit[] | string): FileEdit[] | string => (typeof edits === 'string' ? edits : edits.map((edit) => ({ path, edit })));

/** In the lines of the statement, else in the module call that passes its value in, nearest first. */
function inStatement(c: SourceChange & { in: 'statement' }, doc: Document, code: Code, needs: Needs): FileEdit[] | string {
  const { at } = c;
  const { open } = code;
  if (!at.startLine) return 'its place in the code is not known';
  const attempt = (d: Document, from: number, to: number, naming: Naming): TextEdit[] | string => {
    const written = findStatement(d, c.actions, from, to, d === doc && c.set?.Action === undefined, d === doc ? at.startColumn : undefined);
    return typeof written === 'string' ? written : changeStatement(d, written, c, naming);
  };
  const here = attempt(doc, at.startLine, at.endLine ?? at.startLine, referenceNaming(doc, at, moduleAt(doc, code), needs));
  if (typeof here !== 'string') return made(doc.path, here);
  const anew = c.remove ? undefined : writtenOut(doc, at.startLine, at.endLine ?? at.startLine, c, referenceNaming(doc, at, [], needs));
  if (anew) return made(doc.path, anew);
  const whole = c.remove ? cutWhole(doc, at.startLine, at.endLine ?? at.startLine) : undefined;
  if (whole) return made(doc.path, whole);
  if (here === ONLY_ONE) return c.policy ? withoutPolicy(code.at(c.policy), at, code) : here;
  for (const call of [...(at.moduleChain ?? [])].reverse()) {
    const caller = open(call.file);
    const block = caller?.topAt(call.startLine);
    const found = block && attempt(caller!, call.startLine, caller!.line(block.end), literalNaming);
    if (found !== undefined && typeof found !== 'string') return made(call.file, found);
    if (found === ONLY_ONE) return found;
  }
  const calls = (at.moduleChain ?? []).flatMap((call) => { const caller = open(call.file); const block = caller?.topAt(call.startLine); return caller && block ? [{ doc: caller, block }] : []; });
  const origins = c.set?.Action && Object.keys(c.set).length === 1 && doc.language === 'hcl' ? changeOrigins(doc, at, calls, c.actions, c.set.Action, (d) => moduleAt(d, code), literalNaming) : undefined;
  if (origins) return origins;
  return here;
}
