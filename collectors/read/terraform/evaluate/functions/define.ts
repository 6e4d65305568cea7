import type { CallExpression } from '../../syntax/tree.ts';
import { type Box, type Data, Dict, Handle, List, type Origin, type Type, Undecided } from '../box.ts';
import { show } from '../inspect.ts';
import { toBool, toNumber, toText } from '../convert.ts';
import { fail } from '../failure.ts';
import type { Scope } from '../scope.ts';

export interface CallContext { scope: Scope; call: CallExpression; at: Origin }

/**
 * A function of the language. `strict` ones are asked only when every argument is decided; otherwise their value is undecided, of type
 * `returns`. `lenient` ones get undecided arguments and decide for themselves.
 */
export interface FunctionDefinition {
  name: string;
  /** Number of arguments; `most` may be Infinity. */
  least: number;
  most: number;
  returns: Type;
  strict: boolean;
  apply(args: Arguments, context: CallContext): Data | Box;
}

type Arity = number | readonly [least: number, most: number];
type Apply = FunctionDefinition['apply'];

const define = (strict: boolean) => (name: string, arity: Arity, returns: Type, apply: Apply): FunctionDefinition => {
  const [least, most] = typeof arity === 'number' ? [arity, arity] : arity;
  return { name, least, most, returns, strict, apply };
};
export const strict = define(true);
export const lenient = define(false);

/** Arguments of one call, converted on the way out; a value of the wrong type fails. */
export class Arguments {
  readonly all: readonly Box[];
  constructor(all: readonly Box[]) {
    this.all = all;
  }
  get count(): number {
    return this.all.length;
  }
  box(i: number): Box {
    return this.all[i] ?? fail(`argument ${i + 1} is missing`);
  }
  /** Undecided parts are holes in the text. */
  text(i: number): string {
    return toText(this.box(i));
  }
  number(i: number): number {
    const n = toNumber(this.box(i));
    return n instanceof Undecided ? fail(`argument ${i + 1} is not decided`) : n;
  }
  bool(i: number): boolean {
    const b = toBool(this.box(i));
    return b instanceof Undecided ? fail(`argument ${i + 1} is not decided`) : b;
  }
  /** Items of a list, tuple or set; undefined when undecided. */
  maybeItems(i: number): readonly Box[] | undefined {
    const d = this.box(i).data;
    if (d instanceof List) return d.items;
    if (d instanceof Undecided || d instanceof Handle) return undefined;
    return fail(`argument ${i + 1} must be a list, ${d === null ? 'it is null' : `it is ${typeof d === 'object' ? 'a map' : 'a single value'}`}`);
  }
  /** Elements that a list holds for certain, also when others are not decided. */
  knownItems(i: number): readonly Box[] {
    const d = this.box(i).data;
    return d instanceof Undecided ? d.known ?? [] : this.maybeItems(i) ?? [];
  }
  items(i: number): readonly Box[] {
    return this.maybeItems(i) ?? fail(`argument ${i + 1} is not decided`);
  }
  maybeEntries(i: number): ReadonlyMap<string, Box> | undefined {
    const d = this.box(i).data;
    if (d instanceof Dict) return d.entries;
    if (d instanceof Undecided || d instanceof Handle) return undefined;
    return fail(`argument ${i + 1} must be a map or object`);
  }
  entries(i: number): ReadonlyMap<string, Box> {
    return this.maybeEntries(i) ?? fail(`argument ${i + 1} is not decided`);
  }
  /** How the arguments read in the key of an unknown value. */
  get shown(): string {
    return this.all.map((a) => (typeof a.data === 'string' ? JSON.stringify(show(a)) : show(a))).join(', ');
  }
}

export const integer = (n: number, what = 'the number'): number => (Number.isInteger(n) ? n : fail(`${what} must be whole`));
