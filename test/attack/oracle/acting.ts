import type { EffectClass } from '../../../schema/index.ts';
import { if_, worst, type F, type Sure } from './reading.ts';
import { Entering } from './entering.ts';

/** Influence and tools: what a steered agent can have done. */
export class Acting extends Entering {
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
    if (cls === 'http_generic' || cls === 'browser' || (cls === 'file_generic' && this.p(f.n, 'resources') === undefined))
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
    if (this.p(id, 'isAdmin') === true) for (const s of this.scopes(id)) r.push(['proven', { k: 'GOAL', n: s, goal: 'admin' }]);
    return r;
  }
}
