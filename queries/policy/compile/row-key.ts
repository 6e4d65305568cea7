import type { PolicyDocument } from '../document.ts';
import type { IdentityLayers } from '../estate.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import { KeyNode } from './key-tree.ts';
import { isStatic, type Asked, programOf } from './program.ts';
import type { ResourceSide } from './resource-side.ts';
import { asksRows } from './run.ts';
import type { Said } from './said.ts';

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
  readonly #kinds = new KeyNode<{ id: number; byGroup: (Limits | undefined)[] }>();
  #count = 0;
  #at: Limiting | undefined;

  clear(): void { this.#roots = new WeakMap(); }

  /** undefined where some statement has to be asked for each row, or names the caller. `levelOf`: a statement that asks about the caller alone. `told`: no condition of the caller is open, so what makes a row conditional reads the same for all. */
  find(l: IdentityLayers, g: Group, said: Said, side: ResourceSide | null, same: boolean | undefined, levelOf: (a: Asked) => Truth): { node: KeyNode<T>; told: boolean } | undefined {
    const limits = this.#limitsOf(l, g);
    if (limits.rows || l.identityIs) return undefined;
    let node = this.#roots.get(g);
    if (!node) this.#roots.set(g, (node = new KeyNode()));
    node = node.at((limits.id << 2) | (same === undefined ? 2 : same ? 1 : 0));
    let told = true;
    for (let i = 0; i < said.count; i++) {
      const p = said.programs[i]!;
      node = node.at(p.id);
      for (const a of p.asked) {
        if (asksRows(a)) return undefined;
        const level = levelOf(a);
        node = node.at(-1 - level);
        if (level === 1 || level === 2) told = false;
      }
    }
    for (const a of limits.asked) {
      const level = levelOf(a);
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
    let node = this.#kinds.at((l.boundary ? 1 : 0) | (l.session ? 2 : 0) | (l.principal.serviceLinked ? 4 : 0));
    for (const docs of levels) {
      for (const d of docs) node = node.at(this.#number(d));
      node = node.at(-1);
    }
    const { id, byGroup } = (node.value ??= { id: this.#count++, byGroup: [] });
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
