import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fix, SourceRef } from '../../schema/index.ts';
import { Document } from './document.ts';
import { applyEdits, unifiedDiff, type TextEdit } from './edits.ts';
import { finished, lineEdits } from './finish.ts';
import { place } from './place.ts';

/** Files as they read after some fixes, those that no fix touched not among them; and what the action lists that were changed read now, by place. */
export interface State { files: ReadonlyMap<string, Document>; actions: ReadonlyMap<string, readonly string[]>; /** by file, one after another */ edits: ReadonlyMap<string, readonly Edited[]> }
export const UNTOUCHED: State = { files: new Map(), actions: new Map(), edits: new Map() };
interface Edited { text: string; edits: readonly TextEdit[] }

/** The folder of code as it was read, and what it becomes when fixes are made one after the other. */
export class Workspace {
  readonly #folder: string;
  readonly #read = new Map<string, Document | undefined>();

  constructor(folder: string) { this.#folder = folder; }

  /** The state with one more fix, or why it cannot be made. */
  apply(state: State, fix: Fix): State | string {
    const open = (path: string): Document | undefined => state.files.get(path) ?? this.original(path);
    const changes = fix.changes?.map((c) => (c.in === 'statement' ? { ...c, actions: [...actionsNow(c, state)] } : c));
    const edits = place(changes ? { ...fix, changes } : fix, { open, siblings: (path) => this.#siblings(path), at: (s) => this.#moved(s, state) });
    if (typeof edits === 'string') return edits;
    const next = new Map(state.files);
    const made = new Map(state.edits);
    for (const path of new Set(edits.map((e) => e.path))) {
      const [before, own] = [open(path)!, edits.filter((e) => e.path === path).map((e) => e.edit)];
      const doc = new Document(path, finished(before, own));
      if (!doc.root) return `${path} could not be parsed after it`;
      next.set(path, doc);
      made.set(path, [...(made.get(path) ?? []), { text: before.text, edits: own }]);
    }
    const actions = new Map(state.actions);
    for (const c of fix.changes ?? []) if (c.in === 'statement' && c.set?.Action) if (key(c.at, c.actions) !== key(c.at, c.set.Action)) actions.set(key(c.at, actionsNow(c, state)), c.set.Action);
    return { files: next, actions, edits: made };
  }

  original(path: string): Document | undefined {
    if (!this.#read.has(path)) this.#read.set(path, this.#now(path));
    return this.#read.get(path);
  }

  diff(state: State): string {
    return [...state.files.keys()].sort().map((path) => { const { text } = this.original(path)!; return unifiedDiff(path, text, lineEdits(text, state.files.get(path)!.text)); }).join('');
  }

  /** Files that somebody has changed since they were opened. */
  changed(paths: Iterable<string>): Set<string> {
    return new Set([...paths].filter((path) => this.#now(path)?.text !== this.original(path)?.text));
  }

  #now(path: string): Document | undefined {
    try { return new Document(path, readFileSync(join(this.#folder, path), 'utf8')); } catch { return undefined; }
  }

  /** Terraform files of the same module. */
  #siblings(path: string): string[] {
    const folder = dirname(path);
    try { return readdirSync(join(this.#folder, folder)).filter((f) => f.endsWith('.tf')).map((f) => (folder === '.' ? f : `${folder}/${f}`)).sort(); } catch { return []; }
  }

  /** A place of the scan in the file as it reads now. */
  #moved(s: SourceRef, state: State): SourceRef {
    const line = (file: string | undefined, n: number, last = false): number => (state.edits.get(file ?? '') ?? []).reduce((at, e) => movedLine(e.text, e.edits, at, last), n);
    return {
      ...s, ...(s.startLine === undefined ? {} : { startLine: line(s.file, s.startLine) }), ...(s.endLine === undefined ? {} : { endLine: line(s.file, s.endLine, true) }),
      ...(s.moduleChain ? { moduleChain: s.moduleChain.map((c) => ({ ...c, startLine: line(c.file, c.startLine) })) } : {}),
    };
  }
}

/** Statements that a module makes of a list stand in one place: what they allow tells them apart. */
const key = (s: SourceRef, actions: readonly string[]): string => [s.file, s.startLine, s.startColumn, ...(s.moduleChain ?? []).map((c) => `${c.file}:${c.startLine}`), ...[...actions].sort()].join('|');

function actionsNow(c: { at: SourceRef; actions: readonly string[] }, state: State): readonly string[] {
  let now = c.actions;
  for (let n = state.actions.get(key(c.at, now)), left = state.actions.size; n && left > 0; n = state.actions.get(key(c.at, now)), left--) now = n;
  return now;
}

const count = (text: string): number => text.split('\n').length - 1;

/**
 * Where a line (from 1) of a text stands after edits; of a line that is gone, the one that took its place; of the `last` line of a piece, the last
 * one that did.
 */
export function movedLine(text: string, edits: readonly TextEdit[], line: number, last = false): number {
  const start = offsetOf(text, line);
  const end = text.indexOf('\n', start);
  const content = text.slice(start, end < 0 ? text.length : end);
  const at = last ? start + Math.max(0, content.trimEnd().length - 1) : start + /^\s*/.exec(content)![0].length;
  let moved = at;
  for (const e of edits) {
    if (e.end <= at) moved += e.text.length - (e.end - e.start);
    else if (e.start <= at) moved += e.start - at + (last ? Math.max(0, e.text.length - 1) : 0);
  }
  return count(applyEdits(text, edits).slice(0, Math.max(0, moved))) + 1;
}

function offsetOf(text: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
