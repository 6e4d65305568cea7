import { hole, unknown, type Value } from '../../../schema/index.ts';
import { expressionAt, type Address } from './configuration.ts';
import type { Origin, References } from './references.ts';

/** Everything needed to say what an undecided property of one block refers to. */
export interface Block {
  address: string;
  parsed: Address;
  type: string;
  expressions: Record<string, unknown> | undefined;
  references: References;
  /** Text of a `data.aws_iam_policy_document` that is read during apply. */
  document: (address: string) => Value | undefined;
}

export interface Resolved {
  properties: { [key: string]: Value };
  /** Addresses that undecided properties draw on. */
  references: Set<string>;
  /** Property pointer → address of the policy document data block whose text it is. */
  documents: Map<string, string>;
}

/** Texts that are composed: a reference in one is a part of it, not the whole. */
const COMPOSED = /(^|_)(policy|policies_json|document|documents|definition|definitions|body|json|template|script|user_data|input|buildspec|statement|content|content_base64|secret_string|config|configuration|command|commands|description)$/;
const PLURAL = /[^s]s$/;
const CONSTANTS: Record<string, Record<string, string>> = {
  aws_caller_identity: { account_id: 'account' },
  aws_region: { name: 'region', region: 'region', id: 'region' },
  aws_partition: { partition: 'partition', id: 'partition', dns_suffix: 'url-suffix' },
};

/**
 * Planned values with "known after apply" filled by what the written expression refers to: one resource → its attribute as a hole;
 * anything composed or mixed → unknown. Attributes that only the provider computes are left out.
 */
export function resolveUnknowns(after: unknown, afterUnknown: unknown, block: Block): Resolved {
  const out: Resolved = { properties: {}, references: new Set(), documents: new Map() };
  const properties = merge(after, afterUnknown, [], block, out);
  if (properties !== null && typeof properties === 'object' && !Array.isArray(properties)) out.properties = properties as { [key: string]: Value };
  return out;
}

function merge(value: unknown, undecided: unknown, path: (string | number)[], block: Block, out: Resolved): Value | undefined {
  if (undecided === true) return leaf(path, block, out);
  if (undecided === undefined || undecided === false || undecided === null) return (value ?? null) as Value;
  if (Array.isArray(undecided)) {
    const given = Array.isArray(value) ? value : [];
    return Array.from({ length: Math.max(given.length, undecided.length) }, (_, i) => merge(given[i], undecided[i], [...path, i], block, out) ?? null);
  }
  const given = (value !== null && typeof value === 'object' ? value : {}) as Record<string, unknown>;
  const open = undecided as Record<string, unknown>;
  const merged: { [key: string]: Value } = {};
  for (const key of new Set([...Object.keys(given), ...Object.keys(open)])) {
    const v = merge(given[key], open[key], [...path, key], block, out);
    if (v !== undefined) merged[key] = v;
  }
  return merged;
}

function leaf(path: (string | number)[], block: Block, out: Resolved): Value | undefined {
  const expression = expressionAt(block.expressions, path);
  // What the code does not set the provider computes, unless the code of the block is missing: then a document of its own stays open.
  if (!expression) return path.length === 1 && (block.expressions !== undefined || !COMPOSED.test(String(path[0]))) ? undefined : unknown('known after apply');
  const origins = block.references.of(block.parsed, expression);
  for (const o of origins) if (o.kind === 'resource') out.references.add(o.address);
  const name = [...path].reverse().find((p) => typeof p === 'string') as string;
  const pointer = path.map((p) => `/${p}`).join('');

  const only = origins.length === 1 ? origins[0]! : undefined;
  if (only?.kind === 'constant') return only.value as Value;
  if (only?.kind === 'resource') {
    const text = block.document(only.address);
    if (text !== undefined && /^(json|minified_json)$/.test(only.attribute)) {
      out.documents.set(pointer, only.address);
      return text;
    }
    const listed = typeof path.at(-1) === 'string' && PLURAL.test(name);
    if (block.type === 'aws_iam_policy_document') return partOf(only, `${block.address}${pointer}`, listed);
    if (!COMPOSED.test(name) && !isOwnName(block.type, name) && only.attribute !== '') return listed ? [textOf(only)] : textOf(only);
  }
  if (origins.length > 1 && typeof path.at(-1) === 'string' && PLURAL.test(name) && !COMPOSED.test(name)) {
    const known = origins.filter((o) => o.kind === 'resource' && o.attribute !== '').map((o) => textOf(o as Origin & { kind: 'resource' }));
    return known.length === origins.length && block.type !== 'aws_iam_policy_document' ? known : [...known.map((k) => k as Value), unknown(`known after apply: ${showOrigins(origins)}`)];
  }
  return unknown(origins.length ? `known after apply: ${showOrigins(origins)}` : 'known after apply');
}

/** A resource pattern in a policy may be the attribute or a text around it: it is left open on both sides where a name could stand before it. */
function partOf(o: Origin & { kind: 'resource' }, key: string, listed: boolean): Value {
  const text = (o.attribute.endsWith('arn') ? '' : hole({ kind: 'unknown', key: `${key}<` })) + textOf(o) + hole({ kind: 'unknown', key: `${key}>` });
  return listed ? [text] : text;
}

function textOf(o: Origin & { kind: 'resource' }): string {
  const [head, type = ''] = o.address.split('.').slice(-3);
  const pseudo = head === 'data' ? CONSTANTS[type]?.[o.attribute] : undefined;
  return pseudo ? hole({ kind: 'pseudo', name: pseudo, scope: '' }) : hole({ kind: 'ref', address: o.address, attribute: o.attribute });
}

/** A name that is not decided before apply is composed, as a rule (`"${random_pet.x.id}-logs"`): equal references do not make equal names. */
function isOwnName(type: string, name: string): boolean {
  return name === 'name' || name === 'identifier' || type.endsWith(`_${name}`) || type.endsWith(`_${name.replace(/_(name|identifier)$/, '')}`);
}

const showOrigins = (origins: readonly Origin[]): string =>
  origins.map((o) => (o.kind === 'resource' ? `${o.address}${o.attribute && `.${o.attribute}`}` : o.kind === 'open' ? o.text : 'a constant')).slice(0, 8).join(', ');
