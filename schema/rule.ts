import { z } from 'zod';
import { Severity } from './finding.ts';

/** A rule file (rules.md 5.0): data, one predicate, a hit and a miss as source text. */
export const Rule = z.object({
  id: z.string().regex(/^[A-Z][A-Z0-9]*-\d{3}$/),
  title: z.string(),
  type: z.enum(['facet', 'posture', 'posture+facet', 'runtime']),
  data: z.enum(['config', 'config+logs', 'logs']),
  lowNoise: z.boolean().default(false).describe('part of the default set of the first screen'),
  packs: z.array(z.enum(['plan'])).default([]).describe('policy packs it is part of (rules.md 5.K)'),
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
  /** Sources of the earlier run, for rules that compare two. */
  before: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).optional(),
  /** The hit with one fact changed: text replacements (each `from` must occur), or whole sources. */
  miss: z.array(z.object({ name: z.string(), replace: z.array(z.object({ from: z.string(), to: z.string() })).optional(), source: z.record(z.string(), z.string()).optional() })),
});
export type Rule = z.infer<typeof Rule>;

/**
 * How a variable of a technique is filled. `is`: user, role, group, policy, or a thing of knowledge/techniques/things.yaml.
 * The other members narrow it; the vocabulary is that of queries/derive/escalate/bind.ts.
 */
export const TechniqueBinding = z.strictObject({
  is: z.string(),
  /** Role whose trust policy lets one of these services assume it. */
  trusts: z.array(z.string()).optional(),
  /** Role that trusts a federated provider of this sort; `provider` names the variable that the provider is bound to. */
  trustsFederated: z.enum(['saml', 'oidc']).optional(),
  provider: z.string().optional(),
  /** Role that `self` or another variable may assume. */
  assumable: z.string().optional(),
  /** Customer policy attached to `self` (own groups included) or to another variable. */
  attachedTo: z.string().optional(),
  /** Group that the actor is in, or is not in. */
  own: z.boolean().optional(),
  /** Not the actor itself. */
  other: z.boolean().optional(),
  /** Thing that runs as an identity; names the variable that the identity is bound to. */
  runsAs: z.string().optional(),
  /** Which of several identities of the thing; default: the one its code has. */
  for: z.enum(['code', 'service']).optional(),
  /** Agent one of whose tools is implemented by the variable. */
  usesTool: z.string().optional(),
  /** User with fewer than two access keys. */
  keys: z.enum(['below-two']).optional(),
  login: z.enum(['absent', 'present']).optional(),
});
export type TechniqueBinding = z.infer<typeof TechniqueBinding>;

export const TechniquePermission = z.strictObject({
  action: z.string(),
  /** What it must be held on: `self`, a variable, `new <thing>` (one that the attacker names, shared by all permissions on it), or `any`. */
  on: z.string(),
  /** For iam:PassRole: values of iam:PassedToService, one of which must do. */
  passedTo: z.array(z.string()).optional(),
  /** Request context that the attacker chooses. */
  context: z.record(z.string(), z.array(z.string())).optional(),
  /** `assume`: held when the actor may assume the variable, by the rules of trust policies. */
  by: z.enum(['assume']).optional(),
  /** false: only finds a name; listed, never asked for. */
  required: z.boolean().default(true),
});
export type TechniquePermission = z.infer<typeof TechniquePermission>;

/**
 * What must exist beyond the bindings: one predicate of queries/derive/escalate/needs.ts with its subject, and what follows when the
 * input does not show it (`else`: conditional on `requires`; default: no step) or cannot hold it (`unread`, default unknown).
 */
export const TechniqueNeed = z.object({
  else: z.enum(['conditional']).optional(),
  unread: z.enum(['conditional', 'unknown']).default('unknown'),
  requires: z.string().optional(),
}).loose();
export type TechniqueNeed = z.infer<typeof TechniqueNeed>;

/** An escalation technique (knowledge/techniques/<id>.yaml). Its positive case is built from the bindings; each near miss changes one fact of it. */
export const Technique = z.strictObject({
  id: z.string(),
  title: z.string(),
  category: z.enum(['self-escalation', 'principal-access', 'new-passrole', 'existing-passrole', 'credential-access', 'workload-access', 'agent-access']),
  source: z.url().describe('published catalogue entry or vendor page'),
  actor: z.enum(['user', 'role', 'any']).default('any'),
  bind: z.record(z.string(), TechniqueBinding).default({}),
  permissions: z.array(TechniquePermission).min(1),
  needs: z.array(TechniqueNeed).default([]),
  /** Facts that no input holds: the step is conditional on them. */
  requires: z.array(z.string()).default([]),
  /**
   * What the attacker has afterwards: the session of an identity, the account (by raising `self` or a variable to admin, or through it),
   * code in a thing, its definition, or its content. `assume` is left to CAN_ASSUME.
   */
  gives: z.strictObject({ identity: z.string(), admin: z.string(), scope: z.literal('account'), exec: z.string(), config: z.string(), content: z.string(), assume: z.string() }).partial()
    .refine((g) => Object.keys(g).length === 1, 'a technique gives exactly one thing'),
  notes: z.string().default(''),
  nearMiss: z.array(z.record(z.string(), z.string())).min(1),
});
export type Technique = z.infer<typeof Technique>;
