import { type Value, wholeHole } from '../../../../schema/index.ts';
import { Dict, List } from './box.ts';
import type { Box } from './box.ts';
import { evaluateArgument } from './block.ts';
import { argumentOf, blocksOf, type Declared } from './declarations.ts';
import type { Scope } from './scope.ts';
import { toValue } from './value.ts';

/** Provider configuration that applies to a resource. `scope` is the alias as the root module sees it, '' the default. */
export interface ProviderConfiguration {
  scope: string;
  account?: string;
  region?: string;
  defaultTags?: { [k: string]: Value };
  /** No `provider` block of the input stands behind it. */
  unconfigured?: boolean;
}

/** What a `provider` block pins; only literal values count. */
export function readProvider(d: Declared, scope: Scope, name: string): ProviderConfiguration {
  const value = (key: string): Box | undefined => {
    const a = argumentOf(d, key);
    return a && evaluateArgument(a, scope);
  };
  const nested = (type: string, key: string): Box | undefined => {
    const block = blocksOf(d).find((b) => b.node.type === type);
    const node = block?.node.body.attributes.find((a) => a.name === key);
    return block && node && evaluateArgument({ file: block.file, node }, scope);
  };
  const region = literal(value('region'));
  const allowed = value('allowed_account_ids')?.data;
  const single = allowed instanceof List && allowed.items.length === 1 ? literal(allowed.items[0]) : undefined;
  const account = /^\d{12}$/.exec(single ?? '')?.[0] ?? /^arn:[^:]+:iam::(\d{12}):role\//.exec(literal(nested('assume_role', 'role_arn')) ?? '')?.[1];
  const tags = nested('default_tags', 'tags');
  const defaultTags = tags?.data instanceof Dict ? (toValue(tags) as { [k: string]: Value }) : undefined;
  return { scope: name, ...(account && { account }), ...(region && { region }), ...(defaultTags && { defaultTags }) };
}

function literal(b: Box | undefined): string | undefined {
  const text = typeof b?.data === 'number' ? String(b.data) : b?.data;
  return typeof text === 'string' && text !== '' && !wholeHole(text) && !text.includes('\uE000') ? text : undefined;
}

export function partitionOf(region: string | undefined): string | undefined {
  if (!region) return undefined;
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
