import { adminNow } from '../../../queries/derive/admin.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { ADMIN, keyNode, places } from '../nodes.ts';

/** Users and roles that are admin as they stand. */
export function admins({ estate }: Loaded): KeyFinding[] {
  const out: KeyFinding[] = [];
  for (const n of estate.snapshot.ofKind('Identity')) {
    if (!['user', 'role'].includes(String(n.props['identityType']))) continue;
    const a = adminNow(estate.snapshot, estate.access, n);
    if (a.value) out.push({ kind: 'admin-principal', source: { ...keyNode(n), isAdmin: true }, target: ADMIN, targetSensitivity: 'account-admin', iac: places(a.evidence) });
  }
  return out;
}
