import { GraphQLBoolean, GraphQLError, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigArgumentMap, type GraphQLFieldConfigMap } from 'graphql';
import { RunGone, type Loaded } from '../service/answers.ts';
import type { ApiContext } from './context.ts';
import { compareKeys, decodeCursor, encodeCursor, type Key } from './cursor.ts';

export const MAX_PAGE = 500;
export const DEFAULT_PAGE = 50;

const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  description: 'Relay page information.',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

/** A Relay connection over one node type, with `nodes` and `totalCount`; `more`: what is said of the whole list. */
export const connectionOf = (name: string, node: GraphQLObjectType, more: GraphQLFieldConfigMap<unknown, unknown> = {}): GraphQLObjectType => {
  const edge = new GraphQLObjectType({ name: `${name}Edge`, description: `One ${name} and its cursor.`, fields: { node: { type: new GraphQLNonNull(node) }, cursor: { type: new GraphQLNonNull(GraphQLString) } } });
  return new GraphQLObjectType({
    name: `${name}Connection`,
    description: `A page of ${name}. A cursor is bound to the run it was read from: later runs do not move it. A run that is not kept any more gives CURSOR_EXPIRED.`,
    fields: {
      edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
      nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(node))) },
      pageInfo: { type: new GraphQLNonNull(PageInfo) },
      totalCount: { type: new GraphQLNonNull(GraphQLInt) },
      ...more,
    },
  });
};

export const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: { type: GraphQLInt, description: `Page size, 1 to ${MAX_PAGE}; default ${DEFAULT_PAGE}.` },
  after: { type: GraphQLString, description: 'Cursor of the last row seen.' },
};

export interface PageRequest { first?: number | null; after?: string | null }

export const problem = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });

/** The run a page belongs to: the one its cursor pins, else the last complete one. */
export async function runOf(ctx: ApiContext, a: PageRequest): Promise<Loaded> {
  const pinned = a.after == null ? undefined : decodeCursor(a.after).run;
  try {
    return await ctx.answers.run(pinned);
  } catch (e) {
    if (pinned !== undefined && e instanceof RunGone) throw problem('CURSOR_EXPIRED', 'the run of this cursor is not kept any more: begin again without `after`');
    throw e;
  }
}

/** How the rows of one list are named (so that a cursor of another list is refused) and ordered. */
export interface Rows<T> {
  list: string;
  rows: readonly T[];
  id: (row: T) => string;
  /** Given where rows are sorted by it: the page then begins after this key even if the row itself has left the list. */
  key?: (row: T) => Key;
}

/** One page of rows that are already filtered and in their final order. */
export function page<T>(run: string, { list, rows, id, key }: Rows<T>, r: PageRequest): object {
  const first = r.first ?? DEFAULT_PAGE;
  if (first < 1 || first > MAX_PAGE) throw problem('BAD_PAGE_SIZE', `first must be 1 to ${MAX_PAGE}`);
  const start = r.after == null ? 0 : startAfter({ list, rows, id, key }, r.after);
  const nodes = rows.slice(start, start + first);
  const cursor = (node: T, i: number): string => encodeCursor({ run, list, at: start + i, id: id(node), key: key ? key(node) : [] });
  const edges = nodes.map((node, i) => ({ node, get cursor() { return cursor(node, i); } }));
  const ends = { startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null };
  return { nodes, edges, totalCount: rows.length, pageInfo: { hasNextPage: start + nodes.length < rows.length, hasPreviousPage: start > 0 && rows.length > 0, ...ends } };
}

function startAfter<T>({ list, rows, id, key }: Rows<T>, after: string): number {
  const c = decodeCursor(after);
  if (c.list !== list) throw problem('BAD_CURSOR', 'this cursor belongs to another list or order');
  if (key) {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (compareKeys(key(rows[mid]!), c.key) <= 0) low = mid + 1; else high = mid;
    }
    return low;
  }
  if (c.at < rows.length && id(rows[c.at]!) === c.id) return c.at + 1;
  const found = rows.findIndex((row) => id(row) === c.id);
  if (found < 0) throw problem('BAD_CURSOR', 'the row of this cursor is not in this list: was another filter used?');
  return found + 1;
}
