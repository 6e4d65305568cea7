/**
 * A second evaluator for complete requests, written for the tests alone: regular expressions and sets, no holes, no caches,
 * nothing shared with queries/policy. It knows what the generated documents use.
 */
export interface Stmt { Effect: 'Allow' | 'Deny'; Action?: string[]; NotAction?: string[]; Resource?: string[]; NotResource?: string[]; Principal?: unknown; Condition?: Record<string, Record<string, string[]>> }
export interface Doc { Statement: Stmt[] }
export interface Case { principal: string; action: string; resource: string; account: string; context: Record<string, string>; identity: Doc[]; boundary?: Doc[]; session?: Doc[]; resourcePolicy?: Doc[]; scps?: Doc[][] }

const re = (pattern: string, star: string, one: string): string => [...pattern].map((c) => (c === '*' ? star : c === '?' ? one : /[a-z0-9]/i.test(c) ? c : `\\${c}`)).join('');
const actionIs = (p: string, a: string): boolean => new RegExp(`^${re(p, '.*', '.')}$`, 'i').test(a);

function resourceIs(p: string, r: string): boolean {
  if (p === '*') return true;
  if (!p.startsWith('arn:')) return new RegExp(`^${re(p, '.*', '.')}$`).test(r);
  const cut = (s: string): string[] => { const x = s.split(':'); return x.length > 6 ? [...x.slice(0, 5), x.slice(5).join(':')] : x; };
  const a = cut(p);
  const b = cut(r);
  return [0, 1, 2, 3, 4, 5].every((i) => new RegExp(`^${re(a[i] ?? '*', '.*', '.')}$`).test(b[i] ?? ''));
}

const conditionIs = (c: Stmt['Condition'], ctx: Record<string, string>): boolean => Object.entries(c ?? {}).every(([op, keys]) => Object.entries(keys).every(([k, values]) => {
  const v = ctx[k];
  if (op === 'StringEquals') return v !== undefined && values.includes(v);
  if (op === 'StringNotEquals') return v === undefined || !values.includes(v);
  if (op === 'StringEqualsIfExists') return v === undefined || values.includes(v);
  if (op === 'Bool') return v !== undefined && values.includes(v);
  if (op === 'Null') return values.includes(String(v === undefined));
  throw new Error(op);
}));

const fits = (s: Stmt, x: Case): boolean =>
  (s.Action ? s.Action.some((p) => actionIs(p, x.action)) : !s.NotAction!.some((p) => actionIs(p, x.action)))
  && (s.Resource ? s.Resource.some((p) => resourceIs(p, x.resource)) : !s.NotResource!.some((p) => resourceIs(p, x.resource))) && conditionIs(s.Condition, x.context);

type Who = 'self' | 'role' | 'account';
function named(principal: unknown, x: Case): Who | undefined {
  if (principal === '*') return 'self';
  const names = [(principal as { AWS: string | string[] }).AWS].flat();
  const account = x.principal.split(':')[4]!;
  if (names.includes('*')) return 'self';
  if (names.includes(x.principal)) return x.principal.includes(':role/') ? 'role' : 'self';
  return names.includes(account) || names.includes(`arn:aws:iam::${account}:root`) ? 'account' : undefined;
}

export function decide(x: Case): 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied' {
  const all = (docs: Doc[] | undefined): Stmt[] => (docs ?? []).flatMap((d) => d.Statement).filter((s) => fits(s, x));
  const resource = all(x.resourcePolicy).map((s) => ({ s, who: named(s.Principal, x) })).filter((r) => r.who !== undefined);
  const plain = [...all(x.identity), ...all(x.boundary), ...all(x.session), ...(x.scps ?? []).flatMap((l) => all(l))];
  if (plain.some((s) => s.Effect === 'Deny') || resource.some((r) => r.s.Effect === 'Deny')) return 'ExplicitlyDenied';
  if ((x.scps ?? []).some((level) => all(level).length === 0)) return 'ImplicitlyDenied';
  const limit = (docs: Doc[] | undefined): boolean => docs === undefined || docs.length === 0 || all(docs).length > 0;
  const limited = limit(x.boundary) && limit(x.session);
  const own = all(x.identity).length > 0 && limited;
  const self = resource.some((r) => r.who === 'self');
  const role = resource.some((r) => r.who === 'role');
  const same = x.principal.split(':')[4] === x.account;
  const ok = same ? own || self || (role && limited) : own && resource.length > 0;
  return ok ? 'Allowed' : 'ImplicitlyDenied';
}
