import { hasHole, sourceOf, wholeHole, isUnknown, type Problem, type SourceRef, type Value } from '../../../schema/index.ts';
import { givenId, nameProperty, outsideDraft, qualify, type CanonicalInput, type Draft, type Part } from './inputs.ts';
import { isFields, pointerOf, type Fields } from './paths.ts';
import type { Names } from './identity.ts';

/**
 * Merges the parts of one input into the resources they belong to: by resolved reference first, then by the name of a unique resource
 * (of those the part refers to, where it refers to some). A name that is unknown as a whole joins nothing by itself.
 * A name that the input does not hold becomes a resource known by name only.
 */
export function mergeParts(input: CanonicalInput, names: Names): void {
  const byName = new Map<string, Draft[]>();
  const key = (type: string, name: string): string => `${type}\u0000${name}`;
  const index = (d: Draft): void => {
    // What stands already is also referred to by the id its provider gave it.
    for (const name of new Set([names.name(d.resource), givenId(d)])) {
      if (name === undefined) continue;
      const k = key(d.resource.type, name);
      byName.set(k, [...(byName.get(k) ?? []), d]);
    }
  };
  input.drafts.forEach(index);
  const find = (part: Part, value: string): Draft | Problem => {
    const filled = names.fill(value, part.raw.root, part.raw.provider.scope);
    for (const text of [value, filled]) {
      const h = wholeHole(text);
      const there = h?.kind === 'ref' ? names.draft(qualify(part.raw.root, h.address)) ?? names.draft(h.address) : undefined;
      if (there?.resource.type === part.rename.type) return there;
    }
    const byArn = names.byText(part.rename.type, filled);
    if (byArn) return byArn;
    const name = filled.startsWith('arn:') ? filled.slice(Math.max(filled.lastIndexOf('/'), filled.lastIndexOf(':')) + 1) : filled;
    const candidates = byName.get(key(part.rename.type, name)) ?? [];
    const managed = candidates.filter((d) => d.resource.mode !== 'data');
    const named = managed.length ? managed : candidates;
    const referred = named.filter((d) => part.raw.references.includes(d.resource.address));
    const unique = referred.length ? referred : named;
    if (unique.length === 1 && (referred.length === 1 || wholeHole(name) === undefined)) return unique[0]!;
    if (hasHole(filled)) return unresolvedPart(part, 'what it belongs to is not decided by the input');
    if (unique.length > 1) return unresolvedPart(part, `${unique.length} resources are called ${name}`);
    const property = nameProperty(part.rename.type);
    if (!property) return unresolvedPart(part, `${filled} is not in the input`);
    const made = outsideDraft(part, input.input, property, name);
    input.drafts.push(made);
    names.add(made);
    index(made);
    return made;
  };
  for (const part of input.parts) {
    const targets: Value[] = Array.isArray(part.into) ? part.into : part.into === undefined || part.into === null ? [] : [part.into];
    for (const t of targets) {
      const found = typeof t === 'string' ? find(part, t) : isUnknown(t) ? unresolvedPart(part, t.$unknown) : undefined;
      if (!found) continue;
      if ('code' in found) input.problems.push(found);
      else {
        mergePart(found, part);
        names.join(part, found);
      }
    }
  }
}

function unresolvedPart(part: Part, why: string): Problem {
  const source = sourceOf(part.raw, `/${part.rename.into}`);
  return { code: 'unresolved', message: `${part.raw.address} is left out: ${why}`, subject: part.raw.address, ...(source ? { source } : {}) };
}

function mergePart(target: Draft, part: Part): void {
  const moves: [from: string, to: string][] = [];
  target.resource.properties = join(target.resource.properties, structuredClone(part.body.properties), '', moves);
  const moved = (pointer: string): string => {
    const m = moves.find(([from]) => pointer === from || pointer.startsWith(`${from}/`));
    return m ? m[1] + pointer.slice(m[0].length) : pointer;
  };
  const block = part.body.sources.get('');
  const put = (pointer: string, s: SourceRef): void => { if (!target.resource.sources.has(pointer)) target.resource.sources.set(pointer, s); };
  for (const [pointer, s] of part.body.sources) if (pointer) put(moved(pointer), s);
  if (block) for (const [, to] of moves) put(to, block);
  if (part.raw.references.length) target.resource.references = [...new Set([...target.resource.references, ...part.raw.references])];
  for (const d of part.body.documents) target.documents.add(moved(d));
}

/** Like merging values, and tells where everything that came in now stands. */
function join(a: Fields, b: Fields, at: string, moves: [string, string][]): Fields {
  const out: Fields = { ...a };
  for (const [k, v] of Object.entries(b)) {
    const here = at + pointerOf(k);
    const there = out[k];
    if (Array.isArray(there) && Array.isArray(v)) {
      v.forEach((_, i) => moves.push([`${here}/${i}`, `${here}/${there.length + i}`]));
      out[k] = [...there, ...v];
    } else if (isFields(there) && isFields(v)) out[k] = join(there, v, here, moves);
    else if (there === undefined || there === null) {
      if (Array.isArray(v)) v.forEach((_, i) => moves.push([`${here}/${i}`, `${here}/${i}`]));
      else moves.push([here, here]);
      out[k] = v;
    }
  }
  return out;
}
