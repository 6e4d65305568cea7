import { GraphQLID, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap, type GraphQLOutputType } from 'graphql';
import { FixEdit, LetIn, NodeRef, PathChange, PostureRow, RadiusDelta, Severity, ToolOf, type Comparison, type Severity as SeverityText } from '../../../schema/index.ts';
import { comparisonMarkdown } from '../../text/comparison.ts';
import { driftMarkdown } from '../../text/drift.ts';
import { runComparison } from '../../service/comparisons.ts';
import { reviewPlanOf, whatIfOf, type Edit } from '../../service/reviews.ts';
import { connectionOf, page, pageArguments, type PageRequest } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import { Json, type TypeBook } from '../from-zod.ts';

const text = { type: new GraphQLNonNull(GraphQLString) };
const many = (t: GraphQLOutputType): GraphQLNonNull<GraphQLOutputType> => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(t)));
/** A comparison, with what its cursors are bound to. */
interface Compared extends Comparison { key: string }

/** Two answers side by side: two runs, an estate and a plan, an estate and the same with changes. */
export function reviewFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const Change = connectionOf('PathChange', book.object(PathChange));
  const Posture = connectionOf('PostureChange', book.object(PostureRow));
  const paths = (list: 'opened' | 'closed' | 'changed' | 'undetermined', description: string) => ({ type: new GraphQLNonNull(Change), description, args: pageArguments, resolve: (c: Compared, a: PageRequest) => page(c.key, { list: `${c.key} ${list}`, rows: c[list], id: (x) => x.finding.fingerprint }, a) });
  const posture = (list: 'postureOpened' | 'postureClosed') => ({ type: new GraphQLNonNull(Posture), args: pageArguments, resolve: (c: Compared, a: PageRequest) => page(c.key, { list: `${c.key} ${list}`, rows: c[list], id: (x) => x.fingerprint }, a) });
  const ComparisonType = new GraphQLObjectType<Compared>({
    name: 'Comparison', description: 'What the second side has that the first had not, and the other way round. Nothing is called closed that was only not read.',
    fields: {
      before: text, after: text,
      opened: paths('opened', 'Worst first.'), closed: paths('closed', 'Gone, and what they were made of was read.'), changed: paths('changed', 'Another start, severity, verdict or number of assets.'), undetermined: paths('undetermined', 'Opened or gone, but a fact that decides it was not read.'),
      postureOpened: posture('postureOpened'), postureClosed: posture('postureClosed'),
      agentsAdded: { type: many(book.object(NodeRef)) }, agentsRemoved: { type: many(book.object(NodeRef)) }, toolsAdded: { type: many(book.object(ToolOf)) }, toolsRemoved: { type: many(book.object(ToolOf)) },
      same: { type: new GraphQLNonNull(GraphQLInt), description: 'Findings that are equal on both sides.' }, notes: { type: many(GraphQLString), description: 'What limits this answer.' },
      markdown: { ...text, resolve: (c) => comparisonMarkdown(c) + driftMarkdown(c) },
    },
  });
  const Cut = new GraphQLObjectType({ name: 'Cut', description: 'Where to cut, what to change there, and how many of the opened paths it closes.', fields: { place: text, text, closes: { type: new GraphQLNonNull(GraphQLInt) }, of: { type: new GraphQLNonNull(GraphQLInt) } } });
  const Reason = new GraphQLObjectType({ name: 'GateReason', fields: { code: { type: new GraphQLNonNull(GraphQLInt) }, reason: text } });
  const Gate = new GraphQLObjectType({ name: 'Gate', description: 'As the exit code of `overreach plan`: 0 passes, 1 a path at or above is opened, 2 one is only undetermined, 3 an input could not be read.', fields: { code: { type: new GraphQLNonNull(GraphQLInt) }, reasons: { type: many(Reason) } } });
  const PlanReview = new GraphQLObjectType({
    name: 'PlanReview', description: 'What a Terraform plan opens and closes, before it is applied. What grows (AGT-057) and where code and live part (AGT-006) are rows of postureOpened.',
    fields: {
      comparison: { type: new GraphQLNonNull(ComparisonType) }, blastRadius: { type: many(book.object(RadiusDelta)), description: 'Of the agents it touches, before and after.' }, cuts: { type: many(Cut), description: 'At most three, each proven by analysing again.' },
      letIn: { type: many(book.object(LetIn)), description: 'Whom policies let in beside the paths, and policies that are known after apply only. The gate counts them by what could be got, the unknown ones as undetermined.' },
      gate: { type: new GraphQLNonNull(Gate) }, markdown: { ...text, description: 'The comment under a pull request.' },
    },
  });
  const Actions = new GraphQLInputObjectType({ name: 'ActionsEdit', description: 'Actions of one statement of a policy, as they are afterwards; none = the statement goes.', fields: { policy: { type: new GraphQLNonNull(GraphQLID) }, statement: { type: new GraphQLNonNull(GraphQLInt), description: 'Index, from 0.' }, to: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))) } } });
  const Properties = new GraphQLInputObjectType({ name: 'PropertiesEdit', description: 'Properties of a node as they are afterwards; the others stay.', fields: { node: { type: new GraphQLNonNull(GraphQLID) }, to: { type: new GraphQLNonNull(Json) } } });
  const WhatIfEdit = new GraphQLInputObjectType({
    name: 'WhatIfEdit', description: 'One change of the graph, in exactly one of these ways.', isOneOf: true,
    fields: { fix: { type: GraphQLID, description: 'A fix of this run.' }, removeNode: { type: GraphQLID, description: 'The thing goes, and its edges with it.' }, removeEdge: { type: GraphQLID, description: 'The connection goes: a policy is detached, a tool taken away.' }, actions: { type: Actions }, properties: { type: Properties } },
  });
  return {
    compareRuns: {
      type: new GraphQLNonNull(ComparisonType), description: 'Paths opened, closed, changed and undetermined between two complete runs; what grew (AGT-057) and where code and live part (AGT-006) are rows of postureOpened.',
      args: { base: { type: new GraphQLNonNull(GraphQLID) }, head: { type: GraphQLID, description: 'Default: the last complete run.' } },
      resolve: async (_, a, ctx) => {
        const [base, head] = [await ctx.answers.run(String(a['base'])), await ctx.answers.run((a['head'] as string | null) ?? undefined)];
        return { ...(await runComparison(base, head, ctx.service.now().toISOString())), key: `compare ${base.run.id} ${head.run.id}` };
      },
    },
    plan: {
      type: new GraphQLNonNull(PlanReview), description: 'Reviews a Terraform plan (`terraform show -json`) that was uploaded or lies under the ingest root. Long on a large estate: STILL_WORKING means ask again.',
      args: {
        upload: { type: GraphQLID, description: 'Of POST /uploads.' }, path: { type: GraphQLString, description: 'Under the ingest root; either this or `upload`.' },
        over: { type: GraphQLString, defaultValue: 'plan', description: 'Base: `plan` (its own prior state), `nothing` (an empty estate), `latest`, or the id of a complete run.' },
        failOn: { type: book.of(Severity, 'Severity') as never, description: 'Of the gate; none = it only says what was not read.' },
      },
      resolve: async (_, a, ctx) => {
        const { key, ...r } = await reviewPlanOf(ctx.service, ctx.caller, { upload: a['upload'] as string | null, path: a['path'] as string | null, over: String(a['over'] ?? 'plan'), failOn: (a['failOn'] as SeverityText | null) ?? undefined });
        return { comparison: { ...r.comparison, key }, letIn: r.letIn, blastRadius: r.radii, cuts: r.cuts, gate: r.exit, markdown: r.markdown };
      },
    },
    whatIf: {
      type: new GraphQLNonNull(ComparisonType), description: 'What would open and close if the graph of a run were changed so. Long on a large estate: STILL_WORKING means ask again.',
      args: { edits: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(WhatIfEdit))), description: '1 to 100.' }, run: { type: GraphQLID, description: 'Default: the last complete run.' } },
      resolve: async (_, a, ctx) => {
        const loaded = await ctx.answers.run((a['run'] as string | null) ?? undefined);
        const { comparison, key } = await whatIfOf(ctx.service, ctx.caller.name, loaded, a['edits'] as Edit[], (v) => FixEdit.parse(v));
        return { ...comparison, key };
      },
    },
  };
}
