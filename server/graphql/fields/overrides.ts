import { GraphQLID, GraphQLList, GraphQLNonNull, GraphQLEnumType, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import type { StoredOverride } from '../../../graph/store/port.ts';
import { removeOverride, setOverride, type NewOverride } from '../../service/overrides.ts';
import type { ApiContext } from '../context.ts';
import { asker, idempotencyKey } from './asking.ts';

const text = { type: new GraphQLNonNull(GraphQLString) };
const Level = new GraphQLEnumType({ name: 'OverrideLevel', description: 'Sensitivity that somebody decides on.', values: { restricted: {}, confidential: {}, internal: {}, public: {} } });
const Integrity = new GraphQLEnumType({ name: 'OverrideIntegrity', description: 'Whether a change of it would be worse than reading it.', values: { normal: {}, high: {} } });
const Override = new GraphQLObjectType<StoredOverride>({
  name: 'Override', description: 'What somebody decided about the sensitivity of a node, against what its tags, names and kind say. It counts from the next analysis until it expires.',
  fields: { node: { type: new GraphQLNonNull(GraphQLID) }, level: { type: Level }, integrity: { type: Integrity }, reason: text, expires: { type: GraphQLString, description: 'YYYY-MM-DD; none: until it is taken back.' }, by: text, at: text },
});

export const overrideQueries = (): GraphQLFieldConfigMap<unknown, ApiContext> => ({
  overrides: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(Override))), description: 'Every override that stands, expired ones included, ordered by node.', resolve: (_, __, ctx) => ctx.service.store.ledger.overrides() },
});

export const overrideChanges = (): GraphQLFieldConfigMap<unknown, ApiContext> => ({
  setOverride: {
    type: new GraphQLNonNull(Override), description: 'Decides the sensitivity of a data store or secret. Whatever may lower it needs an end. Ask `analyze` for a result that knows of it.',
    args: { node: { type: new GraphQLNonNull(GraphQLID), description: 'Global id.' }, level: { type: Level }, integrity: { type: Integrity }, reason: text, expires: { type: GraphQLString, description: 'YYYY-MM-DD.' }, idempotencyKey },
    resolve: (_, a, ctx) => {
      const given = Object.fromEntries(['node', 'level', 'integrity', 'reason', 'expires'].flatMap((k) => (a[k] == null ? [] : [[k, a[k]]])));
      const { decisions, store, now } = ctx.service;
      return setOverride(decisions, store, async (id) => (await ctx.answers.run()).snapshot.node(id), now, asker(ctx, a), given as unknown as NewOverride);
    },
  },
  removeOverride: {
    type: new GraphQLNonNull(Override), description: 'Takes an override back; answers with what it was.', args: { node: { type: new GraphQLNonNull(GraphQLID) }, idempotencyKey },
    resolve: (_, a, ctx) => removeOverride(ctx.service.decisions, ctx.service.store, asker(ctx, a), String(a['node'])),
  },
});
