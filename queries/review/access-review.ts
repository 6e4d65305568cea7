import { bestVerdict, showHoles, type AccessRow, type AccessStatus, type EffectClass, type IntentReview, type Known, type NodeRecord, type SourceRef, type Usage, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries } from '../attack/query.ts';
import { matches } from '../derive/match.ts';
import { covers, executingIdentities, intentOf, purposeOf, type Held, type Intent } from '../findings/intent.ts';
import { day, LastUse, unusedRatio } from '../findings/last-use.ts';
import { ownerOf } from '../findings/owners.ts';
import { nodeRef, sorted } from '../findings/ref.ts';
import { gatesOf } from '../findings/steps.ts';
import { weight } from '../findings/weights.ts';
import type { Grant } from '../policy/types.ts';
import { Origins } from './origins.ts';

/** Nothing given: what the agents' identities may do. An agent is judged by its own purpose, an identity by those of all agents that act as it. */
export interface AccessFilter { principal?: string | undefined; agent?: string | undefined; asset?: string | undefined; effect?: EffectClass | undefined; status?: AccessStatus | undefined }

/** Kinds of things a selector without a kind may mean as missing. */
const ASSETS: ReadonlySet<NodeRecord['kind']> = new Set(['DataStore', 'Secret', 'Channel'] as const);
const ORDER: readonly AccessStatus[] = ['excess', 'missing', 'undeclared', 'matched'];
const key = (effect: string, asset: string): string => `${effect}|${asset}`;

/** Intended against actual access, row by row and in numbers (model 6.3). Answers are worked out when asked and kept. */
export class AccessReview {
  readonly #estate: Estate;
  readonly #attack: AttackQueries;
  readonly #origins: Origins;
  readonly #lastUse: LastUse;
  readonly #intents = new Map<string, Intent>();
  readonly #reach = new Map<string, ReadonlySet<string>>();
  #servants: ReadonlyMap<string, readonly NodeRecord[]> | undefined;

  constructor(estate: Estate, attack: AttackQueries) {
    this.#estate = estate;
    this.#attack = attack;
    this.#origins = new Origins(estate);
    this.#lastUse = new LastUse(estate);
  }

  /** Every agent in numbers, worst over-privilege first. */
  agents(): IntentReview[] {
    return this.#agents().map((a) => this.agent(a.id)).sort((x, y) => (y.opr ?? 0) * y.actual - (x.opr ?? 0) * x.actual || (x.agent.id < y.agent.id ? -1 : 1));
  }

  agent(id: string): IntentReview {
    const a = this.#estate.snapshot.node(id)!;
    const intent = this.#intent(a);
    const rows = this.rows({ agent: id });
    const sum = (list: readonly AccessRow[]): number => list.reduce((n, r) => n + r.weight, 0);
    const once = [...new Map(rows.map((r) => [key(r.effect, r.asset.id), r])).values()];
    const actual = once.filter((r) => r.status !== 'missing');
    const [reached, excess, missing] = [actual.filter((r) => r.reachable === 'yes'), actual.filter((r) => r.status === 'excess'), once.filter((r) => r.status === 'missing')];
    const ratio = (part: readonly AccessRow[], all: readonly AccessRow[]): number => (all.length === 0 ? 0 : round(sum(part) / sum(all)));
    const purpose = purposeOf(a);
    const at = declaredAt(a);
    return {
      agent: nodeRef(a), from: intent.from, actual: sum(actual), latent: ratio(actual.filter((r) => r.reachable === 'no'), actual),
      ...(owner(ownerOf(a, this.#estate.snapshot))), ...(at ? { declaredAt: at } : {}), ...(purpose?.says === undefined ? {} : { says: purpose.says }), ...(purpose?.reviewBy === undefined ? {} : { reviewBy: purpose.reviewBy }),
      ...(intent.from === 'none' ? {} : { opr: ratio(excess, actual), slack: ratio(reached.filter((r) => r.status === 'excess'), reached) }),
      ...(intent.from === 'purpose' ? { gap: ratio(missing, [...actual.filter((r) => r.status === 'matched'), ...missing]) } : {}),
      ...unusedRatio(rows.flatMap((r) => (r.status === 'missing' ? [] : [{ cell: key(r.effect, r.asset.id), weight: r.weight, used: r.used }]))),
      matched: count(rows, 'matched'), excess: count(rows, 'excess'), missing: count(rows, 'missing'), undeclared: count(rows, 'undeclared'), notes: this.#notes(a, rows),
    };
  }

  /** Heaviest excess first. */
  rows(f: AccessFilter): AccessRow[] {
    const agents = f.agent === undefined ? undefined : [this.#estate.snapshot.node(f.agent)!];
    const identities = agents ? executingIdentities(agents[0]!, this.#estate) : f.principal !== undefined ? [this.#estate.snapshot.node(f.principal)!] : f.asset !== undefined ? [...this.#estate.snapshot.ofKind('Identity')] : [...this.#servantsOf().keys()].flatMap((id) => this.#estate.snapshot.node(id) ?? []);
    const wanted = (effect: EffectClass, asset: string): boolean => (f.effect === undefined || f.effect === effect) && (f.asset === undefined || f.asset === asset);
    const out = identities.flatMap((p) => this.#held(p, agents ?? this.#servantsOf().get(p.id) ?? [], wanted));
    for (const a of agents ?? (f.principal === undefined ? this.#agents() : [])) out.push(...this.#missing(a, wanted));
    const rank = (r: AccessRow): number => ORDER.indexOf(r.status);
    return out.filter((r) => f.status === undefined || r.status === f.status).sort((a, b) => rank(a) - rank(b) || b.weight - a.weight || compare(a.identity?.id ?? '', b.identity?.id ?? '') || compare(a.asset.id, b.asset.id) || compare(a.effect, b.effect));
  }

  #held(identity: NodeRecord, agents: readonly NodeRecord[], wanted: (effect: EffectClass, asset: string) => boolean): AccessRow[] {
    const cells = new Map<string, { effect: EffectClass; asset: string; grants: Grant[] }>();
    for (const g of this.#estate.access.grantsOf(identity.id)) {
      if (g.effect === 'invoke' && agents.length > 0) continue;
      for (const asset of g.assets) {
        if (!wanted(g.effect, asset)) continue;
        const k = key(g.effect, asset);
        const there = cells.get(k);
        if (there) there.grants.push(g);
        else cells.set(k, { effect: g.effect, asset, grants: [g] });
      }
    }
    return [...cells.values()].flatMap(({ effect, asset, grants }) => {
      const n = this.#estate.snapshot.node(asset);
      return n ? [this.#row(identity, agents, { effect, asset: n, identity }, grants)] : [];
    });
  }

  #row(identity: NodeRecord, agents: readonly NodeRecord[], held: Held, grants: readonly Grant[]): AccessRow {
    const judged = agents.flatMap((agent) => { const judge = this.#intent(agent).judge; return judge ? [{ agent, ...judge(held) }] : []; });
    const best = judged.find((j) => j.allowed) ?? judged[0];
    const verdict = grants.reduce<Verdict>((v, g) => bestVerdict(v, g.verdict), 'unknown');
    const statements = [...new Map(grants.flatMap((g) => g.evidence).map((e) => [JSON.stringify(e), e])).values()];
    const reachable: Known = agents.length === 0 ? 'unknown' : agents.some((a) => this.#reachOf(a.id).has(key(held.effect, held.asset.id))) ? 'yes' : 'no';
    const lastUsed = identity.props['lastUsed'] as string | undefined;
    const actions = sorted(grants.flatMap((g) => g.actions));
    const intent = best?.entry === undefined ? best && declaredAt(best.agent) : declaredAt(best.agent, best.entry);
    const demanded = best?.entry === undefined ? undefined : purposeOf(best.agent)!.allow[best.entry]!.approval;
    return {
      identity: nodeRef(identity), agents: agents.map(nodeRef), asset: nodeRef(held.asset), effect: held.effect, sensitivity: this.#level(held.asset), weight: weight(held.effect, held.asset, this.#estate),
      status: best === undefined ? 'undeclared' : best.allowed ? 'matched' : 'excess', why: best?.why ?? (agents.length === 0 ? 'no agent acts as it' : 'no purpose is declared, and no tool says what it does'),
      ...(intent ? { intent } : {}), ...(demanded === undefined ? {} : { approval: this.#approval(best!.agent, demanded) }), reachable, ...this.#origins.of(identity.id, held.asset.id, statements),
      ...this.#lastUse.of(identity, { effect: held.effect, asset: held.asset.id, actions }), ...(lastUsed === undefined ? {} : { lastUsed }),
      actions, verdict, requires: verdict === 'proven' ? [] : sorted(grants.find((g) => g.verdict === verdict)?.requires ?? []), statements,
    };
  }

  /** What a purpose names and none of the agent's identities may do. */
  #missing(agent: NodeRecord, wanted: (effect: EffectClass, asset: string) => boolean): AccessRow[] {
    const purpose = purposeOf(agent);
    if (!purpose) return [];
    const has = new Set(this.#intent(agent).actual.map((h) => key(h.effect, h.asset.id)));
    const seen = new Set<string>();
    return purpose.allow.flatMap((entry, i) => (entry.resources === undefined ? [] : this.#named(entry.resources)).flatMap((asset): AccessRow[] => {
      const k = key(entry.effect, asset.id);
      if (has.has(k) || seen.has(k) || !wanted(entry.effect, asset.id)) return [];
      seen.add(k);
      const at = declaredAt(agent, i);
      return [{
        agents: [nodeRef(agent)], asset: nodeRef(asset), effect: entry.effect, sensitivity: this.#level(asset), weight: weight(entry.effect, asset, this.#estate), status: 'missing', why: 'the purpose names it, and no identity of the agent may do it',
        ...(at ? { intent: at } : {}), reachable: 'no', inCode: 'no', live: 'no', used: 'no', actions: [], requires: [], statements: [],
      }];
    }));
  }

  #named(resources: NonNullable<Parameters<typeof matches>[0]>): NodeRecord[] {
    return this.#estate.snapshot.nodes.filter((n) => (resources.kind === undefined ? ASSETS.has(n.kind) : n.kind === resources.kind) && n.props['any'] !== true && matches(resources, n));
  }

  #notes(agent: NodeRecord, rows: readonly AccessRow[]): string[] {
    const notes: string[] = [];
    (purposeOf(agent)?.allow ?? []).forEach((entry, i) => {
      if (entry.resources !== undefined && this.#named(entry.resources).length === 0) notes.push(`allow ${i + 1} (${entry.effect}): nothing in the input is what it names`);
      else if (entry.resources === undefined && !rows.some((r) => r.status === 'matched' && covers(entry, r.effect, this.#estate.snapshot.node(r.asset.id)!))) notes.push(`allow ${i + 1} (${entry.effect}): no identity of the agent may do that to anything`);
    });
    const identities = new Map(rows.flatMap((r) => (r.identity ? [[r.identity.id, this.#estate.snapshot.node(r.identity.id)!] as const] : [])));
    return [...notes, ...sorted([...identities.values()].flatMap((n) => lastUseNote(n) ?? []))];
  }

  #approval(agent: NodeRecord, demanded: string): string {
    const approvers = this.#estate.snapshot.out(agent.id, 'HAS_TOOL').flatMap((e) => gatesOf(agent.id, e.to, this.#estate.snapshot)).map((c) => String(c.props['approver']));
    return `${demanded}: ${approvers.includes(demanded) ? 'a tool asks for it' : 'no tool asks for it'}`;
  }

  /** Effects that a prompt can have: through tools, and those of agents it delegates to. */
  #reachOf(agent: string): ReadonlySet<string> {
    let reach = this.#reach.get(agent);
    if (!reach) this.#reach.set(agent, (reach = new Set(this.#attack.legs([agent]).hits(agent, { fact: 'EFFECT' }).map((h) => key(h.fact.effect ?? '', h.fact.node.id)))));
    return reach;
  }

  #intent(agent: NodeRecord): Intent {
    let intent = this.#intents.get(agent.id);
    if (!intent) this.#intents.set(agent.id, (intent = intentOf(agent, this.#estate)));
    return intent;
  }

  #agents(): NodeRecord[] { return this.#estate.snapshot.ofKind('Agent').filter((a) => a.completeness !== 'none'); }

  #servantsOf(): ReadonlyMap<string, readonly NodeRecord[]> {
    if (!this.#servants) {
      const map = new Map<string, NodeRecord[]>();
      for (const a of this.#agents()) for (const p of executingIdentities(a, this.#estate)) map.set(p.id, [...(map.get(p.id) ?? []), a]);
      this.#servants = map;
    }
    return this.#servants;
  }

  #level(n: NodeRecord): string { return this.#estate.sensitivity.get(n.id)?.level ?? (n.kind === 'DataStore' || n.kind === 'Secret' ? 'unknown' : 'control plane'); }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const round = (n: number): number => Math.round(n * 100) / 100;
const count = (rows: readonly AccessRow[], s: AccessStatus): number => rows.filter((r) => r.status === s).length;
const owner = (o: string | undefined): { owner?: string } => (o === undefined ? {} : { owner: o });

/** How exactly the input says what an identity used. */
function lastUseNote(n: NodeRecord): string | undefined {
  const usage = n.props['usage'] as Usage | undefined;
  const last = n.props['lastUsed'] as string | undefined;
  if (usage) return `use of ${showHoles(n.name)} is told by service and tracked action, attempts of at least 400 days${usage.reportedAt === undefined ? '' : ` before ${day(usage.reportedAt)}`}, never by thing`;
  return last === undefined || last === 'never' ? undefined : `${showHoles(n.name)} was used on ${day(last)}; which permissions, the input does not say`;
}

/** Where the purpose stands: its entry in overreach.yaml, or the line of one of its parts. */
export function declaredAt(agent: NodeRecord, part?: number): SourceRef | undefined {
  const says = ((agent.props['override'] ?? []) as { purpose?: unknown; source?: SourceRef; parts?: (SourceRef | null)[] }[]).findLast((o) => o.purpose !== undefined);
  return (part === undefined ? undefined : says?.parts?.[part]) ?? says?.source;
}
