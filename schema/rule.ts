import { z } from 'zod';
import { Severity } from './finding.ts';

/** A rule file (rules.md 5.0): data, one predicate, a hit and a miss as source text. */
export const Rule = z.object({
  id: z.string().regex(/^[A-Z][A-Z0-9]*-\d{3}$/),
  title: z.string(),
  type: z.enum(['facet', 'posture', 'posture+facet', 'runtime']),
  data: z.enum(['config', 'config+logs', 'logs']),
  lowNoise: z.boolean().default(false).describe('part of the default set of the first screen'),
  needs: z.array(z.string()).default([]),
  blindSpots: z.array(z.string()).default([]),
  /** predicate name (queries/findings/predicates) → its parameters */
  predicate: z.record(z.string(), z.record(z.string(), z.unknown())).refine((p) => Object.keys(p).length === 1, 'name exactly one predicate'),
  severity: z.object({
    from: z.enum(['score', 'fixed']),
    level: Severity.optional(),
    floor: z.array(z.object({ when: z.string().optional(), band: Severity })).default([]),
    ceiling: z.array(z.object({ when: z.string().optional(), band: Severity })).default([]),
  }),
  guards: z.array(z.string()).default([]),
  fixes: z.array(z.object({ op: z.enum(['remove', 'narrow', 'add']), what: z.string(), on: z.string().optional(), text: z.string(), template: z.string().optional() })).default([]),
  frames: z.record(z.string(), z.array(z.string())).default({}),
  seeds: z.array(z.string()).default([]),
  explanation: z.string().describe('what is wrong and why it matters, for the rule page'),
  /** reader name → source text. `terraform: |`, `mcp: |`, `overreach-yaml: |`; several files: {"path": "text"} */
  hit: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
  /** The hit with one fact changed: text replacements (each `from` must occur), or whole sources. */
  miss: z.array(z.object({ name: z.string(), replace: z.array(z.object({ from: z.string(), to: z.string() })).optional(), source: z.record(z.string(), z.string()).optional() })),
});
export type Rule = z.infer<typeof Rule>;

/** An escalation technique (knowledge/techniques/<id>.yaml). */
export const Technique = z.object({
  id: z.string(),
  title: z.string(),
  category: z.enum(['self-escalation', 'principal-access', 'new-passrole', 'existing-passrole', 'credential-access', 'workload-access', 'agent-access']),
  source: z.string().describe('published id or vendor page with date'),
  permissions: z.array(z.object({
    action: z.string(),
    /** what the permission must be held on: the role passed, the thing acted on, self, or anything */
    on: z.string(),
    required: z.boolean().default(true),
  })),
  /** What must exist in the input; predicate language of queries/derive/escalate. */
  needs: z.array(z.record(z.string(), z.unknown())).default([]),
  gives: z.record(z.string(), z.unknown()),
  notes: z.string().default(''),
  positive: z.record(z.string(), z.unknown()),
  nearMiss: z.array(z.record(z.string(), z.unknown())),
});
export type Technique = z.infer<typeof Technique>;
