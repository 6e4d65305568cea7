import type { GraphStore, StoredOverride } from '../../graph/store/port.ts';
import type { AnalyzeOptions } from '../../queries/analyze.ts';
import type { Asker, Decisions } from './decisions.ts';
import { Refused } from './errors.ts';

export interface NewOverride { node: string; level?: StoredOverride['level']; integrity?: StoredOverride['integrity']; reason: string; expires?: string }

const TEXT_MAX = 2_000;

/** Overrides as an analysis takes them: after those of `overreach.yaml`, so that of two that are equally exact the later decision counts. */
export const asSensitivity = (list: readonly StoredOverride[]): NonNullable<AnalyzeOptions['sensitivity']> =>
  list.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ node, level, integrity, reason, expires }) => ({
    match: { id: node }, reason, ...(level === undefined ? {} : { level }), ...(integrity === undefined ? {} : { integrity }), ...(expires === undefined ? {} : { expires }),
  }));

/** Decides about one node of the last run. Anything that could lower a level needs an end (model 7.5). */
export function setOverride(d: Decisions, store: GraphStore, seen: (id: string) => Promise<{ kind: string } | undefined>, now: () => Date, asker: Asker, o: NewOverride): Promise<StoredOverride> {
  return d.once(asker, 'setOverride', o, async () => {
    const node = await seen(o.node);
    if (!node) throw new Refused('NOT_FOUND', `there is no node ${o.node.slice(0, 200)} in the last run`);
    if (node.kind !== 'DataStore' && node.kind !== 'Secret') throw new Refused('BAD_INPUT', `a ${node.kind} has no sensitivity of its own: name a data store or a secret`);
    if (o.level === undefined && o.integrity === undefined) throw new Refused('BAD_INPUT', 'give a level, an integrity, or both');
    if (o.reason.trim() === '' || o.reason.length > TEXT_MAX) throw new Refused('BAD_INPUT', `reason is needed, at most ${TEXT_MAX} characters`);
    const at = now().toISOString();
    if (o.expires === undefined && (o.level !== 'restricted' || o.integrity === 'normal')) throw new Refused('BAD_INPUT', 'what may lower a level needs an end: give expires');
    if (o.expires !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(o.expires) || Number.isNaN(Date.parse(o.expires)) || new Date(o.expires).toISOString().slice(0, 10) !== o.expires)) throw new Refused('BAD_INPUT', `${o.expires.slice(0, 40)} is no date: write YYYY-MM-DD`);
    if (o.expires !== undefined && o.expires < at.slice(0, 10)) throw new Refused('BAD_INPUT', `${o.expires} is in the past`);
    const before = (await store.ledger.overrides()).find((x) => x.node === o.node) ?? null;
    const override: StoredOverride = { node: o.node, reason: o.reason, by: asker.who, at, ...(o.level === undefined ? {} : { level: o.level }), ...(o.integrity === undefined ? {} : { integrity: o.integrity }), ...(o.expires === undefined ? {} : { expires: o.expires }) };
    return { change: { override }, subject: o.node, before, after: override, answer: override };
  });
}

/** Takes a decision back: the signals count again from the next analysis on. */
export function removeOverride(d: Decisions, store: GraphStore, asker: Asker, node: string): Promise<StoredOverride> {
  return d.once(asker, 'removeOverride', { node }, async () => {
    const before = (await store.ledger.overrides()).find((x) => x.node === node);
    if (!before) throw new Refused('NOT_FOUND', `there is no override of ${node.slice(0, 200)}`);
    return { change: { unoverride: node }, subject: node, before, after: null, answer: before };
  });
}
