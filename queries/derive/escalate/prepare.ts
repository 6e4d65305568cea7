import { askedOf } from '../../../knowledge/techniques/index.ts';
import type { Technique, TechniqueBinding, TechniquePermission } from '../../../schema/index.ts';

/** A technique with what it asks sorted out: the actions, what must be possible at all, what is asked on new things, and what on its variables. */
export interface Prepared { technique: Technique; /** as published */ permissions: readonly string[]; /** of those that must be held, letters small */ actions: readonly string[]; possible: readonly TechniquePermission[]; fresh: readonly { thing: string | undefined; permissions: readonly TechniquePermission[] }[]; bound: readonly TechniquePermission[]; variables: readonly Variable[] }

/** `alike`: equal for variables of all techniques that may take the same values, whatever was bound before them. */
export interface Variable { name: string; binding: TechniqueBinding; alike: string | undefined }

export function prepare(t: Technique): Prepared {
  const required = askedOf(t);
  const isFresh = (p: TechniquePermission): boolean => p.on === 'any' || p.on.startsWith('new ');
  return {
    technique: t, permissions: t.permissions.map((p) => p.action), actions: required.map((p) => p.action.toLowerCase()), variables: Object.entries(t.bind).map(([name, binding]) => ({ name, binding, alike: isFree(binding) ? JSON.stringify(binding) : undefined })),
    possible: required.filter((p) => p.on === 'self' || ofPrincipals(t.bind[p.on]?.is ?? '')),
    fresh: [...grouped(required.filter(isFresh), (p) => p.on)].map(([on, permissions]) => ({ thing: on === 'any' ? undefined : on.slice(4), permissions })),
    bound: required.filter((p) => !isFresh(p)),
  };
}

/** Looks at nothing but the actor. */
const isFree = (b: TechniqueBinding): boolean => !b.usesTool && [b.assumable, b.attachedTo].every((v) => v === undefined || v === 'self');

const PRINCIPALS = new Set(['user', 'role', 'group', 'policy']);
/** Whether what is bound is of IAM. */
export const ofPrincipals = (is: string): boolean => PRINCIPALS.has(is);

export function grouped<T>(list: readonly T[], key: (x: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const x of list) {
    const k = key(x);
    const there = out.get(k);
    if (there) there.push(x);
    else out.set(k, [x]);
  }
  return out;
}
