import { hasHole } from '../../../schema/index.ts';
import { ONE, pushText, STAR, type Tokens } from './tokens.ts';

/**
 * What a policy variable stands for in a request: text (holes allowed), or undefined when the key is not in the request.
 * Text from the request is never a pattern, whatever characters it holds.
 */
export type Variables = (key: string) => string | undefined;

const literal = new Map<string, Tokens>();
const VARIABLE = /\$\{([^{}]*)\}/g;

/** Whether the meaning of a pattern depends on the request. */
export const hasVariable = (s: string): boolean => /\$\{(?![*?$]\})/.test(s);

/**
 * Tokens of a policy value. `${key}` and `${key, 'default'}` are replaced, `${*}`, `${?}` and `${$}` are the characters themselves.
 * undefined: a variable has no value, so the value matches nothing. `wild`: whether `*` and `?` are wildcards.
 */
export function patternTokens(s: string, variables: Variables, wild = true): Tokens | undefined {
  if (!s.includes('${')) return literalTokens(s, wild);
  const out: number[] = [];
  let at = 0;
  for (const m of s.matchAll(VARIABLE)) {
    push(out, s.slice(at, m.index), wild);
    at = m.index + m[0].length;
    const body = m[1]!.trim();
    if (body === '*' || body === '?' || body === '$') { pushText(out, body); continue; }
    const { key, fallback } = splitVariable(body);
    const value = variables(key) ?? fallback;
    if (value === undefined) return undefined;
    pushText(out, value);
  }
  push(out, s.slice(at), wild);
  return out;
}

/** The pattern with its variables spelled out; undefined: one has no value, or one that is itself not plain text. */
export function spelledOut(s: string, variables: Variables): string | undefined {
  let known = true;
  const text = s.replace(VARIABLE, (_, inner: string) => {
    const { key, fallback } = splitVariable(inner.trim());
    const value = variables(key) ?? fallback;
    known &&= value !== undefined && !/[*?$\uE000]/.test(value);
    return value ?? '';
  });
  return known ? text : undefined;
}

function literalTokens(s: string, wild: boolean): Tokens {
  const key = wild ? s : `\u0001${s}`;
  let t = literal.get(key);
  if (!t) {
    const out: number[] = [];
    push(out, s, wild);
    if (literal.size > 50_000) literal.clear();
    literal.set(key, (t = out));
  }
  return t;
}

function splitVariable(body: string): { key: string; fallback: string | undefined } {
  const comma = body.indexOf(',');
  if (comma < 0) return { key: body, fallback: undefined };
  return { key: body.slice(0, comma).trim(), fallback: /^\s*'(.*)'\s*$/s.exec(body.slice(comma + 1))?.[1] };
}

function push(out: number[], s: string, wild: boolean): void {
  if (s === '') return;
  if (!wild || (!s.includes('*') && !s.includes('?'))) return pushText(out, s);
  if (!hasHole(s)) { pushPlain(out, s); return; }
  // Holes may hold any character in their description: wildcards count only outside of them.
  for (const part of s.split(/(\uE000[^\uE001]*\uE001)/)) {
    if (part.startsWith('\uE000')) pushText(out, part);
    else pushPlain(out, part);
  }
}

function pushPlain(out: number[], s: string): void {
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c === 42) { if (out.at(-1) !== STAR) out.push(STAR); } else out.push(c === 63 ? ONE : c);
  }
}
