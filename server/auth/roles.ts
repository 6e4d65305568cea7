/** What a caller may do, apart from each other: who accepts a risk need not be who loads data, and the other way round. */
export const ROLES = ['viewer', 'operator', 'risk-owner', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type Permission = 'read' | 'ingest' | 'accept' | 'administer';

const GRANTS: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(['read']),
  operator: new Set(['read', 'ingest']),
  'risk-owner': new Set(['read', 'accept']),
  admin: new Set(['read', 'ingest', 'accept', 'administer']),
};

/** Who asks. `name` is what the audit trail shows: `token:<id> <label>`, `oidc:<subject>`, or `local` for loopback without authentication. */
/** `scopes`: what it is limited to; none = everything, an empty list = nothing. */
export interface Caller { id: string; name: string; role: Role; /** Further roles. */ also?: readonly Role[]; scopes?: readonly string[]; /** When it has to show its token anew, ISO. */ until?: string }
export const LOCAL: Caller = { id: 'local', name: 'local', role: 'admin' };

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
/** No permission named: nobody. */
export const may = (caller: Caller | undefined, need: Permission | undefined): boolean => caller !== undefined && need !== undefined && [caller.role, ...(caller.also ?? [])].some((r) => GRANTS[r].has(need));
