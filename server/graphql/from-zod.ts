import {
  GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType, GraphQLString,
  type GraphQLFieldConfigMap, type GraphQLOutputType,
} from 'graphql';
import { z } from 'zod';
import { showHoles } from '../../schema/index.ts';

/** Free-form values (properties of a node, a declared purpose). */
export const Json = new GraphQLScalarType({ name: 'JSON', description: 'Any JSON value.', serialize: (v) => v });

/** Text that may contain holes is shown with names in angle brackets. */
const Text = (v: unknown): unknown => (typeof v === 'string' ? showHoles(v) : v);

interface Def { type: string; element?: z.ZodType; innerType?: z.ZodType; shape?: Record<string, z.ZodType>; entries?: Record<string, string>; options?: z.ZodType[] }
const defOf = (s: z.ZodType): Def => (s as unknown as { def: Def }).def;

const enumName = (v: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(v) ? v : v.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(\d)/, '_$1'));

/**
 * GraphQL types from the schema's own declarations: one name per zod object or enum, descriptions carried over, optional = nullable.
 * A type whose declaration changes changes here with it, so the API cannot drift from the result.
 */
export class TypeBook {
  readonly #types = new Map<z.ZodType, GraphQLOutputType>();
  readonly #names = new Map<z.ZodType, string>();
  readonly #used = new Set<string>();
  readonly #extra = new Map<string, () => GraphQLFieldConfigMap<unknown, never>>();

  name(schema: z.ZodType, name: string): this { this.#names.set(schema, name); return this; }

  /** Adds fields with resolvers to the type of a declaration. */
  extend(name: string, fields: () => GraphQLFieldConfigMap<unknown, never>): this { this.#extra.set(name, fields); return this; }

  object(schema: z.ZodObject): GraphQLObjectType { return this.of(schema, 'Anonymous') as GraphQLObjectType; }

  of(schema: z.ZodType, fallback: string): GraphQLOutputType {
    const def = defOf(schema);
    if (def.type === 'optional' || def.type === 'default' || def.type === 'nullable') return this.of(def.innerType!, fallback);
    const have = this.#types.get(schema);
    if (have) return have;
    const made = this.#make(schema, def, fallback);
    if (def.type === 'object' || def.type === 'enum') this.#types.set(schema, made);
    return made;
  }

  #make(schema: z.ZodType, def: Def, fallback: string): GraphQLOutputType {
    switch (def.type) {
      case 'string': case 'literal': return GraphQLString;
      case 'boolean': return GraphQLBoolean;
      case 'number': return (z.toJSONSchema(schema) as { type?: string }).type === 'integer' ? GraphQLInt : GraphQLFloat;
      case 'array': return new GraphQLList(new GraphQLNonNull(this.of(def.element!, fallback)));
      case 'enum': return new GraphQLEnumType({ name: this.#unique(schema, fallback), description: schema.description, values: Object.fromEntries(Object.values(def.entries!).map((v) => [enumName(v), { value: v }])) });
      case 'object': {
        const name = this.#unique(schema, fallback);
        return new GraphQLObjectType({
          name, description: schema.description,
          fields: () => ({
            ...Object.fromEntries(Object.entries(def.shape!).map(([key, field]) => {
              const type = this.of(field, name + key[0]!.toUpperCase() + key.slice(1).replace(/s$/, ''));
              const nullable = ['optional', 'nullable', 'unknown', 'any'].includes(defOf(field).type);
              return [key, { type: nullable ? type : new GraphQLNonNull(type), description: field.description, ...(type === GraphQLString ? { resolve: (o: Record<string, unknown>) => Text(o[key]) } : {}) }];
            })),
            ...this.#extra.get(name)?.(),
          }) as GraphQLFieldConfigMap<unknown, unknown>,
        });
      }
      default: return Json;
    }
  }

  #unique(schema: z.ZodType, fallback: string): string {
    const name = this.#names.get(schema) ?? fallback;
    if (this.#used.has(name)) throw new Error(`two declarations want the GraphQL name ${name}: give one of them a name in server/graphql/types.ts`);
    this.#used.add(name);
    return name;
  }
}
