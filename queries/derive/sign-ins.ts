import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { EdgeRecord, NodeRecord } from '../../schema/index.ts';
import { definedBy, derivedEdge } from './edge.ts';

/** `AUTHENTICATES_AS` from the password of a directory's user to every endpoint that accepts the tokens which its users obtain. */
export function deriveSignIns(snapshot: GraphSnapshot): EdgeRecord[] {
  const passwords = snapshot.ofKind('Credential').filter((c) => typeof c.props['directory'] === 'string');
  if (passwords.length === 0) return [];
  const accepting = new Map<unknown, NodeRecord[]>();
  for (const e of snapshot.ofKind('Endpoint')) {
    const { authorizer, passwordLogin } = detailOf(e);
    if (authorizer === undefined || passwordLogin === false) continue;
    const list = accepting.get(authorizer);
    if (list) list.push(e);
    else accepting.set(authorizer, [e]);
  }
  return passwords.flatMap((c) => (accepting.get(c.props['directory']) ?? []).map((e) => derivedEdge('AUTHENTICATES_AS', c.id, e.id, {
    requires: [...(detailOf(e).passwordLogin === true ? [] : ['an accepted client turns passwords into tokens']), ...(c.props['temporary'] === true ? ['the user has not changed the first password'] : [])],
    evidence: [...definedBy(c, 'password of a user'), ...definedBy(e, 'accepts tokens of its directory')],
  })));
}

interface Detail { authorizer?: string; passwordLogin?: boolean }
const detailOf = (e: NodeRecord): Detail => (e.props['authDetail'] as Detail | undefined) ?? {};
