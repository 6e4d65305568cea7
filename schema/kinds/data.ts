import { z } from 'zod';
import { defineKind, EntryClass, shapes } from '../define.ts';

export const Sensitivity = z.enum(['restricted', 'confidential', 'internal', 'public', 'unknown']);
export type Sensitivity = z.infer<typeof Sensitivity>;

/** What sensitivity was decided, and by which signals (model 7.1). */
export const SensitivityResult = z.object({
  level: Sensitivity,
  integrity: z.enum(['normal', 'high']),
  availability: z.enum(['normal', 'high']),
  confidence: z.number(),
  reasons: z.array(z.object({ signal: z.string(), weight: z.number(), evidence: z.string() })),
  decidedBy: z.enum(['signal', 'default', 'override', 'none']),
});
export type SensitivityResult = z.infer<typeof SensitivityResult>;

export const dataKinds = [
  defineKind('DataStore', 'holds data', {
    storeType: z.enum(['bucket', 'table', 'database', 'queue', 'log_group', 'file_system', 'vector_index', 'search_index', 'knowledge_base', 'agent_memory', 'stream', 'event_bus', 'directory', 'registry', 'configuration', 'ticket_system', 'mailbox', 'documents', 'crm', 'code_store', 'cache', 'any']),
    arn: z.string(),
    memoryScope: z.enum(['session', 'actor', 'agent', 'shared', 'unknown']),
    aclEnforced: z.boolean(),
    encryption: z.string(),
    public: z.boolean(),
    publicAccessBlocked: z.boolean().describe('bucket-level block; absent = unknown'),
    recovery: z.array(z.enum(['versioning', 'pitr', 'lock', 'backup', 'deletion_protection'])),
    hints: shapes.strings.describe('names and key attributes that speak about content (never data)'),
    any: z.boolean().describe('stands for “any resource of this service” in a scope'),
    ingestsFrom: shapes.strings,
  }),
  defineKind('Secret', 'secret manager entry, parameter, encryption key, CI secret, vault item', {
    secretType: z.enum(['secret', 'parameter', 'encryption_key', 'ci_secret', 'vault_item', 'k8s_secret', 'any']), arn: z.string(), rotation: z.boolean(), literal: z.boolean(), hash: z.string(), enabled: z.boolean(), any: z.boolean(),
  }),
  defineKind('Channel', 'where outside content comes in or data goes out', {
    channelType: z.string(),
    arn: z.string(),
    writableBy: z.array(EntryClass),
    readableBy: z.array(EntryClass),
    recipients: z.enum(['free', 'fixed', 'reply_only']),
    rendersLinks: z.boolean(),
    any: z.boolean(),
  }),
];
