import type { EntryClass } from '../../../schema/index.ts';
import { Acting } from './acting.ts';
import { if_, LEVEL, worst, type F, type Sure } from './reading.ts';

export type { F } from './reading.ts';
export const text = (f: F): string => [f.k, f.n, f.aud ?? '', f.ses ?? '', f.vis ?? '', f.pos ?? '', f.eff ?? '', f.goal ?? ''].join('|');

/**
 * The facts of model 4.4, derived by a fixpoint over a set: no numbering, no grants, no order. Slow and plain on purpose, written
 * from the text of the model; it knows nothing of the engine but the Estate it reads.
 * Facts are strings: KIND|node|…variants, always with all variants spelled out.
 */
export class Oracle extends Acting {
  readonly #next = new Map<string, [Sure, F][]>();
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
    if (eff === 'permission') { if (this.is(n, 'Scope') || (this.is(n, 'Identity') && this.p(n, 'isAdmin') === true)) for (const s of this.scopes(n)) goal('admin', s); else goal('persist'); }
    if (eff === 'spend') goal('spend');
    if (eff === 'send') goal('send');
    if (aud === 'nobody') return r;
    if ((eff === 'read' || eff === 'credential') && vis) for (const o of this.opens(n)) if (!o.ip && !o.sender) r.push([o.v, { k: 'CRED', n: o.id, pos: 'portable' }]);
    if ((eff === 'read' || eff === 'credential') && vis) r.push(...this.loggedIn(n, true, 'proven'));
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
  loggedIn(n: string, vis: boolean, s: Sure): [Sure, F][] {
    const aud = 'tenant';
    return this.enters(n).flatMap((x): [Sure, F][] => (x.store ? (['read', 'write', 'delete'] as const).map((eff) => [worst(s, x.v), { k: 'EFFECT', n: x.id, eff, aud, vis }]) : [[worst(s, x.v), { k: 'EXEC', n: x.id, aud, vis }]]));
  }
  exec(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    const { n, aud } = f as Required<F>;
    const egress = this.p(n, 'egress') ?? 'unknown';
    const sights: [boolean, Sure][] = f.vis || egress === 'open' ? [[true, 'proven']] : egress === 'none' ? [[false, 'proven']] : [[false, 'proven'], [true, egress === 'limited' ? 'conditional' : 'unknown']];
    for (const [vis, s] of sights) {
      const take = (id: string, v: Sure, portable: boolean): void => { r.push([worst(s, v), { k: 'CRED', n: id, pos: vis ? 'visible' : 'mute' }]); if (vis && portable) r.push([worst(s, v), { k: 'CRED', n: id, pos: 'portable' }]); };
      if (this.p(n, 'metadataService') !== 'blocked') for (const e of this.out(n, 'RUNS_AS')) if ((e.props['for'] ?? 'code') === 'code') take(e.to, worst(e.verdict, if_(this.p(n, 'metadataService') === 'unknown')), true);
      for (const o of this.opens(n)) take(o.id, o.v, !o.ip && !o.sender);
      for (const e of this.out(n, 'RUNS_AS')) if (e.props['for'] === 'host') take(e.to, e.verdict, true);
      r.push(...this.loggedIn(n, vis, s));
      for (const h of this.out(n, 'HOLDS')) if (this.is(h.to, 'Secret')) r.push([worst(s, h.verdict), { k: 'EFFECT', n: h.to, eff: 'credential', aud, vis }]);
      for (const i of this.in(n, 'IMPLEMENTED_BY')) {
        const v = worst(s, i.verdict);
        const own = (t: string, also: Sure): void => { const ses = this.in(t, 'HAS_TOOL').some((h) => this.interactive(h.from)) ? 'victim' : 'none'; r.push([worst(v, also, this.gateDirect(t, ses, true)), { k: 'TOOL', n: t, ses, aud, vis }]); };
        if (this.is(i.from, 'Agent')) {
          const ses = this.authored(i.from);
          r.push([v, { k: 'INFLUENCE', n: i.from, ses, aud, vis }]);
          for (const h of this.out(i.from, 'HAS_TOOL')) if (h.props['enabled'] !== false) {
            const gate = this.controls([...((h.props['gates'] as string[]) ?? []).filter((c) => this.kindOf(c) === 'Control'), ...this.guards(i.from), ...this.guards(h.to), ...this.serversOf(h.to).flatMap((x) => this.guards(x))], ses, true);
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
