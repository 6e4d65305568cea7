import { hole, isUnknown, showHoles, type Statement, type Value } from '../../schema/index.ts';

type Parsed = { statements: Statement[]; problems: string[] };
type Lists = Record<string, string[]>;

const PRINCIPAL_TYPES = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser', '*']);
const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition']);

/** A statement of which nothing is known: it may allow or deny anything, so it stands once for each effect. */
export function unknownStatements(pointer: string, reason: string): Parsed {
  const text = hole({ kind: 'unknown', key: `${pointer}: ${reason}` });
  const one = (effect: 'Allow' | 'Deny'): Statement => ({ effect, actions: [text], resources: [text], unresolved: ['Statement'] });
  return { statements: [one('Allow'), one('Deny')], problems: [`${pointer}: statement is not known: ${reason}`] };
}

/**
 * One statement. Parts that are not understood are named in `unresolved`; a list element that is not known is kept as a hole.
 * Without policy variables, `${` is written in its escaped form so that the meaning does not depend on the document any more.
 */
export function parseStatement(item: Value, pointer: string, variables: boolean): Parsed {
  if (item === null || typeof item !== 'object' || Array.isArray(item) || isUnknown(item)) return unknownStatements(pointer, 'not an object');
  const reader = new Reader(pointer, variables);
  for (const key of Object.keys(item)) if (!ELEMENTS.has(key)) reader.fail(key, `unknown element ${key}`);
  const s: Omit<Statement, 'effect'> = {};
  if (typeof item.Sid === 'string' && item.Sid !== '') s.sid = item.Sid;
  s.actions = reader.list(item, 'Action');
  s.notActions = reader.list(item, 'NotAction');
  s.resources = reader.list(item, 'Resource');
  s.notResources = reader.list(item, 'NotResource');
  s.principals = reader.principals(item.Principal, 'Principal');
  s.notPrincipals = reader.principals(item.NotPrincipal, 'NotPrincipal');
  s.conditions = reader.conditions(item.Condition);
  if (!s.actions && !s.notActions) reader.fail('Action', 'neither Action nor NotAction');
  for (const [a, b] of [['Action', 'NotAction'], ['Resource', 'NotResource'], ['Principal', 'NotPrincipal']] as const) if (item[a] !== undefined && item[b] !== undefined) reader.fail('Statement', `both ${a} and ${b}`);
  const effects: Statement['effect'][] = item.Effect === 'Allow' || item.Effect === 'Deny' ? [item.Effect] : ['Allow', 'Deny'];
  if (effects.length > 1) reader.fail('Effect', item.Effect === undefined ? 'no Effect' : `Effect is neither Allow nor Deny: ${show(item.Effect)}`);
  if (reader.unresolved.size > 0) s.unresolved = [...reader.unresolved];
  const present = Object.fromEntries(Object.entries(s).filter(([, v]) => v !== undefined)) as Omit<Statement, 'effect'>;
  return { statements: effects.map((effect) => ({ effect, ...present })), problems: reader.problems };
}

const show = (v: Value): string => (isUnknown(v) ? `not known (${v.$unknown})` : typeof v === 'string' ? showHoles(v).slice(0, 60) : JSON.stringify(v).slice(0, 60));

const mapNumbers = (v: Value, f: (n: number) => string): Value => (Array.isArray(v) ? v.map((x) => mapNumbers(x, f)) : typeof v === 'number' ? f(v) : v);

class Reader {
  readonly problems: string[] = [];
  readonly unresolved = new Set<string>();
  readonly #pointer: string;
  readonly #variables: boolean;

  constructor(pointer: string, variables: boolean) {
    this.#pointer = pointer;
    this.#variables = variables;
  }

  fail(element: string, message: string): void {
    this.unresolved.add(element);
    this.problems.push(`${this.#pointer}: ${message}`);
  }

  list(item: { [key: string]: Value }, element: string): string[] | undefined {
    const v = item[element];
    return v === undefined || v === null ? undefined : this.#strings(v, element, element);
  }

  principals(v: Value | undefined, element: string): Lists | undefined {
    if (v === undefined || v === null) return undefined;
    if (v === '*') return { '*': ['*'] };
    if (typeof v === 'string' || Array.isArray(v) || typeof v !== 'object' || isUnknown(v)) {
      this.fail(element, `${element} is not understood: ${show(v)}`);
      return { AWS: [this.#hole(element, show(v))] };
    }
    const out: Lists = {};
    for (const [type, values] of Object.entries(v)) {
      if (!PRINCIPAL_TYPES.has(type)) this.fail(element, `unknown principal type ${type}`);
      // An account id written as a YAML number has lost its leading zeros.
      const written = type === 'AWS' ? mapNumbers(values as Value, (n) => String(n).padStart(12, '0')) : (values as Value);
      out[type] = this.#strings(written, element, `${element}.${type}`);
    }
    return out;
  }

  conditions(v: Value | undefined): Record<string, Lists> | undefined {
    if (v === undefined || v === null) return undefined;
    const out: Record<string, Lists> = {};
    if (typeof v !== 'object' || Array.isArray(v) || isUnknown(v)) {
      this.fail('Condition', `Condition is not understood: ${show(v)}`);
      return undefined;
    }
    for (const [operator, keys] of Object.entries(v)) {
      if (keys === null || typeof keys !== 'object' || Array.isArray(keys) || isUnknown(keys)) {
        this.fail('Condition', `condition operator ${operator} is not understood: ${show(keys)}`);
        continue;
      }
      const byKey: Lists = {};
      for (const [key, values] of Object.entries(keys)) byKey[key] = this.#strings(values as Value, 'Condition', `Condition.${operator}.${key}`, false);
      out[operator] = byKey;
    }
    return Object.keys(out).length > 0 ? out : undefined;
  }

  /** A value that is not known stays a value: text of which we only know where it stands. Only what no grammar allows is unresolved. */
  #strings(v: Value, element: string, where: string, noteUnknown = true): string[] {
    const out: string[] = [];
    for (const x of Array.isArray(v) ? v : [v]) {
      if (typeof x === 'string') out.push(this.#text(x));
      else if (typeof x === 'number' || typeof x === 'boolean') out.push(String(x));
      else if (isUnknown(x)) {
        if (noteUnknown) this.unresolved.add(element);
        this.problems.push(`${this.#pointer}: a value of ${where} is not known: ${x.$unknown}`);
        out.push(this.#hole(where, x.$unknown));
      } else this.fail(element, `a value of ${where} is not a string: ${show(x)}`);
    }
    return out;
  }

  #hole(where: string, reason: string): string {
    return hole({ kind: 'unknown', key: `${this.#pointer}.${where}: ${reason}` });
  }

  #text(s: string): string {
    return this.#variables || !s.includes('${') ? s : s.replaceAll('${', '${$}{');
  }
}
