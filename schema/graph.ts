import { z } from 'zod';
import { EDGE_KINDS, NODE_KINDS } from './define.ts';
import { Problem } from './errors.ts';
import { Evidence, SourceRef, Verdict } from './source-ref.ts';

export const Environment = z.enum(['prod', 'nonprod', 'unknown']);
export const Completeness = z.enum(['full', 'partial', 'none', 'denied']);

/** A node as stored. `props` holds what its kind declares (schema/kinds). `sources[0]` is the block that defines it. */
export const NodeRecord = z.object({
  id: z.string().describe('ovr:<kind>:<provider>:<native id>'),
  kind: z.enum(NODE_KINDS),
  type: z.string().describe('aws.bedrock.agentalias'),
  sourceType: z.string().optional().describe('as the source calls it: aws_bedrockagent_agent_alias'),
  name: z.string(),
  provider: z.string(),
  scope: z.string(),
  environment: Environment,
  tags: z.record(z.string(), z.string()),
  state: z.enum(['live', 'planned', 'removed', 'declared']),
  completeness: Completeness,
  sources: z.array(SourceRef),
  aliases: z.array(z.string()),
  props: z.record(z.string(), z.unknown()),
});
export type NodeRecord = z.infer<typeof NodeRecord>;

/** An edge as stored. `id` = hash(kind, from, to, discriminator). */
export const EdgeRecord = z.object({
  id: z.string(),
  kind: z.enum(EDGE_KINDS),
  from: z.string(),
  to: z.string(),
  discriminator: z.string().default(''),
  verdict: Verdict,
  requires: z.array(z.string()).describe('what must hold for a conditional edge'),
  evidence: z.array(Evidence),
  props: z.record(z.string(), z.unknown()),
});
export type EdgeRecord = z.infer<typeof EdgeRecord>;

/** What was read from one input (a root module, a dump, a file), and what not. */
export const CoverageEntry = z.object({
  source: z.string(),
  input: z.string().describe('root folder or file, relative to the scanned folder'),
  status: z.enum(['read', 'partial', 'recognised-not-read', 'failed', 'skipped']),
  resources: z.number().int(),
  unmapped: z.record(z.string(), z.number().int()).describe('resource type → count'),
  missing: z.array(z.string()).describe('layers this source cannot hold: scp, rcp, login-profiles, resource-policies, …'),
  problems: z.array(Problem),
});
export type CoverageEntry = z.infer<typeof CoverageEntry>;

/** What collectors hand to the store. `covers` is the part of the graph a sweep may delete in. */
export const Batch = z.object({
  source: z.string(),
  scope: z.string(),
  covers: z.string().describe('id prefix key of this input: <source>:<scope>:<input>'),
  complete: z.boolean().describe('false: nothing is swept'),
  nodes: z.array(NodeRecord),
  edges: z.array(EdgeRecord),
  coverage: z.array(CoverageEntry),
});
export type Batch = z.infer<typeof Batch>;
