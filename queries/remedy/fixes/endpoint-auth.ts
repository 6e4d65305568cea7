import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixKind } from '../fix-kind.ts';

interface Door { property: string; from: string | undefined; says: string; breaks: string }

const SIGNED = 'callers that do not sign their requests (SigV4) are refused: a public page needs its own credentials, or a JWT authorizer in front';
/** Endpoint types that can ask for a signature themselves. */
const DOORS: Record<string, Door> = {
  'aws.lambda.url': { property: 'AuthType', from: 'NONE', says: 'function URL', breaks: SIGNED },
  'aws.apigatewayv2.route': { property: 'AuthorizationType', from: undefined, says: 'route', breaks: `${SIGNED}; where callers have tokens, attach a JWT authorizer instead` },
  'aws.apigateway.method': { property: 'AuthorizationType', from: 'NONE', says: 'method', breaks: SIGNED },
  'aws.bedrockagentcore.gateway': { property: 'AuthorizerType', from: 'NONE', says: 'gateway', breaks: `${SIGNED}; for people, CUSTOM_JWT with allowed audience and clients` },
};

/** A door that asks nobody: callers sign their requests. */
export const fix: FixKind = {
  name: 'endpoint-auth',
  edits: 'AuthType, AuthorizationType or AuthorizerType of an endpoint',
  at(hop, _where, g) {
    const n = hop.fact === 'PRESENCE' ? g.nodes.get(hop.node.id) : undefined;
    if (n?.props['auth'] !== 'none') return [];
    const door = DOORS[n.type];
    const at = n.sources[0];
    const common = { op: 'narrow', what: 'Endpoint.auth', node: nodeRef(n), source: at, edit: { kind: 'auth', endpoint: n.id, from: 'none', to: 'aws-iam' }, effect: 'narrows Endpoint.auth from none to aws-iam' } as const;
    if (!door) return [candidate(['auth', n.id], { ...common, text: `ask callers of ${showHoles(n.name)} who they are: a JWT authorizer or IAM in front of it`, noPatch: 'who its callers are, and what they can present, is not in the code', mightBreak: ['callers without a token or signature are refused'] }, 2)];
    const written = n.type !== 'aws.lambda.url' && n.type !== 'aws.apigateway.method' && n.type !== 'aws.bedrockagentcore.gateway' ? {} : { from: door.from };
    return [candidate(['auth', n.id], {
      ...common, property: door.property, changes: at ? [{ in: 'block', at, path: [door.property], ...written, to: 'AWS_IAM' }] : [],
      text: `set ${door.property} of ${door.says} ${showHoles(n.name)} to AWS_IAM`, mightBreak: [door.breaks],
    }, 1.5)];
  },
};
