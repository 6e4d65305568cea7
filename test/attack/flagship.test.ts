import { describe, expect, it } from 'vitest';
import { attackQueries, buildAttack, type Deed } from '../../queries/attack/index.ts';
import { AttackPath } from '../../schema/index.ts';
import { estateOf, type EstateSpec } from './estate.ts';
import { flagship } from './flagship.ts';

const ask = (spec: EstateSpec) => attackQueries(buildAttack(estateOf(spec)));
const fromInternet = (spec: EstateSpec): Deed[] => ask(spec).deeds({ from: [{ class: 'E0' }] });
const rows = (deeds: Deed[]): string[] => deeds.flatMap((d) => d.assets.map((a) => `${d.subject.name} ${d.identity?.name ?? '-'} ${d.effect} ${a.name} ${d.goal ?? '-'} ${d.verdict}`)).sort();
const without = (spec: EstateSpec, change: (s: EstateSpec) => void): EstateSpec => { change(spec); return spec; };

describe('the worked example of model 4.4b', () => {
  it('gives the findings for write, delete and read, conditional, by the tool role', () => {
    expect(rows(fromInternet(flagship()))).toEqual([
      'support tool-role delete customers destroy conditional',
      'support tool-role list customers - conditional',
      'support tool-role read customers exfil conditional',
      'support tool-role write any-bucket tamper conditional',
      'support tool-role write customers tamper conditional',
    ]);
  });

  it('shows the walk hop by hop, each with file and lines', () => {
    const write = fromInternet(flagship()).find((d) => d.effect === 'write' && d.assets.some((a) => a.name === 'customers'))!;
    const { paths, truncated } = write.path('customers');
    expect(truncated).toBe(false);
    const path = AttackPath.parse(paths[0]);
    expect(path.hops.map((h) => `${h.fact}(${h.node.name})`)).toEqual(['PRESENCE(route)', 'PRESENCE(alias)', 'INFLUENCE(support)', 'TOOL(update)', 'EFFECT(customers)', 'GOAL(customers)']);
    expect(path.verdict).toBe('conditional');
    expect(path.requires).toEqual(['text forwarded', 'contract not declared']);
    expect(path.start).toMatchObject({ class: 'E0', says: 'anyone on the internet' });
    for (const h of path.hops) expect(h.evidence.some((e) => e.source?.file === 'main.tf' && e.source.startLine! > 0), h.says).toBe(true);
    expect(path.hops[1]!.edgeIds).toHaveLength(2);
    expect(path.hops[2]!.variant).toEqual({ aud: 'public', session: 'attacker', visible: true });
    expect(path.hops[4]!.says).toBe('update acts as tool-role, which may write to customers');
  });

  it('near miss: a route that asks for IAM credentials is closed to the internet', () => {
    const spec = without(flagship(), (s) => { s.nodes.find((n) => n[1] === 'route')![2] = { auth: 'aws-iam', networkScope: 'public' }; });
    expect(fromInternet(spec)).toEqual([]);
  });

  it('near miss: without write on the table the write is gone and the read stays', () => {
    const spec = without(flagship(), (s) => { s.grants = s.grants!.filter((g) => !(g.effect === 'write' && g.assets.includes('customers'))); });
    const found = rows(fromInternet(spec));
    expect(found.some((r) => r.includes('write customers'))).toBe(false);
    expect(found).toContain('support tool-role read customers exfil conditional');
  });

  it('near miss: an asynchronous worker sends no reply, so the read is no exfil and the write stays', () => {
    const spec = without(flagship(), (s) => { s.nodes.find((n) => n[1] === 'chat-fn')![2] = { computeType: 'lambda', egress: 'open', asynchronous: true }; });
    const found = rows(fromInternet(spec));
    expect(found.some((r) => r.includes('exfil'))).toBe(false);
    expect(found).toContain('support tool-role write customers tamper conditional');
  });

  it('is proven when forwarding and contract are declared', () => {
    const spec = without(flagship(), (s) => {
      s.nodes.find((n) => n[1] === 'update')![2] = { contract: 'declared', effects: ['read', 'write'] };
      const route = s.edges.find((e) => e[0] === 'chat-fn' && e[1] === 'ROUTES_TO')!;
      route[3] = { forwardsText: true, relaysReply: true };
      route[4] = 'proven';
      route[5] = [];
    });
    expect(rows(fromInternet(spec))).toEqual(['support tool-role read customers exfil proven', 'support tool-role write any-bucket tamper proven', 'support tool-role write customers tamper proven']);
  });
});

describe('facets over the flagship', () => {
  const q = ask(flagship());
  const target = { fact: 'EFFECT' as const, effects: ['write' as const], nodes: new Set(['customers']) };
  it('mustPass and mustNotPass are decided on all walks', () => {
    const passing = q.reach({ from: [{ class: 'E0' }], to: [target], mustPass: [{ fact: 'PRESENCE' }, { fact: 'INFLUENCE' }, { fact: 'TOOL' }], mustNotPass: [{ fact: 'EXEC' }] });
    expect(passing.hits(0).map((h) => h.verdict)).toEqual(['conditional']);
    expect(passing.paths(0, passing.hits(0)[0]!.fact.vertex).paths[0]!.hops).toHaveLength(5);
    expect(q.reach({ from: [{ class: 'E0' }], to: [target], mustPass: [{ fact: 'EXEC' }] }).hits(0)).toEqual([]);
    expect(q.reach({ from: [{ class: 'E0' }], to: [target], mustNotPass: [{ fact: 'INFLUENCE' }] }).hits(0)).toEqual([]);
    expect(q.reach({ from: [{ class: 'E0' }], to: [target], mustPass: [{ transition: 'from-presence/*' }] }).hits(0)).toHaveLength(1);
  });
  it('answers upstream for every start by one backward pass', () => {
    const up = q.upstream([{ fact: 'GOAL', goals: ['tamper'], nodes: new Set(['customers']) }]);
    expect([...up.classes]).toEqual([['E0', 'conditional']]);
    expect([...up.agents]).toEqual([['support', 'conditional']]);
    expect([...up.principals].sort()).toEqual([['chat-role', 'conditional'], ['tool-role', 'proven']]);
  });
  it('legs of the agent reach what it does itself', () => {
    const legs = q.legs();
    expect(legs.verdict('support', { fact: 'EFFECT', effects: ['delete'] })).toBe('conditional');
    expect(legs.verdict('support', { fact: 'PRESENCE' })).toBeUndefined();
    expect(legs.path('support', legs.hits('support', target)[0]!.fact.vertex).paths[0]!.hops.map((h) => h.fact)).toEqual(['TOOL', 'EFFECT']);
  });
  it('for a principal, what it may do itself is no deed', () => {
    expect(q.deeds({ from: [{ principal: 'tool-role' }] })).toEqual([]);
    expect(rows(q.deeds({ from: [{ principal: 'chat-role' }] })).filter((r) => r.includes('write customers'))).toEqual(['support tool-role write customers tamper conditional']);
  });
});
