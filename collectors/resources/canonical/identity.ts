import { fillHoles, hasHole, hole, wholeHole, type Hole, type Resource, type Value } from '../../../schema/index.ts';
import { IDENTITIES } from '../aws/rename.gen.ts';
import type { Accounts } from './account.ts';
import { qualify, type Draft, type Part } from './inputs.ts';
import { squash, type IdentitySpec } from './tables.ts';

/** `{Property|default}`; `?` = only the provider knows it, `/` = with exactly one leading slash. */
const TEMPLATE = /\{([?/]?)([A-Za-z]+)(?:\|([^}]*))?\}/g;

/**
 * Names, ARNs and attributes of resources, as texts whose holes say what only the provider knows, and the filling of reference holes
 * with them. Works for every dialect: an attribute name is looked up in the table, then among the canonical properties.
 */
export class Names {
  readonly #drafts = new Map<string, Draft>();
  readonly #parts = new Map<string, Part & { target: Draft }>();
  readonly #byText = new Map<string, Draft | 'several'>();
  readonly #accounts: Accounts;
  readonly #memo = new Map<string, string>();
  readonly #texts = new Map<Resource, { name?: string; arn?: string | null }>();

  constructor(drafts: readonly Draft[], accounts: Accounts) {
    this.#accounts = accounts;
    for (const d of drafts) this.add(d);
  }

  add(d: Draft): void {
    const key = qualify(d.resource.root, d.resource.address);
    if (!this.#drafts.has(key)) this.#drafts.set(key, d);
  }

  join(part: Part, target: Draft): void { this.#parts.set(qualify(part.raw.root, part.raw.address), { ...part, target }); }

  /** Resource at an address, or the one that the part at this address belongs to. */
  draft(address: string): Draft | undefined { return this.#drafts.get(address) ?? this.#parts.get(address)?.target; }

  /** The only resource of a type that has this ARN or reference text. Call `index` first. */
  byText(type: string, text: string): Draft | undefined {
    const found = this.#byText.get(`${type}\u0000${text}`);
    return found === 'several' ? undefined : found;
  }

  /** Makes ARNs findable; forgets texts made before accounts were known. */
  index(drafts: readonly Draft[]): void {
    this.#memo.clear();
    this.#texts.clear();
    this.#byText.clear();
    for (const d of drafts) {
      const arn = this.arn(d.resource);
      if (!arn) continue;
      const key = `${d.resource.type}\u0000${arn}`;
      this.#byText.set(key, this.#byText.has(key) ? 'several' : d);
    }
  }

  home(r: Resource): string { return this.#accounts.home(r.root); }
  account(r: Resource): string { return r.provider.account ?? this.#pseudo('account', r.root, r.provider.scope); }
  region(r: Resource): string { return r.provider.region ?? this.#pseudo('region', r.root, r.provider.scope); }

  /** Physical name; a hole where the provider or an unknown value decides it. */
  name(r: Resource): string {
    const known = this.#textsOf(r);
    return (known.name ??= this.#name(r));
  }

  arn(r: Resource): string | undefined {
    const known = this.#textsOf(r);
    if (known.arn === undefined) known.arn = this.#arn(r) ?? null;
    return known.arn ?? undefined;
  }

  #textsOf(r: Resource): { name?: string; arn?: string | null } {
    let known = this.#texts.get(r);
    if (!known) this.#texts.set(r, known = {});
    return known;
  }

  #name(r: Resource): string {
    const spec = IDENTITIES[r.type];
    const property = spec?.name;
    const given = property === undefined ? undefined : r.properties[property];
    if (typeof given === 'string' && given !== '') {
      const h = wholeHole(given);
      if (!(h?.kind === 'ref' && this.#isSelf(h, r))) return this.#fillFor(r, given, 'name');
    }
    const prefix = r.properties['NamePrefix'] ?? r.properties['BucketPrefix'] ?? r.properties['IdentifierPrefix'];
    return (typeof prefix === 'string' ? prefix : '') + this.#opaque(r, property === undefined ? 'id' : 'name');
  }

  #arn(r: Resource): string | undefined {
    for (const key of ['Arn', 'ARN']) {
      const given = r.properties[key];
      if (typeof given === 'string' && given.startsWith('arn:')) return this.fill(given, r.root, r.provider.scope);
    }
    const template = IDENTITIES[r.type]?.arn;
    return template === undefined ? undefined : this.#expand(r, template);
  }

  /** Text of an attribute in the resource's own dialect ('' = the whole reference); undefined when nothing says it. */
  attribute(d: Draft, attribute: string): string | undefined {
    const r = d.resource;
    const spec: IdentitySpec = IDENTITIES[r.type] ?? {};
    const template = d.rename.attributes?.[attribute] ?? spec.attributes?.[attribute] ?? defaultTemplate(spec, attribute);
    if (template !== undefined) return this.#expand(r, template);
    const direct = d.rename.rename?.[attribute];
    const property = direct && !direct.includes('/') ? direct : Object.keys(r.properties).find((k) => squash(k) === squash(attribute));
    const v = property === undefined ? undefined : r.properties[property];
    return typeof v === 'string' ? this.#fillFor(r, v, property!) : typeof v === 'number' || typeof v === 'boolean' ? String(v) : undefined;
  }

  /** Replaces references by canonical text, and makes what stays symbolic unmistakable across roots. */
  fill(s: string, root: string, scope: string): string {
    return fillHoles(s, (h) => this.#fillHole(h, root, scope));
  }

  #fillHole(h: Hole, root: string, scope: string): string {
    if (h.kind === 'pseudo') return this.#pseudo(h.name, root, h.scope);
    if (h.kind === 'unknown') return hole({ kind: 'unknown', key: h.key.includes('#') ? h.key : qualify(root, h.key) });
    const address = this.#drafts.has(h.address) || this.#parts.has(h.address) || (root !== '' && h.address.startsWith(`${root}#`)) ? h.address : qualify(root, h.address);
    const own = this.#drafts.get(address);
    if (own) return this.attribute(own, h.attribute) ?? hole({ kind: 'ref', address, attribute: h.attribute });
    const part = this.#parts.get(address);
    if (part) {
      const v: Value | undefined = part.raw.properties[h.attribute === 'id' ? part.rename.into! : h.attribute];
      if (typeof v === 'string' && !v.includes(address)) return this.fill(v, root, scope);
    }
    return hole({ kind: 'ref', address, attribute: h.attribute });
  }

  #pseudo(name: string, root: string, scope: string): string {
    const known = this.#accounts.of(root, scope);
    if (name === 'account' && known.account) return known.account;
    if (name === 'region' && known.region) return known.region;
    if (name === 'partition') return partitionOf(known.region);
    if (name === 'url-suffix' || name === 'dns-suffix') return suffixOf(known.region);
    return hole({ kind: 'pseudo', name, scope: scope.includes('#') ? scope : qualify(this.#accounts.home(root), scope) });
  }

  #isSelf(h: Hole & { kind: 'ref' }, r: Resource): boolean {
    return h.address === r.address || h.address === qualify(r.root, r.address);
  }

  /** A part that only the provider knows, where the source read it. */
  #given(r: Resource, property: string): string | undefined {
    const v = r.properties[property];
    return r.state === 'live' || r.state === 'planned' ? (typeof v === 'string' && v !== '' && !hasHole(v) ? v : undefined) : undefined;
  }

  #opaque(r: Resource, label: string): string { return hole({ kind: 'ref', address: qualify(r.root, r.address), attribute: label }); }

  /** Guards against names that are defined by each other. */
  #fillFor(r: Resource, text: string, label: string): string {
    if (!hasHole(text)) return text;
    const key = `${qualify(r.root, r.address)}\u0000${r.type}\u0000${label}`;
    const done = this.#memo.get(key);
    if (done !== undefined) return done;
    this.#memo.set(key, this.#opaque(r, label));
    const filled = this.fill(text, r.root, r.provider.scope);
    this.#memo.set(key, filled);
    return filled;
  }

  #expand(r: Resource, template: string): string {
    return template.replace(TEMPLATE, (_, mark: string, word: string, fallback: string | undefined) => {
      if (mark === '?') return this.#given(r, word) ?? this.#opaque(r, word);
      if (mark === '/') return `/${this.name(r).replace(/^\//, '')}`;
      switch (word) {
        case 'partition': return partitionOf(r.provider.region);
        case 'suffix': return suffixOf(r.provider.region);
        case 'account': return this.account(r);
        case 'region': return this.region(r);
        case 'name': return this.name(r);
        case 'arn': return this.arn(r) ?? this.#opaque(r, 'arn');
        case 'id': return this.#id(r);
      }
      const v = r.properties[word];
      if (typeof v === 'string' && v !== '') {
        const text = this.#fillFor(r, v, word);
        return template.startsWith('arn:') && text.startsWith('arn:') ? nameInArn(text) : text;
      }
      return fallback !== undefined && (v === undefined || v === null) && r.mode !== 'data' ? fallback : this.#opaque(r, word);
    });
  }

  #id(r: Resource): string {
    const v = r.properties['Id'];
    return typeof v === 'string' && v !== '' && !hasHole(v) ? v : this.#opaque(r, 'id');
  }
}

/** `arn:…:function:f` → `f`: an ARN where a name is wanted. */
const nameInArn = (arn: string): string => arn.split(':').slice(5).join(':').replace(/^[^/:]+[/:]/, '');

function defaultTemplate(spec: IdentitySpec, attribute: string): string | undefined {
  switch (attribute) {
    case '': return spec.ref ?? (spec.name ? '{name}' : '{id}');
    case 'arn': case 'Arn': case 'ARN': return spec.arn ? '{arn}' : undefined;
    case 'id': case 'Id': return spec.name ? '{name}' : '{id}';
    case 'name': return spec.name ? '{name}' : undefined;
  }
  return undefined;
}

/** Partition by region; where the region is open, the commercial one (recorded in the conventions). */
const partitionOf = (region: string | undefined): string => (region?.startsWith('cn-') ? 'aws-cn' : region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');
const suffixOf = (region: string | undefined): string => (region?.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');
