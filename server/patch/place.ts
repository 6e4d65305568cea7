import type { Fix, SourceChange } from '../../schema/index.ts';
import { changeBlock } from './blocks.ts';
import { literalNaming, type Document } from './document.ts';
import type { TextEdit } from './edits.ts';
import { NotWritable, type Naming } from './print.ts';
import { changeStatement, cutWhole, findStatement, ONLY_ONE } from './statements.ts';
import { referenceNaming } from './references.ts';

export type Open = (path: string) => Document | undefined;
export interface FileEdit { path: string; edit: TextEdit }

/** Where a fix is made, or why it is not: all its changes, or none. */
export function place(fix: Fix, open: Open): FileEdit[] | string {
  if (fix.noPatch !== undefined) return fix.noPatch;
  const changes = fix.changes ?? implied(fix);
  if (changes.length === 0) return 'a change of this kind has no editor';
  const out: FileEdit[] = [];
  for (const c of changes) {
    const made = placeChange(c, open);
    if (typeof made === 'string') return made;
    out.push(...made);
  }
  return out;
}

/** What follows from the edit of a fix that names no changes of the source itself. */
function implied(fix: Fix): SourceChange[] {
  if (fix.source === undefined) return [];
  if (fix.edit.kind === 'actions') return [{ in: 'statement', at: fix.source, actions: fix.edit.from, ...(fix.edit.to.length === 0 ? { remove: true } : { set: { Action: fix.edit.to } }) }];
  return [];
}

function placeChange(c: SourceChange, open: Open): FileEdit[] | string {
  const { at } = c;
  if (!at.file) return 'its place in the code is not known';
  const doc = open(at.file);
  if (!doc) return `${at.file} cannot be read`;
  if (!doc.root) return `${at.file} cannot be parsed as it stands`;
  try {
    return c.in === 'block' ? made(at.file, changeBlock(doc, at, c, referenceNaming(doc, at))) : inStatement(c, doc, open);
  } catch (e) {
    if (e instanceof NotWritable) return e.message;
    throw e;
  }
}

const made = (path: string, edits: TextEdit[] | string): FileEdit[] | string => (typeof edits === 'string' ? edits : edits.map((edit) => ({ path, edit })));

/** In the lines of the statement, else in the module call that passes its value in, nearest first. */
function inStatement(c: SourceChange & { in: 'statement' }, doc: Document, open: Open): FileEdit[] | string {
  const { at } = c;
  if (!at.startLine) return 'its place in the code is not known';
  const attempt = (d: Document, from: number, to: number, naming: Naming): TextEdit[] | string => {
    const written = findStatement(d, c.actions, from, to);
    return typeof written === 'string' ? written : changeStatement(d, written, c, naming);
  };
  const here = attempt(doc, at.startLine, at.endLine ?? at.startLine, referenceNaming(doc, at));
  if (typeof here !== 'string') return made(doc.path, here);
  const whole = c.remove ? cutWhole(doc, at.startLine, at.endLine ?? at.startLine) : undefined;
  if (whole) return made(doc.path, whole);
  for (const call of [...(at.moduleChain ?? [])].reverse()) {
    const caller = open(call.file);
    const block = caller?.topAt(call.startLine);
    const found = block && attempt(caller!, call.startLine, caller!.line(block.end), literalNaming);
    if (found !== undefined && typeof found !== 'string') return made(call.file, found);
    if (found === ONLY_ONE) return found;
  }
  return here;
}
