import type { EdgeRecord } from '../../../schema/index.ts';
import { if_, Reading, worst, type Sure } from './reading.ts';

/** Gates of model 4.7, and the ways out of an agent's context. */
export class WaysOut extends Reading {
  gate(h: EdgeRecord, ses: string): Sure { return this.controls([...((h.props['gates'] as string[]) ?? []).filter((c) => this.kindOf(c) === 'Control'), ...this.guards(h.from), ...this.guards(h.to), ...this.serversOf(h.to).flatMap((s) => this.guards(s))], ses, false); }
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
    return this.out(t, 'EXECUTES_IN').flatMap((e) => { const g = this.p(e.to, 'egress') ?? 'unknown'; return g === 'none' ? [] : [worst(e.verdict, g === 'open' ? 'proven' : g === 'limited' ? 'conditional' : 'unknown')]; });
  }
}
