import type { EdgeKind, EdgeRecord, EffectClass, EntryClass, NodeKind, NodeRecord, Verdict } from '../../../schema/index.ts';
import type { Estate } from '../../../queries/attack/estate.ts';

/** A fact with all its variants spelled out. */
export interface F { k: string; n: string; aud?: string; ses?: string; vis?: boolean; pos?: string; eff?: EffectClass; goal?: string }
export type Sure = Verdict;
export const worst = (...v: Sure[]): Sure => (v.includes('unknown') ? 'unknown' : v.includes('conditional') ? 'conditional' : 'proven');
export const LEVEL = { proven: 0, conditional: 1, unknown: 2 } as const;
export const if_ = (c: boolean): Sure => (c ? 'conditional' : 'proven');

/** What the oracle reads off the records of an estate. */
export class Reading {
  readonly e: Estate;
  readonly #nodes: Map<string, NodeRecord>;
  constructor(e: Estate) {
    this.e = e;
    this.#nodes = new Map(e.snapshot.nodes.map((n) => [n.id, n]));
  }
  n(id: string): NodeRecord { return this.#nodes.get(id)!; }
  kindOf(id: string): NodeKind | undefined { return this.#nodes.get(id)?.kind; }
  p(id: string, name: string): unknown { return this.n(id).props[name]; }
  is(id: string, ...kinds: NodeKind[]): boolean { return kinds.includes(this.n(id).kind); }
  out(id: string, ...k: EdgeKind[]): EdgeRecord[] { return this.e.snapshot.out(id, ...k); }
  in(id: string, ...k: EdgeKind[]): EdgeRecord[] { return this.e.snapshot.in(id, ...k); }
  all(k: EdgeKind): EdgeRecord[] { return this.e.snapshot.edges.filter((x) => x.kind === k); }
  kind(k: NodeKind): string[] { return this.e.snapshot.nodes.filter((n) => n.kind === k).map((n) => n.id); }
  interactive(a: string): boolean { return this.p(a, 'autonomy') !== 'autonomous'; }
  authored(a: string): string { return this.interactive(a) ? 'victim' : 'none'; }
  answers(a: string): boolean { return (this.p(a, 'relaysReply') as boolean | undefined) ?? this.interactive(a); }
  aud(c: EntryClass): string { return ({ E3: 'partner', E4: 'tenant', E5: 'tenant', E8: 'tenant' } as Record<string, string>)[c] ?? 'public'; }
  serversOf(t: string): string[] { const s: string[] = []; const go = (x: string): void => { for (const e of this.out(x, 'PROVIDED_BY')) if (!s.includes(e.to) && e.to !== t) { s.push(e.to); go(e.to); } }; go(t); return s; }
  toolsOf(s: string): { t: string; v: Sure }[] {
    const r: { t: string; v: Sure }[] = [];
    const go = (x: string, v: Sure, seen: string[]): void => { for (const e of this.in(x, 'PROVIDED_BY')) { if (seen.includes(e.from)) continue; if (this.is(e.from, 'Tool')) r.push({ t: e.from, v: worst(v, e.verdict) }); else go(e.from, worst(v, e.verdict), [...seen, e.from]); } };
    go(s, 'proven', [s]);
    return r;
  }
  feedsOn(id: string, seen: string[] = []): boolean {
    if (seen.includes(id)) return false;
    return this.out(id, 'FEEDS').some((e) => this.is(e.to, 'Agent') || (this.is(e.to, 'Compute', 'Pipeline') && ['checkout', 'restore'].includes(String(e.props['mode']))) || (this.is(e.to, 'DataStore', 'Channel') && this.feedsOn(e.to, [...seen, id])))
      || (this.in(id, 'BUILT_FROM').length > 0 && this.p(id, 'pinned') !== true);
  }
  contract(t: string): { has: (c: EffectClass) => boolean; v: Sure; resources: string[] | undefined } {
    const effects = this.p(t, 'effects') as EffectClass[] | undefined;
    const cls = String(this.p(t, 'toolClass'));
    const resources = this.p(t, 'resources') as string[] | undefined;
    const all = (v: Sure) => ({ has: () => true, v, resources });
    const some = (l: EffectClass[]) => ({ has: (c: EffectClass) => l.includes(c), v: 'proven' as Sure, resources });
    if (this.p(t, 'contract') === 'undeclared') return all('conditional');
    if (this.p(t, 'contract') === 'all') return all('proven');
    if (effects) return some(effects);
    if (['sql_generic', 'http_generic', 'cloud_api_generic', 'file_generic'].includes(cls)) return all('proven');
    if (cls === 'retrieval') return some(['list', 'read']);
    if (cls === 'messaging') return some(['send']);
    if (cls === 'spend') return some(['spend']);
    if (cls === 'code_exec' || cls === 'browser') return some([]);
    return all('conditional');
  }
  executors(t: string): { id: string; obo: boolean; v: Sure }[] {
    const says = (n: string): { id: string; obo: boolean; v: Sure }[] => [
      ...this.out(n, 'RUNS_AS').filter((e) => (e.props['for'] ?? 'tool') === 'tool').map((e) => ({ id: e.to, obo: false, v: e.verdict })),
      ...this.out(n, 'USES_CREDENTIAL').flatMap((u) => this.out(u.to, 'AUTHENTICATES_AS').filter((a) => this.is(a.to, 'Identity')).map((a) => ({ id: a.to, obo: (u.props['delegation'] ?? 'service') !== 'service', v: worst(u.verdict, a.verdict) }))),
    ];
    const runs = (n: string): { id: string; obo: boolean; v: Sure }[] => this.out(n, 'IMPLEMENTED_BY').flatMap((i) => this.out(i.to, 'RUNS_AS').filter((e) => (e.props['for'] ?? 'code') === 'code').map((e) => ({ id: e.to, obo: false, v: worst(i.verdict, e.verdict) })));
    const rings = [[{ id: t, v: 'proven' as Sure }], ...this.servers(t)];
    for (const tell of [says, runs]) for (const ring of rings) { const all = ring.flatMap((s) => tell(s.id).map((x) => ({ ...x, v: worst(x.v, s.v) }))); if (all.length > 0) return all; }
    return [];
  }
  /** Servers ring by ring, nearest first and equals within a ring, each with the verdict of its surest chain. */
  servers(t: string): { id: string; v: Sure }[][] {
    const surest = new Map<string, Sure>();
    const go = (x: string, v: Sure, seen: string[]): void => {
      for (const e of this.out(x, 'PROVIDED_BY')) {
        if (seen.includes(e.to)) continue;
        const w = worst(v, e.verdict);
        const known = surest.get(e.to);
        if (!known || LEVEL[w] < LEVEL[known]) surest.set(e.to, w);
        go(e.to, w, [...seen, e.to]);
      }
    };
    go(t, 'proven', [t]);
    const rings: { id: string; v: Sure }[][] = [];
    const known = new Set([t]);
    for (let ring = [t]; ring.length > 0; ) {
      ring = [...new Set(ring.flatMap((x) => this.out(x, 'PROVIDED_BY').map((e) => e.to)))].filter((s) => !known.has(s));
      for (const s of ring) known.add(s);
      rings.push(ring.map((id) => ({ id, v: surest.get(id)! })));
    }
    return rings;
  }
  opens(n: string, seen: string[] = []): { id: string; v: Sure; ip: boolean; sender: boolean }[] {
    return this.out(n, 'HOLDS').flatMap((h) => {
      if (this.is(h.to, 'Credential')) return this.out(h.to, 'AUTHENTICATES_AS').filter((a) => this.is(a.to, 'Identity')).map((a) => ({ id: a.to, v: worst(h.verdict, a.verdict), ip: this.p(h.to, 'ipRestricted') === true, sender: this.p(h.to, 'senderConstrained') === true }));
      return seen.includes(h.to) || h.to === n ? [] : this.opens(h.to, [...seen, n]).map((o) => ({ ...o, v: worst(o.v, h.verdict) }));
    });
  }
  /** Machines that what a node holds logs in to, and stores behind a database that takes it. */
  enters(n: string, seen: string[] = []): { id: string; v: Sure; store: boolean }[] {
    return this.out(n, 'HOLDS').flatMap((h): { id: string; v: Sure; store: boolean }[] => {
      if (!this.is(h.to, 'Credential')) return seen.includes(h.to) || h.to === n ? [] : this.enters(h.to, [...seen, n]).map((o) => ({ ...o, v: worst(o.v, h.verdict) }));
      if (this.p(h.to, 'ipRestricted') === true) return [];
      return this.out(h.to, 'AUTHENTICATES_AS').flatMap((a): { id: string; v: Sure; store: boolean }[] => {
        const v = worst(h.verdict, a.verdict);
        if (this.is(a.to, 'Compute')) return [{ id: a.to, v, store: false }];
        if (!this.is(a.to, 'Endpoint') || this.p(a.to, 'auth') !== 'database') return [];
        return this.out(a.to, 'ROUTES_TO').filter((r) => this.is(r.to, 'DataStore')).map((r) => ({ id: r.to, v: worst(v, r.verdict), store: true }));
      });
    });
  }
  /** What being admin is being admin of: every account, else every scope. */
  scopes(id: string): string[] {
    if (this.is(id, 'Scope')) return [id];
    const s = this.out(id, 'IN_SCOPE').map((e) => e.to);
    const accounts = s.filter((x) => this.p(x, 'scopeType') === 'account');
    return accounts.length > 0 ? accounts : s.length > 0 ? s : [id];
  }
  definition(n: string): boolean { return this.is(n, 'Agent', 'Tool', 'ToolServer', 'Compute', 'Pipeline', 'Repository', 'Artifact', 'Control'); }
  protectedRepo(n: string): Sure { return if_(this.is(n, 'Repository') && this.p(n, 'branchProtection') !== false); }
  broken(k: string): Sure[] { return ((this.p(k, 'vulnerabilities') ?? []) as { effect: string; exploited?: boolean }[]).filter((x) => /^(rce|auth_?bypass|code_?execution|command)$/i.test(x.effect)).map((x) => if_(x.exploited !== true)); }
}
