import { z } from 'zod';

/** The nine facts of the attack graph (model 4.4): a capability about one node. */
export const FactKind = z.enum(['PRESENCE', 'CONTENT', 'INFLUENCE', 'TOOL', 'EFFECT', 'EXEC', 'CRED', 'CONFIG', 'GOAL']);
export type FactKind = z.infer<typeof FactKind>;

export const GoalKind = z.enum(['exfil', 'tamper', 'destroy', 'admin', 'code', 'spend', 'persist', 'send']);
export type GoalKind = z.infer<typeof GoalKind>;

export const Audience = z.enum(['public', 'partner', 'tenant']);
export type Audience = z.infer<typeof Audience>;

/** Who starts: an entry class, an agent assumed steered, or a principal assumed breached. */
export const StartClass = z.enum(['E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8', 'steered', 'P']);
export type StartClass = z.infer<typeof StartClass>;
