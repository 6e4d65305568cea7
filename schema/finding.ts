import { z } from 'zod';
import { EffectClass } from './define.ts';
import { StartClass } from './fact.ts';
import { AttackPath, NodeRef } from './path.ts';
import { Evidence, SourceRef, Verdict } from './source-ref.ts';

export const Severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof Severity>;
const ORDER: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
/** 0 = critical. */
export const severityRank = (s: Severity): number => ORDER.indexOf(s);
export const atLeast = (s: Severity, floor: Severity): boolean => severityRank(s) <= severityRank(floor);

export const ScoreFactor = z.object({ name: z.string(), value: z.number(), evidence: z.string().optional(), scoreIfFixed: z.number().optional() });

export const Score = z.object({
  value: z.number().describe('0–100, model 6.2'),
  likelihood: z.number(),
  impact: z.number(),
  breadth: z.number(),
  factors: z.array(ScoreFactor),
  why: z.string().describe('the largest drops as one sentence'),
  raised: z.string().optional().describe('“raised to High by AGT-007 floor”'),
});

export type ScoreFactor = z.infer<typeof ScoreFactor>;
export type Score = z.infer<typeof Score>;

/** One problem: (start class, subject, identity, asset or group, effect). Rules are facets on it (model 4.4 “Finding key”). */
export const Finding = z.object({
  fingerprint: z.string().describe('hash of the five key ids; no line, score or rule in it'),
  title: z.string(),
  startClass: StartClass,
  alsoFrom: z.array(StartClass),
  subject: NodeRef,
  identity: NodeRef.optional(),
  asset: NodeRef,
  assetGroup: z.object({ key: z.string(), count: z.number().int(), members: z.array(NodeRef).describe('first 20') }).optional(),
  effect: EffectClass,
  severity: Severity,
  score: Score,
  verdict: Verdict,
  requires: z.array(z.string()),
  rules: z.array(z.string()).describe('facets: AGT-007, …'),
  path: AttackPath,
  truncated: z.boolean().describe('more paths exist than are shown'),
  owner: z.string().optional(),
  sensitivity: z.string().optional(),
  environment: z.string(),
  state: z.enum(['open', 'accepted', 'ignored']),
  accepted: z.object({ owner: z.string(), reason: z.string(), until: z.string().optional(), by: z.string() }).optional(),
});
export type Finding = z.infer<typeof Finding>;

/** A row about a node, from a posture rule. */
export const PostureRow = z.object({
  fingerprint: z.string(),
  rule: z.string(),
  title: z.string(),
  node: NodeRef,
  severity: Severity,
  verdict: Verdict,
  requires: z.array(z.string()),
  evidence: z.array(Evidence),
  detail: z.string(),
  state: z.enum(['open', 'accepted', 'ignored']),
});
export type PostureRow = z.infer<typeof PostureRow>;

/** “Decide these first”: a fact whose answer would change findings. */
export const Undecided = z.object({
  what: z.string(),
  node: NodeRef.optional(),
  source: SourceRef.optional(),
  findings: z.number().int().describe('how many findings depend on it'),
  settleBy: z.string().describe('what would decide it'),
});
export type Undecided = z.infer<typeof Undecided>;
