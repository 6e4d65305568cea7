import { z } from 'zod';
import { EFFECT_CLASSES, PRIVILEGED, type Evidence } from '../../../schema/index.ts';
import { isSensitive } from '../../derive/sensitivity/index.ts';
import { intentOf } from '../intent.ts';
import { findPath, parsePath } from '../language/path.ts';
import { PathText } from '../language/texts.ts';
import { predicate, type Match } from '../predicate.ts';

const Params = z.strictObject({
  subject: PathText,
  left: z.literal('actual'),
  right: z.literal('intended'),
  /** Over-privilege ratio (model 6.3) above which there is a difference worth a row. */
  over: z.number().min(0).max(1),
});

/** Difference between what an agent may do and what it is for. */
export const differs = predicate('two sides that should agree do not', Params, (p, input) => {
  const matches: Match[] = [];
  for (const f of findPath(parsePath(p.subject), input.estate, input.agentFacts)) {
    const agent = f.nodes[0]!;
    const intent = intentOf(agent, input.estate);
    if (intent.from === 'none' || intent.opr <= p.over) continue;
    const worst = intent.excess.slice(0, 10);
    const evidence: Evidence[] = worst.flatMap((x) => input.estate.access.grantsOf(x.identity.id).find((g) => g.effect === x.effect && g.assets.includes(x.asset.id))?.evidence.slice(0, 1) ?? []);
    const declared = intent.from === 'purpose';
    matches.push({
      node: agent, verdict: declared ? 'proven' : 'conditional', requires: declared ? [] : ['purpose is what its tools say'],
      evidence: dedupe(evidence), detail: `over-privilege ratio ${intent.opr.toFixed(2)} against ${declared ? 'the declared purpose' : 'what its tools are for'}; beyond it: ${worst.slice(0, 5).map((x) => `${x.effect} ${x.asset.name}`).join(', ')}`,
      facts: { opr: Math.round(intent.opr * 100) / 100, privilegedOnSensitive: intent.excess.some((x) => PRIVILEGED.has(x.effect) && EFFECT_CLASSES.includes(x.effect) && isSensitive(input.estate.sensitivity.get(x.asset.id))) }, passes: [agent.id],
    });
  }
  return { labels: new Map(), matches };
});

const dedupe = (list: readonly Evidence[]): Evidence[] => [...new Map(list.map((e) => [JSON.stringify(e), e])).values()];
