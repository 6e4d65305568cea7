import { expect, test } from 'vitest';
import { teamsEstate } from '../../bench/remedy/generate.ts';
import { analyze } from '../../queries/analyze.ts';
import { attackQueries } from '../../queries/attack/index.ts';
import { chokePoints, fewestCuts } from '../../queries/remedy/choke-points.ts';
import { passOf } from '../../queries/remedy/prove.ts';
import { EntryClass } from '../../schema/index.ts';
import { collectText } from '../helpers/scan.ts';

test('without a choke point its findings are not reached; without another fact of their paths they may be', async () => {
  const g = await collectText(teamsEstate(2, 2, 5), { scope: 's' });
  const run = { id: 'r', startedAt: '', status: 'complete' as const, scope: 's', inputs: [], version: '' };
  const findings = analyze({ run, nodes: g.nodes, edges: g.edges, coverage: [] }).findings.filter((f) => EntryClass.safeParse(f.startClass).success && f.startClass !== 'E7');
  const { attack } = passOf(g);
  const ask = attackQueries(attack);
  const points = chokePoints(attack, findings);
  expect(points.length).toBeGreaterThan(3);
  let others = 0;
  for (const f of findings) {
    const mine = new Set(points.filter((p) => p.passedBy.includes(f.fingerprint)).map((p) => `${p.fact} ${p.node.id}`));
    for (const h of f.path.hops.slice(0, -2)) {
      const hits = ask.reach({ from: [{ class: f.startClass as EntryClass }], to: [{ fact: 'EFFECT', nodes: new Set([f.asset.id]), effects: [f.effect] }], mustNotPass: [{ fact: h.fact, nodes: new Set([h.node.id]) }] }).hits(0);
      if (mine.has(`${h.fact} ${h.node.id}`)) expect([f.title, h.node.name, hits.length]).toEqual([f.title, h.node.name, 0]);
      else if (hits.length > 0) others++;
    }
  }
  expect(others).toBeGreaterThan(0);
  expect(fewestCuts(attack, findings)).toBeGreaterThanOrEqual(1);
});
