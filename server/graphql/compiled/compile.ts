import {
  getArgumentValues, getVariableValues, isEnumType, isListType, isNonNullType, isObjectType, isScalarType, Kind,
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import type { ApiContext } from '../context.ts';
import { leafWriter, stock, type Write } from './leaf.ts';
import { Kept, type Asked } from './kept.ts';

/** Answers with the JSON text of `data`, or throws Stock. */
export type Compiled = (variables: Record<string, unknown>, ctx: ApiContext) => Promise<string>;

/** Rows of a run never change once they are loaded, so their text for a selection may be kept with them. */
const ROWS: ReadonlySet<string> = new Set(['Finding', 'Agent', 'Principal', 'Posture', 'GraphNode', 'Coverage']);

class Compiler {
  readonly asked: Asked = { again: false };
  readonly #fragments: Map<string, FragmentDefinitionNode>;

  constructor(document: DocumentNode) {
    this.#fragments = new Map(document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])));
  }

  /** Response names in the order of their first mention, each with all its nodes, as the executor collects them. */
  collect(type: GraphQLObjectType, sets: readonly SelectionSetNode[], into = new Map<string, FieldNode[]>(), seen = new Set<string>()): Map<string, FieldNode[]> {
    for (const { selections } of sets) {
      for (const s of selections) {
        // Conditions would make the shape depend on variables.
        if (s.directives && s.directives.length > 0) return stock();
        if (s.kind === Kind.FIELD) {
          const name = s.alias?.value ?? s.name.value;
          const nodes = into.get(name);
          if (nodes) nodes.push(s); else into.set(name, [s]);
          continue;
        }
        const fragment = s.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(s.name.value) : s;
        if (!fragment) return stock();
        if (s.kind === Kind.FRAGMENT_SPREAD) { if (seen.has(s.name.value)) continue; seen.add(s.name.value); }
        if (fragment.typeCondition && fragment.typeCondition.name.value !== type.name) return stock();
        this.collect(type, [fragment.selectionSet], into, seen);
      }
    }
    return into;
  }

  writer(type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
    if (isNonNullType(type)) return this.writer(type.ofType, nodes);
    if (isListType(type)) {
      const item = this.nullable(type.ofType, nodes);
      return (v) => {
        if (!Array.isArray(v)) return stock();
        let text = '[';
        for (let i = 0; i < v.length; i++) text += (i > 0 ? ',' : '') + item(v[i]);
        return `${text}]`;
      };
    }
    if (isScalarType(type) || isEnumType(type)) return leafWriter(type);
    if (!isObjectType(type)) return stock();
    return this.object(type, nodes.flatMap((n) => n.selectionSet ?? []));
  }

  /** As `writer`, and null where the type allows it; a missing value that must be there is an error for the executor to place. */
  nullable(type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
    const write = this.writer(type, nodes);
    return isNonNullType(type) ? (v) => (v == null ? stock() : write(v)) : (v) => (v == null ? 'null' : write(v));
  }

  object(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Write {
    const parts = [...this.collect(type, sets)].map(([name, nodes], i) => {
      const before = `${i > 0 ? ',' : ''}${JSON.stringify(name)}:`;
      const fieldName = nodes[0]!.name.value;
      if (fieldName === '__typename') { const text = before + JSON.stringify(type.name); return (): string => text; }
      const field = type.getFields()[fieldName];
      // Resolvers below the roots look at their source only; one that wants more is not compiled.
      if (!field || field.args.length > 0 || (field.resolve && field.resolve.length > 1) || field.subscribe) return stock();
      const write = this.nullable(field.type, nodes);
      const resolve = field.resolve as ((source: unknown) => unknown) | undefined;
      return (source: Record<string, unknown>): string => {
        const value = resolve ? resolve(source) : source[fieldName];
        if (typeof value === 'function' || value instanceof Promise) return stock();
        return before + write(value);
      };
    });
    const write: Write = (source) => {
      if (typeof source !== 'object') return stock();
      let text = '{';
      for (const part of parts) text += part(source as Record<string, unknown>);
      return `${text}}`;
    };
    return ROWS.has(type.name) ? new Kept(write, this.asked).write : write;
  }
}

/** A function that answers this operation; undefined where only the stock executor can. */
export function compile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Compiled | undefined {
  const root = schema.getQueryType()!;
  if (operation.operation !== 'query' || (operation.directives && operation.directives.length > 0)) return undefined;
  try {
    const compiler = new Compiler(document);
    const fields = [...compiler.collect(root, [operation.selectionSet])].map(([name, nodes], i) => {
      const before = `${i > 0 ? ',' : ''}${JSON.stringify(name)}:`;
      const node = nodes[0]!;
      if (node.name.value === '__typename') return { before, answer: (): string => JSON.stringify(root.name) };
      const field = root.getFields()[node.name.value];
      if (!field?.resolve) return stock();
      const write = compiler.nullable(field.type, nodes);
      const resolve = field.resolve as (source: unknown, args: object, ctx: ApiContext, info: unknown) => unknown;
      return { before, answer: async (variables: Record<string, unknown>, ctx: ApiContext): Promise<string> => write(await resolve(undefined, getArgumentValues(field, node, variables), ctx, undefined)) };
    });
    return async (given, ctx) => {
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
      if (!coerced) return stock();
      const texts = await Promise.all(fields.map((f) => f.answer(coerced, ctx)));
      compiler.asked.again = true;
      return `{${fields.map((f, i) => f.before + texts[i]).join('')}}`;
    };
  } catch {
    return undefined;
  }
}
