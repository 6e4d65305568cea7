import { squash, type Rename } from '../../collectors/resources/canonical/tables.ts';
import { TERRAFORM } from '../../collectors/resources/aws/rename.gen.ts';

/** A property of a published schema as a Terraform resource type calls it: from the rename tables, else word by word. */
export function terraformPath(type: string, path: readonly string[]): string[] {
  const renames = (TERRAFORM[type] ?? []).flatMap((t: Rename) => Object.entries(t.rename ?? {}));
  const whole = renames.find(([, to]) => squash(to.replace(/^\//, '')) === squash(path.join('/')));
  if (whole) return whole[0].split('/');
  const head = renames.find(([from, to]) => !from.includes('/') && squash(to) === squash(path[0]!));
  return [head ? head[0] : snake(path[0]!), ...path.slice(1).map(snake)];
}

/** `CustomJWTAuthorizer` → custom_jwt_authorizer. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2').toLowerCase();

/** SAM writes some resources as properties of the function. */
export function samPath(type: string | undefined, path: readonly string[]): string[] {
  if (type === 'AWS::Serverless::Function' && path[0] === 'AuthType') return ['FunctionUrlConfig', ...path];
  if ((type === 'AWS::Serverless::Function' || type === 'AWS::Serverless::StateMachine') && path[0] === 'ManagedPolicyArns') return ['Policies', ...path.slice(1)];
  return [...path];
}
