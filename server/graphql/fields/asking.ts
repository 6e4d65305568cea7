import { GraphQLString } from 'graphql';
import type { Asker } from '../../service/decisions.ts';
import type { ApiContext } from '../context.ts';

export const idempotencyKey = { type: GraphQLString, description: 'Of your choice, 1 to 128 printable characters. The same request with the same key is carried out once and gets the same answer.' };

/** Who asks for a change, as decisions want to know it. */
export const asker = (ctx: ApiContext, a: { idempotencyKey?: unknown }): Asker => ({ who: ctx.caller.name, request: ctx.request, ...(ctx.caller.scopes === undefined ? {} : { view: ctx.answers }), ...(typeof a.idempotencyKey === 'string' ? { key: a.idempotencyKey } : {}) });
