import { differs } from './predicates/differs.ts';
import { field } from './predicates/field.ts';
import { gap } from './predicates/gap.ts';
import { grants } from './predicates/grants.ts';
import { growth } from './predicates/growth.ts';
import { legs } from './predicates/legs.ts';
import { missing } from './predicates/missing.ts';
import { reach } from './predicates/reach.ts';
import type { Predicate } from './predicate.ts';

/** Predicates a rule may name (rules.md 5.1). */
export const PREDICATES: Readonly<Record<string, Predicate>> = { reach, legs, gap, grants, missing, field, differs, growth };
