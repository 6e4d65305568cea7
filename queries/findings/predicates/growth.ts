import { z } from 'zod';
import { showHoles } from '../../../schema/index.ts';
import { growthsOf } from '../growth.ts';
import { nothing, predicate, type Match } from '../predicate.ts';

const Params = z.strictObject({
  measure: z.literal('actual'),
  /** Share of the earlier weight by which it must have grown. New sensitive assets, tools and tool servers count at once. */
  over: z.number().min(0),
});

/** Access of an agent that grew since an earlier run. */
export const growth = predicate('access that grew since an earlier run', Params, (p, input) => {
  if (!input.baseline) return nothing();
  const matches: Match[] = [];
  for (const g of growthsOf(input.estate, input.baseline)) {
    const share = g.before === 0 ? (g.after > 0 ? 1 : 0) : (g.after - g.before) / g.before;
    if (share <= p.over && g.newSensitive.length === 0 && g.newTools.length === 0 && g.newServers.length === 0) continue;
    const list = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`${what}: ${names.slice(0, 5).map(showHoles).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`]);
    matches.push({
      node: g.agent, verdict: 'proven', requires: [], evidence: g.evidence.slice(0, 10),
      detail: [`weight of what it may do: ${g.before} → ${g.after}`, ...list('new tools', g.newTools), ...list('new tool servers', g.newServers), ...list('new', g.added.map((h) => `${h.effect} ${h.asset.name}`)), ...(g.purposeChanged ? ['its purpose was changed with it'] : [])].join('; '),
      facts: { growth: Math.round(share * 100) / 100, newSensitive: g.newSensitive.length > 0, purposeChanged: g.purposeChanged }, passes: [g.agent.id],
    });
  }
  return { labels: new Map(), matches };
});
