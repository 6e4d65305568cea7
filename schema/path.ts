import { z } from 'zod';
import { EffectClass, NODE_KINDS } from './define.ts';
import { FactKind, GoalKind } from './fact.ts';
import { Evidence, SourceRef, Verdict } from './source-ref.ts';

export const NodeRef = z.object({
  id: z.string(),
  kind: z.enum(NODE_KINDS),
  type: z.string(),
  sourceType: z.string().optional(),
  name: z.string(),
  address: z.string().optional(),
  definedAt: SourceRef.optional(),
});
export type NodeRef = z.infer<typeof NodeRef>;

/** One transition of a shown walk: what the attacker can do after it, and why. */
export const Hop = z.object({
  fact: FactKind,
  node: NodeRef,
  effect: EffectClass.optional(),
  goal: GoalKind.optional(),
  variant: z.record(z.string(), z.union([z.string(), z.boolean()])).describe('aud, session, visible, position …'),
  transition: z.string().describe('name of the transition, e.g. from-presence/influence'),
  says: z.string().describe('one plain sentence'),
  verdict: Verdict,
  requires: z.array(z.string()),
  evidence: z.array(Evidence),
  technique: z.string().optional(),
  edgeIds: z.array(z.string()),
});
export type Hop = z.infer<typeof Hop>;

export const AttackPath = z.object({
  start: z.object({ class: z.string(), node: NodeRef.optional(), says: z.string() }),
  hops: z.array(Hop),
  verdict: Verdict,
  requires: z.array(z.string()),
});
export type AttackPath = z.infer<typeof AttackPath>;
