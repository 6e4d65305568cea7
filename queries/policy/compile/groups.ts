import type { ActionInfo, Shape } from '../../../knowledge/actions/index.ts';
import { rcpApplies } from '../../../knowledge/actions/index.ts';
import { type EffectClass, hasHole, type NodeRecord } from '../../../schema/index.ts';
import type { PolicyDocument } from '../document.ts';
import type { PolicyEstate } from '../estate.ts';
import { accountOf } from '../decide.ts';
import { mustAgree } from '../rules.ts';
import { targetsOfArn } from '../targets.ts';

/** A thing that actions work on, with the texts that requests about it name; `only`: the effects that count on it. */
export interface Asset { node: NodeRecord; arn: string; witnesses: readonly string[]; only?: readonly EffectClass[] }

/**
 * Rows of one kind: texts of one published form in one account, sorted, with the actions that name that form.
 * One bit of a row is one action; a row has `words` 32-bit words.
 */
export interface Group {
  index: number;
  shape: Shape;
  account: string;
  /** Actions that have an effect by themselves. */
  actions: readonly ActionInfo[];
  words: number;
  texts: readonly string[];
  nodes: readonly NodeRecord[];
  /** Position in the list of assets, per row. */
  asset: Int32Array;
  /** Rows from here on hold holes; before, texts are sorted plain text. */
  plain: number;
  /** Some asset has more than one row. */
  several: boolean;
  rcps: readonly (readonly PolicyDocument[])[];
  rcpBits: Int32Array;
  agreeBits: Int32Array;
  /** All actions. */
  allBits: Int32Array;
  /** Prefixes of the actions. */
  services: ReadonlySet<string>;
  /** Rows in the order of their assets. */
  ordered: boolean;
}

/** Actions whose permission alone means something. */
export const grantable = (a: ActionInfo): boolean => a.effects.length > 0 && !a.enabler && !a.settingsOnly;

interface Row { text: string; asset: number }
interface Gathered { key: string; shape: Shape; account: string; rcps: Group['rcps']; rows: Row[] }

export function groupAssets(estate: PolicyEstate, assets: readonly Asset[]): Group[] {
  const byShape = new Map<Shape, Map<string, Gathered>>();
  const rcpNumbers = new Map<Group['rcps'], number>();
  assets.forEach((a, asset) => {
    const rcps = estate.levels(a.node.id, 'rcp');
    // '' = nothing says whose it is: it counts as the caller's own. What lies below a thing is in its account.
    const account = accountOf(estate, a.arn, a.node, NOBODY);
    let bound = account;
    if (rcps.length > 0) {
      if (!rcpNumbers.has(rcps)) rcpNumbers.set(rcps, rcpNumbers.size);
      bound = `${account} ${rcpNumbers.get(rcps)}`;
    }
    for (const { text, shape } of targetsOfArn(a.arn, a.witnesses)) {
      let alike = byShape.get(shape);
      if (!alike) byShape.set(shape, (alike = new Map()));
      const g = alike.get(bound);
      if (g) g.rows.push({ text, asset });
      else alike.set(bound, { key: `${shape.form} ${account} ${rcps.length === 0 ? '' : rcpNumbers.get(rcps)}`, shape, account, rcps, rows: [{ text, asset }] });
    }
  });
  const groups: Group[] = [];
  const gathered = [...byShape.values()].flatMap((alike) => [...alike.values()]);
  for (const g of gathered.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const actions = g.shape.actions.filter(grantable);
    if (actions.length === 0) continue;
    const inOrder = (list: Row[]): Row[] => list.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.asset - b.asset));
    const plain = inOrder(g.rows.filter((r) => !hasHole(r.text)));
    const sorted = plain.length === g.rows.length ? plain : [...plain, ...inOrder(g.rows.filter((r) => hasHole(r.text)))];
    const asset = new Int32Array(sorted.length);
    let ordered = true;
    for (let i = 0; i < sorted.length; i++) {
      asset[i] = sorted[i]!.asset;
      ordered &&= i === 0 || asset[i]! > asset[i - 1]!;
    }
    groups.push({
      index: groups.length, shape: g.shape, account: g.account, actions, words: Math.ceil(actions.length / 32),
      texts: sorted.map((r) => r.text), nodes: sorted.map((r) => assets[r.asset]!.node), asset,
      plain: plain.length, several: !ordered && new Set(asset).size < sorted.length, rcps: g.rcps,
      rcpBits: bitsWhere(actions, (a) => rcpApplies(a.service)), agreeBits: bitsWhere(actions, (a) => mustAgree(a.name, sorted[0]!.text)), allBits: bitsWhere(actions, () => true), services: new Set(actions.map((a) => a.service)),
      ordered,
    });
  }
  return groups;
}

const NOBODY = { kind: 'anonymous', arn: '', account: '', name: '', serviceLinked: false } as const;

export function bitsWhere(actions: readonly ActionInfo[], test: (a: ActionInfo) => boolean): Int32Array {
  const bits = new Int32Array(Math.ceil(actions.length / 32));
  actions.forEach((a, i) => { if (test(a)) bits[i >> 5]! |= 1 << (i & 31); });
  return bits;
}
