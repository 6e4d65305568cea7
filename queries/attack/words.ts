import type { EffectClass, GoalKind } from '../../schema/index.ts';

/** Effect classes as verbs of a sentence. */
export const DO: Readonly<Record<string, string>> = {
  list: 'list', read: 'read', write: 'write to', delete: 'delete', execute: 'run code in', invoke: 'call', credential: 'obtain the credentials in', permission: 'change the permissions of', spend: 'spend through', send: 'send through',
} satisfies Record<EffectClass, string>;

export const ACHIEVED: Readonly<Record<string, string>> = {
  exfil: 'sensitive data gets out', tamper: 'data is changed', destroy: 'it is destroyed', admin: 'full control is gained', code: 'code that others run is changed', spend: 'money is spent', persist: 'the change outlives the session', send: 'messages are sent in our name',
} satisfies Record<GoalKind, string>;
