import type { Problem, SourceRef } from '../../../../schema/index.ts';
import type { SourceFile, Span } from '../syntax/source.ts';
import type { Expression } from '../syntax/tree.ts';
import type { Box, Origin } from './box.ts';
import { EvaluationFailure } from './failure.ts';
import type { Files } from './files.ts';

/** Evaluation deeper than this (expressions, and names that lead to names) is refused. */
const MAX_EVALUATION_DEPTH = 900;
/** Values made for one argument, and for a whole root: bounds on hostile loops (`range` in `for` in `for`). */
const MAX_ARGUMENT_STEPS = 300_000;
const MAX_ROOT_STEPS = 10_000_000;

/** The root as a whole takes too long: what was read so far stands, the rest is left. */
export class Exhausted extends Error {}

/** What is shared while one root is read. */
export class Session {
  readonly files: Files;
  readonly workspace: string;
  readonly problems: Problem[] = [];
  #seen = new Set<string>();
  #collectors: Set<string>[] = [];
  #depth = 0;
  #steps = 0;
  #argumentSteps = 0;

  /** Templates and functions evaluate through it what they hold. */
  readonly evaluate: (e: Expression, scope: Scope) => Box;

  constructor(files: Files, workspace: string, evaluate: Session['evaluate']) {
    this.files = files;
    this.workspace = workspace;
    this.evaluate = evaluate;
  }

  problem(code: Problem['code'], message: string, at: Origin | undefined, subject?: string): void {
    const source = at && sourceRef(at);
    const key = [code, message, source?.file, source?.startLine, source?.startColumn, subject].join('|');
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.problems.push({ code, message, ...(source && { source }), ...(subject && { subject }) });
  }

  failure(failure: EvaluationFailure, file: SourceFile, span: Span, subject?: string): void {
    this.problem(failure.code, failure.message, { file, ...(failure.span ?? span) }, subject);
  }

  /** Runs `work` and returns with its result every address that was referred to on the way. */
  collecting<T>(work: () => T): { result: T; references: Set<string> } {
    const references = new Set<string>();
    this.#collectors.push(references);
    try {
      return { result: work(), references };
    } finally {
      this.#collectors.pop();
    }
  }

  refer(addresses: Iterable<string>): void {
    const top = this.#collectors.at(-1);
    if (top) for (const a of addresses) top.add(a);
  }

  step(): void {
    if (++this.#argumentSteps > MAX_ARGUMENT_STEPS) throw new EvaluationFailure('evaluation takes too many steps', 'limit');
    if (++this.#steps > MAX_ROOT_STEPS) throw new Exhausted();
  }

  /** Work on one argument, with a budget of its own. */
  budgeted<T>(work: () => T): T {
    const before = this.#argumentSteps;
    this.#argumentSteps = 0;
    try {
      return work();
    } finally {
      this.#argumentSteps = before;
    }
  }

  deeper<T>(work: () => T): T {
    if (this.#depth >= MAX_EVALUATION_DEPTH) throw new EvaluationFailure('evaluation is nested too deeply', 'limit');
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }
}

/** How names that are not local to an expression are looked up: one per module instance. */
export interface Names {
  /** `module.a.module.b[0]`, '' for the root module. */
  readonly address: string;
  readonly session: Session;
  variable(name: string): Box;
  local(name: string): Box;
  module(name: string): Box;
  resource(mode: 'managed' | 'data', type: string, name: string): Box;
  path(which: string): string;
}

export interface Loop { name: string; value: Box; outer: Loop | undefined }

/** Where an expression is evaluated. */
export interface Scope {
  readonly file: SourceFile;
  readonly names: Names;
  readonly loop?: Loop | undefined;
  readonly each?: { key: Box; value: Box } | undefined;
  readonly count?: Box | undefined;
  /** Address of the block the expression belongs to; keeps impure values of different blocks apart. */
  readonly owner: string;
  /** Template files see their own variables only. */
  readonly isolated?: boolean;
}

export const withLoop = (scope: Scope, name: string | undefined, value: Box): Scope =>
  name === undefined ? scope : { ...scope, loop: { name, value, outer: scope.loop } };

export const originOf = (scope: { file: SourceFile }, span: Span): Origin => ({ file: scope.file, start: span.start, end: span.end });

export function sourceRef(at: Origin): SourceRef {
  const start = at.file.position(at.start);
  const end = at.file.position(Math.max(at.start, at.end));
  return { source: 'terraform', file: at.file.path, startLine: start.line, endLine: end.line, startColumn: start.column, certainty: 'exact' };
}

/** Name of something in a module, from the root module on. */
export const inModule = (names: { address: string }, name: string): string => (names.address ? `${names.address}.${name}` : name);

/** A value that is worked out when first asked for. */
export class Cell {
  #work: (() => Box) | undefined;
  #busy = false;
  #value: Box | undefined;
  #references: Set<string> = new Set();
  #session: Session;
  #onCycle: () => Box;

  constructor(session: Session, work: () => Box, onCycle: () => Box) {
    this.#session = session;
    this.#work = work;
    this.#onCycle = onCycle;
  }

  get(): Box {
    if (this.#busy) return this.#onCycle();
    if (!this.#value) {
      this.#busy = true;
      try {
        const { result, references } = this.#session.collecting(() => this.#session.deeper(this.#work!));
        this.#value = result;
        this.#references = references;
        this.#work = undefined;
      } finally {
        this.#busy = false;
      }
    }
    this.#session.refer(this.#references);
    return this.#value;
  }
}
