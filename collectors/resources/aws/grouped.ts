import type { Resource, Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { at, list } from '../properties.ts';

const made = new WeakMap<readonly Resource[], Map<string, Map<Resource, Resource[]>>>();

/** Resources of `type` that name `target` in a property, found once per input: a group's rules, an API's methods, a pool's clients. */
export function naming(ctx: MapContext, target: Resource, type: string, ...property: string[]): readonly Resource[] {
  const all = ctx.all(type);
  if (all.length === 0) return [];
  let byKey = made.get(all);
  if (!byKey) made.set(all, byKey = new Map());
  const key = `${property.join('/')}\u0000${target.type}`;
  let groups = byKey.get(key);
  if (!groups) {
    byKey.set(key, groups = new Map());
    for (const r of all) {
      for (const value of below(r.properties, property)) {
        const named = ctx.resource(value, [target.type]);
        if (named) groups.set(named, [...(groups.get(named) ?? []), r]);
      }
    }
  }
  return groups.get(target) ?? [];
}

/** Every value at a path, through lists on the way. */
function below(v: Value | undefined, path: readonly string[]): Value[] {
  const [step, ...rest] = path;
  return step === undefined ? list(v) : list(v).flatMap((x) => below(at(x, step), rest));
}
