import type { Keys } from '../conditions/evaluate.ts';
import { keysOf } from '../decide.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import type { Group } from './groups.ts';

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/** The context of requests of one caller on the rows of one group, made where a statement asks for it. */
export class RequestKeys {
  readonly #estate: PolicyEstate;
  #caller: IdentityLayers | undefined;
  #group: Group | undefined;
  #rows: (Keys | undefined)[] = [];
  #shared: Keys | undefined;

  constructor(estate: PolicyEstate) { this.#estate = estate; }

  /** From here on `at` speaks of this caller and group. */
  of(caller: IdentityLayers, group: Group): void {
    if (this.#caller === caller && this.#group === group) return;
    this.#caller = caller;
    this.#group = group;
    if (this.#rows.length > 0) this.#rows = [];
    this.#shared = undefined;
  }

  /** Of a row; -1: what all rows share. */
  readonly at = (row: number): Keys => (row < 0 ? (this.#shared ??= this.#make(0)) : (this.#rows[row] ??= this.#make(row)));

  #make(row: number): Keys {
    const [identity, g] = [this.#caller!, this.#group!];
    return keysOf(this.#estate, { identity, action: '', resource: g.texts[row]!, target: g.nodes[row]!, position: 'direct', given: NOTHING, complete: false }, g.account || identity.principal.account);
  }
}
