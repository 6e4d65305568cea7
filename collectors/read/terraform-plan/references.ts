import { Configuration, modulePrefix, parseAddress, splitKey, splitReference, type Address, type Expression, type ModuleStep } from './configuration.ts';

/** What an expression draws on. `whole` is false where other text may stand around it. */
export type Origin =
  | { kind: 'resource'; address: string; attribute: string }
  | { kind: 'constant'; value: unknown }
  | { kind: 'open'; text: string };

interface Place { modules: readonly ModuleStep[]; base?: string; key: string }

const NEVER_A_VALUE = /^(path|terraform)\./;
const MAX_HOPS = 24;

/** Follows the references of a plan through variables, outputs, `count` and `for_each` to the resources behind them. */
export class References {
  readonly #config: Configuration;
  /** Address without its last key → addresses of its instances. */
  readonly #instances = new Map<string, string[]>();
  readonly #variables: Record<string, unknown>;

  constructor(config: Configuration, addresses: Iterable<string>, variables: Record<string, unknown>) {
    this.#config = config;
    this.#variables = variables;
    for (const address of addresses) {
      const a = parseAddress(address);
      const base = modulePrefix(a.modules) + a.base;
      const list = this.#instances.get(base);
      if (list) list.push(address);
      else this.#instances.set(base, [address]);
    }
  }

  /** Origins of an expression written in the block at `address`, each once, in the order of the references. */
  of(address: Address, expression: Expression | undefined): Origin[] {
    return this.#expression({ modules: address.modules, base: address.base, key: address.key }, expression, 0);
  }

  #expression(place: Place, e: Expression | undefined, hops: number): Origin[] {
    if (!e) return [];
    if ('constant_value' in e) return [{ kind: 'constant', value: e.constant_value }];
    const out = new Map<string, Origin>();
    for (const r of deepest(e.references ?? [])) for (const o of this.#reference(place, r, hops + 1)) out.set(JSON.stringify(o), o);
    return [...out.values()];
  }

  #reference(place: Place, text: string, hops: number): Origin[] {
    const open: Origin[] = [{ kind: 'open', text: modulePrefix(place.modules) + text }];
    if (NEVER_A_VALUE.test(text) || text === 'each.key' || text === 'count.index') return [];
    if (hops > MAX_HOPS) return open;
    const [head, ...rest] = splitReference(text);
    if (head === 'var') return this.#variable(place, rest, hops) ?? open;
    if (head === 'module') return this.#output(place, rest, hops) ?? open;
    if (head === 'each') return this.#eachValue(place, rest.slice(1), hops) ?? open;
    if (head === 'local' || head === 'self' || rest.length === 0) return open;
    return this.#resource(place, text) ?? open;
  }

  #variable(place: Place, rest: string[], hops: number): Origin[] | undefined {
    const { name } = splitKey(rest[0] ?? '');
    if (place.modules.length === 0) {
      const given = (this.#variables[name] as { value?: unknown } | undefined)?.value;
      return rest.length === 1 && given !== undefined ? [{ kind: 'constant', value: given }] : undefined;
    }
    const call = this.#config.call(place.modules);
    const e = call?.expressions?.[name] as Expression | undefined;
    if (!e) return undefined;
    return withAttribute(this.#expression(callPlace(place.modules), e, hops), rest.slice(1));
  }

  #output(place: Place, rest: string[], hops: number): Origin[] | undefined {
    const { name, key } = splitKey(rest[0] ?? '');
    const output = splitKey(rest[1] ?? '').name;
    const call = this.#config.module(place.modules)?.module_calls?.[name];
    const e = call?.module?.outputs?.[output]?.expression;
    if (!call || !e) return undefined;
    const many = call.count_expression ?? call.for_each_expression;
    if (many && !key && !place.key) return undefined;
    const inside = { modules: [...place.modules, { name, key: many ? key || place.key : '' }], key: '' };
    return withAttribute(this.#expression(inside, e, hops), rest.slice(2));
  }

  /** `each.value` when the block runs over another resource: its instance of the same key. */
  #eachValue(place: Place, attribute: string[], hops: number): Origin[] | undefined {
    const written = place.base === undefined ? undefined : this.#config.resource({ modules: [...place.modules], base: place.base, key: place.key });
    const origins = this.#expression({ modules: place.modules, key: place.key }, written?.for_each_expression, hops);
    const only = origins.length === 1 ? origins[0]! : undefined;
    if (only?.kind !== 'resource' || only.attribute !== '') return undefined;
    return withAttribute([only], attribute);
  }

  #resource(place: Place, text: string): Origin[] | undefined {
    const parts = splitReference(text);
    const length = parts[0] === 'data' ? 3 : 2;
    if (parts.length < length) return undefined;
    const { name, key } = splitKey(parts[length - 1]!);
    const base = modulePrefix(place.modules) + [...parts.slice(0, length - 1), name].join('.');
    const address = key && !key.startsWith('[*') ? base + key : this.#instance(base, place.key);
    return address === undefined ? undefined : [{ kind: 'resource', address, attribute: parts.slice(length).join('.') }];
  }

  /** The instance meant by a reference without key: the only one, or the one with the key of the block that refers to it. */
  #instance(base: string, key: string): string | undefined {
    const instances = this.#instances.get(base);
    if (!instances) return base;
    if (instances.length === 1) return instances[0];
    return key && instances.includes(base + key) ? base + key : undefined;
  }
}

/** Module calls are written in the parent, where the key of the call is the key of the place. */
function callPlace(modules: readonly ModuleStep[]): Place {
  return { modules: modules.slice(0, -1), key: modules.at(-1)?.key ?? '' };
}

const withAttribute = (origins: Origin[], attribute: string[]): Origin[] =>
  attribute.length === 0 ? origins : origins.map((o) => (o.kind === 'resource' && o.attribute === '' ? { ...o, attribute: attribute.join('.') } : o));

/** Terraform lists a reference with all its prefixes; only the longest say what is used. */
function deepest(references: readonly string[]): string[] {
  return references.filter((r) => !references.some((longer) => longer.length > r.length && longer.startsWith(r) && /^[.[]/.test(longer.slice(r.length))));
}
