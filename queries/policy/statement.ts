import { showHoles, type Statement } from '../../schema/index.ts';
import { conditionsHold, type Keys, variablesOf } from './conditions/evaluate.ts';
import { actionMatch, patternTokens, resourceMatch, textTokens, type Tri } from './match/index.ts';
import { both, type Held, no, onlyIf, unknownBecause, yes } from './truth.ts';

/** What a statement is asked about, apart from the principal. */
export interface Asked { action: string; resource: string; keys: Keys }

const PARTS = new Set(['Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal']);
/** A statement with such a part left out may say more than we see. */
const isBlind = (s: Statement): boolean => s.unresolved !== undefined && s.unresolved.some((u) => !PARTS.has(u));

/** Whether action, resource and conditions of a statement fit; without Resource it means the thing the policy hangs on (`own`). */
export function statementFits(s: Statement, asked: Asked, own: boolean): Held {
  const action = actionFits(s, asked.action);
  if (action === 0) return no;
  const resource = resourceFits(s, asked.resource, asked.keys, own);
  if (resource.v === 0) return no;
  let held = action === 2 ? resource : both(unknownBecause(`whether a pattern of the statement covers ${asked.action}`), resource);
  if (isBlind(s)) held = both(held, unknownBecause(`part of a statement could not be resolved: ${s.unresolved!.join(', ')}`));
  return both(held, conditionsHold(s.conditions, asked.keys));
}

const naming = new WeakMap<readonly Statement[], Map<string, readonly Statement[]>>();
/** Actions that lists are kept for, by policy. */
const KEPT = 256;

/** Those of a policy's statements that may name the action. Asked again, it is the same list. */
export function statementsNaming(statements: readonly Statement[], action: string): readonly Statement[] {
  let byAction = naming.get(statements);
  if (!byAction) naming.set(statements, (byAction = new Map()));
  let found = byAction.get(action);
  if (!found) {
    if (byAction.size >= KEPT) byAction.clear();
    byAction.set(action, (found = statements.filter((s) => actionFits(s, action) > 0)));
  }
  return found;
}

const services = new WeakMap<Statement, readonly string[] | null>();

/** Services that a statement spells out in its Action, letters small; undefined when it may name any. */
export function servicesOf(s: Statement): readonly string[] | undefined {
  let found = services.get(s);
  if (found === undefined) {
    const heads = s.actions && !s.unresolved ? s.actions.map((p) => /^([a-z0-9-]+):/i.exec(p)?.[1]?.toLowerCase()) : [undefined];
    found = heads.includes(undefined) ? null : [...new Set(heads as string[])];
    services.set(s, found);
  }
  return found ?? undefined;
}

/** Tri-valued match of the action lists. */
export function actionFits(s: Statement, action: string): Tri {
  if (servicesOf(s)?.some((x) => isOf(action, x)) === false) return 0;
  if (s.actions) return widen(anyTri(s.actions, (p) => actionMatch(p, action)), s, 'Action');
  if (s.notActions) return (2 - widen(anyTri(s.notActions, (p) => actionMatch(p, action)), s, 'NotAction')) as Tri;
  return 1;
}

const isOf = (action: string, service: string): boolean => action[service.length] === ':' && action.slice(0, service.length).toLowerCase() === service;

const ANYTHING = (): string => '\uE000unknown|variable without value\uE001';

export function resourceFits(s: Statement, resource: string, keys: Keys, own: boolean): Held {
  const list = s.resources ?? s.notResources;
  if (!list) return own ? yes : unknownBecause('a statement without Resource');
  const open = new Set<string>();
  const text = textTokens(resource);
  const variables = variablesOf(keys, open);
  let maybe: string | undefined;
  let fit: Tri = 0;
  for (const p of list) {
    const tokens = patternTokens(p, variables);
    // A variable without value: the text matches nothing, and an exception that might be meant makes the statement void (IAM user guide, Variables).
    if (!tokens && s.notResources && resourceMatch(patternTokens(p, ANYTHING)!, text) > 0) return no;
    const r = tokens ? resourceMatch(tokens, text) : 0;
    if (r === 1) maybe ??= p;
    if (r > fit) fit = r;
    if (fit === 2) break;
  }
  if (fit === 0 && s.unresolved?.includes(s.resources ? 'Resource' : 'NotResource')) fit = 1;
  if (s.notResources) fit = (2 - fit) as Tri;
  if (fit === 2) return yes;
  if (fit === 0) return no;
  const shown = showHoles(maybe ?? 'a resource that is not known');
  if (open.size > 0) return onlyIf(`${[...open].sort().join(' and ')} fits ${shown}`);
  return unknownBecause(`whether ${shown} covers ${showHoles(resource)}`);
}

const widen = (t: Tri, s: Statement, part: string): Tri => (t === 0 && s.unresolved?.includes(part) ? 1 : t);
const anyTri = (list: readonly string[], f: (p: string) => Tri): Tri => {
  let best: Tri = 0;
  for (const p of list) {
    const t = f(p);
    if (t > best) best = t;
    if (best === 2) break;
  }
  return best;
};
