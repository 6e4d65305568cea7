import { GraphQLBoolean, GraphQLError, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString, type GraphQLFieldConfigArgumentMap } from 'graphql';

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

/** A Relay connection over one node type, with `nodes` and `totalCount`. */
export const connectionOf = (name: string, node: GraphQLObjectType): GraphQLObjectType => {
  const edge = new GraphQLObjectType({ name: `${name}Edge`, description: `One ${name} and its cursor.`, fields: { node: { type: new GraphQLNonNull(node) }, cursor: { type: new GraphQLNonNull(GraphQLString) } } });
  return new GraphQLObjectType({
    name: `${name}Connection`,
    description: `A page of ${name}. A cursor is bound to the run it was read from: later runs do not move it.`,
    fields: {
      edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
      nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(node))) },
      pageInfo: { type: new GraphQLNonNull(PageInfo) },
      totalCount: { type: new GraphQLNonNull(GraphQLInt) },
    },
  });
};

export const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: { type: GraphQLInt, description: `Page size, 1 to ${MAX_PAGE}; default ${DEFAULT_PAGE}.` },
  after: { type: GraphQLString, description: 'Cursor of the last row seen.' },
};

export interface PageRequest { first?: number | null; after?: string | null }
interface Cursor { run: string; at: number }

const encode = (c: Cursor): string => Buffer.from(JSON.stringify([c.run, c.at])).toString('base64url');
export const problem = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });

/** The run that a cursor pins, if one is given. */
export function runOfCursor(after: string | null | undefined): string | undefined {
  return after ? decode(after).run : undefined;
}

function decode(text: string): Cursor {
  try {
    const [run, at] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof run === 'string' && Number.isInteger(at) && (at as number) >= 0) return { run, at: at as number };
  } catch { /* falls through */ }
  throw problem('BAD_CURSOR', 'this cursor was not given by this API');
}

/** One page of rows that are already filtered and in their final order. */
export function page<T>(rows: readonly T[], run: string, r: PageRequest): object {
  const first = r.first ?? DEFAULT_PAGE;
  if (first < 1 || first > MAX_PAGE) throw problem('BAD_PAGE_SIZE', `first must be 1 to ${MAX_PAGE}`);
  const start = r.after ? decode(r.after).at + 1 : 0;
  const nodes = rows.slice(start, start + first);
  const edges = nodes.map((node, i) => ({ node, cursor: encode({ run, at: start + i }) }));
  return { nodes, edges, totalCount: rows.length, pageInfo: { hasNextPage: start + nodes.length < rows.length, hasPreviousPage: start > 0 && rows.length > 0, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null } };
}
