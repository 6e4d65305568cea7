import type { EntryClass } from '../../../schema/index.ts';
import { if_, worst, type F, type Sure } from './reading.ts';
import { WaysOut } from './ways-out.ts';

/** Starts, presence and content: how text and requests come in. */
export class Entering extends WaysOut {
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
  atEndpoint(f: F): [Sure, F][] {
    const r: [Sure, F][] = [];
    for (const i of this.out(f.n, 'IMPLEMENTED_BY')) for (const v of this.broken(i.to)) r.push([worst(v, i.verdict), { k: 'EXEC', n: i.to, aud: f.aud!, vis: f.vis! }]);
    if (/^(command|shell|exec)$/i.test(String(this.p(f.n, 'protocol') ?? ''))) for (const i of this.out(f.n, 'IMPLEMENTED_BY', 'ROUTES_TO')) if (this.is(i.to, 'Compute')) r.push([i.verdict, { k: 'EXEC', n: i.to, aud: f.aud!, vis: f.vis! }]);
    return r;
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
}
