import { isUnknown, type RawResource, type SourceRef, type Value } from '../../schema/index.ts';

/**
 * Gives planned resources the lines of the code they were planned from: a plan has addresses and no lines. A property that is known after apply
 * takes the text the code has for it: there a policy made of an ARN is that policy around a hole. A resource whose address the code does not
 * have stays as the plan has it. Instances whose keys the code leaves open share the lines of their block. `prefix` stands
 * before the paths of the code.
 */
export function locate(planned: readonly RawResource[], code: readonly RawResource[], prefix: string): RawResource[] {
  const byAddress = new Map(code.map((r) => [r.address, r]));
  const byBlock = new Map(code.map((r) => [blockOf(r.address), r]));
  const under = (s: SourceRef): SourceRef => (prefix && s.file ? {
    ...s, file: `${prefix}/${s.file}`, ...(s.moduleChain && { moduleChain: s.moduleChain.map((m) => ({ ...m, file: `${prefix}/${m.file}` })) }),
  } : s);
  return planned.map((r) => {
    const written = byAddress.get(r.address) ?? byBlock.get(blockOf(r.address));
    if (!written || written.type !== r.type || written.mode !== r.mode) return r;
    const documents = new Map(r.documents);
    const properties = { ...r.properties };
    for (const [name, v] of Object.entries(written.properties)) {
      if (!(name in properties) || !isUndecided(properties[name]!) || isUndecided(v)) continue;
      properties[name] = v;
      for (const [pointer, d] of written.documents) if (pointer === `/${name}` || pointer.startsWith(`/${name}/`)) documents.set(pointer, d);
    }
    return { ...r, properties, documents, sources: new Map([...written.sources].map(([pointer, s]) => [pointer, { ...under(s), address: r.address }])) };
  });
}

/** Undecided as a whole, or in a part. */
const isUndecided = (v: Value): boolean => isUnknown(v) || (Array.isArray(v) ? v.some(isUndecided) : v !== null && typeof v === 'object' && Object.values(v).some(isUndecided));

/** The address without the keys of its instances. */
const blockOf = (address: string): string => address.replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '');
