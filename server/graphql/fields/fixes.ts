import { GraphQLBoolean, GraphQLEnumType, GraphQLID, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import { severityOf } from '../../../queries/remedy/plan.ts';
import { Fix, Severity, type Fix as FixRow } from '../../../schema/index.ts';
import type { StoredTicket } from '../../../graph/store/port.ts';
import { may } from '../../auth/roles.ts';
import { insideRoot } from '../../service/ingest.ts';
import { createTicket, fixesOf } from '../../service/ticketing.ts';
import type { ConfiguredTracker } from '../../service/tracker-config.ts';
import { connectionOf, page, pageArguments, problem, runOf } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import type { TypeBook } from '../from-zod.ts';
import { asker, idempotencyKey } from './asking.ts';

const text = { type: new GraphQLNonNull(GraphQLString) };
const texts = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)));

const TicketState = new GraphQLEnumType({ name: 'TicketState', description: 'INTENDED: it was about to be made, and nobody heard whether it was.', values: { INTENDED: { value: 'intended' }, OPEN: { value: 'open' }, CLOSED: { value: 'closed' } } });
const TicketType = new GraphQLObjectType<StoredTicket>({
  name: 'Ticket', description: 'What is known of the ticket of a fix at one tracker.',
  fields: {
    place: { ...text, description: 'Tracker and where: `github acme/estate`.' }, fix: { type: new GraphQLNonNull(GraphQLID) }, state: { type: new GraphQLNonNull(TicketState) }, title: text, severity: text, due: { ...text, description: 'YYYY-MM-DD.' },
    ref: { type: GraphQLString, description: 'What the tracker calls it.' }, url: { type: GraphQLString }, why: { type: GraphQLString, description: 'Why it is closed, or was not made.' },
    findings: { type: texts, description: 'Fingerprints it is about.' }, since: { type: GraphQLString, description: 'When it was last opened or closed.' }, writtenAt: { ...text, resolve: (t) => t.at },
  },
});
const TrackerType = new GraphQLObjectType<ConfiguredTracker>({ name: 'Tracker', description: 'A tracker that this service may write to.', fields: { name: text, kind: { ...text, resolve: (t) => t.config.tracker }, place: text } });
const Ticketed = new GraphQLObjectType({
  name: 'Ticketed', description: 'What was done, or would be done.',
  fields: { action: { ...text, description: 'create, reopen, keep, or busy: another request is making it.' }, why: { type: GraphQLString }, title: text, text: { ...text, description: 'Of the ticket, as Markdown.' }, ticket: { type: TicketType } },
});

/** Fixes, and the tickets they become. */
export function fixFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  book.extend('Fix', () => ({
    severity: { type: new GraphQLNonNull(book.of(Severity, 'Severity')), description: 'Of the worst finding it closes.' },
    chosen: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Of the smallest set that closes most; otherwise proven as well, but covered by those.' },
    patch: { type: GraphQLString, description: 'For git apply, proven by reading the patched code again. Only where `code` or `upload` gives the code.' },
    patchStatus: { type: GraphQLString, description: 'Whether there is a patch, in words.' },
  }));
  const plan = {
    closedTogether: { type: texts, description: 'Fingerprints closed when all chosen ones are made.' }, remaining: { type: texts, description: 'Fingerprints that all of them leave.' },
    runs: { type: new GraphQLNonNull(GraphQLInt), description: 'Analyses made as proof.' }, truncated: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Candidates were left untried.' }, patch: { type: GraphQLString, description: 'All patches in one.' },
  };
  return {
    fixes: {
      type: new GraphQLNonNull(connectionOf('Fix', book.object(Fix), plan)),
      description: 'The fewest changes that close the most, each proven by analysing again: those chosen first, then what they cover. Long on a large estate: STILL_WORKING means ask again.',
      args: { ...pageArguments, code: { type: GraphQLString, description: 'Folder under the ingest root that the run was read from: then with patches. Needs the right to ingest.' }, upload: { type: GraphQLID, description: 'The same as an archive, of POST /uploads.' } },
      resolve: async (_, a, ctx) => {
        if ((a['code'] != null || a['upload'] != null) && !may(ctx.caller, 'ingest')) throw problem('FORBIDDEN', 'your role may not read code: leave `code` and `upload` out');
        const code = a['upload'] != null ? ctx.service.uploads.folder(String(a['upload']), ctx.caller.id) : a['code'] != null ? insideRoot(ctx.service.options.ingestRoot, String(a['code'])) : undefined;
        const loaded = await runOf(ctx, a);
        const f = await fixesOf(ctx.service, ctx.caller.name, loaded, code);
        const [diffs, patched] = [new Map(f.diffs), new Map(f.patched)];
        const row = (chosen: boolean) => (x: FixRow) => ({ ...x, chosen, severity: severityOf(x, loaded.result.findings), patch: diffs.get(x.id) ?? null, patchStatus: patched.get(x.id) ?? null });
        const rows = [...f.plan.fixes.map(row(true)), ...f.plan.alternatives.map(row(false))];
        return { ...page(loaded.run.id, { list: 'fixes', rows, id: (x) => x.id }, a), closedTogether: f.plan.closedTogether, remaining: f.plan.remaining, runs: f.plan.runs, truncated: f.plan.truncated, patch: f.diff ?? null };
      },
    },
    tickets: {
      type: new GraphQLNonNull(connectionOf('Ticket', TicketType)), description: 'Tickets of all trackers, as the store knows them, ordered by place and fix.',
      args: { ...pageArguments, state: { type: TicketState }, fix: { type: GraphQLID }, place: { type: GraphQLString } },
      resolve: async (_, a, ctx) => {
        const rows = (await ctx.service.store.ledger.tickets((a['place'] as string | null) ?? undefined)).filter((t) => (a['state'] == null || t.state === a['state']) && (a['fix'] == null || t.fix === a['fix']));
        return page('tickets', { list: 'tickets', rows, id: (t) => `${t.place} ${t.fix}`, key: (t) => [t.place, t.fix] }, a);
      },
    },
    trackers: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(TrackerType))), description: 'Trackers that this service was set up with.', resolve: (_, __, ctx) => [...ctx.service.trackers.values()] },
  };
}

export function ticketFields(): GraphQLFieldConfigMap<unknown, ApiContext> {
  return {
    createTicket: {
      type: new GraphQLNonNull(Ticketed), description: 'Makes the ticket of a fix of the last run, or opens the one there is again: there is never a second one. The text of an open one stays; `overreach ticket` over the code keeps it up to date.',
      args: { fix: { type: new GraphQLNonNull(GraphQLID), description: 'Its id, or the first 8 characters or more.' }, tracker: { ...text, description: 'Name of one of `trackers`.' }, dryRun: { type: GraphQLBoolean, defaultValue: false, description: 'Only says what it would do.' }, idempotencyKey },
      resolve: async (_, a, ctx) => createTicket(ctx.service, asker(ctx, a), await ctx.answers.run(), { fix: String(a['fix']), tracker: String(a['tracker']), dryRun: a['dryRun'] === true }),
    },
  };
}
