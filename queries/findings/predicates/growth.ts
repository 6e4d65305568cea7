import { z } from 'zod';
import { showHoles } from '../../../schema/index.ts';
import { growthsOf } from '../growth.ts';
import { nothing, predicate, type Match } from '../predicate.ts';

const Params = z.strictObject({
  measure: z.literal('actual'),
  /** Share of the earlier weight by which it must have grown. New sensitive assets, tools and tool servers count at once. */
  over: z.number().min(0),
});

const shareOf = (before: number, after: number): number => (before === 0 ? (after > 0 ? 1 : 0) : (after - before) / before);

/** Access of an agent that grew since an earlier run. */
export const growth = predicate('access that grew since an earlier run', Params, (p, input) => {
  if (!input.baseline) return nothing();
  const matches: Match[] = [];
  for (const g of growthsOf(input.estate, input.baseline)) {
    const share = shareOf(g.before, g.after);
    const grew = (by: number, sensitive: number): boolean => by > p.over || sensitive > 0 || g.newTools.length > 0 || g.newServers.length > 0;
    if (!grew(share, g.newSensitive.length)) continue;
    // Growth that stands without what was not read is growth whatever that says.
    const sure = grew(shareOf(g.before, g.after - g.openWeight), g.newSensitive.filter((h) => !g.open.has(h)).length);
    const list = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`${what}: ${names.slice(0, 5).map(showHoles).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`]);
    matches.push({
      node: g.agent, verdict: sure ? 'proven' : 'unknown', requires: sure ? [] : ['what its identities may do turns out so'], evidence: g.evidence.slice(0, 10),
      detail: [`weight of what it may do: ${g.before} → ${g.after}`, ...list('new tools', g.newTools), ...list('new tool servers', g.newServers), ...list('new', g.added.map((h) => `${h.effect} ${h.asset.name}`)), ...(g.purposeChanged ? ['its purpose was changed with it'] : [])].join('; '),
      facts: { growth: Math.round(share * 100) / 100, newSensitive: g.newSensitive.length > 0, purposeChanged: g.purposeChanged }, passes: [g.agent.id],
    });
  }
  return { labels: new Map(), matches };
});
