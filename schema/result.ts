import { z } from 'zod';
import { Finding, PostureRow, Severity, Undecided } from './finding.ts';
import { CoverageEntry } from './graph.ts';
import { AttackPath, NodeRef } from './path.ts';
import { Evidence, SourceRef, Verdict } from './source-ref.ts';

export const RESULT_VERSION = '1.0';

/** A way from one principal to admin (or to another principal), as decided by technique data. */
export const EscalationStep = z.object({
  technique: z.string().describe('pathfinding.cloud id, or own id x-…; assume for sts:AssumeRole; member-of …'),
  from: NodeRef,
  to: NodeRef,
  through: z.array(NodeRef),
  permissions: z.array(z.string()),
  verdict: Verdict,
  requires: z.array(z.string()),
  evidence: z.array(Evidence),
  sets: z.array(z.array(z.number().int())).describe('places in evidence: sets of statements that are each enough for the step, the surest first; without all of them the step is gone'),
});
export type EscalationStep = z.infer<typeof EscalationStep>;

export const PrincipalRow = z.object({
  identity: NodeRef,
  isAdmin: z.object({ value: z.boolean(), verdict: Verdict, evidence: z.array(Evidence), requires: z.array(z.string()) }),
  canBecomeAdmin: z.object({ value: z.boolean(), verdict: Verdict, throughAgent: z.boolean(), steps: z.array(EscalationStep) }),
  worstAsset: z.object({ asset: NodeRef, effect: z.string(), sensitivity: z.string(), verdict: Verdict }).optional(),
});
export type PrincipalRow = z.infer<typeof PrincipalRow>;

export const ToolRow = z.object({ tool: NodeRef, toolClass: z.string(), effects: z.array(z.string()), contract: z.string(), identity: NodeRef.optional(), server: NodeRef.optional(), gates: z.array(z.string()) });
export type ToolRow = z.infer<typeof ToolRow>;

/** Inventory row of `overreach agents`. */
export const AgentRow = z.object({
  agent: NodeRef,
  platform: z.string(),
  tier: z.number().int(),
  autonomy: z.string(),
  identities: z.array(z.object({ identity: NodeRef, for: z.string() })),
  tools: z.array(ToolRow),
  stores: z.array(z.object({ store: NodeRef, effects: z.array(z.string()), sensitivity: z.string() })),
  exposure: z.object({ internet: z.boolean(), classes: z.array(z.string()), auth: z.string(), verdict: Verdict }),
  guardrails: z.array(NodeRef),
  knowledge: z.array(NodeRef),
  owner: z.string().optional(),
  purpose: z.unknown().optional(),
  definedAt: SourceRef.optional(),
});
export type AgentRow = z.infer<typeof AgentRow>;

export const RuleStatus = z.object({ id: z.string(), title: z.string(), lowNoise: z.boolean().describe('shown without --all-rules'), evaluated: z.boolean(), needs: z.array(z.string()), matches: z.number().int(), blindSpots: z.array(z.string()) });
export type RuleStatus = z.infer<typeof RuleStatus>;

export const Run = z.object({
  id: z.string(),
  startedAt: z.string(),
  completedAt: z.string().optional(),
  status: z.enum(['running', 'complete', 'abandoned']),
  scope: z.string(),
  inputs: z.array(z.string()),
  version: z.string(),
  graphHash: z.string().optional().describe('hash of the stored graph; equal inputs give equal hashes'),
});
export type Run = z.infer<typeof Run>;

/** The answer. Versioned; additive changes only. `run` and its clock values are the only parts that differ between two equal scans. */
export const AnalysisResult = z.object({
  resultVersion: z.literal(RESULT_VERSION),
  run: Run,
  coverage: z.array(CoverageEntry),
  missingLayers: z.array(z.string()),
  counts: z.object({ nodes: z.number().int(), edges: z.number().int(), facts: z.number().int(), transitions: z.number().int(), byKind: z.record(z.string(), z.number().int()) }),
  principals: z.array(PrincipalRow),
  agents: z.array(AgentRow),
  findings: z.array(Finding),
  posture: z.array(PostureRow),
  undecided: z.array(Undecided),
  rules: z.array(RuleStatus),
  notes: z.array(z.string()),
  basis: z.string().optional().describe('of an answer that is kept in a store: hash of what it rests on beside its graph and the acceptances'),
});
export type AnalysisResult = z.infer<typeof AnalysisResult>;

export const BlastRadius = z.object({
  agent: NodeRef,
  influence: z.object({ weight: z.number(), effects: z.array(z.object({ asset: NodeRef, effects: z.array(z.string()), sensitivity: z.string(), verdict: Verdict })) }),
  credential: z.object({ weight: z.number(), effects: z.array(z.object({ asset: NodeRef, effects: z.array(z.string()), sensitivity: z.string(), verdict: Verdict })) }),
  amplification: z.number().optional(),
  upstream: z.array(z.string()),
});
export type BlastRadius = z.infer<typeof BlastRadius>;

/** Holder of an action or effect on an asset. `through` is set when an agent stands between. */
export const Holder = z.object({ identity: NodeRef, effects: z.array(z.string()), actions: z.array(z.string()), verdict: Verdict, requires: z.array(z.string()), evidence: z.array(Evidence), through: NodeRef.optional(), path: AttackPath.optional() });
export type Holder = z.infer<typeof Holder>;

/** Why X does not reach Y: the first fact that blocks. */
export const WhyNot = z.object({ reached: z.boolean(), lastFact: z.string(), blockedBy: z.object({ kind: z.enum(['deny', 'boundary', 'auth', 'contract', 'gate', 'no-permission', 'no-edge', 'unread']), text: z.string(), evidence: z.array(Evidence) }).optional() });
export type WhyNot = z.infer<typeof WhyNot>;

export const severities = Severity.options;
