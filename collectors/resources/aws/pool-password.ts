import type { Resource, Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { prop, text } from '../properties.ts';
import { naming } from './grouped.ts';
import { idOf } from './shared.ts';

const USER = 'AWS::Cognito::UserPoolUser';

/** The user of this pool that a value names, by reference or by name. Users of other pools may be called the same. */
function userOf(ctx: MapContext, pool: Resource, username: Value | undefined): string | undefined {
  const name = text(username);
  if (name === undefined) return undefined;
  const user = naming(ctx, pool, USER, 'UserPoolId').find((u) => text(prop(u, 'Username')) === name || ctx.resource(username, [USER]) === u);
  return user && idOf(ctx, user);
}

/** Says whose password a credential is: `directory` where it is accepted, and the user, where the input holds that one. */
export function signsIn(ctx: MapContext, r: Resource, credential: string, pool: Resource, username: Value | undefined, where: string): void {
  const directory = idOf(ctx, pool);
  if (directory) ctx.amend(credential, { directory });
  const user = userOf(ctx, pool, username);
  if (user) ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: user, evidence: ctx.evidence(r, where) });
}
