import type { Problem, SourceRef } from '../../../../schema/index.ts';
import type { Node, Span } from '../syntax/node.ts';
import { SOURCE } from '../syntax/parse.ts';
import type { Result } from './text.ts';

/** What a template may ask of the files around it. Nothing else is opened. */
export interface Surroundings {
  /** Tree of a local file named by a template, or why it cannot be had. */
  include(from: string, location: string): Included | undefined;
  /** Value that some template of the input exports under this name; undefined when none does. */
  imported(name: string, root: string): { value: Result; note?: string } | undefined;
}
export interface Included { file: string; node: Node | undefined; text: string; problems: Problem[] }

/** Evaluation of one template took more than any real one does. */
export class Exhausted extends Error {}

const MAX_STEPS = 3_000_000;
const MAX_STEPS_RESOURCE = 300_000;

/** State of reading one root template with its nested stacks: problems, each once, and a bound on the work. */
export class Session {
  readonly problems: Problem[] = [];
  readonly around: Surroundings;
  /** Address root: path of the root template. */
  readonly root: string;
  readonly #said = new Set<string>();
  #steps = 0;
  #limit = MAX_STEPS_RESOURCE;

  constructor(root: string, around: Surroundings) {
    this.root = root;
    this.around = around;
  }

  /** Starts the work on one resource. */
  begin(): void { this.#limit = Math.min(MAX_STEPS, this.#steps + MAX_STEPS_RESOURCE); }

  step(): void {
    if (++this.#steps > this.#limit) throw new Exhausted();
  }

  problem(code: Problem['code'], message: string, at: Span | undefined, subject?: string): void {
    const key = `${code} ${message} ${at?.file}:${at?.start}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.problems.push({ code, message, ...(at && { source: sourceRef(at) }), ...(subject !== undefined && { subject }) });
  }
}

export const sourceRef = (at: Span): SourceRef => ({ source: SOURCE, file: at.file, startLine: at.start, endLine: at.end, ...(at.column !== undefined && { startColumn: at.column }) });
