import type { NodeRecord, Statement } from '../../schema/index.ts';
import { globMatch, textTokens, type Tri } from './match/index.ts';
import { type Held, no, onlyIf, unknownBecause, yes } from './truth.ts';

/** Who makes a request, as policies name it. `arn` of a session is that of its role; `session` its own. */
export interface Principal {
  kind: 'user' | 'role' | 'root' | 'account' | 'service' | 'federated' | 'federated-user' | 'anonymous';
  arn: string;
  /** Account id, may be a hole; '' for services and anonymous. */
  account: string;
  name: string;
  /** ARN of the role session, where the request gives it. */
  session?: string;
  /** The path of the role is not known (a session ARN does not hold it). */
  pathUnknown?: boolean;
  serviceLinked: boolean;
  node?: NodeRecord;
}

/** How a statement names the principal: itself or everyone, its role, or only its account (which leaves it to identity policies). */
export type Strength = 'self' | 'role' | 'account';
export type Named = Readonly<Record<Strength, Held>>;

const ARN = /^arn:([^:]*):(iam|sts):[^:]*:([^:]*):(.+)$/s;
const lastName = (s: string): string => s.slice(s.lastIndexOf('/') + 1);

/** Reads a principal from the ARN of a request: user, role, role session, federated user, root; `x.amazonaws.com`; anonymous. */
export function principalFromArn(text: string): Principal {
  const m = ARN.exec(text);
  if (!m) {
    if (/\.amazonaws\.com(\.cn)?$/.test(text)) return { kind: 'service', arn: '', account: '', name: text, serviceLinked: false };
    if (/^\d{12}$/.test(text)) return { kind: 'root', arn: `arn:aws:iam::${text}:root`, account: text, name: 'root', serviceLinked: false };
    return { kind: 'anonymous', arn: '', account: '', name: 'anonymous', serviceLinked: false };
  }
  const [, partition, service, account = '', rest = ''] = m;
  const base = { arn: text, account, name: lastName(rest), serviceLinked: rest.startsWith('role/aws-service-role/') };
  if (service === 'sts' && rest.startsWith('assumed-role/')) {
    const role = rest.split('/')[1]!;
    return { ...base, kind: 'role', arn: `arn:${partition}:iam::${account}:role/${role}`, name: role, session: text, pathUnknown: true, serviceLinked: role.startsWith('AWSServiceRoleFor') };
  }
  if (service === 'sts' && rest.startsWith('federated-user/')) return { ...base, kind: 'federated-user' };
  if (rest === 'root') return { ...base, kind: 'root', name: 'root' };
  if (rest.startsWith('oidc-provider/') || rest.startsWith('saml-provider/')) return { ...base, kind: 'federated', name: rest.slice(rest.indexOf('/') + 1) };
  return { ...base, kind: rest.startsWith('role/') ? 'role' : 'user' };
}

const NOBODY: Named = { self: no, role: no, account: no };
const tri = (t: Tri, what: string): Held => (t === 2 ? yes : t === 0 ? no : unknownBecause(what));

/** How Principal or NotPrincipal of a statement meets a principal; one without either is no statement of such a policy. `bounded`: it has a boundary. */
export function principalNamed(s: Statement, p: Principal, bounded: boolean): Named {
  if (s.principals) return listed(s.principals, p);
  if (!s.notPrincipals) return { ...NOBODY, self: unknownBecause('whom a statement without Principal means') };
  const n = listed(s.notPrincipals, p);
  if (s.effect === 'Allow') return { ...NOBODY, self: inverse(best(n)) };
  // Spares whoever is named, or whose account is; never one that has a boundary (IAM user guide, NotPrincipal). decisions/0008.
  return { ...NOBODY, self: bounded ? yes : inverse(best(n)) };
}

const best = (n: Named): Held => [n.role, n.account].reduce((a, b) => (b.v > a.v ? b : a), n.self);
const inverse = (h: Held): Held => (h.v === 0 ? yes : h.v === 3 ? no : h);

function listed(lists: Readonly<Record<string, readonly string[]>>, p: Principal): Named {
  const out: Record<Strength, Held> = { self: no, role: no, account: no };
  const add = (strength: Strength, h: Held): void => { if (h.v > out[strength].v) out[strength] = h; };
  for (const [type, values] of Object.entries(lists)) {
    for (const v of values) {
      if (type === '*' || (type === 'AWS' && v === '*')) add('self', yes);
      else if (type === 'Service') { if (p.kind === 'service') add('self', tri(globMatch(textTokens(v.toLowerCase()), textTokens(p.name.toLowerCase())), `whether ${v} is ${p.name}`)); }
      else if (type === 'Federated') { if (p.kind === 'federated') add('self', federated(v, p)); }
      else if (type === 'AWS') named(v, p, add);
      else if (type === 'CanonicalUser' && p.account) add('account', unknownBecause('which account the canonical user is'));
    }
  }
  return out;
}

function federated(v: string, p: Principal): Held {
  if (v === '*') return yes;
  const direct = globMatch(textTokens(v), textTokens(p.arn));
  return direct > 0 || !v.startsWith('arn:') ? (v === p.name ? yes : tri(direct, `whether ${v} is ${p.arn}`)) : no;
}

function named(v: string, p: Principal, add: (strength: Strength, h: Held) => void): void {
  if (!p.account) return;
  const what = `whether ${v} names ${p.arn}`;
  const compare = (pattern: string, text: string): Held => tri(globMatch(textTokens(pattern), textTokens(text)), what);
  const m = ARN.exec(v);
  if (!m) {
    if (/^\d{12}$/.test(v) || (v.includes('\uE000') && v === p.account)) add(p.kind === 'root' ? 'self' : 'account', compare(v, p.account));
    else if (v.includes('\uE000')) add(p.kind === 'role' ? 'role' : 'self', compare(v, p.arn));
    else if (typeof p.node?.props.uniqueId === 'string' && p.node.props.uniqueId === v) add(p.kind === 'role' ? 'role' : 'self', yes);
    return;
  }
  const rest = m[4]!;
  if (rest === 'root') return add(p.kind === 'root' || p.kind === 'account' ? 'self' : 'account', compare(m[3]!, p.account));
  if (p.kind === 'role' && m[2] === 'sts' && rest.startsWith('assumed-role/')) return add('self', session(v, rest, m[3]!, p, compare));
  if (p.kind === 'role' && p.pathUnknown && rest.startsWith('role/')) return add('role', lastName(rest) === p.name ? compare(m[3]!, p.account) : no);
  add(p.kind === 'role' ? 'role' : 'self', compare(v, p.arn));
}

/** A statement that names one session of a role: known when the request says its session, else up to whoever starts it. */
function session(v: string, rest: string, account: string, p: Principal, compare: (pattern: string, text: string) => Held): Held {
  if (p.session) return compare(v, p.session);
  const [, role = '', name = ''] = rest.split('/');
  const sameRole = compare(role, p.name);
  const sameAccount = compare(account, p.account);
  const h = sameRole.v < sameAccount.v ? sameRole : sameAccount;
  return h.v === 3 ? onlyIf(`sts:RoleSessionName StringEquals ${name}`) : h;
}
