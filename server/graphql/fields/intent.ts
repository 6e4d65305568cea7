import { GraphQLBoolean, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import type { InvokerGap } from '../../../queries/review/invoker-gap.ts';
import type { Reviews } from '../../../queries/review/inquiry.ts';
import { AccessRow, AccessStatus, EffectClass, GapCell, GapRow, IntentReview, OwnerRow } from '../../../schema/index.ts';
import { asCsv, gapRows } from '../../text/reviews.ts';
import { connectionOf, page, pageArguments, problem, runOf, type PageRequest } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import type { TypeBook } from '../from-zod.ts';
import { one } from './questions.ts';

interface Asked { run: string; reviews: Reviews }

/** Reviews are over the whole estate: who may see a part of it only is refused. */
async function reviewsOf(ctx: ApiContext, a: PageRequest): Promise<Asked> {
  const { run } = await runOf(ctx, a);
  const { reviews } = await ctx.answers.inquiry(run.id);
  if (!reviews) throw problem('FORBIDDEN', 'reviews are over the whole estate');
  return { run: run.id, reviews };
}

const idOf = (parts: readonly (string | undefined)[]): string => parts.map((p) => p ?? '').join('|');

/** Intent and actual access, who gains what through agents, and who answers for what. */
export function intentFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const node = { type: GraphQLString, description: 'Id, ARN, Terraform address, file:line, name or glob.' };
  const Cells = connectionOf('GapCell', book.object(GapCell));
  const Rows = connectionOf('GapRow', book.object(GapRow));
  const Gap = new GraphQLObjectType<{ run: string; gap: InvokerGap; agent: string | undefined }>({
    name: 'InvokerGap',
    description: 'What invokers gain by talking to agents over what they may do themselves (the confused-deputy gap).',
    fields: {
      cells: { type: new GraphQLNonNull(Cells), description: 'Invoker × agent, largest gain first.', args: pageArguments, resolve: (g, a: PageRequest) => page(g.run, { list: `gap cells ${g.agent ?? ''}`, rows: mine(g.gap.cells, g.agent), id: (c) => idOf([c.invoker.id, c.agent.id, ...c.effects]) }, a) },
      rows: { type: new GraphQLNonNull(Rows), description: 'One row for each gained effect, heaviest first.', args: pageArguments, resolve: (g, a: PageRequest) => page(g.run, { list: `gap rows ${g.agent ?? ''}`, rows: mine(g.gap.rows, g.agent), id: (r) => idOf([r.invoker.id, r.agent.id, r.effect, r.asset.id]) }, a) },
      notes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))), description: 'What limits this answer.', resolve: (g) => g.gap.notes },
      csv: { type: new GraphQLNonNull(GraphQLString), description: 'All rows for identity governance tools; no cell begins like a formula.', resolve: (g) => asCsv(gapRows(mine(g.gap.rows, g.agent))) },
    },
  });
  return {
    accessReview: {
      type: new GraphQLNonNull(connectionOf('AccessRow', book.object(AccessRow))),
      description: 'Principal × asset × effect × statement, against intent: excess first. Without principal, agent or asset: what the identities of agents may do.',
      args: { ...pageArguments, agent: node, principal: node, asset: node, effect: { type: book.of(EffectClass, 'EffectClass') as never }, status: { type: book.of(AccessStatus, 'AccessStatus') as never } },
      resolve: async (_, a, ctx) => {
        const { run, reviews } = await reviewsOf(ctx, a);
        const id = async (name: string, kinds?: readonly string[]): Promise<string | undefined> => (a[name] == null ? undefined : one(ctx, String(a[name]), kinds));
        const filter = { agent: await id('agent', ['Agent']), principal: await id('principal', ['Identity']), asset: await id('asset'), effect: (a['effect'] as EffectClass | null) ?? undefined, status: (a['status'] as AccessStatus | null) ?? undefined };
        return page(run, { list: `access ${JSON.stringify(filter)}`, rows: reviews.access.rows(filter), id: (r) => idOf([r.identity?.id, r.effect, r.asset.id, r.status]) }, a);
      },
    },
    intentReview: {
      type: new GraphQLNonNull(connectionOf('IntentReview', book.object(IntentReview))),
      description: 'Every agent against its intent in numbers: over-privilege, slack, latent excess, coverage gap, unused; worst first.',
      args: { ...pageArguments, agent: node },
      resolve: async (_, a, ctx) => {
        const { run, reviews } = await reviewsOf(ctx, a);
        const rows = a['agent'] == null ? reviews.access.agents() : [reviews.access.agent(await one(ctx, String(a['agent']), ['Agent']))];
        return page(run, { list: 'intent', rows, id: (r) => r.agent.id }, a);
      },
    },
    invokerGap: {
      type: new GraphQLNonNull(Gap),
      description: 'Who gains what by talking to which agent.',
      args: { agent: node, after: { type: GraphQLString, description: 'Cursor of one of the lists: pins its run.' } },
      resolve: async (_, a, ctx) => {
        const { run, reviews } = await reviewsOf(ctx, a);
        return { run, gap: reviews.gap(), agent: a['agent'] == null ? undefined : await one(ctx, String(a['agent']), ['Agent']) };
      },
    },
    owners: {
      type: new GraphQLNonNull(connectionOf('OwnerRow', book.object(OwnerRow))),
      description: 'Who answers for what and by which source; what nobody answers for comes first.',
      args: { ...pageArguments, unresolved: { type: GraphQLBoolean, description: 'Only what nobody answers for.' }, kind: { type: GraphQLString } },
      resolve: async (_, a, ctx) => {
        const { run, reviews } = await reviewsOf(ctx, a);
        const rows = reviews.owners().filter((r) => (a['unresolved'] !== true || r.owner === undefined) && (a['kind'] == null || r.node.kind === a['kind']));
        return page(run, { list: `owners ${a['unresolved'] === true} ${String(a['kind'] ?? '')}`, rows, id: (r) => r.node.id }, a);
      },
    },
  };
}

const mine = <T extends { agent: { id: string } }>(list: readonly T[], agent: string | undefined): readonly T[] => (agent === undefined ? list : list.filter((x) => x.agent.id === agent));
