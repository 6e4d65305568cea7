import { z } from 'zod';
import { NodeRef } from './path.ts';
import { SourceRef } from './source-ref.ts';

/** What a fix changes in the graph; `from` and `to` are what a person and an editor need. */
export const FixEdit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('actions'), policy: z.string(), statement: z.number().int(), from: z.array(z.string()), to: z.array(z.string()).describe('empty: the statement goes') }),
  z.object({ kind: z.literal('auth'), endpoint: z.string(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('detach'), edge: z.string() }),
]);
export type FixEdit = z.infer<typeof FixEdit>;

/** One change of one property, with what running the analysis again on the changed graph showed. */
export const Fix = z.object({
  id: z.string().describe('hash of the place that is changed and how: the same in every run, also when the place has changed meanwhile'),
  op: z.enum(['remove', 'narrow', 'add']),
  what: z.string().describe('edge or property: CAN, Endpoint.auth, HAS_POLICY'),
  text: z.string().describe('one sentence: what to change'),
  node: NodeRef,
  property: z.string().optional(),
  source: SourceRef.optional(),
  edit: FixEdit,
  rules: z.array(z.string()),
  closes: z.array(z.string()).describe('fingerprints without a path left'),
  weakens: z.array(z.string()).describe('fingerprints that only a weaker start reaches, or fewer assets of which'),
  adds: z.array(z.string()).describe('findings among `closes` that no earlier fix of the plan closes'),
  mightBreak: z.array(z.string()),
});
export type Fix = z.infer<typeof Fix>;

export const FixPlan = z.object({
  fixes: z.array(Fix).describe('in the order of what each adds'),
  alternatives: z.array(Fix).describe('proven as well, but covered by those above'),
  remaining: z.array(z.string()).describe('fingerprints that all fixes together leave'),
  closedTogether: z.array(z.string()).describe('fingerprints closed when all are applied'),
  runs: z.number().int().describe('analyses made as proof'),
  truncated: z.boolean().describe('candidates were left untried'),
});
export type FixPlan = z.infer<typeof FixPlan>;
