import { type Family, whole } from './operator.ts';

const truth = (s: string): string => s.trim().toLowerCase();

/** `Bool` compares `true` and `false`; other text fits nothing. */
export const bools: Family = {
  bool: { compare: whole((p, v) => (truth(p) === 'true' || truth(p) === 'false') && truth(p) === truth(v)), negated: false },
};
