import { GraphQLEnumType, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString, type GraphQLFieldConfigMap, type GraphQLInputType } from 'graphql';
import { Finding, PostureRow, Severity, severityRank, StartClass, Undecided, verdictRank, Verdict, EffectClass } from '../../../schema/index.ts';
import { connectionOf, page, pageArguments, runOf, type PageRequest } from '../connection.ts';
import type { Loaded } from '../../service/answers.ts';
import { compareKeys, type Key } from '../cursor.ts';
import type { ApiContext } from '../context.ts';
import type { TypeBook } from '../from-zod.ts';

type Parts = 'severity' | 'verdict' | 'rule' | 'startClass' | 'effect' | 'state';
type Filter = { [k in Parts]?: string[] | null } & { [k in 'agent' | 'identity' | 'asset' | 'owner' | 'environment']?: string | null };

/** Case-insensitive part of a name, or the whole id, of a node. */
const names = (n: { id: string; name: string; address?: string } | undefined, want: string | null | undefined): boolean =>
  want == null || (n !== undefined && (n.id === want || n.address === want || n.name.toLowerCase().includes(want.toLowerCase())));
const oneOf = (v: string, want: string[] | null | undefined): boolean => !want || want.length === 0 || want.includes(v);

export const matches = (f: Finding, w: Filter): boolean =>
  oneOf(f.severity, w.severity) && oneOf(f.verdict, w.verdict) && oneOf(f.startClass, w.startClass) && oneOf(f.effect, w.effect) && oneOf(f.state, w.state)
  && (!w.rule || w.rule.length === 0 || f.rules.some((r) => w.rule!.includes(r))) && names(f.subject, w.agent) && names(f.identity, w.identity) && names(f.asset, w.asset)
  && (w.owner == null || (f.owner ?? '').toLowerCase().includes(w.owner.toLowerCase())) && (w.environment == null || f.environment === w.environment);

type Order = 'SEVERITY' | 'SCORE' | 'VERDICT' | 'TITLE';
/** The fingerprint decides ties, so that pages never overlap. No part depends on a state: an acceptance between two pages moves no row. */
const KEYS: Record<Order, (f: Finding) => Key> = {
  SEVERITY: (f) => [severityRank(f.severity), verdictRank(f.verdict), -f.score.value, f.fingerprint],
  SCORE: (f) => [-f.score.value, f.fingerprint],
  VERDICT: (f) => [verdictRank(f.verdict), f.fingerprint],
  TITLE: (f) => [f.title, f.fingerprint],
};

const sorted = new WeakMap<readonly Finding[], Map<Order, readonly Finding[]>>();
/** All findings of a result in an order; sorted once and kept as long as the result is. */
function inOrder({ result }: Loaded, order: Order): readonly Finding[] {
  let orders = sorted.get(result.findings);
  if (!orders) sorted.set(result.findings, (orders = new Map()));
  let list = orders.get(order);
  if (!list) {
    list = result.findings.map((f) => ({ f, key: KEYS[order](f) })).sort((x, y) => compareKeys(x.key, y.key)).map((x) => x.f);
    orders.set(order, list);
  }
  return list;
}

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
  const rows = async (_: unknown, given: Record<string, unknown>, ctx: ApiContext): Promise<object> => {
    const a = given as PageRequest & { filterBy?: Filter | null; orderBy?: Order | null };
    const loaded = await runOf(ctx, a);
    const order = a.orderBy ?? 'SEVERITY';
    const all = inOrder(loaded, order);
    const filter = a.filterBy;
    return page(loaded.run.id, { list: `findings ${order}`, rows: filter ? all.filter((f) => matches(f, filter)) : all, id: (f) => f.fingerprint, key: KEYS[order] }, a);
  };
  return {
    findings: {
      type: new GraphQLNonNull(connectionOf('Finding', book.object(Finding))),
      description: 'Attack paths, one row per problem: (start class, subject, identity, asset, effect).',
      args, resolve: rows,
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
      args, resolve: rows,
    },
    definedAt: {
      type: new GraphQLNonNull(connectionOf('FindingAtLine', book.object(Finding))),
      description: 'Which findings does this line cause? Findings with a hop whose evidence or node covers the line.',
      args: { ...pageArguments, file: { type: new GraphQLNonNull(GraphQLString) }, line: { type: GraphQLInt } },
      resolve: async (_, a, ctx) => {
        const { result, run } = await runOf(ctx, a);
        const [file, line] = [String(a['file']), a['line'] as number | undefined];
        const covers = (s: { file?: string; startLine?: number; endLine?: number } | undefined): boolean => s?.file === file && (line == null || (s.startLine !== undefined && s.startLine <= line && (s.endLine ?? s.startLine) >= line));
        const list = result.findings.filter((f) => f.path.hops.some((h) => h.evidence.some((e) => covers(e.source)) || covers(h.node.definedAt)));
        return page(run.id, { list: 'definedAt', rows: list, id: (f) => f.fingerprint }, a);
      },
    },
    posture: {
      type: new GraphQLNonNull(connectionOf('Posture', book.object(PostureRow))),
      description: 'Rows about single nodes, from posture rules.',
      args: { ...pageArguments, rule: { type: GraphQLString } },
      resolve: async (_, a, ctx) => { const { result, run } = await runOf(ctx, a); return page(run.id, { list: 'posture', rows: result.posture.filter((p) => a['rule'] == null || p.rule === a['rule']), id: (p) => p.fingerprint }, a); },
    },
    undecided: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(book.object(Undecided)))),
      description: 'Decide these first: facts whose answer would change most findings.',
      resolve: async (_, __, ctx) => (await ctx.answers.run()).result.undecided,
    },
  };
}
