import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { PolicyDocument } from './document.ts';

/**
 * What the input says of an organisation besides the tree of its accounts. `roots`: roots that control policies hang on, with the account that
 * owns those policies, which is the management account; `units`: likewise, units of which nobody says which accounts are below them;
 * `management`: management accounts that are named.
 */
export interface Organisations { roots: readonly { id: string; owner: string }[]; units: readonly { id: string; owner: string; name: string }[]; management: ReadonlySet<unknown> }

export function organisationsOf(snapshot: GraphSnapshot): Organisations {
  const scopes = snapshot.ofKind('Scope');
  const targets = scopes.filter((s) => s.type === 'aws.organizations.target').map((s) => {
    const owners = snapshot.out(s.id, 'HAS_POLICY').flatMap((e) => /arn:[^:]*:organizations::(\d{12}):/.exec(e.to)?.[1] ?? []);
    return { id: s.id, name: s.name, owner: owners[0] ?? '' };
  });
  return {
    roots: targets.filter((t) => /(^|[:/])r-[0-9a-z]{4,32}$/.test(t.id)), units: targets.filter((t) => /(^|[:/])ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/.test(t.id)),
    management: new Set(scopes.flatMap((s) => s.props.managementAccount ?? [])),
  };
}

const doubted = new WeakMap<PolicyDocument, PolicyDocument>();

/** A control policy that may bind an account or not: what it denies may be denied. */
export function inDoubt(d: PolicyDocument, unit: string): PolicyDocument {
  let found = doubted.get(d);
  if (!found) doubted.set(d, (found = d.failed ? d : { ...d, statements: d.statements.filter((s) => s.effect === 'Deny').map((s) => ({ ...s, unresolved: [...(s.unresolved ?? []), `whether the account is below ${unit}`] })) }));
  return found;
}
