import type { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import type { NodeRecord } from '../../../schema/index.ts';
import { declaredGrants } from '../declared.ts';
import { decideRequest, textsOn } from '../decide-request.ts';
import { type IdentityLayers, PolicyEstate } from '../estate.ts';
import { arnOf, witnessesBelow } from '../targets.ts';
import type { Access, Decision, Grant, Heaviest, Request, Weights } from '../types.ts';
import { isVendingCall, vendedDecision, vendedGrants } from '../vended.ts';
import { anyAfter, type AnyAssets, anyAssets } from './any.ts';
import { type Draft, GrantWriter } from './grants.ts';
import { type Asset, type Group, groupAssets } from './groups.ts';
import { Scales } from './heaviest.ts';
import { RowEvaluator, type Rows } from './rows.ts';
import { AssetSets } from './sets.ts';

/** What permissions are about, whoever holds them. */
interface Things { any: AnyAssets; assets: readonly Asset[]; groups: readonly Group[]; /** ids of assets that do not count any more */ gone: ReadonlySet<string> }

/** The compiled permissions of a snapshot. What all identities share is built at once, each identity when it is asked for. */
export class Compiled implements Access {
  readonly estate: PolicyEstate;
  readonly things: Things;
  #any: readonly NodeRecord[] | undefined;
  readonly #rows: RowEvaluator;
  readonly #writer: GrantWriter;
  readonly #declared: ReadonlyMap<string, readonly Grant[]>;
  readonly #grants = new Map<string, readonly Grant[]>();
  readonly #scales = new WeakMap<Weights, Scales>();

  private constructor(estate: PolicyEstate, things: Things) {
    this.estate = estate;
    this.things = things;
    this.#declared = declaredGrants(estate.snapshot);
    this.#rows = new RowEvaluator(estate, things.groups);
    this.#writer = new GrantWriter(estate, things.assets, new AssetSets(things.assets.map((a) => a.node.id)), things.gone);
  }

  static of(snapshot: GraphSnapshot): Compiled {
    const estate = new PolicyEstate(snapshot);
    return new Compiled(estate, thingsOf(estate));
  }

  /**
   * Compiled again after a change of the identity policies of some, and of trust policies, that spells out nothing new below a thing: patterns
   * are looked up among the same things, and policies that did not change are not compiled again. Where less counts as “any”, what is gone is left
   * out of every grant. undefined: other things count.
   */
  again(snapshot: GraphSnapshot, changed: ReadonlySet<string>): Compiled | undefined {
    const estate = new PolicyEstate(snapshot, this.estate);
    const any = anyAfter(this.things.any, estate, this.estate, changed);
    if (!any) return undefined;
    const still = new Set(any.found.map((a) => a.node.id));
    const less = this.things.any.found.filter((a) => !still.has(a.node.id)).map((a) => a.node.id);
    return new Compiled(estate, { ...this.things, any, gone: less.length === 0 ? this.things.gone : new Set([...this.things.gone, ...less]) });
  }

  get anyAssets(): readonly NodeRecord[] { return (this.#any ??= this.things.any.found.map((a) => a.node)); }
  get groups(): readonly Group[] { return this.things.groups; }
  get gone(): ReadonlySet<string> { return this.things.gone; }

  grantsOf(identityId: string): readonly Grant[] {
    let grants = this.#grants.get(identityId);
    if (!grants) this.#grants.set(identityId, (grants = this.#compute(identityId)));
    return grants;
  }

  heaviestOf(identityId: string, weights: Weights): Heaviest | undefined {
    let scales = this.#scales.get(weights);
    if (!scales) this.#scales.set(weights, (scales = new Scales(this.groups, weights, (g) => this.#writer.encrypted(g), (g, row) => this.things.assets[g.asset[row]!]!.only)));
    const grants = this.#grants.get(identityId);
    if (grants) return scales.ofGrants(grants);
    const node = this.#identity(identityId);
    if (!node) return undefined;
    const layers = this.estate.layers(node);
    return scales.ofRows(this.#besides(identityId, layers), (g) => this.#rows.on(layers, g), (g, rows, row) => this.#writer.effectsOn(layers, g, rows, row));
  }

  #identity(id: string): NodeRecord | undefined {
    const node = this.estate.snapshot.node(id);
    return node?.kind === 'Identity' && node.props.identityType !== 'group' ? node : undefined;
  }

  #compute(identityId: string): readonly Grant[] {
    const node = this.#identity(identityId);
    if (!node) return [];
    const drafts = new Map<string, Draft>();
    const layers = this.estate.layers(node);
    for (const [g, rows] of this.evaluate(node)) this.#writer.write(layers, g, rows, drafts);
    const compiled = this.#writer.finish(layers, drafts);
    const besides = this.#besides(identityId, layers);
    return besides.length > 0 ? [...compiled, ...besides] : compiled;
  }

  /** What no policy of IAM says: declared permissions, and what services hand out. */
  #besides(identityId: string, layers: IdentityLayers): readonly Grant[] {
    const declared = this.#declared.get(identityId) ?? [];
    const vended = vendedGrants(this.estate, layers);
    return vended.length > 0 ? [...declared, ...vended] : declared;
  }

  /** Rows of one identity, group by group; the arrays are reused by the next step. */
  evaluate(node: NodeRecord): Iterable<[Group, Rows]> { return this.#rows.evaluate(this.estate.layers(node)); }

  decide(r: Request): Decision {
    const vended = r.principal && r.target && isVendingCall(r.action) ? vendedDecision(this.estate, r.principal, r.target, r.action) : undefined;
    return vended ?? decideRequest(this.estate, r);
  }

  textsOn(principal: NodeRecord, action: string, target: NodeRecord): readonly string[] { return textsOn(this.estate.layers(principal), action, target); }
}

function thingsOf(estate: PolicyEstate): Things {
  const inventory = assetsOf(estate.snapshot);
  const any = anyAssets(estate, inventory);
  const assets = [...inventory, ...any.found].sort((a, b) => (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : a.node.id < b.node.id ? -1 : 1));
  return { any, assets, groups: groupAssets(estate, assets), gone: new Set() };
}

const NONE: readonly string[] = [];

function assetsOf(snapshot: GraphSnapshot): Asset[] {
  const found: { node: NodeRecord; arn: string }[] = [];
  const patterns = new Set<string>();
  for (const node of snapshot.nodes) {
    const arn = arnOf(node);
    if (arn !== undefined) found.push({ node, arn });
    if (node.kind !== 'Policy') continue;
    for (const s of (node.props.statements as { effect: string; resources?: string[] }[] | undefined) ?? []) if (s.effect === 'Allow') for (const p of s.resources ?? []) patterns.add(p);
  }
  const below = witnessesBelow(found.map((f) => f.arn), patterns);
  return found.map(({ node, arn }) => ({ node, arn, witnesses: below.get(arn) ?? NONE }));
}
