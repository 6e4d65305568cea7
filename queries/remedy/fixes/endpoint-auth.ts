import { showHoles, type NodeRecord, type SourceChange, type SourceRef } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixGraph, type FixKind } from '../fix-kind.ts';

interface Door { property: string; from?: string; says: string; breaks: string }

const SIGNED = 'callers that do not sign their requests (SigV4) are refused: a public page needs its own credentials, or a JWT authorizer in front';
const PEOPLE = 'for people, CUSTOM_JWT with allowed audience and clients';
/** Endpoint types that can ask for a signature themselves. */
const DOORS: Record<string, Door> = {
  'aws.lambda.url': { property: 'AuthType', from: 'NONE', says: 'function URL', breaks: SIGNED },
  'aws.apigatewayv2.route': { property: 'AuthorizationType', says: 'route', breaks: `${SIGNED}; where callers have tokens, attach a JWT authorizer instead` },
  'aws.apigateway.method': { property: 'AuthorizationType', from: 'NONE', says: 'method', breaks: SIGNED },
  'aws.bedrockagentcore.gatewayendpoint': { property: 'AuthorizerType', from: 'NONE', says: 'gateway', breaks: `${SIGNED}; ${PEOPLE}` },
};

/** Those that ask for a token by an authorizer, and for a signature without one (AgentCore developer guide, inbound authorization). */
const WITH_TOKEN: Record<string, { says: string; type?: string }> = {
  'aws.bedrockagentcore.gatewayendpoint': { says: 'gateway', type: 'AuthorizerType' },
  'aws.bedrockagentcore.runtimeendpoint': { says: 'runtime' },
  'aws.bedrockagentcore.harnessendpoint': { says: 'harness' },
};

/** A door that asks nobody, or takes a token that anyone can get: callers sign their requests. */
export const fix: FixKind = {
  name: 'endpoint-auth',
  edits: 'AuthType, AuthorizationType, AuthorizerType or AuthorizerConfiguration of an endpoint',
  at(hop, _where, g) {
    const n = hop.fact === 'PRESENCE' ? g.nodes.get(hop.node.id) : undefined;
    if (n?.props['auth'] === 'jwt') return signedInstead(n, g);
    if (n?.props['auth'] !== 'none') return [];
    const door = DOORS[n.type];
    const at = n.sources[0];
    if (!door) return [candidate(['auth', n.id], { ...common(n, at), text: `ask callers of ${showHoles(n.name)} who they are: a JWT authorizer or IAM in front of it`, noPatch: 'who its callers are, and what they can present, is not in the code', mightBreak: ['callers without a token or signature are refused'] }, 2)];
    return [candidate(['auth', n.id], {
      ...common(n, at), property: door.property, changes: at ? [{ in: 'block', at, path: [door.property], ...(door.from === undefined ? {} : { from: door.from }), to: 'AWS_IAM' }] : [],
      text: `set ${door.property} of ${door.says} ${showHoles(n.name)} to AWS_IAM`, mightBreak: [door.breaks],
    }, 1.5)];
  },
};

const common = (n: NodeRecord, at: SourceRef | undefined) => {
  const from = String(n.props['auth']);
  return { op: 'narrow', what: 'Endpoint.auth', node: nodeRef(n), source: at, edit: { kind: 'auth', endpoint: n.id, from, to: 'aws-iam' }, effect: `narrows Endpoint.auth from ${from} to aws-iam` } as const;
};

/** Where the authorizer of an AgentCore door is written: a gateway has its own, any other door that of what answers there. */
export const authorizerOf = (n: NodeRecord, g: FixGraph): SourceRef | undefined =>
  (n.type === 'aws.bedrockagentcore.gatewayendpoint' ? undefined : g.out(n.id, 'ROUTES_TO').flatMap((e) => g.nodes.get(e.to)?.sources[0] ?? [])[0]) ?? n.sources[0];

/** Whose token is accepted only its owner knows; a signature needs no issuer. The authorizer stands where what answers is written. */
function signedInstead(n: NodeRecord, g: FixGraph): ReturnType<FixKind['at']> {
  const kind = WITH_TOKEN[n.type];
  const detail = n.props['authDetail'] as { open?: boolean; selfSignup?: boolean } | undefined;
  if (!kind || (detail?.open !== true && detail?.selfSignup !== true)) return [];
  const at = authorizerOf(n, g);
  const changes: SourceChange[] = !at ? [] : [...(kind.type ? [{ in: 'block' as const, at, path: [kind.type], from: 'CUSTOM_JWT', to: 'AWS_IAM' }] : []), { in: 'block', at, path: ['AuthorizerConfiguration'] }];
  return [candidate(['auth', n.id], {
    ...common(n, at), property: 'AuthorizerConfiguration', changes,
    text: `let callers of ${kind.says} ${showHoles(n.name)} sign their requests (AWS_IAM) instead of showing a token that ${detail.selfSignup === true ? 'whoever signs up gets' : 'anyone can get'}`,
    mightBreak: ['callers that come with a token are refused: an application signs for them, or the issuer, audience and clients are narrowed to your own people'],
  }, 2)];
}
