/**
 * The rename tables in memory: compiled from `aws/rename/<service>.yaml` by scripts/generate/rename.ts and checked there
 * against the published CloudFormation schemas.
 */

/**
 * What a canonical property may hold, as far as renaming needs it: `1` a plain value, `'json'` a document whose keys stay as written,
 * `[shape]` a list, `{ '*': shape }` a map with the author's keys, anything else an object with the schema's property names.
 */
export type Shape = 1 | 'json' | readonly [Shape] | { readonly [property: string]: Shape };

/** How a resource type of another dialect becomes (`into` absent) or joins (`into` given) a canonical one. */
export interface Rename {
  type: string;
  /** Source property path (`vpc_config/subnet_ids`, no list indexes) → canonical name, a path below the parent, or `/path` from the top. A `0` makes a list of one. */
  rename?: Readonly<Record<string, string>>;
  /** Source properties that say nothing in the canonical shape. */
  drop?: readonly string[];
  /** The resource is a part: the property that names the resource it merges into (a text or a list of texts). Only renamed properties go along. */
  into?: string;
  /** Applies only where these source properties have these values. */
  when?: Readonly<Record<string, string | boolean>>;
  /** Canonical path → value that the source type implies. */
  set?: Readonly<Record<string, unknown>>;
  /** Canonical property → value when the source does not mention it, for managed resources: what absence means there. */
  absent?: Readonly<Record<string, unknown>>;
  /** Source attribute → template, where it differs from the canonical type's own. */
  attributes?: Readonly<Record<string, string>>;
}

/**
 * How a canonical resource is named. Templates know `{name}`, `{id}`, `{arn}`, `{partition}`, `{region}`, `{account}`, `{suffix}` (amazonaws.com),
 * `{/name}` (exactly one leading slash), `{Property}`, `{Property|default}` and `{?label}` = text that only the provider knows.
 */
export interface IdentitySpec {
  /** Property with the physical name; absent = the provider chooses. */
  name?: string;
  arn?: string;
  /** What a whole reference (`Ref`) means; default `{name}`. */
  ref?: string;
  /** Canonical and Terraform attribute names → template. `arn`, `Arn`, `id`, `name` have defaults. */
  attributes?: Readonly<Record<string, string>>;
}

/** `vpc_security_group_ids`, `VpcSecurityGroupIds` and `VPCSecurityGroupIds` are one name. */
export const squash = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

export const pascal = (name: string): string => name.split('_').map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('');
