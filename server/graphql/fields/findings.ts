import { GraphQLEnumType, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString, type GraphQLFieldConfigMap, type GraphQLInputType } from 'graphql';
import { Finding, PostureRow, Severity, severityRank, StartClass, Undecided, verdictRank, Verdict, EffectClass } from '../../../schema/index.ts';
import { connectionOf, page, pageArguments, runOfCursor, type PageRequest } from '../connection.ts';
import type { ApiContext } from '../context.ts';
import type { TypeBook } from '../from-zod.ts';

interface Filter { severity?: string[]; verdict?: string[]; rule?: string[]; startClass?: string[]; agent?: string; identity?: string; asset?: string; effect?: string[]; owner?: string; environment?: string; state?: string[] }

/** Case-insensitive part of a name, or the whole id, of a node. */
const names = (n: { id: string; name: string; address?: string } | undefined, want: string | undefined): boolean =>
  want === undefined || (n !== undefined && (n.id === want || n.address === want || n.name.toLowerCase().includes(want.toLowerCase())));
const oneOf = (v: string, want: string[] | undefined): boolean => !want || want.length === 0 || want.includes(v);

export const matches = (f: Finding, w: Filter): boolean =>
  oneOf(f.severity, w.severity) && oneOf(f.verdict, w.verdict) && oneOf(f.startClass, w.startClass) && oneOf(f.effect, w.effect) && oneOf(f.state, w.state)
  && (!w.rule || w.rule.length === 0 || f.rules.some((r) => w.rule!.includes(r))) && names(f.subject, w.agent) && names(f.identity, w.identity) && names(f.asset, w.asset)
  && (w.owner === undefined || (f.owner ?? '').toLowerCase().includes(w.owner.toLowerCase())) && (w.environment === undefined || f.environment === w.environment);

type Order = 'SEVERITY' | 'SCORE' | 'VERDICT' | 'TITLE';
/** The fingerprint decides ties, so that pages never overlap. */
const ORDERS: Record<Order, (a: Finding, b: Finding) => number> = {
  SEVERITY: (a, b) => severityRank(a.severity) - severityRank(b.severity) || verdictRank(a.verdict) - verdictRank(b.verdict) || b.score.value - a.score.value,
  SCORE: (a, b) => b.score.value - a.score.value,
  VERDICT: (a, b) => verdictRank(a.verdict) - verdictRank(b.verdict),
  TITLE: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
};

export function findingFields(book: TypeBook): GraphQLFieldConfigMap<unknown, ApiContext> {
  const many = (t: unknown): GraphQLInputType => new GraphQLList(new GraphQLNonNull(t as GraphQLEnumType));
  const FindingFilter = new GraphQLInputObjectType({
    name: 'FindingFilter',
    description: 'All given parts must hold.',
    fields: {
      severity: { type: many(book.of(Severity, 'Severity')) }, verdict: { type: many(book.of(Verdict, 'Verdict')) }, startClass: { type: many(book.of(StartClass, 'StartClass')) }, effect: { type: many(book.of(EffectClass, 'EffectClass')) },
      rule: { type: many(GraphQLString), description: 'Ids of facets: AGT-007, …' },
      agent: { type: GraphQLString, description: 'Part of the name, or the id, of the subject.' }, identity: { type: GraphQLString }, asset: { type: GraphQLString },
      owner: { type: GraphQLString }, environment: { type: GraphQLString, description: 'prod, nonprod or unknown.' }, state: { type: many(GraphQLString), description: 'open, accepted, ignored.' },
    },
  });
  const FindingOrder = new GraphQLEnumType({ name: 'FindingOrder', description: 'SEVERITY: severity, then verdict, then score.', values: { SEVERITY: {}, SCORE: {}, VERDICT: {}, TITLE: {} } });
  const args = { ...pageArguments, filterBy: { type: FindingFilter }, orderBy: { type: FindingOrder, defaultValue: 'SEVERITY' } };
  const rows = async (ctx: ApiContext, a: PageRequest & { filterBy?: Filter; orderBy?: Order }): Promise<{ list: Finding[]; run: string }> => {
    const { result, run } = await ctx.answers.run(runOfCursor(a.after));
    const order = ORDERS[a.orderBy ?? 'SEVERITY'];
    const list = result.findings.filter((f) => matches(f, a.filterBy ?? {})).sort((x, y) => order(x, y) || (x.fingerprint < y.fingerprint ? -1 : 1));
    return { list, run: run.id };
  };
  return {
    findings: {
      type: new GraphQLNonNull(connectionOf('Finding', book.object(Finding))),
      description: 'Attack paths, one row per problem: (start class, subject, identity, asset, effect).',
      args,
      resolve: async (_, a, ctx) => { const { list, run } = await rows(ctx, a as never); return page(list, run, a as PageRequest); },
    },
    finding: {
      type: book.object(Finding),
      description: 'One finding by fingerprint, or by a unique beginning of it (8 characters or more).',
      args: { fingerprint: { type: new GraphQLNonNull(GraphQLString) } },
      resolve: async (_, { fingerprint }, ctx) => {
        const want = String(fingerprint);
        const hits = (await ctx.answers.run()).result.findings.filter((f) => f.fingerprint === want || (want.length >= 8 && f.fingerprint.startsWith(want)));
        return hits.length === 1 ? hits[0] : null;
      },
    },
    attackPaths: {
      type: new GraphQLNonNull(connectionOf('FindingPath', book.object(Finding))),
      description: 'The same rows, for clients that want the path of each: select `path { hops { … } }`.',
      args,
      resolve: async (_, a, ctx) => { const { list, run } = await rows(ctx, a as never); return page(list, run, a as PageRequest); },
    },
    definedAt: {
      type: new GraphQLNonNull(connectionOf('FindingAtLine', book.object(Finding))),
      description: 'Which findings does this line cause? Findings with a hop whose evidence or node covers the line.',
      args: { ...pageArguments, file: { type: new GraphQLNonNull(GraphQLString) }, line: { type: GraphQLInt } },
      resolve: async (_, a, ctx) => {
        const { result, run } = await ctx.answers.run(runOfCursor(a['after'] as string | undefined));
        const [file, line] = [String(a['file']), a['line'] as number | undefined];
        const covers = (s: { file?: string; startLine?: number; endLine?: number } | undefined): boolean => s?.file === file && (line == null || (s.startLine !== undefined && s.startLine <= line && (s.endLine ?? s.startLine) >= line));
        const list = result.findings.filter((f) => f.path.hops.some((h) => h.evidence.some((e) => covers(e.source)) || covers(h.node.definedAt)));
        return page(list, run.id, a as PageRequest);
      },
    },
    posture: {
      type: new GraphQLNonNull(connectionOf('Posture', book.object(PostureRow))),
      description: 'Rows about single nodes, from posture rules.',
      args: { ...pageArguments, rule: { type: GraphQLString } },
      resolve: async (_, a, ctx) => { const { result, run } = await ctx.answers.run(runOfCursor(a['after'] as string | undefined)); return page(result.posture.filter((p) => a['rule'] == null || p.rule === a['rule']), run.id, a as PageRequest); },
    },
    undecided: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(Undecided)))),
      description: 'Decide these first: facts whose answer would change most findings.',
      resolve: async (_, __, ctx) => (await ctx.answers.run()).result.undecided,
    },
  };
}
