import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfs } from '../../graph/algorithms/index.ts';
import { kindOf } from '../../queries/attack/facts.ts';
import { attackQueries, buildAttack, TRANSITIONS, type AttackGraph } from '../../queries/attack/index.ts';
import { sayHop } from '../../queries/attack/says.ts';
import { EntryClass, verdictRank } from '../../schema/index.ts';
import { estateOf, type EstateSpec } from './estate.ts';
import { difference, engineFacts, shrink } from './oracle/compare.ts';
import { randomEstate } from './oracle/random-estate.ts';

const estates = fc.tuple(fc.nat(2_000_000), fc.integer({ min: 40, max: 110 })).map(([seed, edges]) => randomEstate(seed, edges));
const build = (s: EstateSpec): AttackGraph => buildAttack(estateOf(s));
const entry = (g: AttackGraph): number[] => [...g.starts.entry.values()];
const sides = (g: AttackGraph): number[] => [...entry(g), ...g.starts.agents.values(), ...g.starts.principals.values()];

describe('the engine against an independent deriver', () => {
  it('finds the same facts from every start in every layer', () => {
    fc.assert(fc.property(estates, (spec) => {
      if (difference(spec) === undefined) return;
      const small = shrink(spec);
      throw new Error(`${difference(small)}\n${JSON.stringify({ edges: small.edges, grants: small.grants })}`);
    }), { numRuns: 80, endOnFailure: true });
  });

  it('says a sentence for every transition there is', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 150; seed++) for (const c of build(randomEstate(seed, 80)).causes) seen.add(c.rule);
    expect([...seen].sort()).toEqual([...TRANSITIONS].sort());
    for (const rule of seen) expect(sayHop(rule, { from: 'the first node', to: 'the second node', effect: 'read', goal: 'exfil', identity: 'an identity' })).toMatch(/ (the (first|second) node)|^(the (first|second) node)/);
  });
});

describe('grants as vertices', () => {
  it('give the facts that single pairs give, with fewer edges when sets are shared', () => {
    fc.assert(fc.property(estates, (spec) => {
      const estate = estateOf(spec);
      const [factored, pairs] = [buildAttack(estate), buildAttack(estate, { factored: false })];
      const starts = (g: AttackGraph): number[] => sides(g);
      for (let layer = 0; layer < 3; layer++) sides(factored).forEach((_, i) => expect(engineFacts(factored, layer, [starts(factored)[i]!])).toEqual(engineFacts(pairs, layer, [starts(pairs)[i]!])));
    }), { numRuns: 60 });
    const stores = Array.from({ length: 300 }, (_, i) => `s${i}`);
    const many: EstateSpec = {
      nodes: [...stores.map((s) => ['DataStore', s] as const), ...Array.from({ length: 200 }, (_, i) => ['Identity', `p${i}`] as const)].map((n) => [...n]), edges: [],
      grants: Array.from({ length: 200 }, (_, i) => ({ to: `p${i}`, effect: 'read' as const, assets: stores.slice(0, 100 + (i % 3) * 100) })),
    };
    expect(buildAttack(estateOf(many)).digraph.m).toBeLessThan(1500);
    expect(buildAttack(estateOf({ ...many, grants: many.grants!.map((g, i) => ({ ...g, requires: [`r${i}`], verdict: 'conditional' as const })) }), { factored: false }).digraph.m).toBeGreaterThan(30_000);
  });
});

/** Vertices reached from some, over edges that `use` accepts. */
function closure(g: AttackGraph, from: readonly number[], use: (edge: number) => boolean): Set<number> {
  const seen = new Set(from);
  for (const v of seen) for (let k = g.digraph.offsets[v]!; k < g.digraph.offsets[v + 1]!; k++) if (use(k)) seen.add(g.digraph.targets[k]!);
  return seen;
}
const rule = (g: AttackGraph, k: number): string => g.causes[g.cause[k]!]!.rule;
const head = (g: AttackGraph, k: number): string => kindOf(g.codes[g.digraph.targets[k]!]!);

describe('soundness laws', () => {
  it('L1: influence alone never becomes a credential', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      const influences = [...g.codes.keys()].filter((v) => kindOf(g.codes[v]!) === 'INFLUENCE');
      const allowed = new Set(['from-tool/credential', 'from-effect/credential', 'from-influence/read-and-use', 'from-tool/escalate']);
      const reached = closure(g, influences, (k) => head(g, k) !== 'EXEC' && head(g, k) !== 'CONFIG' && !allowed.has(rule(g, k)));
      for (const v of reached) expect(kindOf(g.codes[v]!)).not.toBe('CRED');
      for (let k = 0; k < g.digraph.m; k++) if (rule(g, k) === 'from-influence/read-and-use') expect(g.transition(k).verdict).not.toBe('proven');
    }), { numRuns: 60 });
  });

  it('L2: what a tool does is in its contract and in the rights of its executing identity; the role of the agent adds nothing', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      for (let k = 0; k < g.digraph.m; k++) {
        if (rule(g, k) !== 'from-tool/effect') continue;
        const c = g.causes[g.cause[k]!]!;
        const t = g.fact(g.tails[k]!)!.node;
        const effects = t.props['effects'] as string[] | undefined;
        for (const v of closure(g, [g.digraph.targets[k]!], (e) => g.isHidden(g.tails[e]!))) {
          const f = g.fact(v);
          if (f?.fact !== 'EFFECT') continue;
          expect(spec.grants!.some((x) => x.to === g.world.node(c.identity).id && x.effect === f.effect && x.assets.includes(f.node.id))).toBe(true);
          if (effects && t.props['contract'] !== 'all' && t.props['contract'] !== 'undeclared') expect(effects).toContain(f.effect);
        }
      }
      const plain = { ...spec, edges: spec.edges.filter((e) => !(e[1] === 'RUNS_AS' && e[3]?.['for'] === 'model')) };
      const g2 = build(plain);
      for (let layer = 0; layer < 3; layer++) expect(engineFacts(g2, layer, entry(g2))).toEqual(engineFacts(g, layer, entry(g)));
    }), { numRuns: 40 });
  });

  const onBehalf = (feed: string): EstateSpec => ({
    nodes: [['Scope', 'net'], ['Endpoint', 'chat', { auth: 'none' }], ['Channel', 'mail', { writableBy: ['E2'] }], ['Agent', 'a', { autonomy: feed === 'trigger' ? 'autonomous' : 'interactive' }], ['Tool', 't', { contract: 'all' }], ['Credential', 'c'], ['Identity', 'employees', { identityType: 'population' }], ['DataStore', 'drive']],
    edges: [['net', 'REACHES', 'chat', { from: 'internet' }], ['chat', 'ROUTES_TO', 'a'], ['mail', 'FEEDS', 'a', { mode: feed }], ['a', 'HAS_TOOL', 't'], ['t', 'USES_CREDENTIAL', 'c', { delegation: 'user_obo' }], ['c', 'AUTHENTICATES_AS', 'employees']],
    grants: [{ to: 'employees', effect: 'delete', assets: ['drive'] }],
  });
  it('L3: on behalf of a user nothing is new to the attacker, a victim lends what it has, and nobody has nothing', () => {
    const reached = (feed: string, cls: 'E0' | 'E2') => attackQueries(build(onBehalf(feed))).reach({ from: [{ class: cls }], to: [{ fact: 'EFFECT', effects: ['delete'] }] }).hits(0).map((h) => h.verdict);
    expect(reached('on_query', 'E0')).toEqual([]);
    expect(reached('on_query', 'E2')).toEqual(['conditional']);
    expect(reached('trigger', 'E2')).toEqual([]);
  });

  it('L4: data gets out only by a way out, a reply, code, a credential or a server that listens', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      const blind = [...g.codes.keys()].filter((v) => g.fact(v)?.fact === 'INFLUENCE' && g.fact(v)!.variant.visible === false);
      const other = new Set(['EXEC', 'CRED', 'CONFIG', 'PRESENCE', 'RELAY']);
      const reached = closure(g, blind, (k) => !rule(g, k).startsWith('from-influence/leak') && !other.has(head(g, k)));
      for (const v of reached) { const f = g.fact(v); expect(f?.fact === 'GOAL' && f.goal === 'exfil').toBe(false); expect(f?.fact === 'EFFECT' && f.effect === 'read' && f.variant.visible === true).toBe(false); }
    }), { numRuns: 60 });
  });

  it('L5: after code execution only gates outside of the compute hold', () => {
    const spec = (outside: boolean): EstateSpec => ({
      nodes: [['Agent', 'a', { autonomy: 'interactive' }], ['Compute', 'k', { egress: 'none' }], ['Tool', 't', { contract: 'all' }], ['Control', 'ask', { controlType: 'approval', mode: 'enforce', approver: 'independent_human', enforcedOutsideCompute: outside }]],
      edges: [['a', 'IMPLEMENTED_BY', 'k'], ['a', 'HAS_TOOL', 't', { gates: ['ask'] }], ['p', 'RUNS_AS', 'x']], grants: [],
    });
    const verdict = (outside: boolean) => attackQueries(build(withPrincipal(spec(outside)))).reach({ from: [{ principal: 'p' }], to: [{ fact: 'TOOL', nodes: new Set(['t']) }], mustPass: [{ transition: 'from-execution/tool' }] }).hits(0).map((h) => h.verdict);
    expect(verdict(false)).toContain('proven');
    expect(verdict(true)).not.toContain('proven');
    expect(verdict(true)).toContain('conditional');
  });
  const withPrincipal = (s: EstateSpec): EstateSpec => ({ ...s, nodes: [...s.nodes, ['Identity', 'p']], grants: [{ to: 'p', effect: 'execute', assets: ['k'] }] });

  it('L6: doubt removes nothing; it only moves a fact to a later layer', () => {
    fc.assert(fc.property(estates, fc.nat(1000), (spec, salt) => {
      const g = build(spec);
      const doubted = build({ ...spec, edges: spec.edges.map((e, i) => ((i * 7 + salt) % 5 === 0 ? [e[0], e[1], e[2], e[3], 'unknown', e[5]] : e)) as EstateSpec['edges'] });
      expect(engineFacts(doubted, 2, entry(doubted))).toEqual(engineFacts(g, 2, entry(g)));
      const [less, more] = [engineFacts(doubted, 0, entry(doubted)), engineFacts(g, 0, entry(g))];
      for (const f of less) expect(more.has(f)).toBe(true);
    }), { numRuns: 60 });
  });

  it('L7: what a principal may do itself, and what is public anyway, is no deed', () => {
    const spec: EstateSpec = {
      nodes: [['Scope', 'net'], ['Endpoint', 'chat', { auth: 'none' }], ['Agent', 'a'], ['Tool', 't', { contract: 'all' }], ['Identity', 'role'], ['Identity', 'dev'], ['DataStore', 'site'], ['DataStore', 'crm']],
      edges: [['net', 'REACHES', 'chat', { from: 'internet' }], ['chat', 'ROUTES_TO', 'a'], ['a', 'HAS_TOOL', 't'], ['t', 'RUNS_AS', 'role', { for: 'tool' }]],
      grants: [{ to: 'role', effect: 'read', assets: ['site', 'crm'] }, { to: 'dev', effect: 'read', assets: ['crm'] }, { to: 'dev', effect: 'invoke', assets: ['a'] }], sensitivity: { site: 'public', crm: 'confidential' },
    };
    const q = attackQueries(build(spec));
    const read = (from: { class: 'E0' } | { principal: string }) => q.deeds({ from: [from] }).filter((d) => d.effect === 'read').flatMap((d) => d.assets.map((a) => a.id));
    expect(read({ class: 'E0' })).toEqual(['crm']);
    expect(read({ principal: 'dev' })).toEqual(['site']);
  });
});

describe('answers against brute force', () => {
  const naive = (g: AttackGraph, layer: number, start: number, must: ((v: number) => boolean)[], not: (v: number) => boolean): Set<number> => {
    const seen = new Set<string>();
    const found = new Set<number>();
    const go: [number, number][] = not(start) ? [] : [[start, must.reduce((m, f, i) => (f(start) ? m | (1 << i) : m), 0)]];
    while (go.length > 0) {
      const [v, m] = go.pop()!;
      if (seen.has(`${v} ${m}`)) continue;
      seen.add(`${v} ${m}`);
      if (m === (1 << must.length) - 1) found.add(v);
      for (let k = g.digraph.offsets[v]!; k < g.digraph.offsets[v + 1]!; k++) { const w = g.digraph.targets[k]!; if (g.doubt[k]! <= layer && !not(w)) go.push([w, must.reduce((x, f, i) => (f(w) ? x | (1 << i) : x), m)]); }
    }
    return found;
  };
  it('reach with steps equals a search over (vertex, steps passed), and every shown walk obeys them', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      const q = attackQueries(g);
      const fact = (v: number): string | undefined => g.fact(v)?.fact;
      const answer = q.reach({ from: EntryClass.options.map((c) => ({ class: c })), to: [{ fact: ['EFFECT', 'GOAL'] }], mustPass: [{ fact: 'INFLUENCE' }, { fact: 'TOOL' }], mustNotPass: [{ fact: 'EXEC' }] });
      EntryClass.options.forEach((c, i) => {
        const best = new Map<number, number>();
        for (let l = 2; l >= 0; l--) for (const v of naive(g, l, g.starts.entry.get(c)!, [(x) => fact(x) === 'INFLUENCE', (x) => fact(x) === 'TOOL'], (x) => fact(x) === 'EXEC')) if (fact(v) === 'EFFECT' || fact(v) === 'GOAL') best.set(v, l);
        expect(new Map(answer.hits(i).map((h) => [h.fact.vertex, verdictRank(h.verdict)]))).toEqual(best);
        for (const h of answer.hits(i).slice(0, 5)) {
          const { paths } = answer.paths(i, h.fact.vertex, 3);
          expect(paths.length).toBeGreaterThan(0);
          for (const p of paths) {
            const kinds = p.hops.map((x) => x.fact);
            expect(p.verdict).toBe(h.verdict);
            expect(kinds).toContain('INFLUENCE');
            expect(kinds).toContain('TOOL');
            expect(kinds).not.toContain('EXEC');
            for (const x of p.hops) expect(x.evidence.length, x.says).toBeGreaterThan(0);
          }
        }
      });
    }), { numRuns: 40 });
  });

  it('deeds cover every effect that a start reaches, with its verdict, and their walks end by their subject', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      const deeds = attackQueries(g).deeds({ from: [{ class: 'E2' }, { class: 'E0' }] });
      (['E2', 'E0'] as const).forEach((c, i) => {
        const expected = new Map<string, number>();
        for (let l = 2; l >= 0; l--) bfs(g.layers[l]!, [g.starts.entry.get(c)!]).forEach((d, v) => { const f = d >= 0 ? g.fact(v) : undefined; if (f?.fact === 'EFFECT' && !(c === 'E0' && (f.effect === 'read' || f.effect === 'list') && spec.sensitivity?.[f.node.id] === 'public')) expected.set(`${f.node.id} ${f.effect} ${f.variant.visible ?? false}`, l); });
        const got = new Map<string, number>();
        for (const d of deeds.filter((x) => x.start === i && x.effect !== 'permission')) for (const a of d.assets) {
          const key = `${a.id} ${d.effect} ${d.visible}`;
          const doubtfulGoal = d.goal === 'exfil' && (spec.sensitivity?.[a.id] ?? 'unknown') === 'unknown';
          got.set(key, Math.min(got.get(key) ?? 9, doubtfulGoal && d.verdict === 'conditional' ? Math.min(expected.get(key)!, 1) : verdictRank(d.verdict)));
        }
        expect(got).toEqual(new Map([...expected].filter(([k]) => !k.includes(' permission '))));
      });
      for (const d of deeds.slice(0, 12)) {
        const { paths } = d.path();
        expect(paths.length, `${d.subject.id} ${d.effect}`).toBe(1);
        const hops = paths[0]!.hops;
        expect(verdictRank(paths[0]!.verdict)).toBe(verdictRank(d.verdict));
        if (d.agent) expect([...hops].reverse().find((h) => h.fact === 'INFLUENCE')!.node.id).toBe(d.agent.id);
        else expect(hops.some((h) => h.fact === 'INFLUENCE')).toBe(false);
        if (d.goal) expect(hops[hops.length - 1]!.goal).toBe(d.goal);
      }
    }), { numRuns: 60 });
  });

  it('legs enter another agent only by delegation', () => {
    fc.assert(fc.property(estates, (spec) => {
      const g = build(spec);
      const legs = attackQueries(g).legs();
      for (const [a, start] of g.starts.agents)
        for (const effect of ['read', 'delete', 'send'] as const) {
          let best: number | undefined;
          for (let l = 2; l >= 0; l--) {
            const reached = closure(g, [start], (k) => g.doubt[k]! <= l && (head(g, k) !== 'INFLUENCE' || g.nodes[g.digraph.targets[k]!] === a || rule(g, k).includes('delegation') || rule(g, k).includes('leak')));
            if ([...reached].some((v) => g.fact(v)?.effect === effect)) best = l;
          }
          const verdict = legs.verdict(g.world.node(a).id, { fact: 'EFFECT', effects: [effect] });
          expect(verdict === undefined ? undefined : verdictRank(verdict)).toBe(best);
          const hit = legs.hits(g.world.node(a).id, { fact: 'EFFECT', effects: [effect] })[0];
          if (hit) expect(legs.path(g.world.node(a).id, hit.fact.vertex).paths[0]!.verdict).toBe(hit.verdict);
        }
    }), { numRuns: 40 });
  });
});
