import { UserError } from '../../schema/index.ts';

/** The value of an option that knows a few words only. `name` is the flag without its dashes. */
export function oneOf<T extends string>(name: string, given: string, words: readonly T[]): T {
  const word = words.find((w) => w === given);
  if (word === undefined) throw new UserError(`--${name} ${given}: one of ${words.join(', ')}`);
  return word;
}

/** Analyses that may be made as proof. */
export function maxRunsOf(o: Record<string, unknown>): number {
  const maxRuns = Number(o['maxRuns']);
  if (!Number.isInteger(maxRuns) || maxRuns < 1) throw new UserError(`--max-runs ${String(o['maxRuns'])}: a number from 1`);
  return maxRuns;
}

/** Of a flag that may be given several times. */
export const repeated = (text: string, before: string[] = []): string[] => [...before, text];
