import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { type EffectClass, type Evidence, type NodeRecord, stableHash, type Statement } from '../../schema/index.ts';
import { KeyRights } from './compile/key-rights.ts';
import { decideOne, decisionOf, type Question } from './decide.ts';
import { type PolicyDocument, statementEvidence } from './document.ts';
import type { IdentityLayers, PolicyEstate } from './estate.ts';
import { principalNamed } from './principal.ts';
import { SOMETHING } from './targets.ts';
import { both, either, type Held, no, unknownBecause, VERDICTS, yes } from './truth.ts';
import type { Decision, Grant } from './types.ts';

/**
 * Stores that are reached without any permission on them: Lake Formation and S3 Access Grants hand whoever may call `GetDataAccess` credentials
 * of the role that a location is registered with, for what their own grants name (Lake Formation developer guide, underlying data access
 * control; S3 user guide, managing access with S3 Access Grants).
 */
export interface Vending { store: NodeRecord; policy: NodeRecord; document: PolicyDocument; action: string; resource: string; as: NodeRecord | undefined; serviceLinked: boolean }

interface Vends { action: string; resource: string; as?: string; serviceLinked?: boolean }

const EFFECTS: Readonly<Record<string, readonly EffectClass[]>> = {
  select: ['read'], insert: ['write'], delete: ['delete'], all: ['read', 'write', 'delete'], super: ['read', 'write', 'delete'],
  read: ['read'], write: ['write', 'delete'], readwrite: ['read', 'write', 'delete'],
};
/** What the role of the location must be able to do for an effect to come about. */
const NEEDS: Readonly<Partial<Record<EffectClass, string>>> = { read: 's3:GetObject', write: 's3:PutObject', delete: 's3:DeleteObject' };
const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

const known = new WeakMap<GraphSnapshot, readonly Vending[]>();

/** Every store of a snapshot with a list of whom credentials are handed to. */
export function vendings(estate: PolicyEstate): readonly Vending[] {
  const { snapshot } = estate;
  let found = known.get(snapshot);
  if (!found) known.set(snapshot, (found = look(estate)));
  return found;
}

function look(estate: PolicyEstate): Vending[] {
  const { snapshot } = estate;
  const out: Vending[] = [];
  for (const policy of snapshot.ofKind('Policy')) {
    const vends = policy.props.vends as Vends | undefined;
    if (!vends) continue;
    for (const e of snapshot.in(policy.id, 'HAS_POLICY')) out.push({ store: snapshot.node(e.from)!, policy, document: estate.document(policy), action: vends.action, resource: vends.resource, as: vends.as === undefined ? undefined : snapshot.node(vends.as), serviceLinked: vends.serviceLinked === true });
  }
  return out;
}

const roles = new WeakMap<GraphSnapshot, ReadonlySet<string>>();

/** Ids of the roles whose permissions others obtain so: a change of theirs is one of everybody's. */
export function vendingRoles(snapshot: GraphSnapshot): ReadonlySet<string> {
  let found = roles.get(snapshot);
  if (!found) roles.set(snapshot, (found = new Set(snapshot.ofKind('Policy').flatMap((p) => (p.props.vends as Vends | undefined)?.as ?? []))));
  return found;
}

const ask = (estate: PolicyEstate, identity: IdentityLayers, action: string, resource: string, target?: NodeRecord): ReturnType<typeof decideOne> => {
  const q: Question = { identity, action, resource, ...(target ? { target } : {}), position: 'direct', given: NOTHING, complete: false };
  return decideOne(estate, q);
};

/** What one identity obtains so, besides what its policies give it on the stores themselves. */
export function vendedGrants(estate: PolicyEstate, l: IdentityLayers): Grant[] {
  const list = vendings(estate);
  if (list.length === 0) return [];
  const calls = new Map<string, ReturnType<typeof decideOne>>();
  const found = new Map<string, { effect: EffectClass; held: Held; action: string; assets: Set<string>; evidence: Evidence[] }>();
  for (const v of list) {
    const callKey = `${v.action} ${v.resource}`;
    let call = calls.get(callKey);
    if (!call) calls.set(callKey, (call = ask(estate, l, v.action, v.resource)));
    if (call.held.v === 0) continue;
    for (const [effect, { held, statement }] of named(estate, v, l)) {
      const total = both(call.held, held);
      if (total.v === 0) continue;
      const key = `${effect} ${v.action} ${total.v} ${total.why.join('\u0001')}`;
      let g = found.get(key);
      if (!g) found.set(key, (g = { effect, held: total, action: v.action, assets: new Set(), evidence: call.said.filter((s) => s.layer === 'identity' && s.statement?.effect !== 'Deny').flatMap((s) => statementEvidence(s.document, s.statement)).slice(0, 4) }));
      g.assets.add(v.store.id);
      g.evidence.push(...statementEvidence(v.document, statement));
    }
  }
  return [...found.values()].map((g) => {
    const assets = [...g.assets].sort();
    const requires = g.held.v === 3 ? [] : g.held.why;
    return { key: stableHash('vended', g.effect, g.action, String(g.held.v), requires.join('\u0001'), assets.join()), effect: g.effect, assets, actions: [g.action], verdict: VERDICTS[g.held.v]!, requires, evidence: g.evidence };
  });
}

/** The best that the list of a store says about one identity, by effect. */
function named(estate: PolicyEstate, v: Vending, l: IdentityLayers): Map<EffectClass, { held: Held; statement: Statement | undefined }> {
  const out = new Map<EffectClass, { held: Held; statement: Statement | undefined }>();
  const offer = (effect: EffectClass, held: Held, statement: Statement | undefined): void => {
    if (held.v > (out.get(effect)?.held.v ?? 0)) out.set(effect, { held, statement });
  };
  if (v.document.failed) for (const effect of ['read', 'write', 'delete'] as const) offer(effect, unknownBecause(`${v.document.name} could not be read`), undefined);
  for (const s of v.document.failed ? [] : v.document.statements) {
    const n = principalNamed(s, l.principal, false);
    const who = either(n.self, either(n.role, n.account));
    if (who.v === 0) continue;
    const sure = s.unresolved?.length ? both(who, unknownBecause(...s.unresolved)) : who;
    const effects = new Set((s.actions ?? []).flatMap((a) => EFFECTS[a.slice(a.indexOf(':') + 1).toLowerCase()] ?? []));
    for (const effect of effects) offer(effect, both(sure, byRole(estate, v, s, effect)), s);
  }
  return out;
}

const keys = new WeakMap<PolicyEstate, KeyRights>();

function keysOf(estate: PolicyEstate): KeyRights {
  let found = keys.get(estate);
  if (!found) keys.set(estate, (found = new KeyRights(estate)));
  return found;
}

/** Whether the credentials can do it: the role of the location decides, with its own bounds. The provider's own role has what it needs. */
function byRole(estate: PolicyEstate, v: Vending, s: Statement, effect: EffectClass): Held {
  if (v.serviceLinked) return yes;
  const action = NEEDS[effect];
  if (!v.as || action === undefined) return v.as ? no : unknownBecause('the role of the location is not known');
  const l = estate.layers(v.as);
  const text = (s.resources ?? [])[0]?.replace(/\*+$/, SOMETHING);
  if (text === undefined) return unknownBecause('which part of the store is handed out');
  const held = ask(estate, l, action, text, v.store).held;
  return effect === 'read' ? both(held, keysOf(estate).mayDecrypt(l, v.store, text)) : held;
}

/** Whether a request is the call by which such credentials are asked for. */
export const isVendingCall = (action: string): boolean => /:getdataaccess$/i.test(action);

/** The call asked of a store: leave to call, and a grant there, both. undefined where nothing is handed out so. */
export function vendedDecision(estate: PolicyEstate, principal: NodeRecord, store: NodeRecord, action: string): Decision | undefined {
  const here = vendings(estate).filter((v) => v.store.id === store.id && v.action.toLowerCase() === action.toLowerCase());
  if (here.length === 0) return undefined;
  const l = estate.layers(principal);
  const call = ask(estate, l, here[0]!.action, here[0]!.resource);
  const rules = here.flatMap((v) => [...named(estate, v, l).values()].map((r) => ({ layer: 'data-access', document: v.document, ...r })));
  const held = both(call.held, rules.reduce((best, r) => either(best, r.held), no));
  return decisionOf({ held, said: [...call.said, ...rules], ...(held.v > 0 ? {} : { blockedBy: call.held.v === 0 ? (call.blockedBy ?? 'identity') : 'data-access' }) });
}
