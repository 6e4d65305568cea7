import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixKind } from '../fix-kind.ts';

/** Function URL that asks nobody: callers sign their requests. */
export const fix: FixKind = {
  name: 'function-url-auth',
  edits: 'AuthType of a function URL',
  at(hop, _where, g) {
    const n = hop.fact === 'PRESENCE' ? g.nodes.get(hop.node.id) : undefined;
    if (n?.type !== 'aws.lambda.url' || n.props['auth'] !== 'none') return [];
    const at = n.sources[0];
    return [candidate(['auth', n.id], {
      op: 'narrow', what: 'Endpoint.auth', node: nodeRef(n), property: 'authorization_type', source: at, edit: { kind: 'auth', endpoint: n.id, from: 'none', to: 'aws-iam' },
      changes: at ? [{ in: 'block', at, path: ['AuthType'], from: 'NONE', to: 'AWS_IAM' }] : [],
      text: `set ${at?.source === 'cloudformation' ? 'AuthType: AWS_IAM' : 'authorization_type = "AWS_IAM"'} on ${showHoles(n.name)}`, effect: 'narrows Endpoint.auth from none to aws-iam',
      mightBreak: ['callers that do not sign their requests (SigV4) are refused: a public page needs its own credentials, or a JWT authorizer in front'],
    }, 1.5)];
  },
};
