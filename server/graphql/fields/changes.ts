import { GraphQLID, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import { Finding, PostureRow } from '../../../schema/index.ts';
import type { AuditEntry } from '../../../graph/store/port.ts';
import { analyze, ingest, jobOf, type IngestInput } from '../../service/ingest.ts';
import type { Job } from '../../service/jobs.ts';
import { problem } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import { Json, type TypeBook } from '../from-zod.ts';
import { asker, idempotencyKey } from './asking.ts';

const text = { type: new GraphQLNonNull(GraphQLString) };

export const JobType = new GraphQLObjectType<Job>({
  name: 'Job',
  description: 'Long work of this service. Ask for it again by id until `finishedAt` is set; its run is then the last complete one.',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID) }, kind: { ...text, description: 'ingest or analyze.' }, run: { ...text, description: 'Id of the run it makes or analyses.' }, status: { ...text, description: 'queued, running, complete, failed or abandoned.' }, progress: { ...text, description: 'What it is doing.' },
    askedBy: text, askedAt: text, finishedAt: { type: GraphQLString }, findings: { type: GraphQLInt },
    problem: { type: new GraphQLObjectType({ name: 'JobProblem', description: 'Why a job failed.', fields: { code: text, message: text } }) },
  },
});
const AuditType = new GraphQLObjectType<AuditEntry>({
  name: 'AuditEntry', description: 'Who changed what, when, and what it was before and after.',
  fields: { seq: { type: new GraphQLNonNull(GraphQLInt) }, id: { type: new GraphQLNonNull(GraphQLID) }, at: text, who: text, what: text, subject: text, before: { type: Json }, after: { type: Json }, request: { type: GraphQLString, description: 'Id of the HTTP request, as in the logs.' } },
});
const Viewer = new GraphQLObjectType({ name: 'Viewer', description: 'Who asks.', fields: { name: text, role: text, scopes: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)), description: 'account:…, team:… or path:…; null: everything is seen.' } } });

/** What stands beside the answers: who I am, jobs, the audit trail. */
export function serviceFields(): GraphQLFieldConfigMap<unknown, ApiContext> {
  return {
    viewer: { type: new GraphQLNonNull(Viewer), description: 'The caller and its role.', resolve: (_, __, ctx) => ({ name: ctx.caller.name, role: ctx.caller.role, scopes: ctx.caller.scopes ?? null }) },
    job: { type: new GraphQLNonNull(JobType), description: 'One job by id: poll it.', args: { id: { type: new GraphQLNonNull(GraphQLID) } }, resolve: (_, a, ctx) => jobOf(ctx.service, String(a['id'])) },
    jobs: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(JobType))), description: 'Jobs of this process, newest first, at most 200.', resolve: (_, __, ctx) => ctx.service.jobs.list() },
    audit: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(AuditType))), description: 'The audit trail, newest first.',
      args: { first: { type: GraphQLInt, defaultValue: 50, description: '1 to 500.' }, before: { type: GraphQLInt, description: 'Only entries older than this `seq`.' } },
      resolve: (_, a, ctx) => {
        const first = Number(a['first'] ?? 50);
        if (first < 1 || first > 500) throw problem('BAD_PAGE_SIZE', 'first must be 1 to 500');
        return ctx.service.store.ledger.audit(first, (a['before'] as number | null | undefined) ?? undefined);
      },
    },
  };
}

export function changeFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const Decided = new GraphQLObjectType({ name: 'DecidedRow', description: 'The row a decision is about, as it is now.', fields: { fingerprint: text, finding: { type: book.object(Finding) }, posture: { type: book.object(PostureRow) } } });
  const row = async (ctx: ApiContext, { fingerprint }: { fingerprint: string }): Promise<object> => {
    const { result } = await ctx.answers.run();
    return { fingerprint, finding: result.findings.find((f) => f.fingerprint === fingerprint) ?? null, posture: result.posture.find((p) => p.fingerprint === fingerprint) ?? null };
  };
  const IngestInput = new GraphQLInputObjectType({
    name: 'IngestInput', description: 'What to load: paths under the ingest root, and ids that POST /uploads gave.',
    fields: { paths: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) }, uploads: { type: new GraphQLList(new GraphQLNonNull(GraphQLID)) }, scope: { type: GraphQLString }, accountId: { type: GraphQLString }, workspace: { type: GraphQLString } },
  });
  const fingerprint = { ...text, description: 'Of a finding or posture row, or its first 8 characters or more.' };
  return {
    acceptRisk: {
      type: new GraphQLNonNull(Decided), description: 'Accepts a risk until a date: the row stays, marked. It is open again afterwards.',
      args: { fingerprint, owner: { ...text, description: 'Who answers for it.' }, reason: text, expires: { ...text, description: 'YYYY-MM-DD.' }, idempotencyKey },
      resolve: async (_, a, ctx) => row(ctx, await ctx.service.decisions.acceptRisk(asker(ctx, a), { fingerprint: String(a['fingerprint']), owner: String(a['owner']), reason: String(a['reason']), until: String(a['expires']) })),
    },
    reopen: { type: new GraphQLNonNull(Decided), description: 'Takes an acceptance back.', args: { fingerprint, idempotencyKey }, resolve: async (_, a, ctx) => row(ctx, await ctx.service.decisions.reopen(asker(ctx, a), String(a['fingerprint']))) },
    ingest: { type: new GraphQLNonNull(JobType), description: 'Loads and analyses. Answers at once with a job; poll `job(id)`.', args: { input: { type: new GraphQLNonNull(IngestInput) }, idempotencyKey }, resolve: (_, a, ctx) => ingest(ctx.service, asker(ctx, a), ctx.caller.id, a['input'] as IngestInput) },
    analyze: { type: new GraphQLNonNull(JobType), description: 'Analyses a complete run anew, by default the last.', args: { run: { type: GraphQLID }, idempotencyKey }, resolve: (_, a, ctx) => analyze(ctx.service, asker(ctx, a), (a['run'] as string | null | undefined) ?? undefined) },
  };
}
