import { isUnknown, unknown, type RawResource, type Value } from '../../../schema/index.ts';
import { Exhausted, sourceRef } from './intrinsics/session.ts';
import type { Outside } from './intrinsics/dynamic.ts';
import type { TemplateScope } from './intrinsics/scope.ts';
import { NOTHING } from './intrinsics/text.ts';
import { entryOf, get, itemsOf, textOf, type Entry } from './syntax/node.ts';

export interface Placement { account?: string; region?: string }

/** Attributes of a resource that say something about the thing itself; they are kept beside its properties. */
const KEPT = ['DeletionPolicy', 'UpdateReplacePolicy'];

/** The resources of a template and of the stacks nested in it. */
export function* emit(scope: TemplateScope, placement: Placement): Generator<RawResource> {
  for (const [id, entry] of scope.resources) {
    const presence = scope.presence(id);
    if (presence === 'absent') continue;
    const type = textOf(get(entry.value, 'Type'));
    if (entry.value.kind !== 'map' || type === undefined) {
      scope.session.problem('unresolved', `${id} is no resource that can be read: ${entry.value.kind === 'unknown' ? entry.value.reason : 'it has no type'}`, entry.at, scope.address(id));
      continue;
    }
    yield resource(scope, id, type, entry, presence === 'open', placement);
    if (scope.isNested(id)) {
      const nested = scope.nested(id);
      if (nested) yield* emit(nested, placement);
    }
  }
}

function resource(scope: TemplateScope, id: string, type: string, entry: Entry, open: boolean, placement: Placement): RawResource {
  const { session } = scope;
  const address = scope.address(id);
  const e = scope.evaluation(id);
  e.record(entry.at, '');
  let properties: { [key: string]: Value } = {};
  session.begin();
  const given = get(entry.value, 'Properties');
  try {
    const v = given ? e.value(given, '') : {};
    if (v !== NOTHING && isUnknown(v)) session.problem('unresolved', `the properties of ${id} are not known: ${v.$unknown}`, entry.at, address);
    else if (v !== NOTHING && typeof v === 'object' && v !== null && !Array.isArray(v)) properties = { ...v };
    for (const key of KEPT) {
      const kept = entryOf(entry.value, key);
      if (!kept) continue;
      e.record(kept.at, `/${key}`);
      properties[key] = e.plain(kept.value);
    }
    for (const d of itemsOf(get(entry.value, 'DependsOn'))) {
      const name = textOf(d);
      if (name !== undefined && scope.resources.has(name)) e.references.add(scope.address(name));
    }
  } catch (failure) {
    if (!(failure instanceof Exhausted)) throw failure;
    session.problem('limit', `${id} takes too long to work out: its properties are unknown`, entry.at, address);
    properties = Object.fromEntries((given?.kind === 'map' ? given.entries : []).map((p) => [p.key, unknown('it takes too long to work out')]));
  }
  if (open) {
    const condition = entryOf(entry.value, 'Condition')!;
    session.problem('unresolved', `whether ${id} is made is not decided: condition ${textOf(condition.value) ?? '?'}`, condition.at, address);
    e.record(condition.at, '/Condition');
    properties['Condition'] ??= unknown(`condition ${textOf(condition.value) ?? '?'} is not decided`);
  }
  e.references.delete(address);
  return {
    dialect: 'canonical', type, address, root: session.root, properties, sources: e.sources, documents: new Map(),
    provider: { scope: '', ...placement }, references: [...e.references].sort(), mode: 'managed', state: 'declared',
  };
}

/** A secret or parameter that templates read from outside. */
export function outsideResource(o: Outside, root: string, placement: Placement): RawResource {
  return {
    dialect: 'canonical', type: o.type, address: o.address, root, properties: o.name.startsWith('arn:') ? { Arn: o.name } : { Name: o.name },
    sources: new Map([['', { ...sourceRef(o.at), address: o.address }]]), documents: new Map(), provider: { scope: '', ...placement }, references: [], mode: 'data', state: 'declared',
  };
}
