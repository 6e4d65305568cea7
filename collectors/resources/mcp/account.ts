import type { MapContext } from '../../define.ts';
import { partOf } from '../nodes.ts';
import type { Used } from './credentials.ts';
import { sourcesAt, type Entry } from './entry.ts';

/** Who acts when a tool of a server is called. `unread`: what was not read about its rights. */
export interface Account { id: string; unread: string }

const CLOUD: Readonly<Record<string, string>> = { aws: 'AWS identity', azure: 'Azure identity', google: 'Google Cloud identity' };

/**
 * The account behind the credentials of a server; a remote one that is known and given none has its user sign in; a local one without any acts
 * as the person who starts it. Of other servers nothing is known.
 */
export function accountOf(e: Entry, credentials: readonly Used[], ctx: MapContext): Account | undefined {
  const unread = `what the token of ${e.name} may do was not read`;
  if (credentials.length > 0) {
    const id = external(e, `${CLOUD[e.catalogue?.cloud ?? ''] ?? 'account'} behind ${credentials[0]!.name}`, credentials[0]!.where, ctx);
    for (const c of credentials) ctx.edge({ kind: 'AUTHENTICATES_AS', from: c.id, to: id, evidence: ctx.evidence(e.r, c.where, c.name) });
    return { id, unread };
  }
  if (!e.remote) return e.client && { id: e.client.user, unread: `what the user may do through ${e.name} was not read` };
  if (!e.catalogue || e.catalogue.opens.length === 0) return undefined;
  const { source } = e.catalogue;
  const at = ctx.evidence(e.r, '/url', 'no credential is configured: the user signs in').map((x) => ({ ...x, basis: 'platform' as const, document: source }));
  const grant = ctx.node(e.r, {
    kind: 'Credential', nativeId: partOf(e.server, 'sign-in'), type: 'mcp.signin', name: `sign-in at ${e.name}`, sources: sourcesAt(e, '/url', ctx),
    props: { credType: 'oauth', lifetime: 'session', exposedLiteral: false, heldBy: 'us' },
  });
  const id = external(e, `user signed in at ${e.name}`, '/url', ctx);
  ctx.edge({ kind: 'USES_CREDENTIAL', from: e.server, to: grant, props: { delegation: 'user_obo' }, evidence: at });
  ctx.edge({ kind: 'AUTHENTICATES_AS', from: grant, to: id, evidence: at });
  return { id, unread };
}

const external = (e: Entry, name: string, where: string, ctx: MapContext): string =>
  ctx.node(e.r, { kind: 'Identity', nativeId: partOf(e.server, 'account'), type: 'mcp.account', name, sources: sourcesAt(e, where, ctx), props: { identityType: 'external' } });
