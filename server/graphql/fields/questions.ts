import { GraphQLBoolean, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import { AttackPath, BlastRadius, Holder, WhyNot } from '../../../schema/index.ts';
import { problem } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import type { TypeBook } from '../from-zod.ts';

const MAX_PATHS = 10;

/** A node named by id, ARN, Terraform address, file:line, name or glob; several candidates are an error that lists them. */
export async function one(ctx: ApiContext, text: string, kinds?: readonly string[]): Promise<string> {
  const found = (await ctx.answers.inquiry()).find(text, kinds);
  if (found.length === 1) return found[0]!.id;
  throw problem(found.length === 0 ? 'NOT_FOUND' : 'AMBIGUOUS', found.length === 0 ? `nothing in the last run is called ${text}` : `${text} names ${found.length} things: ${found.slice(0, 10).map((n) => n.id).join(', ')}`);
}

export function questionFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const Paths = new GraphQLObjectType({
    name: 'Paths',
    description: 'Shortest chordless paths of the best verdict. `truncated`: more exist than were asked for or searched.',
    fields: { paths: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(AttackPath)))) }, truncated: { type: new GraphQLNonNull(GraphQLBoolean) } },
  });
  const from = { type: new GraphQLNonNull(GraphQLString), description: 'Entry class (E0 … E8), or id, ARN, address, file:line, name or glob of a node.' };
  return {
    pathsBetween: {
      type: new GraphQLNonNull(Paths),
      description: 'How one gets from a start to a node.',
      args: { from, to: { type: new GraphQLNonNull(GraphQLString) }, k: { type: GraphQLInt, defaultValue: 1 } },
      resolve: async (_, a, ctx) => {
        const q = await ctx.answers.inquiry();
        const start = /^E[0-8]$/.test(String(a['from'])) ? String(a['from']) : await one(ctx, String(a['from']));
        return q.paths(start, await one(ctx, String(a['to'])), Math.max(1, Math.min(MAX_PATHS, Number(a['k']))));
      },
    },
    whyNot: {
      type: new GraphQLNonNull(book.object(WhyNot)),
      description: 'Why a start does not reach a node: the first fact that blocks.',
      args: { from, to: { type: new GraphQLNonNull(GraphQLString) } },
      resolve: async (_, a, ctx) => (await ctx.answers.inquiry()).whyNot(/^E[0-8]$/.test(String(a['from'])) ? String(a['from']) : await one(ctx, String(a['from'])), await one(ctx, String(a['to']))),
    },
    blastRadius: {
      type: new GraphQLNonNull(book.object(BlastRadius)),
      description: 'What an agent can do to its owner: by influence (tools only), and by code execution or credentials.',
      args: { agent: { type: new GraphQLNonNull(GraphQLString) } },
      resolve: async (_, { agent }, ctx) => (await ctx.answers.inquiry()).blastRadius(await one(ctx, String(agent), ['Agent'])),
    },
    whoCan: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(Holder)))),
      description: 'Holders of an action (dynamodb:PutItem) or effect class (write) on an asset: directly, and through an agent.',
      args: { what: { type: new GraphQLNonNull(GraphQLString) }, asset: { type: new GraphQLNonNull(GraphQLString) } },
      resolve: async (_, a, ctx) => (await ctx.answers.inquiry()).whoCan(String(a['what']), await one(ctx, String(a['asset']))),
    },
  };
}
