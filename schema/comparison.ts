import { z } from 'zod';
import { Finding, PostureRow, Severity } from './finding.ts';
import { NodeRef } from './path.ts';
import { BlastRadius } from './result.ts';
import { SourceRef, Verdict } from './source-ref.ts';

/** A finding that is on one side only, or on both and not the same. `what` says it in words, most telling first. */
export const PathChange = z.object({
  finding: Finding.describe('as it is after; as it was, when it is gone'),
  before: Finding.optional().describe('what stood there before, under this or a neighbouring fingerprint'),
  what: z.array(z.string()),
});
export type PathChange = z.infer<typeof PathChange>;

export const ToolOf = z.object({ agent: NodeRef, tool: NodeRef });
export type ToolOf = z.infer<typeof ToolOf>;

/** What the second of two answers has that the first had not, and the other way round. Nothing is called closed that was only not read. */
export const Comparison = z.object({
  before: z.string().describe('name of the first side, for people'),
  after: z.string(),
  opened: z.array(PathChange),
  closed: z.array(PathChange),
  changed: z.array(PathChange),
  undetermined: z.array(PathChange).describe('opened or gone, but a fact that decides it was not read'),
  postureOpened: z.array(PostureRow),
  postureClosed: z.array(PostureRow),
  agentsAdded: z.array(NodeRef),
  agentsRemoved: z.array(NodeRef),
  toolsAdded: z.array(ToolOf),
  toolsRemoved: z.array(ToolOf),
  same: z.number().int().describe('findings that are equal on both sides'),
  notes: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;

/** Whom a plan lets in by a policy, beside the paths; or a policy of which that is known after apply only. */
export const LetIn = z.object({
  node: NodeRef.describe('whose policy it is'),
  says: z.string(),
  verdict: Verdict.describe('unknown: who it is, or what is allowed, is not in the input'),
  severity: Severity.describe('by what could be got that way; info where nothing could, or where undetermined paths tell'),
  could: z.string().describe('what whoever is let in could do; empty for info'),
  source: SourceRef.optional(),
});
export type LetIn = z.infer<typeof LetIn>;

/** Blast radius of one agent on both sides; undefined where the agent does not exist. */
export const RadiusDelta = z.object({ agent: NodeRef, before: BlastRadius.optional(), after: BlastRadius.optional() });
export type RadiusDelta = z.infer<typeof RadiusDelta>;
