import { hole, splitHoles, wholeHole } from '../../../../schema/index.ts';
import type { Span } from '../syntax/node.ts';
import type { Evaluation } from './evaluate.ts';

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):((?:(?!\}\}).)*)\}\}/g;

/** A secret or parameter that a template reads while it is deployed: a thing outside, known by its name. */
export interface Outside { address: string; type: 'AWS::SecretsManager::Secret' | 'AWS::SSM::Parameter'; name: string; at: Span }

/**
 * Replaces `{{resolve:…}}` by a reference to the secret or parameter it names: to the resource of the template where a reference says
 * which, else to a thing outside. Its content is never in the template.
 */
export function withReferences(text: string, e: Evaluation, at: Span): string {
  return text.replace(REFERENCE, (_, service: string, rest: string) => {
    const secret = service === 'secretsmanager';
    const type = secret ? 'AWS::SecretsManager::Secret' as const : 'AWS::SSM::Parameter' as const;
    const name = secret ? nameOf(rest) : rest.split(':')[0]!;
    const attribute = secret ? 'SecretString' : 'Value';
    const first = splitHoles(name)[0];
    const own = wholeHole(name) ?? (typeof first === 'object' ? first : undefined);
    if (own?.kind === 'ref' && e.scope.declares(own.address)) return hole({ kind: 'ref', address: own.address, attribute });
    return hole({ kind: 'ref', address: e.scope.outside({ type, name, at }), attribute });
  });
}

/** Name or ARN of the secret, without the key, stage and version that may follow. */
function nameOf(rest: string): string {
  const parts = rest.split(':');
  return rest.startsWith('arn:') ? parts.slice(0, 7).join(':') : parts[0]!;
}
