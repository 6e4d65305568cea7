import { hasHole, wholeHole, type Resource } from '../../../schema/index.ts';
import type { Names } from '../canonical/identity.ts';
import { givenId, qualify, type CanonicalInput, type Draft } from '../canonical/inputs.ts';

/** Resources by everything that can name them: address, ARN (whole estate), name or reference text (own input). */
export class Lookup {
  readonly #names: Names;
  readonly #byArn = new Map<string, Resource[]>();
  readonly #byLooseArn = new Map<string, Resource[]>();
  readonly #byText = new Map<string, Resource[]>();
  readonly #byType = new Map<string, Resource[]>();
  readonly #live = new Map<string, Resource[]>();
  /** What was read of accounts, by name: one answer tells of things that another one lists. */
  readonly #liveText = new Map<string, Resource[]>();
  readonly #input = new Map<Resource, number>();
  /** Data sources that name a declared resource mean that one. */
  readonly #same = new Map<Resource, Resource>();

  constructor(inputs: readonly CanonicalInput[], names: Names) {
    this.#names = names;
    inputs.forEach((input, n) => {
      for (const d of input.drafts) this.#index(d, n);
    });
    for (const list of this.#byArn.values()) {
      const real = list.find((r) => r.mode !== 'data');
      if (real) for (const r of list) if (r.mode === 'data' && r.type === real.type) this.#same.set(r, real);
    }
  }

  #index(d: Draft, input: number): void {
    const r = d.resource;
    this.#input.set(r, input);
    push(this.#byType, `${r.root}\u0000${r.type}`, r);
    if (r.mode === 'live') push(this.#live, `${this.#names.account(r)}\u0000${r.type}`, r);
    if (r.nativeId !== undefined) {
      push(this.#byArn, r.nativeId, r);
      push(this.#byLooseArn, `${input}\u0000${loose(r.nativeId)}`, r);
    }
    const texts = new Set([r.name, this.#names.attribute(d, ''), this.#names.attribute(d, 'id'), givenId(d)]);
    for (const t of texts) {
      if (t === undefined || t === '') continue;
      push(this.#byText, `${this.#names.home(r)}\u0000${r.type}\u0000${t}`, r);
      if (r.mode === 'live') push(this.#liveText, `${r.type}\u0000${t}`, r);
    }
  }

  /** Of one root; what was read of an account is of one scope, whatever files it was read from. */
  all(from: Resource, type: string): readonly Resource[] {
    return from.mode === 'live' ? this.#live.get(`${this.#names.account(from)}\u0000${type}`) ?? [] : this.#byType.get(`${from.root}\u0000${type}`) ?? [];
  }

  /** The declared resource a data source stands for, else itself. */
  real(r: Resource): Resource { return this.#same.get(r) ?? r; }

  /**
   * Resources that a text may mean, seen from a root; empty when none does. `types` empty = any type.
   * The same ARN in several inputs is the same thing; the one of the own input speaks for it.
   */
  find(text: string, from: Resource, types: readonly string[]): Resource[] {
    const fits = (r: Resource): boolean => types.length === 0 || types.includes(r.type);
    const h = wholeHole(text);
    if (h?.kind === 'ref') {
      const r = (this.#names.draft(h.address) ?? this.#names.draft(qualify(from.root, h.address)))?.resource;
      return r && fits(r) ? [this.real(r)] : [];
    }
    for (const arn of arnsIn(text)) {
      const exact = this.#pick(this.#byArn.get(arn), fits);
      if (exact.length > 1 && !hasHole(arn)) return [exact.find((r) => this.#input.get(r) === this.#input.get(from)) ?? exact[0]!];
      if (exact.length) return exact;
    }
    if (!text.startsWith('arn:')) {
      for (const type of types) {
        const named = this.#pick(this.#byText.get(`${this.#names.home(from)}\u0000${type}\u0000${text}`), fits);
        const referred = named.filter((r) => from.references.includes(r.address));
        if (referred.length) return referred;
        if (named.length && h?.kind !== 'unknown') return named;
      }
      for (const type of from.mode === 'live' ? types : []) {
        const told = this.#pick(this.#liveText.get(`${type}\u0000${text}`), fits).filter((r) => this.#mayShareAccount(r, from));
        if (told.length) return told.every((r) => r.nativeId !== undefined && r.nativeId === told[0]!.nativeId) ? told.slice(0, 1) : told;
      }
    }
    return [];
  }

  #mayShareAccount(a: Resource, b: Resource): boolean {
    const [x, y] = [this.#names.account(a), this.#names.account(b)];
    return x === y || hasHole(x) || hasHole(y);
  }

  /** Resources of the same input whose ARN differs only where account or region is not known. */
  maybe(text: string, from: Resource, types: readonly string[]): Resource[] {
    const input = this.#input.get(from) ?? 0;
    const fits = (r: Resource): boolean => types.length === 0 || types.includes(r.type);
    for (const arn of arnsIn(text)) {
      const found = this.#pick(this.#byLooseArn.get(`${input}\u0000${loose(arn)}`), fits).filter((r) => compatible(r.nativeId!, arn));
      if (found.length) return found;
    }
    return [];
  }

  #pick(list: Resource[] | undefined, fits: (r: Resource) => boolean): Resource[] {
    if (!list) return [];
    const real = new Set(list.filter(fits).map((r) => this.real(r)));
    const managed = [...real].filter((r) => r.mode !== 'data');
    return managed.length ? managed : [...real];
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Service and resource part of an ARN: what two ARNs must share even when account and region are open. */
const loose = (arn: string): string => {
  const p = arn.split(':');
  return `${p[2]}\u0000${p.slice(5).join(':')}`;
};

function compatible(a: string, b: string): boolean {
  const [x, y] = [a.split(':'), b.split(':')];
  return [3, 4].every((i) => x[i] === y[i] || hasHole(x[i] ?? '') || hasHole(y[i] ?? ''));
}

/**
 * The ARN a text carries, then shorter ones that name its container: a function for its alias or version, a bucket for its objects,
 * a log group without `:*`, a table for its stream, the function inside an API Gateway invocation URI.
 */
export function arnsIn(text: string): string[] {
  const invocation = /:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/.exec(text);
  const arn = invocation ? invocation[1]! : text;
  if (!arn.startsWith('arn:')) return [];
  const out = [arn];
  const parts = arn.split(':');
  const service = parts[2];
  if (service === 'lambda' && (parts[5] === 'function' || parts[5] === 'layer') && parts.length > 7) out.push(parts.slice(0, 7).join(':'));
  else if (service === 's3') out.push(arn.split('/')[0]!);
  else if (service === 'logs') out.push(arn.replace(/:(log-stream:.*|\*)$/, ''));
  else if (service === 'dynamodb') out.push(arn.replace(/\/(stream|index)\/.*$/, ''));
  else if (service === 'secretsmanager') out.push(arn.replace(/-\?{6}$|-\*$|\*$/, ''));
  else if (service === 'execute-api') out.push(arn.split('/')[0]!);
  return out;
}
