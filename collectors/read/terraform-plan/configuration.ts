/** Parts of the `configuration` section of `terraform show -json` (Terraform "JSON Output Format", configuration representation). */
export interface Expression { constant_value?: unknown; references?: string[] }
export interface ConfigResource {
  address: string;
  provider_config_key?: string;
  expressions?: Record<string, unknown>;
  count_expression?: Expression;
  for_each_expression?: Expression;
  depends_on?: string[];
}
export interface ConfigModule {
  resources?: ConfigResource[];
  module_calls?: Record<string, ModuleCall>;
  outputs?: Record<string, { expression?: Expression }>;
}
export interface ModuleCall { expressions?: Record<string, unknown>; count_expression?: Expression; for_each_expression?: Expression; module?: ConfigModule }
export interface ProviderConfig { name?: string; alias?: string; expressions?: Record<string, unknown> }
export interface PlanConfiguration { provider_config?: Record<string, ProviderConfig>; root_module?: ConfigModule }

/** One module on the way from the root: `module.a["x"]` is `{ name: 'a', key: '["x"]' }`. */
export interface ModuleStep { name: string; key: string }

/** Address in its parts: `module.a["x"].data.aws_ami.b[0]`. */
export interface Address { modules: ModuleStep[]; base: string; key: string }

/** Splits at dots that stand outside brackets; brackets stay with their name. */
export function splitReference(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0, depth = 0, quoted = false; i <= text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"' || c === undefined) quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '[') depth++;
    else if (c === ']') depth--;
    if (c === undefined || (c === '.' && depth === 0 && !quoted)) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return parts;
}

/** `name["k"]` → name and `["k"]`. */
export function splitKey(part: string): { name: string; key: string } {
  const at = part.indexOf('[');
  return at < 0 ? { name: part, key: '' } : { name: part.slice(0, at), key: part.slice(at) };
}

export function parseAddress(text: string): Address {
  const parts = splitReference(text);
  const modules: ModuleStep[] = [];
  while (parts[0] === 'module' && parts.length > 2) {
    parts.shift();
    modules.push(splitKey(parts.shift()!));
  }
  const last = splitKey(parts.pop() ?? '');
  return { modules, base: [...parts, last.name].join('.'), key: last.key };
}

export const modulePrefix = (modules: readonly ModuleStep[]): string => modules.map((m) => `module.${m.name}${m.key}.`).join('');

/** The written configuration, looked up by place. */
export class Configuration {
  readonly #root: ConfigModule;
  readonly #resources = new WeakMap<ConfigModule, Map<string, ConfigResource>>();
  readonly providers: Record<string, ProviderConfig>;

  constructor(c: PlanConfiguration | undefined) {
    this.#root = c?.root_module ?? {};
    this.providers = c?.provider_config ?? {};
  }

  module(modules: readonly ModuleStep[]): ConfigModule | undefined {
    let here: ConfigModule | undefined = this.#root;
    for (const step of modules) here = here?.module_calls?.[step.name]?.module;
    return here;
  }

  /** The call that made the innermost module. */
  call(modules: readonly ModuleStep[]): ModuleCall | undefined {
    return this.module(modules.slice(0, -1))?.module_calls?.[modules.at(-1)?.name ?? ''];
  }

  resource(a: Address): ConfigResource | undefined {
    const m = this.module(a.modules);
    if (!m) return undefined;
    let byAddress = this.#resources.get(m);
    if (!byAddress) this.#resources.set(m, (byAddress = new Map((m.resources ?? []).map((r) => [r.address, r]))));
    return byAddress.get(a.base);
  }
}

/** The expression that decides the property at `path`, or the nearest one above it. */
export function expressionAt(expressions: unknown, path: readonly (string | number)[]): Expression | undefined {
  let here = expressions;
  for (const step of path) {
    if (isExpression(here)) return here;
    if (Array.isArray(here)) here = typeof step === 'number' ? (here[step] ?? here[0]) : (here[0] as Record<string, unknown> | undefined)?.[step];
    else if (here !== null && typeof here === 'object') here = typeof step === 'number' ? here : (here as Record<string, unknown>)[step];
    else return undefined;
  }
  return isExpression(here) ? here : undefined;
}

/** Every expression with references below a block. */
export function* expressionsIn(v: unknown): Iterable<Expression> {
  if (v === null || typeof v !== 'object') return;
  if (isExpression(v)) { if (v.references) yield v; }
  else for (const x of Object.values(v)) yield* expressionsIn(x);
}

const isExpression = (v: unknown): v is Expression => v !== null && typeof v === 'object' && !Array.isArray(v) && (Array.isArray((v as Expression).references) || 'constant_value' in v);
