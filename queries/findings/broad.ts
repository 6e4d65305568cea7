import { z } from 'zod';
import { effectOf } from '../../knowledge/actions/index.ts';
import { EffectClass, hasHole, showHoles, type Statement } from '../../schema/index.ts';

/** Which statements admit too many. */
export const BroadStatement = z.strictObject({
  /** Who makes it broad: `service:<name>`, `*` for anyone, `foreign` for an account other than the holder's, `oidc` for a federated provider. */
  principals: z.array(z.string()).min(1),
  /** Only statements that allow one of these. */
  effects: z.array(EffectClass).default([]),
  /** Condition keys that narrow it. */
  without: z.array(z.string()).default([]),
  /** How narrow a value must be: one `thing` (no wildcard in its last part), or one `account` or organisation. */
  narrowTo: z.enum(['thing', 'account']).default('thing'),
});
export type BroadStatement = z.infer<typeof BroadStatement>;

export interface Broad { says: string; sure: boolean; everyone: boolean }
interface Condition { operator: string; key: string; values: readonly string[] }

/** Why a statement admits too many, and whether that is decided; undefined when it does not. `account`: that of the thing it is attached to. */
export function broadness(s: Statement, p: BroadStatement, account: string | undefined): Broad | undefined {
  if (s.effect !== 'Allow' || !allows(s, p.effects)) return undefined;
  const who = admitted(s, p.principals, account);
  if (!who) return undefined;
  const conditions = conditionsOf(s);
  const found = who.kind === 'oidc' ? subjects(who.text, conditions) : sources(conditions, p);
  if (!found) return undefined;
  const sure = who.sure && found.sure && (s.unresolved ?? []).length === 0;
  return { says: `${who.text} is admitted ${found.says}`, sure, everyone: who.kind === '*' && conditions.length === 0 };
}

function allows(s: Statement, effects: readonly EffectClass[]): boolean {
  if (effects.length === 0) return true;
  return (s.actions ?? ['*']).some((a) => /[*?]/.test(a) || effects.includes(effectOf(a) ?? 'list'));
}

interface Who { text: string; kind: string; sure: boolean }

function admitted(s: Statement, wanted: readonly string[], account: string | undefined): Who | undefined {
  const named = Object.entries(s.principals ?? {}).flatMap(([type, values]) => values.map((text) => ({ type, text })));
  for (const kind of wanted)
    for (const { type, text } of named) {
      if (kind.startsWith('service:') && type === 'Service' && text === kind.slice(8)) return { text, kind, sure: true };
      if (kind === '*' && text === '*' && type !== 'Service') return { text: '*', kind, sure: true };
      if (kind === 'oidc' && type === 'Federated' && !text.includes(':saml-provider/')) return { text: showHoles(text.replace(/^.*:oidc-provider\//, '')), kind, sure: true };
      if (kind === 'foreign' && type === 'AWS' && text !== '*') {
        const theirs = accountOf(text);
        if (theirs === undefined || theirs === account) continue;
        return { text: `account ${showHoles(theirs)}`, kind, sure: account !== undefined && !hasHole(theirs) && !hasHole(account) };
      }
    }
  return undefined;
}

/** Account of a principal: a bare number, or the fifth part of an ARN. */
export const accountOf = (text: string): string | undefined => (/^\d{12}$/.test(text) ? text : text.startsWith('arn:') ? text.split(':')[4] || undefined : undefined);

/** Conditions that bind; those that also hold without the key, or that exclude, narrow nothing. */
const conditionsOf = (s: Statement): Condition[] =>
  Object.entries(s.conditions ?? {}).flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => ({ operator, key, values })));
const binds = (c: Condition): boolean => !/IfExists$|^Null$|Not/i.test(c.operator);

function sources(conditions: readonly Condition[], p: BroadStatement): { says: string; sure: boolean } | undefined {
  let sure = true;
  for (const c of conditions) {
    if (!binds(c) || !p.without.some((w) => w.toLowerCase() === c.key.toLowerCase())) continue;
    if (c.values.every((v) => narrow(v, p.narrowTo))) return undefined;
    if (c.values.some(hasHole)) sure = sure && c.values.every((v) => v.endsWith('*') || !hasHole(v));
  }
  return { says: conditions.length > 0 ? 'with a wildcard source' : 'without a source', sure };
}

/** A source that names one thing: its last part has no wildcard. An account alone does not: anything in the account fits. */
function narrow(v: string, to: BroadStatement['narrowTo']): boolean {
  if (to === 'thing') return v.includes(':') && !/[*?]/.test(v.slice(v.lastIndexOf('/') + 1)) && !v.startsWith('*');
  if (!v.startsWith('arn:')) return !/^[*?]*$/.test(v);
  const account = v.split(':')[4] ?? '';
  return account === '' ? !/[*?]/.test(v) : !/[*?]/.test(account);
}

/** A token's subject must name one workload; the audience, whom the token was made for. Another claim that is fixed does as well as the subject. */
function subjects(provider: string, conditions: readonly Condition[]): { says: string; sure: boolean } | undefined {
  const claims = conditions.filter(binds).map((c) => ({ ...c, claim: c.key.slice(c.key.lastIndexOf(':') + 1).toLowerCase() })).filter((c) => c.key.includes(':') && !/^(aws|sts|saml):/i.test(c.key));
  const fixed = claims.filter((c) => c.claim !== 'aud' && c.claim !== 'amr');
  const like = (c: Condition): boolean => /Like|Match/i.test(c.operator);
  const wide = fixed.find((c) => c.claim === 'sub' && like(c) && c.values.some(manySubjects));
  const narrowed = fixed.some((c) => c.claim === 'sub' ? !like(c) || !c.values.some(manySubjects) : !like(c) || !c.values.some((v) => /[*?]/.test(v)));
  const sure = claims.every((c) => !c.values.some(hasHole)) || fixed.length === 0;
  if (!narrowed) return wide ? { says: `for every subject like ${wide.values.filter(manySubjects).map(showHoles).join(', ')}`, sure } : { says: /cognito-identity/.test(provider) && claims.some((c) => c.claim === 'aud') ? 'for every identity of the pool' : 'for every subject', sure };
  return claims.some((c) => c.claim === 'aud') ? undefined : { says: 'for every audience', sure };
}

/** A pattern over repositories, namespaces or projects; one over branches or environments of one repository is that repository's own matter. */
function manySubjects(v: string): boolean {
  if (!/[*?]/.test(v)) return false;
  const [kind, thing = '', more = ''] = v.split(':');
  if (kind === 'repo' || kind === 'project_path') return /[*?]/.test(thing);
  if (v.startsWith('system:serviceaccount:')) return /[*?]/.test(v.slice('system:serviceaccount:'.length));
  return /[*?]/.test(`${kind ?? ''}${thing}`) || /[*?]/.test(more.split(':')[0] ?? '');
}
