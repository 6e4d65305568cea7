import { GraphQLBoolean, GraphQLID, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import { principalsWhere } from '../../../queries/review/principal-list.ts';
import { AgentRow, CoverageEntry, PrincipalRow, RuleStatus, Run, showHoles, SourceRef, type NodeKind, type NodeRecord } from '../../../schema/index.ts';
import { connectionOf, page, pageArguments, runOf } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import { Json, type TypeBook } from '../from-zod.ts';

const contains = (n: { name: string; id: string }, part: unknown): boolean => part == null || n.id === part || n.name.toLowerCase().includes(String(part).toLowerCase());

/** A node of the stored graph. Declared properties of its kind are in `props` (schema/generated/model-reference.md). */
export function graphNodeType(book: TypeBook): GraphQLObjectType {
  const text = { type: new GraphQLNonNull(GraphQLString) };
  return new GraphQLObjectType<NodeRecord>({
    name: 'GraphNode',
    description: 'A node of the stored graph.',
    fields: {
      id: { type: new GraphQLNonNull(GraphQLID), description: 'Global id, ovr:<kind>:<provider>:<native id>.' },
      kind: text, type: text, sourceType: { type: GraphQLString }, name: { ...text, resolve: (n) => showHoles(n.name) }, provider: text, scope: text, environment: text, state: text, completeness: text,
      tags: { type: new GraphQLNonNull(Json) },
      props: { type: new GraphQLNonNull(Json), resolve: (n) => JSON.parse(showHoles(JSON.stringify(n.props))) as unknown },
      sources: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(SourceRef)))) },
      definedAt: { type: book.object(SourceRef), resolve: (n) => n.sources[0] },
    },
  });
}

export function inventoryFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const GraphNode = graphNodeType(book);
  const listArgs = { ...pageArguments, name: { type: GraphQLString, description: 'Part of the name, or the whole id.' } };
  const ofKind = (kind: NodeKind, name: string, description: string): GraphQLFieldConfigMap<unknown, ApiContext>[string] => ({
    type: new GraphQLNonNull(connectionOf(name, GraphNode)), description, args: listArgs,
    resolve: async (_, a, ctx) => { const { snapshot, run } = await runOf(ctx, a); return page(run.id, { list: kind, rows: snapshot.ofKind(kind).filter((n) => contains(n, a['name'])), id: (x) => x.id }, a); },
  });
  return {
    agents: {
      type: new GraphQLNonNull(connectionOf('Agent', book.object(AgentRow))), description: 'Inventory: platform, identities, tools, stores, exposure, owner, and where each is defined.', args: listArgs,
      resolve: async (_, a, ctx) => { const { result, run } = await runOf(ctx, a); return page(run.id, { list: 'agents', rows: result.agents.filter((x) => contains(x.agent, a['name'])), id: (x) => x.agent.id }, a); },
    },
    principals: {
      type: new GraphQLNonNull(connectionOf('Principal', book.object(PrincipalRow))), description: 'Every user, role and external trust: admin now, can become admin and how, worst asset.',
      args: { ...listArgs, isAdmin: { type: GraphQLBoolean, description: 'Admin now.' }, canBecomeAdmin: { type: GraphQLBoolean, description: 'Is none now, and can become one.' }, technique: { type: GraphQLString, description: 'Id of a technique that stands in its way to admin.' } },
      resolve: async (_, a, ctx) => {
        const { result, run } = await runOf(ctx, a);
        const rows = principalsWhere(result.principals, { isAdmin: a['isAdmin'] ?? undefined, canBecomeAdmin: a['canBecomeAdmin'] ?? undefined, technique: a['technique'] ?? undefined });
        return page(run.id, { list: 'principals', rows: rows.filter((x) => contains(x.identity, a['name'])), id: (x) => x.identity.id }, a);
      },
    },
    identities: ofKind('Identity', 'Identity', 'Everything that can be given permissions.'),
    dataStores: ofKind('DataStore', 'DataStore', 'Everything that holds data.'),
    secrets: ofKind('Secret', 'Secret', 'Secrets, parameters and keys; never their values.'),
    node: {
      type: GraphNode, description: 'One node by global id.', args: { id: { type: new GraphQLNonNull(GraphQLID) } },
      resolve: async (_, { id }, ctx) => (await ctx.answers.run()).snapshot.node(String(id)) ?? null,
    },
    rules: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(RuleStatus)))), description: 'Rules: evaluated or waiting for a source, and how often they match.', resolve: async (_, __, ctx) => (await ctx.answers.run()).result.rules },
    coverage: {
      type: new GraphQLNonNull(connectionOf('Coverage', book.object(CoverageEntry))), description: 'What was read, what was not, and what could not be resolved, with file and line.', args: { ...pageArguments, status: { type: GraphQLString } },
      resolve: async (_, a, ctx) => { const { result, run } = await runOf(ctx, a); return page(run.id, { list: 'coverage', rows: result.coverage.filter((c) => a['status'] == null || c.status === a['status']), id: (x) => `${x.source}:${x.input}` }, a); },
    },
    missingLayers: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))), description: 'Policy layers and settings that no input holds.', resolve: async (_, __, ctx) => (await ctx.answers.run()).result.missingLayers },
    runs: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(Run)))), description: 'Runs of this store, newest first.', args: { first: { type: GraphQLInt, defaultValue: 20 } }, resolve: async (_, { first }, ctx) => (await ctx.answers.runs()).slice(0, Math.max(0, Math.min(500, Number(first)))) },
  };
}
