import type { RawResource, Value } from '../../../schema/index.ts';
import type { Configuration, Expression } from './configuration.ts';

/** What the provider configuration of a resource pins, where it is written as a constant. `aws.west` and `module.x:aws.west` are scope `west`. */
export function providerOf(key: string | undefined, config: Configuration): RawResource['provider'] {
  const given = key === undefined ? undefined : config.providers[key];
  const scope = given?.alias ?? (key?.split(':').pop() ?? '').split('.')[1] ?? '';
  const e = given?.expressions ?? {};
  const region = constant(e.region);
  const allowed = constant(e.allowed_account_ids);
  const role = constant((Array.isArray(e.assume_role) ? e.assume_role[0] as Record<string, unknown> : undefined)?.role_arn);
  const account = Array.isArray(allowed) && allowed.length === 1 ? String(allowed[0]) : typeof role === 'string' ? role.split(':')[4] : undefined;
  const tags = constant((Array.isArray(e.default_tags) ? e.default_tags[0] as Record<string, unknown> : undefined)?.tags);
  return {
    scope,
    ...(account && /^\d{12}$/.test(account) && { account }),
    ...(typeof region === 'string' && region && { region }),
    ...(tags !== null && typeof tags === 'object' && { defaultTags: tags as { [k: string]: Value } }),
  };
}

const constant = (e: unknown): unknown => (e as Expression | undefined)?.constant_value ?? null;
