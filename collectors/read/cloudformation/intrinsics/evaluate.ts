import { isUnknown, unknown, type SourceRef, type Value } from '../../../../schema/index.ts';
import { fromData, get, itemsOf, textOf, type Entry, type Node } from '../syntax/node.ts';
import { withReferences } from './dynamic.ts';
import { bind, isLoop } from './each.ts';
import { embedded } from './embedded.ts';
import { FUNCTIONS } from './functions.ts';
import type { TemplateScope } from './scope.ts';
import { asText, NOTHING, opaque, print, type Result } from './text.ts';

const MAX_LOOP = 1_000;

/**
 * Works out values of one resource (or output): records where each part of a value was written, which resources it speaks of, and what
 * dynamic references it holds. Nothing here throws but `Exhausted`.
 */
export class Evaluation {
  readonly scope: TemplateScope;
  readonly sources = new Map<string, SourceRef>();
  readonly references = new Set<string>();
  readonly subject: string;
  readonly #place: (at: Node['at'], pointer: string) => SourceRef;

  constructor(scope: TemplateScope, subject: string, place: (at: Node['at'], pointer: string) => SourceRef) {
    this.scope = scope;
    this.subject = subject;
    this.#place = place;
  }

  record(at: Node['at'], pointer: string): void { this.sources.set(pointer, this.#place(at, pointer)); }

  /** Value of a node; `pointer` is where it will stand, undefined for a value on the way. */
  value(n: Node, pointer?: string): Result {
    this.scope.session.step();
    switch (n.kind) {
      case 'scalar':
        if (pointer !== undefined) embedded(n, pointer, (at, p) => this.record(at, p));
        return typeof n.value === 'string' && n.value.includes('{{resolve:') ? withReferences(n.value, this, n.at) : n.value;
      case 'unknown': return unknown(n.reason);
      case 'list': return this.#list(n.items, pointer);
      case 'map': return this.#map(n.entries, pointer);
      case 'call': return this.call(n, pointer);
    }
  }

  /** Like `value`, where nothing is not possible. */
  plain(n: Node, pointer?: string): Value {
    const v = this.value(n, pointer);
    return v === NOTHING ? null : v;
  }

  call(n: Node & { kind: 'call' }, pointer?: string): Result {
    const f = FUNCTIONS[n.name];
    if (!f) {
      this.scope.session.problem('unknown-function', `no function ${n.name} is known: the value is unknown`, n.at, this.subject);
      return unknown(`${n.name} on line ${n.at.start}`);
    }
    return f(n.argument, { e: this, node: n, at: n.at, pointer });
  }

  /** Text of a node, with holes; a value that is no text, or not decided, becomes one hole. */
  text(n: Node): string {
    const v = this.value(n);
    if (v === NOTHING) return '';
    return asText(v) ?? this.opaque(n);
  }

  /** Hole that stands for the value of this expression. */
  opaque(n: Node): string { return opaque(this.scope.prefix + print(n)); }

  problem(message: string, at: Node['at'], code: 'unresolved' | 'cycle' | 'limit' = 'unresolved'): void { this.scope.session.problem(code, message, at, this.subject); }

  /** Elements of a list expression; undefined when the input does not decide them. */
  elements(n: Node): Value[] | undefined {
    const v = this.value(n);
    if (Array.isArray(v)) return v;
    return v === NOTHING || v === null ? [] : isUnknown(v) || typeof v === 'string' ? undefined : [v];
  }

  #list(items: readonly Node[], pointer: string | undefined): Value {
    const out: Value[] = [];
    for (const item of items) {
      const here = pointer === undefined ? undefined : `${pointer}/${out.length}`;
      if (here !== undefined) this.record(item.at, here);
      const v = this.value(item, here);
      if (v !== NOTHING) out.push(v);
      else if (here !== undefined) this.sources.delete(here);
    }
    return out;
  }

  #map(entries: readonly Entry[], pointer: string | undefined): Value {
    const out = new Map<string, Value>();
    for (const entry of this.expand(entries)) {
      if (entry.key === 'Fn::Transform') {
        const included = this.#transformed(entry, pointer);
        if (isUnknown(included)) return included;
        for (const [k, v] of Object.entries(included as { [k: string]: Value })) if (!out.has(k)) out.set(k, v);
        continue;
      }
      const here = pointer === undefined ? undefined : pointer + step(entry.key);
      if (here !== undefined) this.record(entry.at, here);
      const v = this.value(entry.value, here);
      if (v !== NOTHING) out.set(entry.key, v);
      else if (here !== undefined) this.sources.delete(here);
    }
    return Object.fromEntries(out);
  }

  /** Entries with loops unrolled. A loop over what is not decided leaves one entry of unknown value. */
  expand(entries: readonly Entry[]): readonly Entry[] {
    if (!entries.some((e) => isLoop(e.key))) return entries;
    return entries.flatMap((e): readonly Entry[] => {
      if (!isLoop(e.key)) return [e];
      const [id, over, body] = e.value.kind === 'list' ? e.value.items : [];
      const identifier = textOf(id);
      if (identifier === undefined || !over || body?.kind !== 'map') {
        this.problem('a loop needs a name, a collection and a body', e.at);
        return [];
      }
      const values = this.elements(over)?.map(asText);
      if (!values || values.some((v) => v === undefined)) {
        this.problem(`what ${e.key} runs over is not decided: nothing of it is read`, e.at);
        return [];
      }
      if (values.length > MAX_LOOP) this.problem(`${values.length} rounds of a loop, the first ${MAX_LOOP} are read`, e.at, 'limit');
      return values.slice(0, MAX_LOOP).flatMap((v) => {
        this.scope.session.step();
        const bound = bind(body, identifier, v!);
        return bound.kind === 'map' ? this.expand(bound.entries) : [];
      });
    });
  }

  /** A macro called in place. Only an include of a local file is read. */
  #transformed(entry: Entry, pointer: string | undefined): Value {
    const name = textOf(get(entry.value, 'Name'));
    const where = get(get(entry.value, 'Parameters'), 'Location');
    const location = name === 'AWS::Include' && where ? this.text(where) : undefined;
    if (location === undefined) {
      this.problem(`the macro ${name ?? '?'} is not run: what it makes is unknown`, entry.at);
      return unknown(`made by the macro ${name ?? '?'}`);
    }
    const included = this.scope.session.around.include(this.scope.file, location);
    for (const p of included?.problems ?? []) this.scope.session.problem(p.code, p.message, { file: included!.file, start: p.source?.startLine ?? 1, end: p.source?.endLine ?? p.source?.startLine ?? 1 });
    if (included?.node?.kind !== 'map') {
      this.problem(`the included file ${location} is not in the input`, entry.at);
      return unknown(`${location} is not in the input`);
    }
    return this.#map(included.node.entries, pointer);
  }

  /** A tree of plain data in place of what the author wrote. */
  data(v: unknown, at: Node['at']): Node { return fromData(v, at); }
  items(n: Node): readonly Node[] { return itemsOf(n); }
}

export const step = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
