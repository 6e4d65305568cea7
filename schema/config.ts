import { z } from 'zod';
import { EffectClass, EntryClass } from './define.ts';
import { Sensitivity } from './kinds/data.ts';

const Match = z.object({ kind: z.string(), id: z.string(), name: z.string(), address: z.string(), tags: z.record(z.string(), z.string()) }).partial().refine((m) => Object.keys(m).length > 0, 'a match needs at least one of kind, id, name, address, tags');

/** `overreach.yaml` (model 7.5). Lowering a level needs a reason and an expiry. */
export const OverreachConfig = z.object({
  scope: z.string(),
  account: z.string(),
  owners: z.array(z.object({ match: Match, owner: z.string() })),
  sensitivity: z.array(z.object({ match: Match, level: Sensitivity.optional(), integrity: z.enum(['normal', 'high']).optional(), reason: z.string().optional(), expires: z.string().optional() })),
  agents: z.array(z.object({
    match: Match, owner: z.string().optional(), public: z.boolean().optional(), autonomy: z.enum(['interactive', 'autonomous', 'mixed']).optional(),
    purpose: z.object({ allow: z.array(z.object({ effect: EffectClass, resources: z.unknown().optional(), approval: z.string().optional() })), dataClassesMax: Sensitivity.optional() }).optional(),
  })),
  channels: z.array(z.object({ id: z.string().optional(), match: Match.optional(), writableBy: z.array(EntryClass).optional(), readableBy: z.array(EntryClass).optional(), rendersLinks: z.boolean().optional(), recipients: z.union([z.array(z.string()), z.enum(['free', 'fixed', 'reply_only'])]).optional(), feeds: z.array(z.object({ to: Match, mode: z.string() })).optional(), writtenBy: z.array(Match).optional() })),
  endpoints: z.array(z.object({ match: Match, forwardsText: z.boolean().optional(), relaysReply: z.boolean().optional(), callers: z.array(EntryClass).optional() })),
  tools: z.array(z.object({ match: Match, effects: z.array(EffectClass).optional(), argumentBinding: z.enum(['caller_identity', 'model_chosen']).optional(), toolClass: z.string().optional(), approval: z.enum(['independent_human', 'session_user', 'auto']).optional() })),
  ignore: z.array(z.object({ rule: z.string(), match: Match, reason: z.string(), until: z.string().optional(), owner: z.string().optional() })),
}).partial();
export type OverreachConfig = z.infer<typeof OverreachConfig>;
