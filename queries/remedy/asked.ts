import { hole, type Hole } from '../../schema/index.ts';

/**
 * A value that only the owner of the code knows. An editor writes a variable or parameter without a default in its place, so that the next plan or
 * deployment asks for it: nothing is made up. `what`: one or two words, which its name ends in; `says`: its description.
 */
export const asked = (what: string, says: string): string => hole({ kind: 'unknown', key: `ask:${what}:${says}` });

/** What such a hole asks for. */
export function askedBy(h: Hole): { what: string; says: string } | undefined {
  const m = h.kind === 'unknown' ? /^ask:([^:]*):(.*)$/.exec(h.key) : null;
  return m ? { what: m[1]!, says: m[2]! } : undefined;
}
