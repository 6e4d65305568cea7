import type { ActionInfo } from '../../../knowledge/actions/index.ts';
import { type EffectClass, type Evidence, stableHash, type Verdict } from '../../../schema/index.ts';
import type { Combined } from '../combine.ts';
import { decideOne } from '../decide.ts';
import { alsoBy, dataAccess, hasDataLayer } from '../data-access.ts';
import { statementEvidence } from '../document.ts';
import type { IdentityLayers, PolicyEstate } from '../estate.ts';
import { both, type Held, VERDICTS, yes } from '../truth.ts';
import type { Grant } from '../types.ts';
import type { Asset, Group } from './groups.ts';
import { classesOf, isSoft, mergedRows } from './classes.ts';
import { masks } from './masks.ts';
import { KeyRights } from './key-rights.ts';
import { levelAt, type Rows, type SharedRows } from './rows.ts';
import type { AssetSet, AssetSets } from './sets.ts';

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/** One row that stands for a set of assets, and what may be done on them. */
interface Piece { group: Group; row: number; part: Part; set: AssetSet; key: string }

/** Turns rows into grants: rows with the same bits, the same conditional statements and the same key rights form one set. */
export class GrantWriter {
  readonly #estate: PolicyEstate;
  readonly #assets: readonly Asset[];
  readonly #sets: AssetSets;
  readonly #gone: ReadonlySet<number>;
  readonly #keys: KeyRights;
  readonly #certain = new Map<Group, Map<string | number, readonly Part[]>>();
  /** Pieces of rows that several callers share and that read the same for all of them. */
  readonly #shared = new WeakMap<Rows, readonly Piece[]>();
  readonly #said = new Map<string, Said>();
  #parted = 0;

  /** `gone`: assets that nothing is said about. */
  constructor(estate: PolicyEstate, assets: readonly Asset[], sets: AssetSets, gone: ReadonlySet<string>) {
    this.#gone = new Set(gone.size === 0 ? [] : assets.flatMap((a, i) => (gone.has(a.node.id) ? [i] : [])));
    this.#estate = estate;
    this.#assets = assets;
    this.#sets = sets;
    this.#keys = new KeyRights(estate);
  }

  /** Adds what the rows of one group give. Grants that differ only in their actions are one, across groups too. */
  write(l: IdentityLayers, g: Group, rows: Rows | SharedRows, into: Map<string, Draft>): void {
    for (const piece of this.#pieces(l, g, rows)) {
      const draft = into.get(piece.key);
      if (draft) draft.push(piece);
      else into.set(piece.key, [piece]);
    }
  }

  #pieces(l: IdentityLayers, g: Group, rows: Rows | SharedRows): readonly Piece[] {
    const encrypted = this.#keys.rows(g);
    const keep = 'told' in rows && rows.told && !encrypted;
    let pieces = keep ? this.#shared.get(rows) : undefined;
    if (pieces) return pieces;
    pieces = this.#cut(l, g, g.several ? mergedRows(g, rows) : rows, encrypted);
    if (keep) this.#shared.set(rows, pieces);
    return pieces;
  }

  #cut(l: IdentityLayers, g: Group, rows: Rows, encrypted: readonly (string | undefined)[] | undefined): Piece[] {
    const out: Piece[] = [];
    for (const all of classesOf(g, rows, encrypted)) {
      const members = this.#gone.size === 0 ? all : all.filter((r) => !this.#gone.has(g.asset[r]!));
      if (members.length === 0) continue;
      const row = members[0]!;
      const set = this.#sets.of(g, members);
      for (const part of this.effectsOn(l, g, rows, row)) {
        out.push({ group: g, row, part, set, key: `${part.effect} ${part.verdict} ${set.number} ${part.requires.length === 0 ? '' : part.requires.join('\u0001')}` });
      }
    }
    return out;
  }

  /** What tells apart the keys and further layers of the rows of a group. */
  encrypted(g: Group): readonly (string | undefined)[] | undefined { return this.#keys.rows(g); }

  /** What may be done on one row, each effect at its best. */
  effectsOn(l: IdentityLayers, g: Group, rows: Rows, row: number): readonly Part[] {
    return this.#parts(l, g, rows, row, this.#keys.rows(g)?.[row] ? this.#keys.mayDecrypt(l, g.nodes[row]!, g.texts[row]!) : yes);
  }

  finish(l: IdentityLayers, drafts: ReadonlyMap<string, Draft>): Grant[] {
    return Array.from(drafts.values(), (d) => new LazyGrant(this.#sayingOf(d), () => this.#evidence(this.#answer(l, d[0]!.group, d[0]!.row, d[0]!.part.actions[0]!))));
  }

  /** Grants of many callers say the same about the same assets: that is kept once. */
  #sayingOf(d: Draft): Said {
    if (d[0]!.part.requires.length > 0) return new Said(d);
    let key = `${d[0]!.set.number}`;
    for (const piece of d) key += ` ${piece.part.id}`;
    let said = this.#said.get(key);
    if (!said) this.#said.set(key, (said = new Said(d)));
    return said;
  }

  /** Actions of one row by effect, verdict and what they ask for; of an effect only the best verdict is told. */
  #parts(l: IdentityLayers, g: Group, rows: Rows, row: number, decrypt: Held): readonly Part[] {
    const w = g.words;
    if (decrypt.v === 3 && !isSoft(rows, row, w) && !hasDataLayer(this.#estate, g.nodes[row]!)) {
      let byBits = this.#certain.get(g);
      if (!byBits) this.#certain.set(g, (byBits = new Map()));
      const key = w === 1 ? rows.yes[row]! : rows.yes.subarray(row * w, row * w + w).join();
      const only = this.#assets[g.asset[row]!]!.only;
      let parts = byBits.get(key);
      if (!parts) byBits.set(key, (parts = this.#sorted(l, g, rows, row, yes, undefined)));
      return only ? parts.filter((p) => only.includes(p.effect)) : parts;
    }
    return this.#sorted(l, g, rows, row, decrypt, this.#assets[g.asset[row]!]!.only);
  }

  #sorted(l: IdentityLayers, g: Group, rows: Rows, row: number, decrypt: Held, only: readonly EffectClass[] | undefined): readonly Part[] {
    const parts = new Map<string, Part & { actions: ActionInfo[] }>();
    const best = new Map<EffectClass, number>();
    const asked = new Map<string, Held>();
    const told = rows.soft ? tellingMasks(this.#estate, l, g, row) : [];
    g.actions.forEach((a, i) => {
      const level = levelAt(rows, row * g.words + (i >> 5), i & 31);
      if (level === 0) return;
      let held: Held = yes;
      if (level < 3) {
        // Actions that the same statements name have the same answer.
        const key = told.map((m) => (m[i >> 5]! >>> (i & 31)) & 1).join('');
        held = asked.get(key) ?? this.#answer(l, g, row, a).held;
        asked.set(key, held);
      }
      for (const effect of a.effects) {
        if (only && !only.includes(effect)) continue;
        const total = alsoBy(effect === 'read' || effect === 'credential' ? both(held, decrypt) : held, dataAccess(this.#estate, g.nodes[row], a.name, l, effect));
        const verdict = VERDICTS[total.v];
        if (!verdict) continue;
        if (total.v > (best.get(effect) ?? 0)) best.set(effect, total.v);
        const key = `${effect} ${verdict} ${total.why.join('\u0000')}`;
        const p = parts.get(key);
        if (p) p.actions.push(a);
        else parts.set(key, { id: ++this.#parted, effect, verdict, requires: total.why, actions: [a] });
      }
    });
    return [...parts.values()].filter((p) => VERDICTS.indexOf(p.verdict) === best.get(p.effect));
  }

  /** The best answer on an asset: of its texts, the one on which most is allowed. */
  #answer(l: IdentityLayers, g: Group, row: number, a: ActionInfo): Combined {
    let best: Combined | undefined;
    for (const r of textsOfAsset(g, row)) {
      const c = decideOne(this.#estate, { identity: l, action: a.name, resource: g.texts[r]!, target: g.nodes[r]!, position: 'direct', given: NOTHING, complete: false });
      if (!best || c.held.v > best.held.v) best = c;
      if (best.held.v === 3) break;
    }
    return best!;
  }

  #evidence({ said, held }: Combined): Evidence[] {
    const allows = said.filter((s) => s.statement?.effect !== 'Deny' && (s.layer === 'identity' || s.layer === 'resource') && s.held.v >= Math.min(held.v, 3));
    return (allows.length > 0 ? allows : said).flatMap((s) => statementEvidence(s.document, s.statement)).slice(0, 8);
  }
}

const texts = new WeakMap<Group, ReadonlyMap<number, readonly number[]>>();

/** Rows of the asset that a row is of, itself first. */
function textsOfAsset(g: Group, row: number): readonly number[] {
  if (!g.several) return [row];
  let byAsset = texts.get(g);
  if (!byAsset) {
    const rows = new Map<number, number[]>();
    g.asset.forEach((asset, r) => { const list = rows.get(asset); if (list) list.push(r); else rows.set(asset, [r]); });
    texts.set(g, (byAsset = rows));
  }
  return byAsset.get(g.asset[row]!)!;
}

/** Masks of every statement that may have a say on a row. */
function tellingMasks(estate: PolicyEstate, l: IdentityLayers, g: Group, row: number): Int32Array[] {
  const out: Int32Array[] = [g.agreeBits, g.rcpBits];
  const layers = [l.identity, l.boundary ?? [], l.session ?? [], ...l.scps, ...g.rcps, estate.attached(g.nodes[row]!.id, 'resource')];
  for (const documents of layers) for (const d of documents) for (const s of d.statements) {
    const m = masks(s, g);
    if (m) out.push(m.sure, ...(m.maybe ? [m.maybe] : []));
  }
  return out;
}

/** What may be done on a row, each effect at its best. */
export interface Part { id: number; effect: EffectClass; verdict: Verdict; requires: readonly string[]; actions: readonly ActionInfo[] }
/** A grant while it is put together: pieces with one effect, verdict, set and requirement. */
export type Draft = Piece[];

/** `assets`: their digest. */
export const grantKey = (effect: EffectClass, verdict: Verdict, requires: readonly string[], actions: readonly string[], assets: string): string => stableHash(effect, verdict, requires.join('\u0001'), actions.join(), assets);

/** What a grant says, whoever holds it. */
class Said {
  readonly effect: EffectClass;
  readonly verdict: Verdict;
  readonly requires: readonly string[];
  readonly #set: AssetSet;
  readonly #parts: readonly Part[];
  #actions: readonly string[] | undefined;
  #key: string | undefined;

  constructor(d: Draft) {
    const { effect, verdict, requires } = d[0]!.part;
    this.effect = effect;
    this.verdict = verdict;
    this.requires = requires;
    this.#set = d[0]!.set;
    this.#parts = d.map((p) => p.part);
  }

  get assets(): readonly string[] { return this.#set.ids; }
  get actions(): readonly string[] { return (this.#actions ??= [...new Set(this.#parts.flatMap((p) => p.actions.map((a) => a.name)))].sort()); }
  get key(): string { return (this.#key ??= grantKey(this.effect, this.verdict, this.requires, this.actions, this.#set.digest)); }
}

/** What costs time is worked out when somebody asks. */
class LazyGrant implements Grant {
  readonly #said: Said;
  readonly #ask: () => Evidence[];
  #evidence: readonly Evidence[] | undefined;

  constructor(said: Said, ask: () => Evidence[]) {
    this.#said = said;
    this.#ask = ask;
  }

  get effect(): EffectClass { return this.#said.effect; }
  get verdict(): Verdict { return this.#said.verdict; }
  get requires(): readonly string[] { return this.#said.requires; }
  get assets(): readonly string[] { return this.#said.assets; }
  get actions(): readonly string[] { return this.#said.actions; }
  get key(): string { return this.#said.key; }
  get evidence(): readonly Evidence[] { return (this.#evidence ??= this.#ask()); }
}
