import type { Statement } from '../../../schema/index.ts';
import type { Keys } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import type { Group } from './groups.ts';
import { Planes } from './planes.ts';
import type { Truth } from '../truth.ts';
import { type Program, programOf } from './program.ts';
import { KeyNode } from './key-tree.ts';
import { run } from './run.ts';

/** What a layer that limits leaves of a group: thresholds per word, and the denies that its documents hold. */
export interface Ceiling { yes: Int32Array; if: Int32Array; unknown: Int32Array; soft: boolean; open: boolean; deny: Planes; signature: Int32Array }

type Levels = readonly (readonly PolicyDocument[])[];

/** Limits of layers (boundary, session, control policies). Those that are the same for every caller are made once. */
export class Ceilings {
  readonly #kept: (KeyNode<Ceiling> | undefined)[] = [];
  readonly #numbers = new Map<PolicyDocument, number>();
  #words = 0;

  /** `bits`: the actions that the layer binds, undefined = all. Minimum over levels, each the maximum over its documents. */
  of(levels: Levels, g: Group, keysAt: (row: number) => Keys, bits: Int32Array | undefined, held: Map<Statement, Truth>): Ceiling | undefined {
    if (levels.length === 0) return undefined;
    let node = (this.#kept[g.index] ??= new KeyNode());
    for (const docs of levels) {
      for (const d of docs) node = node.at(this.#number(d));
      node = node.at(-1);
    }
    if (node.value) return node.value;
    const programs = levels.map((docs) => docs.map((d) => programOf(d, g)).filter((p) => p !== null));
    const c = build(programs, g, keysAt, bits, held);
    // A bound on what is kept: estates with thousands of different boundaries compute them as they come.
    if (programs.every((list) => list.every((p) => p.asked.length === 0)) && this.#words < 8_000_000) {
      node.value = c;
      this.#words += g.texts.length * g.words;
    }
    return c;
  }

  #number(d: PolicyDocument): number {
    let n = this.#numbers.get(d);
    if (n === undefined) this.#numbers.set(d, (n = this.#numbers.size));
    return n;
  }
}

function build(levels: readonly (readonly Program[])[], g: Group, keysAt: (row: number) => Keys, bits: Int32Array | undefined, held: Map<Statement, Truth>): Ceiling {
  const w = g.words;
  const size = g.texts.length * w;
  const c: Ceiling = { yes: new Int32Array(size).fill(-1), if: new Int32Array(size).fill(-1), unknown: new Int32Array(size).fill(-1), soft: false, open: true, deny: new Planes(size), signature: new Int32Array(g.texts.length) };
  const p = new Planes(size);
  p.clear(size);
  c.deny.clear(size);
  for (const programs of levels) {
    p.clear(size);
    for (const program of programs) run(program, g, keysAt, p, c.deny, c.signature, held);
    for (let i = 0, k = 0; i < size; i++, k = k + 1 === w ? 0 : k + 1) {
      const free = bits ? ~bits[k]! : 0;
      const yes = p.yes[i]! | free;
      const maybe = yes | p.if[i]!;
      c.yes[i]! &= yes;
      c.if[i]! &= maybe;
      c.unknown[i]! &= maybe | p.unknown[i]!;
    }
  }
  if (bits) for (const plane of [c.deny.yes, c.deny.if, c.deny.unknown]) for (let i = 0; i < size; i++) plane[i]! &= bits[i % w]!;
  for (let i = 0, k = 0; i < size; i++, k = k + 1 === w ? 0 : k + 1) {
    const all = g.allBits[k]!;
    if ((c.yes[i]! & all) !== all) c.open = false;
    if (((c.yes[i]! ^ c.unknown[i]!) & all) !== 0) c.soft = true;
  }
  return c;
}
