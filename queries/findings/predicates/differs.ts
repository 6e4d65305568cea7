import { z } from 'zod';
import { EFFECT_CLASSES, PRIVILEGED, showHoles, type Drift, type Evidence } from '../../../schema/index.ts';
import { isSensitive } from '../../derive/sensitivity/index.ts';
import { driftsOf } from '../drift.ts';
import { intentOf } from '../intent.ts';
import { unusedOf } from '../last-use.ts';
import { findPath, parsePath } from '../language/path.ts';
import { nodeTest } from '../language/pattern.ts';
import { PathText } from '../language/texts.ts';
import { predicate, type Match, type RuleInput } from '../predicate.ts';

const Params = z.discriminatedUnion('left', [
  z.strictObject({
    subject: PathText, left: z.literal('actual'), right: z.literal('intended'),
    /** Over-privilege ratio (model 6.3) above which there is a difference worth a row. */
    over: z.number().min(0).max(1),
  }),
  z.strictObject({ subject: PathText, left: z.literal('live'), right: z.literal('code') }),
]);

/** Two sides that should agree: what an agent may do and what it is for; what is deployed and what the code says. */
export const differs = predicate('two sides that should agree do not', Params, (p, input) => ({ labels: new Map(), matches: p.left === 'live' ? drifted(p.subject, input) : beyondIntent(p.subject, p.over, input) }));

function beyondIntent(subject: string, over: number, input: RuleInput): Match[] {
  const matches: Match[] = [];
  for (const f of findPath(parsePath(subject), input.estate, input.agentFacts)) {
    const agent = f.nodes[0]!;
    const intent = intentOf(agent, input.estate);
    if (intent.from === 'none' || intent.opr <= over) continue;
    const worst = intent.excess.slice(0, 10);
    const evidence: Evidence[] = worst.flatMap((x) => input.estate.access.grantsOf(x.identity.id).find((g) => g.effect === x.effect && g.assets.includes(x.asset.id))?.evidence.slice(0, 1) ?? []);
    const { upr, unusedAtLeast } = unusedOf(intent.actual, input.estate);
    const use = upr !== undefined ? `; unused ratio ${upr.toFixed(2)}` : unusedAtLeast !== undefined ? `; unused ratio at least ${unusedAtLeast.toFixed(2)}` : '';
    const declared = intent.from === 'purpose';
    matches.push({
      node: agent, verdict: declared ? 'proven' : 'conditional', requires: declared ? [] : ['purpose is what its tools say'],
      evidence: dedupe(evidence), detail: `over-privilege ratio ${intent.opr.toFixed(2)} against ${declared ? 'the declared purpose' : 'what its tools are for'}; beyond it: ${worst.slice(0, 5).map((x) => `${x.effect} ${x.asset.name}`).join(', ')}${use}`,
      facts: { ...(upr === undefined ? {} : { upr }), opr: Math.round(intent.opr * 100) / 100, privilegedOnSensitive: intent.excess.some((x) => PRIVILEGED.has(x.effect) && EFFECT_CLASSES.includes(x.effect) && isSensitive(input.estate.sensitivity.get(x.asset.id))) }, passes: [agent.id],
    });
  }
  return matches;
}

function drifted(subject: string, input: RuleInput): Match[] {
  const meant = nodeTest(parsePath(subject).first, input.estate, input.agentFacts);
  return driftsOf(input.estate, input.baseline).filter((d) => meant(d.node)).map((d): Match => ({
    node: d.node, verdict: 'proven', requires: [], evidence: dedupe([...d.differences.flatMap((x) => (x.source ? [{ source: x.source, basis: 'code' as const }] : [])), ...d.node.sources.map((source) => ({ source, basis: 'dump' as const }))]).slice(0, 10),
    detail: d.differences.map(says).join('; '), facts: { fields: d.differences.length, noOrigin: d.differences.some((x) => x.field === 'origin') }, passes: [d.node.id],
  }));
}

const says = (d: Drift): string => (d.field === 'origin' ? 'deployed, and no code of the input makes it' : d.field === 'attached policies' ? `${(d.live as string[]).map(showHoles).join(', ')} attached, and no code of the input does so` : d.field.endsWith('policy') ? `${d.field}: other statements are in force than the code has` : `${d.field}: ${brief(d.live)} deployed, ${brief(d.code)} in the code`);
const brief = (v: unknown): string => { const s = typeof v === 'string' ? v : JSON.stringify(v); return s.length > 60 ? `${s.slice(0, 57)}...` : s; };
const dedupe = (list: readonly Evidence[]): Evidence[] => [...new Map(list.map((e) => [JSON.stringify(e), e])).values()];
