import type { Compiled } from '../../queries/policy/index.ts';
import { eachRow } from '../../queries/policy/compile/program.ts';
import { select } from '../../queries/policy/compile/select.ts';
import { statementsOf } from '../../queries/derive/policies-of.ts';
import { goal, print } from './clock.ts';
import type { Estate } from './generate.ts';

/**
 * P13: edges that are stored of permissions, against the pairs of identity and asset that have any. Stored are attachments and memberships; statements
 * are properties of policies, and grants are worked out. Counted beside it: the edges of §4 of performance.md (with statement → pattern → thing, as if
 * patterns were nodes too), and those of the attack graph in memory, identity → grant → set of assets → atoms → asset.
 */
export function storedEdges(estate: Estate, compiled: Compiled): void {
  const { snapshot } = estate;
  const stored = snapshot.edges.filter((e) => e.kind === 'HAS_POLICY' || e.kind === 'MEMBER_OF' || e.kind === 'CAN').length;
  const grants = new Set<string>();
  const sets = new Set<readonly string[]>();
  let held = 0;
  let allowed = 0;
  for (const node of snapshot.ofKind('Identity')) {
    const reached = new Set<string>();
    for (const g of compiled.grantsOf(node.id)) {
      held++;
      grants.add(g.key);
      sets.add(g.assets);
      for (const a of g.assets) reached.add(a);
    }
    allowed += reached.size;
  }
  const membership = new Map<string, number[]>();
  [...sets].forEach((assets, number) => {
    for (const a of assets) {
      const list = membership.get(a);
      if (list) list.push(number);
      else membership.set(a, [number]);
    }
  });
  const atoms = new Map<string, number>();
  for (const list of membership.values()) atoms.set(list.join(), list.length);
  const factored = held + grants.size + [...atoms.values()].reduce((a, b) => a + b, 0) + membership.size;
  const share = (n: number): string => `${n} / ${allowed} = ${((100 * n) / allowed).toFixed(2)} %`;
  print(`  grants                           ${held} held, ${grants.size} distinct, ${sets.size} asset sets, ${atoms.size} atoms`);
  print(`  stored edges / allowed pairs     ${share(stored)}  ${goal(stored / allowed <= 0.05, '≤ 5 %')}`);
  print(`  with statement → pattern → thing ${share(stored + patternEdges(estate, compiled))}, were patterns stored as well`);
  print(`  attack graph / allowed pairs     ${share(factored)}, in memory only`);
}

/** Statement → pattern, and pattern → each thing that it covers; `*` is one node that covers everything. */
function patternEdges(estate: Estate, compiled: Compiled): number {
  const patterns = new Set<string>();
  let edges = 0;
  for (const p of estate.snapshot.ofKind('Policy')) for (const s of statementsOf(p)) for (const r of s.resources ?? s.notResources ?? []) {
    edges++;
    patterns.add(r);
  }
  patterns.delete('*');
  for (const pattern of patterns) {
    const things = new Set<number>();
    for (const g of compiled.groups) {
      eachRow(g, select(g, pattern), (row) => things.add(g.asset[row]!));
    }
    edges += things.size;
  }
  return edges;
}
