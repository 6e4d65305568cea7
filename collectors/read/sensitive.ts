import { hasHole, unknown, type Value } from '../../schema/index.ts';

/**
 * Takes the values that Terraform marks as sensitive out of a plan or state. A policy document stays: it grants, it does not open anything.
 * A value that stands as a constant in the code is not hidden by the mark (`literal` says so): that it is there is the fault to show.
 */
export function withoutSensitive(value: Value, marks: unknown, literal: (path: readonly (string | number)[]) => boolean, path: readonly (string | number)[] = []): Value {
  if (marks === true) return hide(value, literal, path);
  if (marks === null || typeof marks !== 'object' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((v, i) => withoutSensitive(v, (marks as Record<string, unknown>)[i], literal, [...path, i]));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutSensitive(v as Value, (marks as Record<string, unknown>)[k], literal, [...path, k])]));
}

function hide(value: Value, literal: (path: readonly (string | number)[]) => boolean, path: readonly (string | number)[]): Value {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  if (typeof value === 'string' && (hasHole(value) || isPolicy(value))) return value;
  return literal(path) ? value : unknown('sensitive value');
}

const isPolicy = (text: string): boolean => /^\s*\{[\s\S]*"Statement"\s*:/.test(text);
