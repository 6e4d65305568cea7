import type { NodeRecord, StartClass } from '../../schema/index.ts';
import { EntryClass } from '../../schema/index.ts';
import type { Start } from '../attack/query.ts';

/** Weight of who starts (model 4.5). E6 is that of an unpinned update; P of a person with access. */
export const START_WEIGHT: Record<StartClass, number> = { E0: 1, E1: 0.95, E2: 0.9, E3: 0.7, E8: 0.6, E4: 0.5, P: 0.5, E6: 0.5, E5: 0.35, E7: 0.3, steered: 0.3 };

export const START_SAYS: Record<StartClass, string> = {
  E0: 'anyone on the internet', E1: 'anyone who can register', E2: 'an outside author of content', E3: 'an authenticated customer or partner', E4: 'any employee',
  E5: 'a developer with write access', E6: 'a compromised third party', E7: 'nobody: the agent errs on benign input', E8: 'whoever finds a static credential',
  P: 'a principal that may invoke it', steered: 'whoever steers it (nobody known)',
};

export const ENTRY_STARTS: readonly Start[] = EntryClass.options.map((c) => ({ class: c }));

/** A principal counts as an employee when a person can be it, as a developer's workload when only services can (model 4.4 “Finding key”). */
export function principalWeight(n: NodeRecord | undefined): number {
  const services = (n?.props['trustedServices'] as string[] | undefined) ?? [];
  return n?.props['identityType'] === 'role' && services.length > 0 ? START_WEIGHT.E5 : START_WEIGHT.E4;
}

export function startClassOf(s: Start): StartClass {
  if ('class' in s) return s.class;
  return 'agent' in s ? 'steered' : 'P';
}

/** Strongest first. */
const ORDER: readonly StartClass[] = (Object.keys(START_WEIGHT) as StartClass[]).sort((a, b) => START_WEIGHT[b] - START_WEIGHT[a] || (a < b ? -1 : 1));
export const strength = (c: StartClass): number => ORDER.indexOf(c);
