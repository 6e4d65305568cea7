import { Rule } from '../../schema/index.ts';
import { ruleFiles } from './index.ts';

export const PACKS = Rule.shape.packs.unwrap().element.options;
export type Pack = (typeof PACKS)[number];

/** Ids of the rules of a pack (rules.md 5.K); rules that a user brings are in every pack. */
export const packOf = (pack: Pack, extra: readonly { rule: unknown }[] = []): ReadonlySet<string> =>
  new Set([...ruleFiles.filter((f) => (f.rule.packs ?? []).includes(pack)).map((f) => f.rule.id), ...extra.flatMap((f) => { const id = (f.rule as { id?: unknown }).id; return typeof id === 'string' ? [id] : []; })]);
