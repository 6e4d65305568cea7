import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, sourceOf, type Candidate, type FixKind, type Place } from '../fix-kind.ts';

/** A bucket or object whose access control list lets in everybody, or everybody with an account: a private one. */
export const fix: FixKind = {
  name: 'public-acl',
  edits: 'access control list of a bucket or object',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((place) => {
    const holder = place.policy.type === 'aws.s3.acl' ? g.nodes.get(g.in(place.policy.id, 'HAS_POLICY')[0]?.from ?? '') : undefined;
    return holder ? [closed(place, showHoles(holder.name), nodeRef(holder))] : [];
  }),
};

/** Canned lists by what they give (S3 user guide, canned ACL). */
function cannedOf({ statement: s }: Place, inTemplate: boolean): string {
  const signed = s.conditions !== undefined;
  const writes = s.actions?.includes('s3:PutObject') === true;
  return inTemplate ? (signed ? 'AuthenticatedRead' : writes ? 'PublicReadWrite' : 'PublicRead') : signed ? 'authenticated-read' : writes ? 'public-read-write' : 'public-read';
}

function closed(place: Place, name: string, node: Candidate['fix']['node']): Candidate {
  const { policy } = place;
  const at = sourceOf(place);
  const inTemplate = at?.source === 'cloudformation';
  // Without a property it is written grant by grant.
  const canned = at?.property !== undefined;
  return candidate(['acl', policy.id], {
    op: 'remove', what: 'resource policy', node, property: at?.property, source: at, edit: { kind: 'edges', remove: [], nodes: [policy.id] },
    ...(at && canned ? { changes: [{ in: 'block' as const, at, path: [inTemplate ? 'AccessControl' : 'Acl'], from: cannedOf(place, inTemplate), to: inTemplate ? 'Private' : 'private' }] } : { noPatch: 'the list is written grant by grant: take out those of AllUsers and AuthenticatedUsers, or ignore all with a public access block (ignore_public_acls)' }),
    text: `make the ${showHoles(policy.name)} private, and grant those who need ${name} by policies`, effect: `removes the grant to everybody on ${name}`,
    mightBreak: [`whoever uses ${name} without a permission of its own: pages and downloads for the public`],
  }, 0.9);
}
