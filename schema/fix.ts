import { z } from 'zod';
import { Statement } from './kinds/access.ts';
import { NodeRef } from './path.ts';
import { SourceRef, Verdict } from './source-ref.ts';

/** What a fix changes in the graph; `from` and `to` are what a person and an editor need. */
export const FixEdit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('actions'), policy: z.string(), statement: z.number().int(), from: z.array(z.string()), to: z.array(z.string()).describe('empty: the statement goes') }),
  z.object({ kind: z.literal('auth'), endpoint: z.string(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('detach'), edge: z.string() }),
  z.object({ kind: z.literal('statement'), policy: z.string(), statement: z.number().int(), to: Statement.partial().describe('elements as they are afterwards; the others stay') }),
  z.object({ kind: z.literal('properties'), node: z.string(), to: z.record(z.string(), z.unknown()).describe('properties as they are afterwards; the others stay') }),
  z.object({ kind: z.literal('edges'), remove: z.array(z.string()), nodes: z.array(z.string()).describe('things that go with them') }),
  z.object({ kind: z.literal('edge'), edge: z.string(), to: z.record(z.string(), z.unknown()).describe('properties as they are afterwards; the others stay') }),
  z.object({ kind: z.literal('control'), name: z.string(), props: z.record(z.string(), z.unknown()), gates: z.array(z.string()).describe('HAS_TOOL edges it stands on'), guards: z.array(z.string()).describe('things it guards') }),
]);
export type FixEdit = z.infer<typeof FixEdit>;

/**
 * A change of the source, in the names of the published schemas (CloudFormation for AWS): an editor finds the place in whatever the source is
 * written in. A text may hold `ref` holes, which an editor writes as a reference.
 */
export const SourceChange = z.discriminatedUnion('in', [
  z.object({
    in: z.literal('statement'), at: SourceRef, actions: z.array(z.string()).describe('the statement as it reads now'), resources: z.array(z.string()).optional().describe('what it is about, for an editor that has to write it out'), remove: z.boolean().optional().describe('the whole statement goes'), policy: SourceRef.optional().describe('of the policy around it, which goes with its only statement'),
    set: z.object({ Action: z.array(z.string()), Resource: z.array(z.string()), Principal: z.record(z.string(), z.array(z.string())), Condition: z.record(z.string(), z.record(z.string(), z.array(z.string()))).describe('added to those that are there') }).partial().optional(),
  }),
  z.object({ in: z.literal('block'), at: SourceRef, path: z.array(z.string()).describe('property of the block; empty: the block itself'), from: z.unknown().optional(), to: z.unknown().optional().describe('absent: it goes') }),
]);
export type SourceChange = z.infer<typeof SourceChange>;

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
  changes: z.array(SourceChange).optional().describe('what an editor makes of it; absent: it follows from `edit`'),
  noPatch: z.string().optional().describe('why no change of this source can make it'),
  effect: z.string().optional().describe('which edge it removes or narrows, or which control it adds'),
  rules: z.array(z.string()),
  closes: z.array(z.string()).describe('fingerprints without a path left'),
  weakens: z.array(z.string()).describe('fingerprints that only a weaker start reaches, or fewer assets of which'),
  adds: z.array(z.string()).describe('findings among `closes` that no earlier fix of the plan closes'),
  mightBreak: z.array(z.string()),
  lowers: z.array(z.object({ fingerprint: z.string(), score: z.tuple([z.number(), z.number()]).describe('before, after'), verdict: z.tuple([Verdict, Verdict]) })).optional().describe('findings that stay and weigh less, or hold under more conditions'),
  settles: z.array(z.string()).optional().describe('posture rows without a cause left, and findings that lose the label of its rule'),
});
export type Fix = z.infer<typeof Fix>;

export const FixPlan = z.object({
  fixes: z.array(Fix).describe('in the order of what each adds'),
  alternatives: z.array(Fix).describe('proven as well, but covered by those above'),
  hardening: z.array(Fix).optional().describe('changes that close no path: conditions and controls that make one harder or rarer'),
  remaining: z.array(z.string()).describe('fingerprints that all fixes together leave'),
  closedTogether: z.array(z.string()).describe('fingerprints closed when all are applied'),
  runs: z.number().int().describe('analyses made as proof'),
  truncated: z.boolean().describe('candidates were left untried'),
});
export type FixPlan = z.infer<typeof FixPlan>;
