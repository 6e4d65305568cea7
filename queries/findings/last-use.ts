import { actionInfo, expandActions } from '../../knowledge/actions/index.ts';
import type { EffectClass, Known, NodeRecord, Statement, Usage } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { Held } from './intent.ts';
import { weight } from './weights.ts';

/** An effect on an asset, by the actions that give it. */
export interface Cell { effect: EffectClass; asset: string; actions: readonly string[] }
export interface Used { used: Known; usage?: string }

const MANY = '';
export const day = (instant: string): string => instant.slice(0, 10);
/** `the report of 2026-05-02` */
export const reportOf = (at: string | undefined): string => (at === undefined ? 'the report' : `the report of ${day(at)}`);
const cellKey = (c: { effect: string; asset: string }): string => `${c.effect}|${c.asset}`;
const some = (items: readonly string[]): string => (items.length <= 3 ? items.join(', ') : `${items.slice(0, 2).join(', ')} and ${items.length - 2} more`);

/**
 * Whether what an identity may do was used, by a report of last use (IAM User Guide, “Refine permissions using last accessed information”, 2026).
 * Such a report counts attempts by service and, where IAM tracks it, by action; it never names the thing. So:
 * no: each action of the cell belongs to a service that was not used, or is tracked and was not used itself;
 * yes: an attempt was made that nothing else the identity may do in the input explains;
 * unknown: all else, a service that the report does not list among it.
 */
export class LastUse {
  readonly #estate: Estate;
  readonly #places = new Map<string, ReadonlyMap<string, string>>();
  readonly #allowed = new Map<string, readonly string[] | undefined>();

  constructor(estate: Estate) { this.#estate = estate; }

  of(identity: NodeRecord, cell: Cell): Used {
    const usage = identity.props['usage'] as Usage | undefined;
    const never = identity.props['lastUsed'] === 'never';
    if (!usage) return { used: never ? 'no' : 'unknown' };
    const said = cell.actions.map((a) => lastUse(a, usage));
    const report = reportOf(usage.reportedAt);
    const used = said.find((s) => s.last !== undefined && this.#only(identity, s, cell));
    if (used) return { used: 'yes', usage: `${used.of} was used on ${day(used.last!)}, and by what is in the input it can have been this only: ${report}` };
    if (never && Object.keys(usage.used).length === 0) return { used: 'no', usage: `it was never used in the tracking period: account data and ${report}` };
    if (said.length > 0 && said.every((s) => s.used === 'no')) return { used: 'no', usage: `not used in the tracking period: ${some([...new Set(said.map((s) => s.of))])}; ${report}` };
    const [tried, untold] = [said.filter((s) => s.last !== undefined), said.filter((s) => s.used === 'unknown' && s.last === undefined)];
    const words = [
      ...[...new Set(tried.map((s) => `${s.of} was used on ${day(s.last!)}, for what of it is not told`))].slice(0, 2),
      ...(untold.length > 0 ? [`nothing is told of ${some([...new Set(untold.map((s) => s.of))])}`] : []),
    ];
    return { used: 'unknown', ...(words.length > 0 ? { usage: `${words.join('; ')}: ${report}` } : {}) };
  }

  /** Nothing else that the identity may do was the attempt: no other thing for an action, no other action or thing for a service. */
  #only(identity: NodeRecord, said: Said, cell: Cell): boolean {
    const usage = identity.props['usage'] as Usage;
    if (this.#placesOf(identity.id, usage).get(said.of.toLowerCase()) !== cellKey(cell)) return false;
    return said.tracked || (this.#allowedOf(identity.id)?.every((a) => serviceOf(a) !== said.of || cell.actions.includes(a) || lastUse(a, usage).used === 'no') ?? false);
  }

  /** Action, and service (by what it gives that is not known as unused) → the one cell, or MANY. */
  #placesOf(identity: string, usage: Usage): ReadonlyMap<string, string> {
    let places = this.#places.get(identity);
    if (!places) {
      const found = new Map<string, string>();
      for (const g of this.#estate.access.grantsOf(identity)) {
        const at = g.assets.length === 1 ? cellKey({ effect: g.effect, asset: g.assets[0]! }) : MANY;
        for (const a of g.actions) for (const name of lastUse(a, usage).used === 'no' ? [a.toLowerCase()] : [a.toLowerCase(), serviceOf(a)]) found.set(name, found.has(name) && found.get(name) !== at ? MANY : at);
      }
      this.#places.set(identity, (places = found));
    }
    return places;
  }

  /** Every action that the identity's own policies allow on anything; undefined when that cannot be listed. */
  #allowedOf(identity: string): readonly string[] | undefined {
    if (!this.#allowed.has(identity)) this.#allowed.set(identity, this.#list(identity));
    return this.#allowed.get(identity);
  }

  #list(identity: string): string[] | undefined {
    const { snapshot } = this.#estate;
    const out = new Set<string>();
    for (const holder of [identity, ...snapshot.out(identity, 'MEMBER_OF').map((e) => e.to)]) for (const e of snapshot.out(holder, 'HAS_POLICY')) {
      if (e.props['as'] === 'trust' || e.props['as'] === 'boundary') continue;
      const policy = snapshot.node(e.to);
      if (policy?.props['parse'] !== 'ok') return undefined;
      for (const s of (policy.props['statements'] ?? []) as Statement[]) {
        if (s.effect !== 'Allow') continue;
        if (!s.actions || s.unresolved?.includes('Action')) return undefined;
        for (const pattern of s.actions) for (const a of expandActions(pattern)) out.add(a);
      }
    }
    return [...out];
  }
}

/** Unused ratio (model 6.3) where the input says of all of it whether it was used, else the share that is known to be unused. */
export interface Unused { upr?: number; unusedAtLeast?: number }

/** `cell`: an effect on an asset. It was used when one of its holders used it, and not used when none of them did. */
export function unusedRatio(held: readonly { cell: string; weight: number; used: Known }[]): Unused {
  const cells = new Map<string, { weight: number; said: Set<Known> }>();
  for (const h of held) {
    const there = cells.get(h.cell);
    if (there) there.said.add(h.used);
    else cells.set(h.cell, { weight: h.weight, said: new Set([h.used]) });
  }
  let [all, unused, open] = [0, 0, false];
  for (const { weight: w, said } of cells.values()) {
    all += w;
    if (said.has('unknown') && !said.has('yes')) open = true;
    else if (!said.has('yes')) unused += w;
  }
  const ratio = all === 0 ? 0 : Math.round((unused / all) * 100) / 100;
  return cells.size === 0 || (open && unused === 0) ? {} : open ? { unusedAtLeast: ratio } : { upr: ratio };
}

export const saysUse = (identity: NodeRecord): boolean => identity.props['usage'] !== undefined || identity.props['lastUsed'] === 'never';

/** The ratio over what identities hold. */
export function unusedOf(held: readonly Held[], estate: Estate): Unused {
  if (!held.some((h) => saysUse(h.identity))) return {};
  const lastUse = new LastUse(estate);
  const actions = new Map<string, Set<string>>();
  for (const id of new Set(held.map((h) => h.identity.id))) for (const g of estate.access.grantsOf(id)) for (const asset of g.assets) {
    const k = `${id}|${cellKey({ effect: g.effect, asset })}`;
    const there = actions.get(k) ?? new Set();
    for (const a of g.actions) there.add(a);
    actions.set(k, there);
  }
  return unusedRatio(held.map((h) => {
    const cell = cellKey({ effect: h.effect, asset: h.asset.id });
    const given = [...(actions.get(`${h.identity.id}|${cell}`) ?? [])].sort();
    return { cell, weight: weight(h.effect, h.asset, estate), used: lastUse.of(h.identity, { effect: h.effect, asset: h.asset.id, actions: given }).used };
  }));
}

/** What a report says of one action: by itself where it is `tracked`, else by its service; `of` names which. */
export interface Said { of: string; tracked: boolean; used: Known; last?: string }

export function lastUse(action: string, usage: Usage): Said {
  const service = serviceOf(action);
  // Rights that only complete other calls (iam:PassRole) leave no attempt of their own.
  const enabler = actionInfo(action)?.enabler === true;
  if (usage.unused.includes(service)) return enabler ? { of: action, tracked: false, used: 'unknown' } : { of: service, tracked: false, used: 'no' };
  const there = Object.hasOwn(usage.used, service) ? usage.used[service]! : undefined;
  if (!there) return { of: service, tracked: false, used: 'unknown' };
  const name = action.slice(service.length + 1).toLowerCase();
  const last = there.actions && Object.hasOwn(there.actions, name) ? there.actions[name]! : undefined;
  if (last === undefined) return { of: enabler ? action : service, tracked: false, used: 'unknown', ...(enabler ? {} : { last: there.last }) };
  return last === 'never' ? { of: action, tracked: true, used: 'no' } : { of: action, tracked: true, used: 'unknown', last };
}

const serviceOf = (action: string): string => action.slice(0, Math.max(action.indexOf(':'), 0)).toLowerCase();
