import { verdictRank, type PrincipalRow } from '../../schema/index.ts';

/** `canBecomeAdmin`: of those that are none now. `technique`: an id that stands in the way to admin. */
export interface PrincipalFilter { isAdmin?: boolean | undefined; canBecomeAdmin?: boolean | undefined; technique?: string | undefined }

export const becomes = (r: PrincipalRow): boolean => r.canBecomeAdmin.value && !r.isAdmin.value;

export function principalsWhere(rows: readonly PrincipalRow[], f: PrincipalFilter): PrincipalRow[] {
  return rows.filter((r) => (f.isAdmin === undefined || r.isAdmin.value === f.isAdmin) && (f.canBecomeAdmin === undefined || becomes(r) === f.canBecomeAdmin)
    && (f.technique === undefined || r.canBecomeAdmin.steps.some((s) => s.technique === f.technique)));
}

/** First who can become admin, by the surest and shortest way; then admins; then everybody else; each by name. */
export const worstFirst = (rows: readonly PrincipalRow[]): PrincipalRow[] => rows.map((r) => ({ r, k: keyOf(r) })).sort((a, b) => a.k - b.k || (a.r.identity.name < b.r.identity.name ? -1 : a.r.identity.name > b.r.identity.name ? 1 : 0)).map((x) => x.r);

const OTHERS = 1e9;
/** Ways that are not told step by step stand behind those that are. */
const UNTOLD = 999;
const keyOf = (r: PrincipalRow): number => (becomes(r) ? verdictRank(r.canBecomeAdmin.verdict) * 1000 + (r.canBecomeAdmin.steps.length || UNTOLD) : r.isAdmin.value ? OTHERS - 1 : OTHERS);
