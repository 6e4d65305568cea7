import { z } from 'zod';
import { EffectClass } from './define.ts';
import { NodeRef } from './path.ts';
import { Evidence, SourceRef, Verdict } from './source-ref.ts';

/** Three-valued: `unknown` where the input does not hold what would decide it. */
export const Known = z.enum(['yes', 'no', 'unknown']);
export type Known = z.infer<typeof Known>;

/** matched: intended and held. excess: held and not intended. missing: intended and not held. undeclared: held by something nobody declared a purpose for. */
export const AccessStatus = z.enum(['excess', 'missing', 'matched', 'undeclared']);
export type AccessStatus = z.infer<typeof AccessStatus>;

/** One effect of one principal on one thing, with the statements that give it. */
export const AccessRow = z.object({
  identity: NodeRef.optional().describe('who holds it; none where it is missing'),
  agents: z.array(NodeRef).describe('agents that act as it'),
  asset: NodeRef,
  effect: EffectClass,
  sensitivity: z.string(),
  weight: z.number().describe('effect by sensitivity, model 6.3'),
  status: AccessStatus,
  why: z.string(),
  intent: SourceRef.optional().describe('line of the purpose that speaks of it'),
  approval: z.string().optional().describe('approval that the purpose demands, and whether it is there'),
  reachable: Known.describe('through a tool of the agent: what a prompt can use'),
  inCode: Known,
  live: Known,
  used: Known,
  lastUsed: z.string().optional(),
  usage: z.string().optional().describe('what a report of last use says about it, and how exactly'),
  actions: z.array(z.string()),
  verdict: Verdict.optional(),
  requires: z.array(z.string()),
  statements: z.array(Evidence),
});
export type AccessRow = z.infer<typeof AccessRow>;

/** An agent against its intent in numbers (model 6.3); every ratio is of weights and lies between 0 and 1. */
export const IntentReview = z.object({
  agent: NodeRef,
  owner: z.string().optional(),
  from: z.enum(['purpose', 'tools', 'none']).describe('declared purpose, else what its tools say they do, else nothing to compare with'),
  declaredAt: SourceRef.optional(),
  says: z.string().optional(),
  reviewBy: z.string().optional(),
  actual: z.number().describe('weight of everything its identities may do'),
  opr: z.number().optional().describe('over-privilege ratio: actual beyond intent'),
  slack: z.number().optional().describe('tool slack: of what a prompt can use, the part beyond intent'),
  latent: z.number().describe('latent excess: held, and out of reach of a prompt'),
  gap: z.number().optional().describe('coverage gap: intended and not held'),
  upr: z.number().optional().describe('unused ratio; only where the input says of all of it whether it was used'),
  unusedAtLeast: z.number().optional().describe('share that is known to be unused, where the rest is open'),
  matched: z.number().int(), excess: z.number().int(), missing: z.number().int(), undeclared: z.number().int(),
  notes: z.array(z.string()),
});
export type IntentReview = z.infer<typeof IntentReview>;

/** One gain of the invoker gap (model 6.4): by asking the agent, this invoker gets an effect that it does not hold itself. */
export const GapRow = z.object({
  invoker: NodeRef.describe('principal with the fewest permissions among those who gain this, or an entry class in the place of one'),
  count: z.number().int().describe('invokers that gain the same from this agent'),
  members: z.array(NodeRef).describe('the first 20 of them'),
  agent: NodeRef,
  effect: EffectClass,
  asset: NodeRef,
  sensitivity: z.string(),
  weight: z.number(),
  verdict: Verdict,
  requires: z.array(z.string()),
  evidence: z.array(Evidence),
});
export type GapRow = z.infer<typeof GapRow>;

/** One cell of the matrix: an invoker and an agent. */
export const GapCell = z.object({
  invoker: NodeRef,
  count: z.number().int(),
  members: z.array(NodeRef),
  agent: NodeRef,
  gained: z.number().describe('weight gained: CDG_abs'),
  given: z.number().describe('weight of everything the agent gives this invoker'),
  cdg: z.number().describe('gained / given; 1 for an invoker that owns none of it'),
  verdict: Verdict,
  effects: z.array(z.string()).describe('heaviest first: delete customers'),
});
export type GapCell = z.infer<typeof GapCell>;

/** Who answers for a thing, by which source, and what else was tried. */
export const OwnerRow = z.object({
  node: NodeRef,
  owner: z.string().optional(),
  ownerKind: z.enum(['person', 'team']).optional(),
  by: z.string().describe('overreach.yaml, tag, CODEOWNERS; empty when nobody is known'),
  source: SourceRef.optional(),
  hint: z.string().optional().describe('last committer: may know, was never named'),
  tried: z.array(z.string()),
});
export type OwnerRow = z.infer<typeof OwnerRow>;
