import { isUnknown, type Resource, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { attachPolicy } from '../context/policies.ts';
import { flag, known, pointer, prop, text } from '../properties.ts';
import { encryptedWith, label } from './shared.ts';

/** What stores of every service share: the node, its key, its resource policy, who starts when something is put there. */

type Recovery = 'versioning' | 'pitr' | 'lock' | 'backup' | 'deletion_protection';

export interface StoreFacts {
  storeType: string;
  /** Path of the customer key. */
  key?: (string | number)[];
  /** Proofs that what is destroyed can be brought back: name → canonical path of the switch. */
  recovery?: Partial<Record<Recovery, (string | number)[]>>;
  /** Canonical path of the resource policy document. */
  policy?: (string | number)[];
  more?: Record<string, unknown>;
}

/** A DataStore with its key and its resource policy. */
export function store(r: Resource, ctx: MapContext, facts: StoreFacts): string {
  const recovery = Object.entries(facts.recovery ?? {}).flatMap(([name, path]) => (isOn(prop(r, ...path)) ? [name] : []));
  const id = ctx.node(r, {
    kind: 'DataStore',
    props: known({ storeType: facts.storeType, arn: r.nativeId, recovery: recovery.length ? recovery : undefined, encryption: facts.key && text(prop(r, ...facts.key)) !== undefined ? 'customer_key' : undefined, ...facts.more }),
  });
  if (facts.key) encryptedWith(ctx, r, id, ...facts.key);
  if (facts.policy) resourcePolicy(r, ctx, id, facts.policy);
  return id;
}

/** Resource policy that stands in a property of the thing itself. `instead`: the document as something else leaves it. */
export function resourcePolicy(r: Resource, ctx: MapContext, holder: string, path: (string | number)[], instead?: Value): string | undefined {
  const document = prop(r, ...path);
  if (document === undefined || document === '') return undefined;
  return attachPolicy(ctx, r, holder, 'resource', pointer(...path), { name: `resource policy of ${label(r)}`, ...(instead !== undefined && { document: instead }) });
}

/** A switch that is on: true, `Enabled`, or a number above zero (days of backup). */
export const isOn = (v: Value | undefined): boolean => flag(v) === true || v === 'Enabled' || v === 'ENABLED' || (typeof v === 'number' && v > 0);

/** A policy that is a resource of its own, on each of the things it names. One node, one attachment each. `instead`: the document as something else leaves it. */
export function policyOn(r: Resource, ctx: MapContext, document: (string | number)[], named: readonly Value[], at: string, types: readonly string[], placeholder: Parameters<MapContext['resolve']>[2], instead?: Value): string | undefined {
  const policy = attachPolicy(ctx, r, undefined, 'resource', pointer(...document), { suffix: '', ...(instead !== undefined && { document: instead }) });
  if (!policy) return undefined;
  named.forEach((v, i) => {
    const holder = isUnknown(v) ? undefined : ctx.resolve(v, types, placeholder);
    if (holder) ctx.edge({ kind: 'HAS_POLICY', from: holder, to: policy, discriminator: 'resource', evidence: ctx.evidence(r, named.length > 1 ? `${at}/${i}` : at), props: { as: 'resource' } });
  });
  return policy;
}
