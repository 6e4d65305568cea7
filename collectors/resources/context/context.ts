import { createHmac } from 'node:crypto';
import {
  declaredId, hasHole, isUnknown, nodeId, showHoles, sourceOf, wholeHole,
  type Evidence, type NodeKind, type Problem, type Resource, type SourceRef, type Value,
} from '../../../schema/index.ts';
import type { EdgeDraft, MapContext, NodeDraft, ResourceMapping } from '../../define.ts';
import type { CanonicalInput } from '../canonical/inputs.ts';
import type { Names } from '../canonical/identity.ts';
import type { MapOptions } from '../map.ts';
import { GraphDraft } from './graph.ts';
import { Lookup } from './lookup.ts';

/**
 * The world of the mapping functions. A resource is mapped when it is first needed, so that `resolve` can answer with the node of
 * something that comes later in the input.
 */
export class Context implements MapContext {
  readonly graph: GraphDraft;
  readonly problems: Problem[] = [];
  readonly #options: MapOptions;
  readonly #lookup: Lookup;
  readonly #names: Names;
  readonly #mappings: ReadonlyMap<string, ResourceMapping>;
  readonly #main = new Map<Resource, string>();
  readonly #mapped = new Set<Resource>();
  readonly #noted = new Set<string>();
  #current: Resource | undefined;

  constructor(inputs: readonly CanonicalInput[], names: Names, mappings: ReadonlyMap<string, ResourceMapping>, options: MapOptions) {
    this.graph = new GraphDraft(options.scope);
    this.#options = options;
    this.#names = names;
    this.#lookup = new Lookup(inputs, names);
    this.#mappings = mappings;
  }

  /** Runs the mapping of a resource once; a data source that stands for a declared resource is not a thing of its own. */
  map(r: Resource): void {
    if (this.#mapped.has(r)) return;
    this.#mapped.add(r);
    const mapping = this.#mappings.get(r.type);
    if (!mapping || this.#lookup.real(r) !== r) return;
    const before = this.#current;
    this.#current = r;
    try {
      mapping.map(r, this);
    } catch (error) {
      this.note({ code: 'unresolved', message: `${r.address} (${r.sourceType}) could not be mapped: ${(error as Error).message}`, subject: r.address, ...located(sourceOf(r)) });
    } finally {
      this.#current = before;
    }
  }

  node(r: Resource, draft: NodeDraft): string {
    const main = !this.#main.has(r);
    const id = this.graph.put(r, draft, draft.kind === 'Scope' ? this.#scopeId(r) : this.scopeOf(r), false);
    if (main) this.#main.set(r, id);
    if (draft.kind !== 'Scope') this.graph.edge({ kind: 'IN_SCOPE', from: id, to: this.scopeOf(r) }, this.evidence(r));
    return id;
  }

  edge(draft: EdgeDraft): void {
    this.graph.edge(draft, this.#current ? this.evidence(this.#current) : []);
  }

  resolve(value: Value | undefined, types: readonly string[], placeholder?: { kind: NodeKind; type: string }): string | undefined {
    const text = this.#text(value);
    if (text === undefined) return undefined;
    const r = this.#find(text, types);
    if (r) {
      this.map(r);
      return this.#main.get(r);
    }
    return placeholder && r === null ? this.#placeholder(text, types, placeholder) : undefined;
  }

  resource(value: Value | undefined, types: readonly string[]): Resource | undefined {
    const text = this.#text(value);
    return text === undefined ? undefined : this.#find(text, types) ?? undefined;
  }

  all(type: string): readonly Resource[] { return this.#current ? this.#lookup.all(this.#current, type) : []; }
  source(r: Resource, pointer = ''): SourceRef | undefined { return sourceOf(r, pointer); }

  evidence(r: Resource, pointer = '', text?: string): Evidence[] {
    const source = sourceOf(r, pointer);
    return [{ ...(source ? { source } : {}), ...(text === undefined ? {} : { text }), basis: r.mode === 'live' ? 'dump' : 'code' }];
  }

  scopeOf(r: Resource): string {
    const id = this.#scopeId(r);
    if (this.graph.node(id)) return id;
    const account = r.provider.account;
    const scope: Resource = { ...r, type: 'AWS::Organizations::Account', sourceType: '', nativeId: undefined, name: undefined, properties: {} };
    const aws = r.type.startsWith('AWS::');
    this.graph.put(scope, {
      kind: 'Scope', type: aws ? 'aws.account' : 'local', nativeId: this.#scopeNative(r), sources: [], tags: {},
      name: account ?? (aws ? `account of ${this.#names.home(r) || '.'}${r.provider.scope ? ` (${r.provider.scope})` : ''}` : r.root || '.'),
      props: { scopeType: 'account', account: aws ? this.#names.account(r) : undefined, unconfigured: this.#names.home(r) === r.root ? r.provider.unconfigured : undefined },
    }, id, true);
    return id;
  }

  account(r: Resource): string { return this.#names.account(r); }
  nativeId(r: Resource): string { return this.graph.nativeId(r); }
  declared(r: Resource, label: string): string { return declaredId(this.#options.scope, r.root, label); }
  shared(r: Resource, draft: NodeDraft & { nativeId: string }): string { return this.graph.put({ ...r, provider: { scope: '' }, sourceType: '', nativeId: undefined }, draft, '', draft.completeness === 'none'); }
  amend(id: string, props: Record<string, unknown>): void { this.graph.amend(id, props); }

  keyedHash(literal: string): string { return createHmac('sha256', this.#options.hashKey).update(literal).digest('hex').slice(0, 32); }

  note(p: Problem): void {
    const key = JSON.stringify(p);
    if (this.#noted.has(key)) return;
    this.#noted.add(key);
    this.problems.push(p);
  }

  #scopeNative(r: Resource): string {
    if (!r.type.startsWith('AWS::')) return declaredId(this.#options.scope, r.root, 'root');
    return r.provider.account ?? declaredId(this.#options.scope, this.#names.home(r), r.provider.scope ? `account:${r.provider.scope}` : 'account');
  }

  #scopeId(r: Resource): string { return nodeId('Scope', 'aws', this.#scopeNative(r)); }

  #text(value: Value | undefined): string | undefined {
    const v = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (isUnknown(v)) this.#undecided(v.$unknown);
    return typeof v === 'string' && v !== '' ? v : undefined;
  }

  /** null: nothing in the input; undefined: several, or undecided. */
  #find(text: string, types: readonly string[]): Resource | null | undefined {
    const from = this.#current;
    if (!from) return undefined;
    const found = this.#lookup.find(text, from, types);
    if (found.length === 1) return found[0];
    if (found.length > 1) { this.#undecided(`${showHoles(text)} may be ${found.length} resources`); return undefined; }
    if (!text.startsWith('arn:')) {
      const h = wholeHole(text);
      if (h?.kind === 'unknown') { this.#undecided(`${h.key} is not decided by the input`); return undefined; }
      return null;
    }
    const maybe = this.#lookup.maybe(text, from, types);
    if (maybe.length > 1) { this.#undecided(`${showHoles(text)} may be ${maybe.length} resources`); return undefined; }
    return maybe[0] ?? null;
  }

  #undecided(why: string): void {
    const r = this.#current;
    this.note({ code: 'unresolved', message: r ? `${r.address}: ${why}` : why, ...(r ? { subject: r.address, ...located(sourceOf(r)) } : {}) });
  }

  #placeholder(text: string, types: readonly string[], p: { kind: NodeKind; type: string }): string {
    const r = this.#current!;
    const arn = text.startsWith('arn:') ? text : undefined;
    const native = arn && !hasHole(arn) ? arn : declaredId(this.#options.scope, r.root, `outside:${types[0] ?? p.type}:${showHoles(text)}`);
    const last = (arn ?? text).split(arn ? /[:/]/ : /\//).pop()!;
    const base: Resource = { ...r, properties: {}, sourceType: '', type: types[0] ?? r.type, nativeId: undefined, provider: providerOfArn(arn, r) };
    const id = this.graph.put(base, {
      kind: p.kind, type: p.type, nativeId: native, name: showHoles(last || text), tags: {}, completeness: 'none', sources: [], props: { arn },
    }, this.scopeOf(base), true);
    this.graph.edge({ kind: 'IN_SCOPE', from: id, to: this.scopeOf(base) }, this.evidence(r));
    return id;
  }
}

function providerOfArn(arn: string | undefined, r: Resource): Resource['provider'] {
  const account = arn?.split(':')[4];
  return account && /^\d{12}$/.test(account) ? { ...r.provider, account } : r.provider;
}

const located = (source: SourceRef | undefined): { source?: SourceRef } => (source ? { source } : {});
