import { Compiled } from '../../queries/policy/index.ts';
import { decideOne } from '../../queries/policy/decide.ts';
import { levelAt, type Rows } from '../../queries/policy/compile/rows.ts';
import type { NodeRecord } from '../../schema/index.ts';
import { goal, median, print, shown, timed, type Times } from './clock.ts';
import { type Estate, random } from './generate.ts';
import { SCENES, type Scene } from './scenes.ts';
import { storedEdges } from './stored.ts';

const ROUNDS = 9;

/** What every identity may do on every thing: rows checked against single decisions first, then timed, then what is stored of it. */
export function measureCompile(scene: Scene): void {
  const { name, resources, estate: make } = SCENES[scene];
  const estate = make();
  const identities = estate.snapshot.ofKind('Identity');
  print(`\n${name}: ${estate.statements} statements, ${estate.attachments} attachments`);
  const checked = agreement(estate, identities, 10_000);
  print(`  decisions equal to decide        ${checked} of ${checked} sampled`);
  const build: Times[] = [];
  const rounds: Times[] = [];
  let compiled: Compiled | undefined;
  for (let i = 0; i < ROUNDS; i++) {
    let kept = 0;
    rounds.push(timed(() => {
      build.push(timed(() => { compiled = Compiled.of(estate.snapshot); }));
      for (const node of identities) for (const [g] of compiled!.evaluate(node)) kept += g.words;
    }));
    if (kept === 0) throw new Error('nothing was evaluated');
  }
  const rows = compiled!.groups.reduce((a, g) => a + g.texts.length, 0);
  const actions = new Set(compiled!.groups.flatMap((g) => g.actions.map((a) => a.name))).size;
  print(`  rows (texts) × actions           ${rows} × ${actions}, in ${compiled!.groups.length} groups`);
  print(`  index of things and policies     ${shown(build)}`);
  print(`  all identities, with the index   ${shown(rounds)}`);
  if (scene === 'large') {
    const speed = (identities.length * resources) / median(rounds).cpu / 1000;
    print(`  pairs of principal and resource  ${speed.toFixed(1)} M a second of processor, ${estate.actions.length} actions named by policies  ${goal(speed >= 40, '≥ 40 M/s')}`);
  }
  let fresh = Compiled.of(estate.snapshot);
  const grants = Array.from({ length: 3 }, () => timed(() => { fresh = Compiled.of(estate.snapshot); for (const node of identities) fresh.grantsOf(node.id); }));
  print(`  with grants                      ${shown(grants)}`);
  storedEdges(estate, fresh);
  print(`  memory                           ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB resident at most`);
}

/** Sampled rows against single decisions; a difference ends the run before any time is printed. */
function agreement(estate: Estate, identities: readonly NodeRecord[], samples: number): number {
  const compiled = Compiled.of(estate.snapshot);
  const rnd = random(99);
  let n = 0;
  while (n < samples) {
    const node = identities[Math.floor(rnd() * identities.length)]!;
    if (node.props.identityType === 'group') continue;
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
