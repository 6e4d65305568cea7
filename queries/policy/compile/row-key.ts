import type { Statement } from '../../../schema/index.ts';
import type { Keys } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import type { IdentityLayers } from '../estate.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import { isStatic, type Asked, type Program, programOf } from './program.ts';
import type { ResourceSide } from './resource-side.ts';
import { asksRows, levelFor } from './run.ts';

/** What a caller brings to a group. */
export interface Brought { l: IdentityLayers; g: Group; programs: readonly Program[]; side: ResourceSide | null; same: boolean | undefined; keysAt: (row: number) => Keys; held: Map<Statement, Truth> }

/** A place in the tree of keys: numbers lead on, `value` is what was kept. */
export class KeyNode<T> {
  value: T | undefined;
  #next: Map<number, KeyNode<T>> | undefined;

  at(n: number): KeyNode<T> {
    this.#next ??= new Map();
    let node = this.#next.get(n);
    if (!node) this.#next.set(n, (node = new KeyNode()));
    return node;
  }
}

/** The layers of a caller that limit it, on one group: their number, and their statements that ask about the caller; `rows`: some have to be asked for each row. */
interface Limits { id: number; asked: readonly Asked[]; rows: boolean }

interface Limiting { l: IdentityLayers; id: number; levels: readonly (readonly PolicyDocument[])[]; byGroup: (Limits | undefined)[] }

/**
 * Everything that the rows of a caller on a group depend on, as a path of numbers: callers with equal paths have equal rows, which are worked
 * out once. A layer that `RowEvaluator` looks at belongs in here.
 */
export class RowKeys<T> {
  #roots = new WeakMap<Group, KeyNode<T>>();
  readonly #numbers = new Map<unknown, number>();
  readonly #limits = new Map<number, (Limits | undefined)[]>();
  #at: Limiting | undefined;

  clear(): void { this.#roots = new WeakMap(); }

  /** undefined where some statement has to be asked for each row, or names the caller. `told`: no condition of the caller is open, so what makes a row conditional reads the same for all. */
  find(b: Brought): { node: KeyNode<T>; told: boolean } | undefined {
    const { l, g, side } = b;
    const limits = this.#limitsOf(l, g);
    if (limits.rows || l.identityIs) return undefined;
    let node = this.#roots.get(g);
    if (!node) this.#roots.set(g, (node = new KeyNode()));
    node = node.at((limits.id << 2) | (b.same === undefined ? 2 : b.same ? 1 : 0));
    let told = true;
    for (const p of b.programs) {
      node = node.at(p.id);
      for (const a of p.asked) {
        if (asksRows(a)) return undefined;
        const level = levelFor(a, b.keysAt, b.held);
        node = node.at(-1 - level);
        if (level === 1 || level === 2) told = false;
      }
    }
    for (const a of limits.asked) {
      const level = levelFor(a, b.keysAt, b.held);
      node = node.at(-1 - level);
      if (level === 1 || level === 2) told = false;
    }
    if (!side) return { node, told };
    const { arn, account, pathUnknown, kind } = l.principal;
    const plain = arn !== '' && !pathUnknown && !arn.includes('\uE000') && !account.includes('\uE000');
    const ofAccount = side.byName.get(account);
    if (!plain || side.others.length > 0 || side.byName.has(arn) || ofAccount?.some((e) => !isStatic(e.statement))) return undefined;
    return { node: ofAccount ? node.at(-10 - this.#number(`${kind} ${account}`)) : node, told };
  }

  #limitsOf(l: IdentityLayers, g: Group): Limits {
    if (this.#at?.l !== l) this.#at = this.#limiting(l);
    const { id, levels, byGroup } = this.#at;
    return (byGroup[g.index] ??= limitsOn(g, id, l.principal.serviceLinked ? levels : [...levels, ...g.rcps]));
  }

  #limiting(l: IdentityLayers): Limiting {
    const levels = [...(l.boundary ? [l.boundary] : []), ...(l.session ? [l.session] : []), ...l.scps];
    const id = this.#number(`${l.boundary ? 'b' : ''}${l.session ? 's' : ''}${l.principal.serviceLinked ? 'l' : ''} ${levels.map((docs) => docs.map((d) => this.#number(d)).join()).join(';')}`);
    let byGroup = this.#limits.get(id);
    if (!byGroup) this.#limits.set(id, (byGroup = []));
    return { l, id, levels, byGroup };
  }

  #number(x: unknown): number {
    let n = this.#numbers.get(x);
    if (n === undefined) this.#numbers.set(x, (n = this.#numbers.size));
    return n;
  }
}

function limitsOn(g: Group, id: number, levels: readonly (readonly PolicyDocument[])[]): Limits {
  const asked = levels.flatMap((docs) => docs.flatMap((d) => programOf(d, g)?.asked ?? []));
  return { id, asked, rows: asked.some(asksRows) };
}
