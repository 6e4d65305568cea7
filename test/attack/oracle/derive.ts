import type { EdgeKind, EdgeRecord, EffectClass, EntryClass, NodeKind, NodeRecord, Verdict } from '../../../schema/index.ts';
import type { Estate } from '../../../queries/attack/estate.ts';

/**
 * The facts of model 4.4, derived by a fixpoint over a set: no numbering, no grants, no order. Slow and plain on purpose, written
 * from the text of the model; it knows nothing of the engine but the Estate it reads.
 * Facts are strings: KIND|node|…variants, always with all variants spelled out.
 */
export interface F { k: string; n: string; aud?: string; ses?: string; vis?: boolean; pos?: string; eff?: EffectClass; goal?: string }
export const text = (f: F): string => [f.k, f.n, f.aud ?? '', f.ses ?? '', f.vis ?? '', f.pos ?? '', f.eff ?? '', f.goal ?? ''].join('|');
type Sure = Verdict;
const worst = (...v: Sure[]): Sure => (v.includes('unknown') ? 'unknown' : v.includes('conditional') ? 'conditional' : 'proven');
const LEVEL = { proven: 0, conditional: 1, unknown: 2 } as const;
const if_ = (c: boolean): Sure => (c ? 'conditional' : 'proven');

export class Oracle {
  readonly e: Estate;
  readonly #nodes: Map<string, NodeRecord>;
  readonly #next = new Map<string, [Sure, F][]>();
  constructor(e: Estate) {
    this.e = e;
    this.#nodes = new Map(e.snapshot.nodes.map((n) => [n.id, n]));
  }
  n(id: string): NodeRecord { return this.#nodes.get(id)!; }
  p(id: string, name: string): unknown { return this.n(id).props[name]; }
  is(id: string, ...kinds: NodeKind[]): boolean { return kinds.includes(this.n(id).kind); }
  out(id: string, ...k: EdgeKind[]): EdgeRecord[] { return this.e.snapshot.out(id, ...k); }
  in(id: string, ...k: EdgeKind[]): EdgeRecord[] { return this.e.snapshot.in(id, ...k); }
  all(k: EdgeKind): EdgeRecord[] { return this.e.snapshot.edges.filter((x) => x.kind === k); }
  kind(k: NodeKind): string[] { return this.e.snapshot.nodes.filter((n) => n.kind === k).map((n) => n.id); }

  /** Facts that hold when `start` holds and only derivations at least as sure as `sure` count. */
  facts(start: F[], sure: Sure): Set<string> {
    const have = new Map<string, F>();
    for (const f of start) have.set(text(f), f);
    for (const f of have.values()) for (const [v, g] of this.next(f)) if (LEVEL[v] <= LEVEL[sure] && !have.has(text(g))) have.set(text(g), g); // a Map visits what is added on the way
    return new Set(have.keys());
  }

  next(f: F): [Sure, F][] {
    let n = this.#next.get(text(f));
    if (!n) this.#next.set(text(f), (n = this.derive(f)));
    return n;
  }
  derive(f: F): [Sure, F][] {
    switch (f.k) {
      case 'START': return this.start(f.n as EntryClass);
      case 'PRESENCE': return [...this.route(f.n, f.aud!, f.vis!, new Set()), ...this.atEndpoint(f)];
      case 'CONTENT': return this.content(f);
      case 'INFLUENCE': return this.influence(f);
      case 'TOOL': return this.tool(f);
      case 'EFFECT': return this.effect(f);
      case 'EXEC': return this.exec(f);
      case 'CRED': return this.cred(f);
      case 'CONFIG': return this.config(f);
      default: return [];
    }
  }

  // ---- who and where ------------------------------------------------------------------------------------------------------------------
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

  // ---- entry --------------------------------------------------------------------------------------------------------------------------
  start(c: EntryClass): [Sure, F][] {
    const r: [Sure, F][] = [];
    const aud = this.aud(c);
    if (c === 'E7') {
      for (const h of this.all('HAS_TOOL')) if (h.props['enabled'] !== false) { const s = this.interactive(h.from) ? 'victim' : 'none'; r.push([worst(h.verdict, this.gate(h, s)), { k: 'TOOL', n: h.to, ses: 'victim', aud: 'nobody', vis: false }]); }
      return r;
    }
    for (const e of this.all('REACHES')) if (!this.is(e.from, 'Compute') && this.is(e.to, 'Endpoint')) for (const [cls, v] of this.accepted(e.to, String(e.props['from'] ?? 'private'))) if (cls === c) r.push([worst(v, e.verdict), { k: 'PRESENCE', n: e.to, aud, vis: this.p(e.to, 'repliesToCaller') !== false }]);
    for (const n of this.e.snapshot.nodes) if (['Channel', 'DataStore', 'Artifact'].includes(n.kind) && ((n.props['writableBy'] as string[]) ?? []).includes(c)) r.push(['proven', { k: 'CONTENT', n: n.id, aud }]);
    if (c === 'E5') for (const x of this.kind('Repository')) r.push(['proven', { k: 'CONFIG', n: x, aud }]);
    if (c === 'E6') {
      const third = (id: string, pub: unknown): void => { if (pub === 'third_party') r.push(['proven', { k: 'CONFIG', n: id, aud }]); if (pub === 'unknown') r.push(['unknown', { k: 'CONFIG', n: id, aud }]); };
      for (const s of this.kind('ToolServer')) if (this.p(s, 'pinned') !== true || (this.p(s, 'url') !== undefined && this.p(s, 'command') === undefined)) third(s, this.p(s, 'publisher'));
      for (const a of this.kind('Artifact')) if (this.p(a, 'pinned') === false && this.in(a, 'BUILT_FROM').length > 0) third(a, this.p(a, 'publisher') ?? 'unknown');
    }
    for (const a of this.all('AUTHENTICATES_AS')) {
      if (!this.is(a.to, 'Identity') || this.p(a.from, 'ipRestricted') === true) continue;
      if ((c === 'E8' && this.p(a.from, 'exposedLiteral') === true) || (c === 'E6' && this.p(a.from, 'heldBy') === 'vendor')) r.push([a.verdict, { k: 'CRED', n: a.to, pos: 'portable' }]);
    }
    for (const i of this.kind('Identity')) if (((this.p(i, 'obtainableBy') as string[]) ?? []).includes(c)) r.push(['proven', { k: 'CRED', n: i, pos: 'portable' }]);
    return r;
  }
  accepted(e: string, net: string): [EntryClass, Sure][] {
    const nets: Record<string, string[]> = { E0: ['internet'], E1: ['internet'], E3: ['internet', 'partner'], E4: ['internet', 'partner', 'private'] };
    const auth = this.p(e, 'auth') ?? 'unknown';
    const d = (this.p(e, 'authDetail') ?? {}) as Record<string, unknown>;
    const said = this.p(e, 'callers') as EntryClass[] | undefined;
    const r: [EntryClass, Sure][] = (said ?? []).filter((c) => c !== 'E2' && (nets[c] ? nets[c].includes(net) : true)).map((c) => [c, 'proven']);
    let w: EntryClass | undefined;
    if (auth === 'none') w = d['publicStatement'] === false ? undefined : 'E0';
    if (auth === 'unknown') w = 'E0';
    if (auth === 'api-key') w = d['open'] ? 'E0' : 'E3';
    if (['jwt', 'oauth2', 'session'].includes(auth as string)) w = d['open'] || d['selfSignup'] ? 'E1' : 'E3';
    if (auth === 'mtls') w = 'E3';
    if (auth === 'aws-iam' && (d['open'] || d['publicStatement'])) w = 'E1';
    if (!w || (said && auth !== 'none')) return r;
    const order: EntryClass[] = ['E0', 'E1', 'E3', 'E4'];
    const c = order.slice(order.indexOf(w)).find((x) => nets[x]!.includes(net));
    if (c && !r.some((x) => x[0] === c)) r.push([c, auth === 'unknown' ? 'unknown' : 'proven']);
    return r;
  }

  // ---- presence: closure of ROUTES_TO through compute -----------------------------------------------------------------------------------
  route(at: string, aud: string, reply: boolean, through: Set<string>): [Sure, F][] {
    const r: [Sure, F][] = [];
    for (const e of this.out(at, 'ROUTES_TO')) {
      if (e.props['forwardsText'] === false) continue;
      const v = worst(e.verdict, if_(e.props['forwardsText'] === 'unknown'));
      const back = reply && e.props['relaysReply'] !== false && e.props['asynchronous'] !== true && this.p(at, 'asynchronous') !== true;
      if (this.is(e.to, 'Endpoint')) r.push([v, { k: 'PRESENCE', n: e.to, aud, vis: back && this.p(e.to, 'repliesToCaller') !== false }]);
      if (this.is(e.to, 'Agent')) r.push([v, { k: 'INFLUENCE', n: e.to, ses: 'attacker', aud, vis: back && this.answers(e.to) }]);
      if (this.is(e.to, 'ToolServer')) for (const t of this.toolsOf(e.to)) r.push([worst(v, t.v, this.gateDirect(t.t, 'attacker')), { k: 'TOOL', n: t.t, ses: 'attacker', aud, vis: back }]);
      if (this.is(e.to, 'DataStore', 'Channel')) r.push([v, { k: 'CONTENT', n: e.to, aud }]);
      if (this.is(e.to, 'Agent', 'ToolServer')) for (const i of this.out(e.to, 'IMPLEMENTED_BY')) for (const x of this.broken(i.to)) r.push([worst(e.verdict, i.verdict, x), { k: 'EXEC', n: i.to, aud, vis: back }]);
      if (this.is(e.to, 'Compute')) {
        const inner = back && this.p(e.to, 'asynchronous') !== true;
        for (const x of this.broken(e.to)) r.push([worst(v, x), { k: 'EXEC', n: e.to, aud, vis: inner }]);
        const key = `${e.to} ${inner}`;
        if (!through.has(key)) for (const [w, g] of this.route(e.to, aud, inner, new Set([...through, key]))) r.push([worst(v, w), g]);
      }
    }
    return r;
  }
  broken(k: string): Sure[] { return ((this.p(k, 'vulnerabilities') ?? []) as { effect: string; exploited?: boolean }[]).filter((x) => /^(rce|auth_?bypass|code_?execution|command)$/i.test(x.effect)).map((x) => if_(x.exploited !== true)); }
  atEndpoint(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    for (const i of this.out(f.n, 'IMPLEMENTED_BY')) for (const v of this.broken(i.to)) r.push([worst(v, i.verdict), { k: 'EXEC', n: i.to, aud: f.aud!, vis: f.vis! }]);
    if (/^(command|shell|exec)$/i.test(String(this.p(f.n, 'protocol') ?? ''))) for (const i of this.out(f.n, 'IMPLEMENTED_BY', 'ROUTES_TO')) if (this.is(i.to, 'Compute')) r.push([i.verdict, { k: 'EXEC', n: i.to, aud: f.aud!, vis: f.vis! }]);
    return r;
  }

  // ---- content --------------------------------------------------------------------------------------------------------------------------
  feedsOn(id: string, seen: string[] = []): boolean {
    if (seen.includes(id)) return false;
    return this.out(id, 'FEEDS').some((e) => this.is(e.to, 'Agent') || (this.is(e.to, 'Compute', 'Pipeline') && ['checkout', 'restore'].includes(String(e.props['mode']))) || (this.is(e.to, 'DataStore', 'Channel') && this.feedsOn(e.to, [...seen, id])))
      || (this.in(id, 'BUILT_FROM').length > 0 && this.p(id, 'pinned') !== true);
  }
  content(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    for (const e of this.out(f.n, 'FEEDS')) {
      const mode = String(e.props['mode']);
      if (this.is(e.to, 'Agent')) r.push([worst(e.verdict, if_(mode === 'on_user_action')), { k: 'INFLUENCE', n: e.to, aud: f.aud!, vis: false, ses: mode === 'auto' || mode === 'trigger' ? 'none' : mode === 'instruction' ? this.authored(e.to) : 'victim' }]);
      if (this.is(e.to, 'DataStore', 'Channel') && this.feedsOn(e.to)) r.push([e.verdict, { k: 'CONTENT', n: e.to, aud: f.aud! }]);
      if (this.is(e.to, 'Compute', 'Pipeline') && ['checkout', 'restore'].includes(mode)) r.push([e.verdict, { k: 'EXEC', n: e.to, aud: f.aud!, vis: false }]);
    }
    if (this.is(f.n, 'Artifact')) r.push(...this.built(f));
    return r;
  }
  built(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    if (this.p(f.n, 'pinned') === true) return r;
    for (const e of this.in(f.n, 'BUILT_FROM')) {
      if (this.is(e.from, 'Compute', 'Pipeline')) r.push([e.verdict, { k: 'EXEC', n: e.from, aud: f.aud!, vis: false }]);
      if (this.is(e.from, 'Agent')) r.push([e.verdict, { k: 'INFLUENCE', n: e.from, aud: f.aud!, vis: false, ses: this.authored(e.from) }]);
      if (this.is(e.from, 'ToolServer', 'Artifact')) r.push([e.verdict, { k: 'CONFIG', n: e.from, aud: f.aud! }]);
    }
    return r;
  }

  // ---- influence ------------------------------------------------------------------------------------------------------------------------
  influence(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const same = { aud: f.aud!, ses: f.ses! };
    for (const v of this.waysOut(f.n, f.ses!, f.aud!)) r.push([v, { ...f, vis: true }]);
    for (const d of this.out(f.n, 'DELEGATES_TO')) r.push([worst(d.verdict, if_(d.props['relaysContext'] !== true)), { k: 'INFLUENCE', n: d.to, ...same, vis: f.vis! && d.props['relaysReply'] === true }]);
    for (const d of this.in(f.n, 'DELEGATES_TO')) if (d.props['relaysReply'] === true) r.push([worst(d.verdict, 'conditional'), { k: 'INFLUENCE', n: d.from, ...same, vis: false }]);
    for (const w of this.out(f.n, 'WRITES_TO')) r.push([w.verdict, { k: 'CONTENT', n: w.to, aud: f.aud! }]);
    const tools = this.out(f.n, 'HAS_TOOL').filter((h) => h.props['enabled'] !== false);
    for (const h of tools) r.push([worst(h.verdict, this.gate(h, f.ses!)), { k: 'TOOL', n: h.to, ...same, vis: f.vis! }]);
    for (const h1 of tools)
      for (const h2 of tools.filter((h) => ['http_generic', 'sql_generic', 'cloud_api_generic', 'code_exec'].includes(String(this.p(h.to, 'toolClass')))))
        for (const x of this.executors(h1.to)) {
          const c = this.contract(h1.to);
          if (x.obo || c.resources) continue;
          for (const g of this.e.access.grantsOf(x.id)) if ((g.effect === 'read' || g.effect === 'credential') && c.has(g.effect)) for (const a of g.assets) for (const o of this.opens(a)) if (!o.ip) r.push([worst('conditional', h1.verdict, h2.verdict, this.gate(h1, f.ses!), this.gate(h2, f.ses!), x.v, g.verdict, o.v), { k: 'CRED', n: o.id, pos: 'mute' }]);
        }
    return r;
  }
  gate(h: EdgeRecord, ses: string): Sure { return this.controls([...((h.props['gates'] as string[]) ?? []).filter((c) => this.#nodes.get(c)?.kind === 'Control'), ...this.guards(h.from), ...this.guards(h.to), ...this.serversOf(h.to).flatMap((s) => this.guards(s))], ses, false); }
  gateDirect(t: string, ses: string, outside = false): Sure { return this.controls([...this.guards(t), ...this.serversOf(t).flatMap((s) => this.guards(s))], ses, outside); }
  guards(n: string): string[] { return this.out(n, 'GUARDED_BY').map((e) => e.to); }
  controls(ids: string[], ses: string, outside: boolean): Sure {
    return if_(ids.some((c) => {
      if (this.p(c, 'mode') === 'detect' || this.p(c, 'mode') === 'log_only') return false;
      if (outside && this.p(c, 'enforcedOutsideCompute') !== true) return false;
      if (this.p(c, 'controlType') === 'tool_policy') return true;
      if (this.p(c, 'controlType') !== 'approval') return false;
      const who = this.p(c, 'approver');
      return who === 'session_user' ? ses === 'victim' : who !== 'agent' && who !== 'auto';
    }));
  }
  /** One entry for each way out of the context of an agent, in this session and for this audience. */
  waysOut(a: string, ses: string, aud: string): Sure[] {
    const rank = ['public', 'partner', 'tenant'].indexOf(aud);
    const r: Sure[] = [];
    const context: [string, Sure][] = [[a, 'proven']];
    // every chain of relayed delegations counts, so the surest way to each agent is kept apart
    const grow = (x: string, v: Sure, seen: string[]): void => { for (const d of this.out(x, 'DELEGATES_TO')) if (d.props['relaysContext'] === true && !seen.includes(d.to)) { context.push([d.to, worst(v, d.verdict)]); grow(d.to, worst(v, d.verdict), [...seen, d.to]); } };
    grow(a, 'proven', [a]);
    for (const [b, via] of context) {
      for (const w of this.out(b, 'WRITES_TO')) {
        if (!this.is(w.to, 'Channel')) continue;
        for (const v of this.read(w.to, rank)) r.push(worst(via, w.verdict, v));
        if (this.p(w.to, 'rendersLinks') === true && ses !== 'none') r.push(worst(via, w.verdict));
      }
      for (const h of this.out(b, 'HAS_TOOL')) {
        if (h.props['enabled'] === false) continue;
        const g = worst(via, h.verdict, this.gate(h, ses));
        const t = h.to;
        const rec = this.p(t, 'recipients');
        if (rec === 'free') r.push(g);
        if (rec === 'reply_only' || (rec === undefined && this.p(t, 'toolClass') === 'messaging')) r.push(worst(g, 'conditional'));
        for (const v of this.egress(t)) r.push(worst(g, v));
        for (const w of this.out(t, 'WRITES_TO')) if (this.is(w.to, 'Channel')) for (const v of this.read(w.to, rank)) r.push(worst(g, w.verdict, v));
        const c = this.contract(t);
        for (const x of this.executors(t)) if (!x.obo) for (const gr of this.e.access.grantsOf(x.id)) if ((gr.effect === 'write' || gr.effect === 'send') && c.has(gr.effect)) for (const ch of gr.assets) if (this.is(ch, 'Channel') && (!c.resources || c.resources.includes(ch))) for (const v of this.read(ch, rank)) r.push(worst(g, x.v, gr.verdict, v, c.v));
      }
    }
    return r;
  }
  read(ch: string, rank: number): Sure[] {
    const by = this.p(ch, 'readableBy') as string[] | undefined;
    const rec = this.p(ch, 'recipients');
    if (rec === 'free') return ['proven'];
    const r: Sure[] = [];
    const groups = [['E0', 'E1', 'E2'], ['E3'], ['E4', 'E5']];
    if (by && groups.slice(0, rank + 1).flat().some((c) => by.includes(c))) r.push('proven');
    if (rec === 'reply_only') r.push('conditional');
    else if (!by && rec !== 'fixed') r.push('unknown');
    return r;
  }
  egress(t: string): Sure[] {
    const cls = this.p(t, 'toolClass');
    if ([...this.guards(t), ...this.serversOf(t).flatMap((s) => this.guards(s))].some((c) => this.p(c, 'controlType') === 'egress_allow_list' && this.p(c, 'mode') === 'enforce')) return [];
    if (cls === 'browser' || cls === 'http_generic') {
      const on = [t, ...this.serversOf(t)].flatMap((x) => this.out(x, 'IMPLEMENTED_BY', 'EXECUTES_IN').map((e) => e.to));
      if (this.p(t, 'egress') === false || (on.length > 0 && on.every((k) => this.p(k, 'egress') === 'none'))) return [];
      return [if_(this.p(t, 'egress') !== true)];
    }
    for (const e of this.out(t, 'EXECUTES_IN')) { const g = this.p(e.to, 'egress') ?? 'unknown'; if (g !== 'none') return [worst(e.verdict, g === 'open' ? 'proven' : g === 'limited' ? 'conditional' : 'unknown')]; }
    return [];
  }

  // ---- tool -----------------------------------------------------------------------------------------------------------------------------
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
    if (says(t).length > 0) return says(t);
    for (const s of this.#servers(t)) if (says(s.id).length > 0) return says(s.id).map((x) => ({ ...x, v: worst(x.v, s.v) }));
    for (const s of [{ id: t, v: 'proven' as Sure }, ...this.#servers(t)]) {
      const code = this.out(s.id, 'IMPLEMENTED_BY').flatMap((i) => this.out(i.to, 'RUNS_AS').filter((e) => (e.props['for'] ?? 'code') === 'code').map((e) => ({ id: e.to, obo: false, v: worst(s.v, i.verdict, e.verdict) })));
      if (code.length > 0) return code;
    }
    return [];
  }
  /** Servers nearest first, each with the verdict of its surest chain. */
  #servers(t: string): { id: string; v: Sure }[] {
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
    const order: string[] = [];
    for (let ring = [t]; ring.length > 0; ) {
      const next: string[] = [];
      for (const x of ring) for (const e of this.out(x, 'PROVIDED_BY')) if (e.to !== t && !order.includes(e.to)) { order.push(e.to); next.push(e.to); }
      ring = next;
    }
    return order.map((id) => ({ id, v: surest.get(id)! }));
  }
  tool(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const c = this.contract(f.n);
    const benign = f.aud === 'nobody';
    const inside = (a: string): boolean => !c.resources || c.resources.some((x) => new RegExp(`^${x.replaceAll('*', '.*')}$`).test(a));
    for (const x of this.executors(f.n)) {
      if (x.obo && f.ses !== 'victim') continue;
      const v = worst(x.v, c.v, if_(x.obo));
      for (const g of this.e.access.grantsOf(x.id)) if (c.has(g.effect) && (!benign || ['delete', 'spend', 'permission'].includes(g.effect))) for (const a of g.assets) if (inside(a)) r.push([worst(v, g.verdict), { k: 'EFFECT', n: a, eff: g.effect, aud: f.aud!, vis: f.vis! }]);
      if (!benign && !c.resources && c.has('permission')) r.push(...this.climb(x.id, 'portable', f.aud!, f.vis!).map(([w, g]): [Sure, F] => [worst(v, w), g]));
    }
    if (benign) return r;
    for (const w of this.out(f.n, 'WRITES_TO')) { const eff: EffectClass = this.is(w.to, 'Channel') ? 'send' : 'write'; if (c.has(eff)) r.push([worst(w.verdict, c.v), { k: 'EFFECT', n: w.to, eff, aud: f.aud!, vis: f.vis! }]); }
    for (const e of this.out(f.n, 'EXECUTES_IN')) r.push([e.verdict, { k: 'EXEC', n: e.to, aud: f.aud!, vis: f.vis! }]);
    const cls = this.p(f.n, 'toolClass');
    const pos = f.vis ? 'portable' : 'mute';
    if (cls === 'http_generic' || cls === 'browser' || cls === 'file_generic')
      for (const place of [f.n, ...this.serversOf(f.n)])
        for (const i of this.out(place, 'IMPLEMENTED_BY', 'EXECUTES_IN')) {
          const meta = this.p(i.to, 'metadataService') ?? (['vm', 'container', 'pod', 'k8s_node', 'microvm'].includes(String(this.p(i.to, 'computeType'))) ? 'unknown' : 'none');
          const v = cls === 'file_generic' ? 'conditional' : meta === 'open' ? 'proven' : meta === 'unknown' ? 'conditional' : undefined;
          if (!v) continue;
          for (const e of this.out(i.to, 'RUNS_AS')) if ((e.props['for'] ?? 'code') === 'code') r.push([worst(v, i.verdict, e.verdict), { k: 'CRED', n: e.to, pos }]);
          if (cls === 'file_generic') for (const o of this.opens(i.to)) r.push([worst(v, i.verdict, o.v), { k: 'CRED', n: o.id, pos: o.ip || o.sender ? 'mute' : pos }]);
        }
    return r;
  }
  opens(n: string, seen: string[] = []): { id: string; v: Sure; ip: boolean; sender: boolean }[] {
    return this.out(n, 'HOLDS').flatMap((h) => {
      if (this.is(h.to, 'Credential')) return this.out(h.to, 'AUTHENTICATES_AS').filter((a) => this.is(a.to, 'Identity')).map((a) => ({ id: a.to, v: worst(h.verdict, a.verdict), ip: this.p(h.to, 'ipRestricted') === true, sender: this.p(h.to, 'senderConstrained') === true }));
      return seen.includes(h.to) || h.to === n ? [] : this.opens(h.to, [...seen, n]).map((o) => ({ ...o, v: worst(o.v, h.verdict) }));
    });
  }
  scope(id: string): string {
    if (this.is(id, 'Scope')) return id;
    const s = this.out(id, 'IN_SCOPE').map((e) => e.to);
    return s.find((x) => this.p(x, 'scopeType') === 'account') ?? s[0] ?? id;
  }
  /** CAN_ESCALATE and being admin. */
  climb(id: string, pos: string, aud: string, vis: boolean): [Sure, F][] {
    const r: [Sure, F][] = [];
    for (const e of this.out(id, 'CAN_ESCALATE')) {
      const kind = this.n(e.to).kind;
      const gives = e.props['gives'] ?? (kind === 'Identity' ? 'identity' : kind === 'Scope' ? 'admin' : kind === 'Compute' || kind === 'Pipeline' ? 'exec' : kind === 'DataStore' ? 'content' : 'config');
      if (gives === 'identity') r.push([e.verdict, { k: 'CRED', n: e.to, pos }]);
      if (gives === 'admin') r.push([e.verdict, { k: 'GOAL', n: e.to, goal: 'admin' }]);
      if (gives === 'config') r.push([e.verdict, { k: 'CONFIG', n: e.to, aud }]);
      if (gives === 'content') r.push([e.verdict, { k: 'CONTENT', n: e.to, aud }]);
      if (gives === 'exec' && this.is(e.to, 'Compute', 'Pipeline')) r.push([e.verdict, { k: 'EXEC', n: e.to, aud, vis }]);
      if (gives === 'exec' && !this.is(e.to, 'Compute', 'Pipeline')) for (const i of this.out(e.to, 'IMPLEMENTED_BY', 'EXECUTES_IN')) r.push([worst(e.verdict, i.verdict), { k: 'EXEC', n: i.to, aud, vis }]);
    }
    if (this.p(id, 'isAdmin') === true) r.push(['proven', { k: 'GOAL', n: this.scope(id), goal: 'admin' }]);
    return r;
  }

  // ---- effect ---------------------------------------------------------------------------------------------------------------------------
  definition(n: string): boolean { return this.is(n, 'Agent', 'Tool', 'ToolServer', 'Compute', 'Pipeline', 'Repository', 'Artifact', 'Control'); }
  protectedRepo(n: string): Sure { return if_(this.is(n, 'Repository') && this.p(n, 'branchProtection') !== false); }
  effect(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const { n, aud, vis, eff } = f as Required<F>;
    const goal = (g: string, at = n, v: Sure = 'proven'): void => { r.push([v, { k: 'GOAL', n: at, goal: g }]); };
    if ((eff === 'read' || eff === 'credential') && vis && this.is(n, 'DataStore', 'Secret')) { const l = this.e.sensitivity.get(n)?.level ?? 'unknown'; if (l === 'unknown') goal('exfil', n, 'conditional'); if (l === 'restricted' || l === 'confidential') goal('exfil'); }
    if (eff === 'write') {
      const code = this.is(n, 'Compute', 'Pipeline', 'Repository') || (this.is(n, 'Artifact') && !/prompt|rule|skill|instruction|memory|card/i.test(String(this.p(n, 'artifactType') ?? '')));
      const own = this.is(n, 'Control', 'Agent', 'Tool', 'ToolServer') || (this.is(n, 'Artifact') && !code);
      if (code) goal('code'); else if (own) goal('persist'); else if (this.is(n, 'Channel')) goal('send'); else goal('tamper');
      if (this.is(n, 'DataStore') && this.p(n, 'storeType') === 'agent_memory') goal('persist');
      if (this.is(n, 'DataStore') && ['code_store', 'registry'].includes(String(this.p(n, 'storeType')))) goal('code');
    }
    if (eff === 'delete') goal('destroy');
    if (eff === 'permission') { if (this.is(n, 'Scope') || (this.is(n, 'Identity') && this.p(n, 'isAdmin') === true)) goal('admin', this.scope(n)); else goal('persist'); }
    if (eff === 'spend') goal('spend');
    if (eff === 'send') goal('send');
    if (aud === 'nobody') return r;
    if ((eff === 'read' || eff === 'credential') && vis) for (const o of this.opens(n)) if (!o.ip && !o.sender) r.push([o.v, { k: 'CRED', n: o.id, pos: 'portable' }]);
    if ((eff === 'write' || eff === 'send') && this.feedsOn(n)) r.push(['proven', { k: 'CONTENT', n, aud }]);
    if ((eff === 'write' || eff === 'permission') && this.definition(n)) r.push([this.protectedRepo(n), { k: 'CONFIG', n, aud }]);
    if (eff === 'permission' && !this.definition(n) && this.feedsOn(n)) r.push(['proven', { k: 'CONFIG', n, aud }]);
    if (eff === 'write' && !this.is(n, 'Repository'))
      for (const c of this.out(n, 'CONTAINS')) {
        if (this.definition(c.to)) r.push([worst(c.verdict, this.protectedRepo(c.to)), { k: 'CONFIG', n: c.to, aud }]);
        else if (this.feedsOn(c.to)) r.push([c.verdict, { k: 'CONTENT', n: c.to, aud }]);
      }
    if (eff === 'execute') {
      if (this.is(n, 'Compute', 'Pipeline')) r.push(['proven', { k: 'EXEC', n, aud, vis }]);
      else for (const i of this.out(n, 'IMPLEMENTED_BY', 'EXECUTES_IN')) r.push([i.verdict, { k: 'EXEC', n: i.to, aud, vis }]);
    }
    if (eff === 'invoke') {
      if (this.is(n, 'Endpoint')) r.push(['proven', { k: 'PRESENCE', n, aud, vis: vis && this.p(n, 'repliesToCaller') !== false }]);
      if (this.is(n, 'Agent')) r.push(['proven', { k: 'INFLUENCE', n, ses: 'attacker', aud, vis: vis && this.answers(n) }]);
      if (this.is(n, 'Tool')) r.push(['proven', { k: 'TOOL', n, ses: 'attacker', aud, vis }]);
      if (this.is(n, 'ToolServer')) for (const t of this.toolsOf(n)) r.push([worst(t.v, this.gateDirect(t.t, 'attacker')), { k: 'TOOL', n: t.t, ses: 'attacker', aud, vis }]);
      if (this.is(n, 'Compute')) {
        for (const i of this.in(n, 'IMPLEMENTED_BY')) {
          if (this.is(i.from, 'Tool')) r.push([i.verdict, { k: 'TOOL', n: i.from, ses: 'attacker', aud, vis }]);
          if (this.is(i.from, 'ToolServer')) for (const t of this.toolsOf(i.from)) r.push([worst(i.verdict, t.v), { k: 'TOOL', n: t.t, ses: 'attacker', aud, vis }]);
        }
        r.push(...this.route(n, aud, vis, new Set()));
      }
    }
    return r;
  }

  // ---- execution ------------------------------------------------------------------------------------------------------------------------
  exec(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const { n, aud } = f as Required<F>;
    const egress = this.p(n, 'egress') ?? 'unknown';
    const sights: [boolean, Sure][] = f.vis || egress === 'open' ? [[true, 'proven']] : egress === 'none' ? [[false, 'proven']] : [[false, 'proven'], [true, egress === 'limited' ? 'conditional' : 'unknown']];
    for (const [vis, s] of sights) {
      const take = (id: string, v: Sure, portable: boolean): void => { r.push([worst(s, v), { k: 'CRED', n: id, pos: vis ? 'visible' : 'mute' }]); if (vis && portable) r.push([worst(s, v), { k: 'CRED', n: id, pos: 'portable' }]); };
      if (this.p(n, 'metadataService') !== 'blocked') for (const e of this.out(n, 'RUNS_AS')) if ((e.props['for'] ?? 'code') === 'code') take(e.to, worst(e.verdict, if_(this.p(n, 'metadataService') === 'unknown')), true);
      for (const o of this.opens(n)) take(o.id, o.v, !o.ip && !o.sender);
      for (const h of this.out(n, 'HOLDS')) if (this.is(h.to, 'Secret')) r.push([worst(s, h.verdict), { k: 'EFFECT', n: h.to, eff: 'credential', aud, vis }]);
      for (const i of this.in(n, 'IMPLEMENTED_BY')) {
        const v = worst(s, i.verdict);
        const own = (t: string, also: Sure): void => { const ses = this.in(t, 'HAS_TOOL').some((h) => this.interactive(h.from)) ? 'victim' : 'none'; r.push([worst(v, also, this.gateDirect(t, ses, true)), { k: 'TOOL', n: t, ses, aud, vis }]); };
        if (this.is(i.from, 'Agent')) {
          const ses = this.authored(i.from);
          r.push([v, { k: 'INFLUENCE', n: i.from, ses, aud, vis }]);
          for (const h of this.out(i.from, 'HAS_TOOL')) if (h.props['enabled'] !== false) {
            const gate = this.controls([...((h.props['gates'] as string[]) ?? []).filter((c) => this.#nodes.get(c)?.kind === 'Control'), ...this.guards(i.from), ...this.guards(h.to), ...this.serversOf(h.to).flatMap((x) => this.guards(x))], ses, true);
            r.push([worst(v, h.verdict, gate), { k: 'TOOL', n: h.to, ses, aud, vis }]);
          }
        }
        if (this.is(i.from, 'Tool')) own(i.from, 'proven');
        if (this.is(i.from, 'ToolServer')) for (const t of this.toolsOf(i.from)) own(t.t, t.v);
      }
      for (const e of this.out(n, 'REACHES')) if (this.is(e.to, 'Endpoint')) { const auth = this.p(e.to, 'auth') ?? 'unknown'; if (auth === 'none' || auth === 'unknown') r.push([worst(s, e.verdict, auth === 'unknown' ? 'unknown' : 'proven'), { k: 'PRESENCE', n: e.to, aud, vis: vis && this.p(e.to, 'repliesToCaller') !== false }]); }
    }
    for (const w of this.out(n, 'WRITES_TO')) r.push([w.verdict, { k: 'CONTENT', n: w.to, aud }]);
    for (const d of this.out(n, 'DEPLOYS')) r.push([d.verdict, { k: 'CONFIG', n: d.to, aud }]);
    for (const i of this.in(n, 'IMPLEMENTED_BY')) if (this.is(i.from, 'Pipeline')) r.push([i.verdict, { k: 'EXEC', n: i.from, aud, vis: f.vis! }]);
    if (this.is(n, 'Pipeline')) for (const i of this.out(n, 'IMPLEMENTED_BY')) r.push([i.verdict, { k: 'EXEC', n: i.to, aud, vis: f.vis! }]);
    return r;
  }

  // ---- credential and config ------------------------------------------------------------------------------------------------------------
  cred(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const seen = f.pos !== 'mute';
    const pos = seen ? 'portable' : 'mute';
    for (const g of this.e.access.grantsOf(f.n)) for (const a of g.assets) r.push([g.verdict, { k: 'EFFECT', n: a, eff: g.effect, aud: 'tenant', vis: seen }]);
    for (const e of this.out(f.n, 'CAN_ASSUME')) r.push([e.verdict, { k: 'CRED', n: e.to, pos }]);
    r.push(...this.climb(f.n, pos, 'tenant', seen));
    return r;
  }
  config(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const { n, aud } = f as Required<F>;
    const instruct = (a: string, vis: boolean, v: Sure): void => { r.push([v, { k: 'INFLUENCE', n: a, ses: this.authored(a), aud, vis }]); };
    if (this.is(n, 'Agent')) instruct(n, false, 'proven');
    if (this.is(n, 'Artifact')) {
      r.push(...this.built(f));
      for (const e of this.out(n, 'FEEDS')) if (this.is(e.to, 'Agent')) instruct(e.to, false, e.verdict);
      if (this.out(n, 'FEEDS').length > 0 && this.feedsOn(n)) r.push(['proven', { k: 'CONTENT', n, aud }]);
    } else if (this.feedsOn(n)) r.push(['proven', { k: 'CONTENT', n, aud }]);
    if (this.is(n, 'Tool')) for (const h of this.in(n, 'HAS_TOOL')) instruct(h.from, true, h.verdict);
    if (this.is(n, 'ToolServer')) {
      const tools = this.toolsOf(n);
      for (const t of tools) for (const h of this.in(t.t, 'HAS_TOOL')) if (h.props['enabled'] !== false) instruct(h.from, true, worst(t.v, h.verdict));
      for (const x of [{ t: n, v: 'proven' as Sure }, ...tools]) for (const u of this.out(x.t, 'USES_CREDENTIAL')) if (['service', 'passthrough'].includes(String(u.props['delegation'] ?? 'service')) && this.p(u.to, 'ipRestricted') !== true) for (const a of this.out(u.to, 'AUTHENTICATES_AS')) if (this.is(a.to, 'Identity')) r.push([worst(x.v, u.verdict, a.verdict), { k: 'CRED', n: a.to, pos: 'portable' }]);
      for (const i of this.out(n, 'IMPLEMENTED_BY')) r.push([i.verdict, { k: 'EXEC', n: i.to, aud, vis: false }]);
    }
    if (this.is(n, 'Compute', 'Pipeline')) r.push(['proven', { k: 'EXEC', n, aud, vis: false }]);
    if (this.is(n, 'Repository')) for (const c of this.out(n, 'CONTAINS')) if (this.definition(c.to)) r.push([worst(c.verdict, this.protectedRepo(n)), { k: 'CONFIG', n: c.to, aud }]);
    if (this.is(n, 'Control')) r.push(['proven', { k: 'GOAL', n, goal: 'persist' }]);
    return r;
  }
}
