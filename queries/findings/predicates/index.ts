import { differs } from './differs.ts';
import { field } from './field.ts';
import { gap } from './gap.ts';
import { grants } from './grants.ts';
import { legs } from './legs.ts';
import { missing } from './missing.ts';
import { reach } from './reach.ts';
import type { Predicate } from './types.ts';

/** Predicates a rule may name (rules.md 5.1). */
export const PREDICATES: Readonly<Record<string, Predicate>> = { reach, legs, gap, grants, missing, field, differs };
