import { z } from 'zod';
import { EffectClass, EntryClass } from './define.ts';
import { Sensitivity } from './kinds/data.ts';

/** Selector. A part that is not known is refused: left out, it would select more than was meant. */
export const Match = z.strictObject({ kind: z.string(), id: z.string(), name: z.string(), address: z.string(), tags: z.record(z.string(), z.string()) }).partial().refine((m) => Object.keys(m).length > 0, 'a match needs at least one of kind, id, name, address, tags');
export type Match = z.infer<typeof Match>;

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write a date as YYYY-MM-DD');

/** One thing an agent is for: an effect on what a selector names (nothing named: on anything), and whose approval it needs. */
export const Allowed = z.strictObject({ effect: EffectClass, resources: Match.optional(), approval: z.enum(['independent_human', 'session_user', 'resource_owner']).optional() });
export type Allowed = z.infer<typeof Allowed>;

/** What an agent is for (model 7.5): intent. What it may do beyond it is excess; what it lacks of it is missing. */
export const Purpose = z.strictObject({
  says: z.string().optional().describe('in words, for people'),
  allow: z.array(Allowed),
  dataClassesMax: Sensitivity.optional().describe('anything more sensitive is excess, whatever `allow` says'),
  reviewBy: Day.optional(),
});
export type Purpose = z.infer<typeof Purpose>;

/** `overreach.yaml` (model 7.5). Lowering a level needs a reason and an expiry. */
export const OverreachConfig = z.object({
  scope: z.string(),
  account: z.string(),
  owners: z.array(z.strictObject({ match: Match, owner: z.string().min(1) })),
  sensitivity: z.array(z.strictObject({ match: Match, level: Sensitivity.optional(), integrity: z.enum(['normal', 'high']).optional(), reason: z.string().optional(), expires: z.string().optional() })),
  agents: z.array(z.strictObject({
    match: Match, owner: z.string().min(1).optional(), public: z.boolean().optional(), autonomy: z.enum(['interactive', 'autonomous', 'mixed']).optional(), purpose: Purpose.optional(),
  })),
  channels: z.array(z.strictObject({ id: z.string().optional(), match: Match.optional(), writableBy: z.array(EntryClass).optional(), readableBy: z.array(EntryClass).optional(), rendersLinks: z.boolean().optional(), recipients: z.union([z.array(z.string()), z.enum(['free', 'fixed', 'reply_only'])]).optional(), feeds: z.array(z.strictObject({ to: Match, mode: z.string() })).optional(), writtenBy: z.array(Match).optional() })),
  endpoints: z.array(z.strictObject({ match: Match, forwardsText: z.boolean().optional(), relaysReply: z.boolean().optional(), callers: z.array(EntryClass).optional() })),
  tools: z.array(z.strictObject({ match: Match, effects: z.array(EffectClass).optional(), argumentBinding: z.enum(['caller_identity', 'model_chosen']).optional(), toolClass: z.string().optional(), approval: z.enum(['independent_human', 'session_user', 'auto']).optional() })),
  ignore: z.array(z.strictObject({ rule: z.string(), match: Match, reason: z.string(), until: z.string().optional(), owner: z.string().optional() })),
}).partial();
export type OverreachConfig = z.infer<typeof OverreachConfig>;

/** Whether a decision with an end still holds: through the whole of its last day. `now`: ISO date or instant, '' when nothing expires. */
export const inForce = (end: string | undefined, now: string): boolean => end === undefined || end >= now.slice(0, end.length);
