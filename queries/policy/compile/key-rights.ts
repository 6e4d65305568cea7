import type { NodeRecord } from '../../../schema/index.ts';
import { decideOne } from '../decide.ts';
import { hasDataLayer } from '../data-access.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import { regionOfArn, serviceOfArn } from '../rules.ts';
import { arnOf } from '../targets.ts';
import { both, type Held, unknownBecause, yes } from '../truth.ts';
import type { Group } from './groups.ts';

/** A store with a customer key is only read by who may decrypt with it through the store's service (architecture §7). */
export class KeyRights {
  readonly #estate: PolicyEstate;
  readonly #keys = new Map<string, readonly NodeRecord[]>();
  readonly #rows = new Map<Group, readonly (string | undefined)[] | null>();
  readonly #answers = new WeakMap<IdentityLayers, Map<string, Held>>();

  constructor(estate: PolicyEstate) { this.#estate = estate; }

  /** Per row, what tells apart its keys and the rights that its service keeps; undefined when no row of the group has any. */
  rows(g: Group): readonly (string | undefined)[] | undefined {
    let rows = this.#rows.get(g);
    if (rows === undefined) {
      const list = g.nodes.map((n, i) => { const keys = this.#keysOf(n); return hasDataLayer(this.#estate, n) ? n.id : keys.length > 0 ? `${keys.map((k) => k.id).join()} ${regionOfArn(g.texts[i]!)}` : undefined; });
      this.#rows.set(g, (rows = list.some((k) => k !== undefined) ? list : null));
    }
    return rows ?? undefined;
  }

  mayDecrypt(l: IdentityLayers, node: NodeRecord, text: string): Held {
    return this.#keysOf(node).reduce((held, key) => both(held, this.#mayUse(l, key, text)), yes);
  }

  #keysOf(node: NodeRecord): readonly NodeRecord[] {
    let keys = this.#keys.get(node.id);
    if (!keys) {
      keys = this.#estate.snapshot.out(node.id, 'ENCRYPTED_WITH').map((e) => this.#estate.snapshot.node(e.to)!).filter((k) => k.kind === 'Secret');
      this.#keys.set(node.id, keys);
    }
    return keys;
  }

  #mayUse(l: IdentityLayers, key: NodeRecord, text: string): Held {
    let mine = this.#answers.get(l);
    if (!mine) this.#answers.set(l, (mine = new Map()));
    const service = serviceOfArn(text);
    const region = regionOfArn(text);
    const id = `${key.id} ${service} ${region}`;
    let held = mine.get(id);
    if (!held) {
      const arn = arnOf(key);
      const given = new Map<string, readonly string[]>(region === '' ? [] : [['kms:viaservice', [`${service}.${region}.amazonaws.com`]]]);
      held = arn === undefined ? unknownBecause(`key ${key.name} has no known ARN`) : decideOne(this.#estate, { identity: l, action: 'kms:Decrypt', resource: arn, target: key, position: 'direct', given, complete: false }).held;
      mine.set(id, held);
    }
    return held;
  }
}
