import { showHoles, type NodeRecord, type SourceChange } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { asked } from '../asked.ts';
import { authorizerOf } from '../fixes/endpoint-auth.ts';
import { candidate, type Candidate, type FixGraph, type HardeningKind } from '../fix-kind.ts';

interface Detail { open?: boolean; selfSignup?: boolean; authorizer?: string }

/** A door that takes tokens which anyone can get: users that only administrators create, or an audience of one's own. Customers and partners still come in. */
export const hardening: HardeningKind = {
  name: 'open-issuer',
  edits: 'AdminCreateUserConfig of a user pool, AllowedAudience of an authorizer',
  rule: 'AGT-010',
  at: (hop, _where, g) => (hop.fact === 'PRESENCE' ? narrowed(g.nodes.get(hop.node.id), g) : []),
  row: (row, g) => g.in(row.node.id, 'ROUTES_TO').flatMap((e) => narrowed(g.nodes.get(e.from), g)),
};

function narrowed(door: NodeRecord | undefined, g: FixGraph): Candidate[] {
  const detail = door?.props['authDetail'] as Detail | undefined;
  if (!door || !detail) return [];
  return [...(detail.selfSignup === true ? [invited(door, detail, g)] : []), ...(detail.open === true ? [addressed(door, detail, g)] : [])];
}

function invited(door: NodeRecord, detail: Detail, g: FixGraph): Candidate {
  const pool = g.nodes.get(detail.authorizer ?? '');
  const at = pool?.sources[0];
  const name = pool ? showHoles(pool.name) : 'the user pool';
  return candidate(['self-signup', pool?.id ?? '', door.id], {
    op: 'narrow', what: 'Endpoint.authDetail', node: nodeRef(pool ?? door), property: 'AdminCreateUserConfig', source: at, edit: { kind: 'properties', node: door.id, to: { authDetail: { ...detail, selfSignup: false } } },
    ...(at ? { changes: [{ in: 'block' as const, at, path: ['AdminCreateUserConfig', 'AllowAdminCreateUserOnly'], to: true }] } : { noPatch: 'the user pool is not written in this code' }),
    text: `let only administrators create users of ${name}: whoever signs up there is let in at ${showHoles(door.name)}`, effect: 'narrows Endpoint.authDetail: no self sign-up',
    mightBreak: ['people no longer register themselves: they are invited', 'who has registered already stays'],
  }, 1);
}

/** AgentCore has the list beside the issuer; a route of an API has its issuer in an authorizer that other routes may share. */
function addressed(door: NodeRecord, detail: Detail, g: FixGraph): Candidate {
  const inBlock = /^aws\.bedrockagentcore\.(gateway|runtime|harness)endpoint$/.test(door.type);
  const at = authorizerOf(door, g);
  const changes: SourceChange[] | undefined = inBlock && at ? [{ in: 'block', at, path: ['AuthorizerConfiguration', 'CustomJWTAuthorizer', 'AllowedAudience'], to: [asked('audience', `Audience (aud) of the tokens that your own application gets for ${showHoles(door.name)}`)] }] : undefined;
  return candidate(['audience', door.id], {
    op: 'narrow', what: 'Endpoint.authDetail', node: nodeRef(door), property: 'AllowedAudience', source: at, edit: { kind: 'properties', node: door.id, to: { authDetail: { ...detail, open: false } } },
    ...(changes ? { changes } : { noPatch: 'which application the tokens are for is not in the code: list its audience or client in the authorizer' }),
    text: `accept at ${showHoles(door.name)} tokens of your own application only: the list of audiences, which the next plan or deployment asks for`, effect: 'narrows Endpoint.authDetail to one audience',
    mightBreak: ['tokens that were issued for other applications are refused'],
  }, 1);
}
