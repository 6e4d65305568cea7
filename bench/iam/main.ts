import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Compiled } from '../../queries/policy/index.ts';
import { decideOne } from '../../queries/policy/decide.ts';
import { levelAt, type Rows } from '../../queries/policy/compile/rows.ts';
import type { NodeRecord } from '../../schema/index.ts';
import { type Estate, generate, random, type Shape } from './generate.ts';

const SCENES: readonly { name: string; shape: Shape }[] = [
  { name: '5,000 principals × 5,000 resources', shape: { principals: 5_000, users: 1_500, resources: 5_000, managed: 400, seed: 1 } },
  { name: 'one account: 700 roles + 1,400 users', shape: { principals: 2_100, users: 1_400, resources: 1_000, managed: 300, seed: 2 } },
];

const print = (line: string): void => { process.stdout.write(`${line}\n`); };

function main(): void {
  print(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg().map((x) => x.toFixed(1)).join(' ')}`);
  for (const { name, shape } of SCENES) {
    const estate = generate(shape);
    print(`\n${name}: ${estate.statements} statements, ${estate.attachments} attachments`);
    const checked = agreement(estate, 10_000);
    print(`  decisions equal to decide        ${checked} of ${checked} sampled`);
    measure(estate, shape);
  }
}

/** Sampled rows against single decisions; a difference ends the run before any time is printed. */
function agreement(estate: Estate, samples: number): number {
  const compiled = new Compiled(estate.snapshot);
  const rnd = random(99);
  const identities = identitiesOf(estate);
  let n = 0;
  while (n < samples) {
    const node = identities[Math.floor(rnd() * identities.length)]!;
    const l = compiled.estate.layers(node);
    const table = new Map<number, Rows>();
    for (const [g, rows] of compiled.evaluate(node)) {
      const size = g.texts.length * g.words;
      table.set(g.index, { yes: rows.yes.slice(0, size), if: rows.if.slice(0, size), unknown: rows.unknown.slice(0, size), signature: rows.signature, soft: rows.soft });
    }
    for (let k = 0; k < 50; k++, n++) {
      const g = compiled.groups[Math.floor(rnd() * compiled.groups.length)]!;
      const r = Math.floor(rnd() * g.texts.length);
      const i = Math.floor(rnd() * g.actions.length);
      const rows = table.get(g.index);
      const mine = rows ? levelAt(rows, r * g.words + (i >> 5), i & 31) : 0;
      const { held } = decideOne(compiled.estate, { identity: l, action: g.actions[i]!.name, resource: g.texts[r]!, target: g.nodes[r]!, position: 'direct', given: new Map(), complete: false });
      if (mine !== held.v) throw new Error(`answers differ, no time is printed: ${node.id} ${g.actions[i]!.name} ${g.texts[r]}: compiled ${mine}, decided ${held.v}`);
    }
  }
  return n;
}

const identitiesOf = (estate: Estate): NodeRecord[] => estate.snapshot.ofKind('Identity');

function measure(estate: Estate, shape: Shape): void {
  const identities = identitiesOf(estate);
  const pairs = identities.length * shape.resources;
  const rounds = [0, 1, 2].map(() => {
    const t0 = performance.now();
    const compiled = new Compiled(estate.snapshot);
    const t1 = performance.now();
    let groups = 0;
    for (const node of identities) for (const _ of compiled.evaluate(node)) groups++;
    const t2 = performance.now();
    return { build: t1 - t0, rows: t2 - t1, groups, compiled };
  });
  const best = rounds.map((r) => r.build + r.rows).sort((a, b) => a - b)[1]!;
  const rows = rounds[0]!.compiled.groups.reduce((a, g) => a + g.texts.length, 0);
  const actions = new Set(rounds[0]!.compiled.groups.flatMap((g) => g.actions.map((a) => a.name))).size;
  print(`  rows (texts) × actions           ${rows} × ${actions}, in ${rounds[0]!.compiled.groups.length} groups`);
  print(`  compile, all identities          ${best.toFixed(0)} ms (build ${rounds[1]!.build.toFixed(0)} ms, median of 3), ${(pairs / best / 1000).toFixed(1)} M pairs/s`);
  const t0 = performance.now();
  const fresh = new Compiled(estate.snapshot);
  for (const node of identities) fresh.grantsOf(node.id);
  print(`  compile with grants              ${(performance.now() - t0).toFixed(0)} ms`);
  stored(fresh, identities, estate.attachments);
  print(`  memory                           ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident, ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB heap`);
}

/**
 * What the store holds of permissions, and the edges of the scheme of model 4.9 as an attack graph would hold them: identity → grant → sets of assets → groups of assets with the same membership in all sets → asset,
 * against the pairs of identity and asset that have any permission.
 */
function stored(compiled: Compiled, identities: readonly NodeRecord[], attachments: number): void {
  const grants = new Set<string>();
  const sets = new Map<readonly string[], number>();
  let held = 0;
  let allowed = 0;
  for (const node of identities) {
    const reached = new Set<string>();
    for (const g of compiled.grantsOf(node.id)) {
      held++;
      grants.add(g.key);
      if (!sets.has(g.assets)) sets.set(g.assets, sets.size);
      for (const a of g.assets) reached.add(a);
    }
    allowed += reached.size;
  }
  const membership = new Map<string, number[]>();
  for (const [assets, number] of sets) for (const a of assets) {
    const list = membership.get(a);
    if (list) list.push(number);
    else membership.set(a, [number]);
  }
  const atoms = new Map<string, number>();
  for (const list of membership.values()) atoms.set(list.join(), list.length);
  const edges = held + grants.size + [...atoms.values()].reduce((a, b) => a + b, 0) + membership.size;
  print(`  grants                           ${held} held, ${grants.size} distinct, ${sets.size} asset sets, ${atoms.size} atoms`);
  const share = (n: number): string => `${n} / ${allowed} = ${((100 * n) / allowed).toFixed(2)} %`;
  print(`  stored edges / allowed pairs     ${share(attachments)} (attachments; grants are not stored)`);
  print(`  factored edges / allowed pairs   ${share(edges)} (in memory)`);
}

main();
