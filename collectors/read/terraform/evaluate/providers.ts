import type { Expression } from '../syntax/tree.ts';
import { literalText } from '../syntax/tree.ts';
import { argumentOf, type Declarations, type Declared } from './declarations.ts';
import { type ProviderConfiguration, readProvider } from './provider.ts';
import type { Scope } from './scope.ts';

/** `aws` or `aws.east`, as a `provider` argument or a `providers` map names it. */
export function providerName(e: Expression): string | undefined {
  if (e.kind === 'variable') return e.name;
  if (e.kind === 'traversal' && e.target.kind === 'variable' && e.steps.length === 1 && e.steps[0]!.kind === 'attribute') return `${e.target.name}.${e.steps[0]!.name}`;
  return literalText(e);
}

/**
 * Provider configurations that one module can name: its own `provider` blocks, those its caller passes, and the caller's defaults.
 * A name that nobody configures (a module scanned alone with `configuration_aliases`) is a scope of its own.
 */
export class Providers {
  #own = new Map<string, Declared>();
  #passed: ReadonlyMap<string, ProviderConfiguration>;
  #parent: Providers | undefined;
  #scope: () => Scope;
  #address: string;
  #read = new Map<string, ProviderConfiguration>();
  #reading = new Set<string>();

  constructor(declarations: Declarations, address: string, scope: () => Scope, parent?: Providers, passed: ReadonlyMap<string, ProviderConfiguration> = new Map()) {
    this.#passed = passed;
    this.#parent = parent;
    this.#scope = scope;
    this.#address = address;
    for (const d of declarations.providers) {
      const alias = argumentOf(d, 'alias');
      const suffix = alias && providerName(alias.node.value);
      this.#own.set(d.block.labels[0]!.text + (suffix ? `.${suffix}` : ''), d);
    }
  }

  get(name: string): ProviderConfiguration {
    const alias = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '';
    const own = this.#own.get(name);
    if (own) return this.#configured(name, own, this.#address ? `${this.#address}${alias ? `.${alias}` : ''}` : alias);
    const passed = this.#passed.get(name);
    if (passed) return passed;
    if (!alias && this.#parent) return this.#parent.get(name);
    return { scope: this.#address && alias ? `${this.#address}.${alias}` : alias, unconfigured: true };
  }

  #configured(name: string, d: Declared, scope: string): ProviderConfiguration {
    const known = this.#read.get(name);
    if (known) return known;
    if (this.#reading.has(name)) return { scope };
    this.#reading.add(name);
    const read = readProvider(d, this.#scope(), scope);
    this.#reading.delete(name);
    this.#read.set(name, read);
    return read;
  }

  /** Configurations that a module call hands down: its `providers` map, by the names the called module uses. */
  handedDown(call: Declared): Map<string, ProviderConfiguration> {
    const map = argumentOf(call, 'providers')?.node.value;
    const out = new Map<string, ProviderConfiguration>();
    if (map?.kind !== 'object') return out;
    for (const item of map.items) {
      const inner = providerName(item.key);
      const outer = providerName(item.value);
      if (inner && outer) out.set(inner, this.get(outer));
    }
    return out;
  }
}
