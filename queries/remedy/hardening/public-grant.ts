import { fix as acl } from '../fixes/public-acl.ts';
import { fix as principal } from '../fixes/narrow-principal.ts';
import type { HardeningKind } from '../fix-kind.ts';

/** What everybody may do with a thing of ours: where a weaker start is left after it, it closes no path and is worth doing all the same. */
export const hardening: HardeningKind = {
  name: 'public-grant',
  edits: 'Principal of a resource policy, access control list',
  at: (hop, where, g) => [...acl.at(hop, where, g), ...principal.at(hop, where, g)],
};
