import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { splitHoles, type NodeRecord } from '../../schema/index.ts';

/**
 * Who publishes an artifact that is built from: what a registry or bucket of the input holds, and an image of the
 * private registry of the same account, is our own: whoever pushes there is a developer and no third party. Answers only what the reference itself decides; everything else stays as it was read.
 */
export function ownArtifacts(snapshot: GraphSnapshot): ReadonlySet<string> {
  const own = new Set<string>();
  for (const a of snapshot.ofKind('Artifact')) {
    if (a.props['publisher'] !== undefined) continue;
    if (snapshot.in(a.id, 'CONTAINS').some((e) => snapshot.node(e.from)?.completeness !== 'none') || registryIsOurs(a, snapshot)) own.add(a.id);
  }
  return own;
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/…` with the account of the scope it is used in, or with the very hole that stands for it. */
function registryIsOurs(a: NodeRecord, snapshot: GraphSnapshot): boolean {
  const location = String(a.props['location'] ?? a.name);
  const [first, second] = splitHoles(location);
  if (first === undefined) return false;
  if (typeof first !== 'string') return (first.kind === 'pseudo' && first.name === 'account' && typeof second === 'string' && second.startsWith('.dkr.ecr.')) || (first.kind === 'ref' && /ecr_repository|ECR::Repository/.test(first.address));
  const account = /^(\d{12})\.dkr\.ecr\./.exec(location)?.[1];
  return account !== undefined && snapshot.out(a.id, 'IN_SCOPE').some((e) => snapshot.node(e.to)?.props['account'] === account);
}
