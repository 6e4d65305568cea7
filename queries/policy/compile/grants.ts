import type { ActionInfo } from '../../../knowledge/actions/index.ts';
import { type EffectClass, type Evidence, type NodeRecord, stableHash, type Verdict } from '../../../schema/index.ts';
import { decideOne, type Question } from '../decide.ts';
import { statementEvidence } from '../document.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import { regionOfArn, serviceOfArn } from '../rules.ts';
import { arnOf } from '../targets.ts';
import { both, type Held, unknownBecause, yes } from '../truth.ts';
import type { Grant } from '../types.ts';
import type { Asset, Group } from './groups.ts';
import { levelAt, type Rows } from './rows.ts';
import type { AssetSet, AssetSets } from './sets.ts';

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();
const VERDICTS: readonly (Verdict | undefined)[] = [undefined, 'unknown', 'conditional', 'proven'];

/** Turns rows into grants: rows with the same bits, the same conditional statements and the same key rights form one set. */
export class GrantWriter {
  readonly #estate: PolicyEstate;
  readonly #assets: readonly Asset[];
  readonly #sets: AssetSets;
  readonly #keys = new Map<NodeRecord, readonly NodeRecord[]>();

  constructor(estate: PolicyEstate, assets: readonly Asset[], sets: AssetSets) {
    this.#estate = estate;
    this.#assets = assets;
    this.#sets = sets;
  }

  /** Adds what the rows of one group give. Grants that differ only in their actions are one, across groups too. */
  write(l: IdentityLayers, g: Group, rows: Rows, into: Map<string, Draft>): void {
    for (const members of this.#classes(l, g, rows)) {
      const row = members.rows[0]!;
      const set = this.#sets.of(members.rows.map((r) => g.asset[r]!));
      for (const part of this.#parts(l, g, rows, row, members.decrypt)) {
        const key = `${part.effect} ${part.verdict} ${set.digest} ${part.requires.join('\u0001')}`;
        const draft = into.get(key);
        if (draft) draft.actions.push(...part.actions);
        else into.set(key, { ...part, actions: [...part.actions], set, ask: () => this.#evidence(this.#question(l, g, row, part.actions[0]!)) });
      }
    }
  }

  finish(drafts: ReadonlyMap<string, Draft>): Grant[] {
    return [...drafts].map(([key, d]) => {
      const actions = [...new Set(d.actions.map((a) => a.name))].sort();
      let kept: readonly Evidence[] | undefined;
      return {
        key: stableHash(key, actions.join()), effect: d.effect, assets: d.set.ids, actions, verdict: d.verdict, requires: d.requires,
        get evidence() { return (kept ??= d.ask()); },
      };
    });
  }

  #classes(l: IdentityLayers, g: Group, rows: Rows): { rows: number[]; decrypt: Held }[] {
    const w = g.words;
    if (g.several) mergeRows(g, rows);
    const classes = new Map<string | number, { rows: number[]; decrypt: Held }>();
    const top = rows.soft ? rows.unknown : rows.yes;
    for (let r = 0; r < g.texts.length; r++) {
      let some = 0;
      for (let k = 0; k < w; k++) some |= top[r * w + k]!;
      if (some === 0) continue;
      const decrypt = this.#decrypt(l, g.nodes[r]!, g.texts[r]!);
      let key: string | number = rows.yes[r * w]!;
      if (w > 1 || rows.soft || decrypt.v < 3) {
        key = `${decrypt.v}${decrypt.why.join()}`;
        for (let k = 0; k < w; k++) key += `,${rows.yes[r * w + k]}${rows.soft ? `.${rows.if[r * w + k]}.${rows.unknown[r * w + k]}` : ''}`;
        if (rows.soft && this.#isSoft(rows, r, w)) key += `;${rows.signature[r]}`;
      }
      const c = classes.get(key);
      if (c) c.rows.push(r);
      else classes.set(key, { rows: [r], decrypt });
    }
    return [...classes.values()];
  }

  #isSoft(rows: Rows, r: number, w: number): boolean {
    for (let k = 0; k < w; k++) if (rows.yes[r * w + k] !== rows.unknown[r * w + k]) return true;
    return false;
  }

  /** Actions of one row by effect, verdict and what they ask for; of an effect only the best verdict is told. */
  #parts(l: IdentityLayers, g: Group, rows: Rows, row: number, decrypt: Held): Iterable<Part> {
    const parts = new Map<string, Part>();
    g.actions.forEach((a, i) => {
      const level = levelAt(rows, row * g.words + (i >> 5), i & 31);
      if (level === 0) return;
      const held: Held = level === 3 ? yes : decideOne(this.#estate, this.#question(l, g, row, a)).held;
      const only = this.#assets[g.asset[row]!]!.only;
      for (const effect of a.effects) {
        if (only && !only.includes(effect)) continue;
        const total = effect === 'read' || effect === 'credential' ? both(held, decrypt) : held;
        const verdict = VERDICTS[total.v];
        if (!verdict) continue;
        const key = `${effect} ${verdict} ${total.why.join('\u0000')}`;
        const p = parts.get(key);
        if (p) p.actions.push(a);
        else parts.set(key, { effect, verdict, requires: total.why, actions: [a] });
      }
    });
    const best = new Map<EffectClass, Verdict>();
    const rank = (v: Verdict): number => VERDICTS.indexOf(v);
    for (const p of parts.values()) if (rank(p.verdict) > rank(best.get(p.effect) ?? 'unknown')) best.set(p.effect, p.verdict);
    return [...parts.values()].filter((p) => p.verdict === (best.get(p.effect) ?? 'unknown'));
  }

  #question(l: IdentityLayers, g: Group, row: number, a: ActionInfo): Question {
    return { identity: l, action: a.name, resource: g.texts[row]!, target: g.nodes[row]!, position: 'direct', given: NOTHING, complete: false };
  }

  #evidence(q: Question): Evidence[] {
    const { said, held } = decideOne(this.#estate, q);
    const allows = said.filter((s) => s.statement?.effect !== 'Deny' && (s.layer === 'identity' || s.layer === 'resource') && s.held.v >= Math.min(held.v, 3));
    return (allows.length > 0 ? allows : said).flatMap((s) => statementEvidence(s.document, s.statement)).slice(0, 8);
  }

  /** A store with a customer key is only read by who may decrypt through its service (architecture §7). */
  #decrypt(l: IdentityLayers, node: NodeRecord, text: string): Held {
    let keys = this.#keys.get(node);
    if (!keys) {
      keys = this.#estate.snapshot.out(node.id, 'ENCRYPTED_WITH').map((e) => this.#estate.snapshot.node(e.to)!).filter((k) => k.kind === 'Secret');
      this.#keys.set(node, keys);
    }
    let held = yes;
    for (const key of keys) held = both(held, this.#mayDecrypt(l, key, text));
    return held;
  }

  #decrypts = new WeakMap<IdentityLayers, Map<string, Held>>();

  #mayDecrypt(l: IdentityLayers, key: NodeRecord, text: string): Held {
    let mine = this.#decrypts.get(l);
    if (!mine) this.#decrypts.set(l, (mine = new Map()));
    const service = serviceOfArn(text);
    const region = regionOfArn(text);
    const cacheKey = `${key.id} ${service} ${region}`;
    let held = mine.get(cacheKey);
    if (!held) {
      const arn = arnOf(key);
      const via = region === '' ? {} : { 'kms:viaservice': [`${service}.${region}.amazonaws.com`] };
      held = arn === undefined ? unknownBecause(`key ${key.name} has no known ARN`)
        : decideOne(this.#estate, { identity: l, action: 'kms:Decrypt', resource: arn, target: key, position: 'direct', given: new Map(Object.entries(via)), complete: false }).held;
      mine.set(cacheKey, held);
    }
    return held;
  }
}

/** A grant while it is put together; its evidence is looked up when somebody asks. */
export interface Draft extends Part { set: AssetSet; ask: () => Evidence[] }

interface Part { effect: EffectClass; verdict: Verdict; requires: readonly string[]; actions: ActionInfo[] }

/** An asset with several texts may be acted on if one of them may: its rows are joined in its first. */
function mergeRows(g: Group, rows: Rows): void {
  const first = new Map<number, number>();
  const w = g.words;
  for (let r = 0; r < g.texts.length; r++) {
    const to = first.get(g.asset[r]!);
    if (to === undefined) { first.set(g.asset[r]!, r); continue; }
    let better = false;
    for (let k = 0; k < w; k++) {
      if (rows.yes[r * w + k]! & ~rows.yes[to * w + k]!) better = true;
      for (const plane of rows.soft ? [rows.yes, rows.if, rows.unknown] : [rows.yes]) {
        plane[to * w + k]! |= plane[r * w + k]!;
        plane[r * w + k] = 0;
      }
    }
    if (better || rows.signature[r] !== 0) rows.signature[to] = Math.imul(rows.signature[to]! ^ rows.signature[r]!, 0x9e3779b1);
  }
}
