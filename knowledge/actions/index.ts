import type { EffectClass } from '../../schema/index.ts';
import { RCP_SERVICES } from './table.gen.ts';
import { type AccessLevel, type ActionInfo, services, serviceTable } from './table.ts';

export { formOf, type Shape, shapeOf } from './shapes.ts';
export { type AccessLevel, type ActionInfo, type ResourceType, type ServiceTable, services, serviceTable } from './table.ts';

/** A published action by name, letters without case; undefined for one that AWS does not publish. */
export function actionInfo(action: string): ActionInfo | undefined {
  const colon = action.indexOf(':');
  return colon < 0 ? undefined : serviceTable(action.slice(0, colon).toLowerCase())?.actions.get(action.slice(colon + 1).toLowerCase());
}

/** Main effect class of an action; undefined for telemetry, for plain enablers and for actions that AWS does not publish. */
export const effectOf = (action: string): EffectClass | undefined => actionInfo(action)?.effects[0];

/** All effect classes: a SQL call may read and write. */
export const effectsOf = (action: string): readonly EffectClass[] => actionInfo(action)?.effects ?? [];

/** The vendor's own label, which is not an effect class (model 4.8). */
export const accessLevel = (action: string): AccessLevel | undefined => actionInfo(action)?.level;

/** ARN templates of the resource types that an action works on; empty: `*` only, or not published. */
export const resourcePatterns = (action: string): readonly string[] => actionInfo(action)?.resources.map((r) => r.type.arn) ?? [];

/** Resource control policies only bind actions of these services (AWS Organizations user guide). */
export const rcpApplies = (service: string): boolean => service === 'iam' ? false : RCP_SERVICES.includes(service.toLowerCase());

const expanded = new Map<string, readonly string[]>();

/** Published actions that an action pattern of a policy names, sorted. A literal action that is not published stands for itself. */
export function expandActions(pattern: string): string[] {
  const key = pattern.toLowerCase();
  let found = expanded.get(key);
  if (!found) {
    found = expand(key, pattern);
    if (expanded.size < 20_000) expanded.set(key, found);
  }
  return [...found];
}

function expand(pattern: string, written: string): string[] {
  if (!/[*?]/.test(pattern)) {
    const info = actionInfo(pattern);
    return [info ? info.name : written];
  }
  const colon = pattern.indexOf(':');
  const servicePart = colon < 0 ? (pattern.startsWith('*') ? '*' : pattern) : pattern.slice(0, colon);
  const actionPart = colon < 0 ? '*' : pattern.slice(colon + 1);
  const ofService = globOf(servicePart);
  const ofAction = globOf(actionPart);
  const out: string[] = [];
  for (const s of /[*?]/.test(servicePart) ? services() : [servicePart]) {
    if (!ofService.test(s)) continue;
    for (const [key, info] of serviceTable(s)?.actions ?? []) if (ofAction.test(key)) out.push(info.name);
  }
  return out.sort();
}

const globOf = (p: string): RegExp => new RegExp(`^${p.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
