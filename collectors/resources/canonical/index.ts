import { fillHoles, hasHole, hole as holeText, isUnknown, type Problem, type Resource, type Value } from '../../../schema/index.ts';
import type { MapInput } from '../map.ts';
import { Accounts, inferAccounts } from './account.ts';
import { Names } from './identity.ts';
import { canonicaliseInput, type CanonicalInput } from './inputs.ts';
import { mergeParts } from './parts.ts';
import { atPointer } from './paths.ts';

export interface CanonicalResources {
  inputs: CanonicalInput[];
  names: Names;
  problems: Problem[];
}

/** From what readers found to canonical resources whose references are text: shape, parts, accounts, names, then every hole that can be filled. */
export function canonicaliseInputs(inputs: readonly MapInput[]): CanonicalResources {
  const all = inputs.map(canonicaliseInput);
  const drafts = () => all.flatMap((i) => i.drafts);
  const accounts = new Accounts(drafts());
  const names = new Names(drafts(), accounts);
  const notes = inferAccounts(drafts(), names, accounts);
  names.index(drafts());
  for (const input of all) mergeParts(input, names);
  const final = drafts();
  names.index(final);
  for (const d of final) {
    const r = d.resource;
    r.name = names.name(r);
    const arn = names.arn(r);
    if (arn !== undefined) r.nativeId = arn;
  }
  for (const d of final) {
    fillResource(d.resource, names);
    for (const pointer of d.documents) {
      const v = atPointer(d.resource.properties, pointer);
      if (v !== undefined) d.resource.documents.set(pointer, v);
    }
  }
  return { inputs: all, names, problems: [...notes, ...all.flatMap((i) => i.problems)] };
}

function fillResource(r: Resource, names: Names): void {
  const text = (s: string): string => names.fill(s, r.root, r.provider.scope);
  r.properties = fillValue(r.properties, text) as Resource['properties'];
}

/** Like mapStrings, but leaves values without holes as they are, and fills the author's map keys too. */
function fillValue(v: Value, text: (s: string) => string): Value {
  if (typeof v === 'string') return hasHole(v) ? text(v) : v;
  if (v === null || typeof v !== 'object' || isUnknown(v)) return v;
  if (Array.isArray(v)) return v.map((x) => fillValue(x, text));
  const out: { [k: string]: Value } = {};
  for (const [k, x] of Object.entries(v)) out[fillHoles(k, (h) => text(holeText(h)))] = fillValue(x, text);
  return out;
}
