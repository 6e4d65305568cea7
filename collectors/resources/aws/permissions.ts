import type { Resource, Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { FUNCTION, functionValue } from './shared.ts';

/** Permissions of an input by the function they name, found once per input. */
const grouped = new WeakMap<readonly Resource[], Map<Resource, Resource[]>>();
export function permissionsOf(fn: Resource, ctx: MapContext): readonly Resource[] {
  const all = ctx.all('AWS::Lambda::Permission');
  let groups = grouped.get(all);
  if (!groups) {
    grouped.set(all, groups = new Map());
    for (const p of all) {
      const target = functionNamed(ctx, p.properties['FunctionName']);
      if (target) groups.set(target, [...(groups.get(target) ?? []), p]);
    }
  }
  return groups.get(fn) ?? [];
}

/** The function itself, through aliases and versions, without mapping it. */
function functionNamed(ctx: MapContext, value: Value | undefined): Resource | undefined {
  let r = ctx.resource(functionValue(value), FUNCTION);
  for (let hops = 0; r && r.type !== 'AWS::Lambda::Function' && hops < 3; hops++) r = ctx.resource(r.properties['FunctionName'], FUNCTION);
  return r;
}
