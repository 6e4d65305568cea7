import type { NodeRecord, Usage } from '../../schema/index.ts';
import { day, lastUse, reportOf, type Said } from '../findings/last-use.ts';
import { list, type FixGraph } from './fix-kind.ts';

/** Who acts with an identity policy: its holders, and the members of those that are groups. */
export function usersOf(policy: string, g: FixGraph): NodeRecord[] {
  const ids = g.in(policy, 'HAS_POLICY').flatMap((e) => (g.nodes.get(e.from)?.props['identityType'] === 'group' ? g.in(e.from, 'MEMBER_OF').map((m) => m.from) : [e.from]));
  return [...new Set(ids)].flatMap((id) => g.nodes.get(id) ?? []);
}

export const usageOf = (n: NodeRecord): Usage | undefined => n.props['usage'] as Usage | undefined;

/** With several reports, the oldest. */
export const oldestReport = (users: readonly NodeRecord[]): string => reportOf(users.flatMap((u) => usageOf(u)?.reportedAt ?? []).sort()[0]);

/**
 * What is known of the use of actions that a policy is to lose, by the reports of last use of those who act with it. A report knows attempts by
 * service and for some actions by themselves, never the thing.
 */
export function usesOf(policy: string, actions: readonly string[], g: FixGraph): string {
  const users = usersOf(policy, g);
  const told = users.filter((u) => usageOf(u) !== undefined);
  if (told.length === 0) return 'what is used of it is not in the input';
  const said = told.flatMap((u) => actions.map((a) => lastUse(a, usageOf(u)!)));
  const used = new Map<string, Said & { last: string }>();
  for (const { last, ...s } of said) if (last !== undefined && (used.get(s.of)?.last ?? '') < last) used.set(s.of, { ...s, last });
  const open = [...new Set(said.filter((s) => s.used === 'unknown' && s.last === undefined).map((s) => s.of))].sort();
  const words = [
    ...(used.size > 0 ? [`used lately: ${list([...used.values()].sort((a, b) => (a.last > b.last ? -1 : 1)).map((s) => `${s.of}${s.tracked ? '' : ' (some action of it)'} on ${day(s.last)}`))}`] : []),
    ...(open.length > 0 ? [`of ${list(open)} nothing is told`] : []),
    ...(told.length < users.length ? [`of ${list(users.filter((u) => !told.includes(u)).map((u) => g.name(u.id)))} there is no report`] : []),
  ];
  return words.length === 0 ? `none of it was used in the tracking period: ${oldestReport(told)}` : `${words.join('; ')}: ${oldestReport(told)}`;
}
