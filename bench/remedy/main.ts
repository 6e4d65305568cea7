import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect } from '../../collectors/run.ts';
import { analyzed } from '../../queries/analyze.ts';
import { applyEdit, type Graph } from '../../queries/remedy/edit.ts';
import { fixPlan } from '../../queries/remedy/plan.ts';
import { passOf, proofOf, type Pass } from '../../queries/remedy/prove.ts';
import type { Batch, FixPlan, Statement } from '../../schema/index.ts';
import { builtForm } from '../built.ts';
import { Random } from '../paths/random.ts';
import { EXAMPLE, exampleCopies, teamsEstate } from './generate.ts';

const SAMPLE = 6;
const CHANGES = 10;

/** Reads generated files as any folder of code. */
async function estate(files: Record<string, string>): Promise<Batch> {
  const folder = mkdtempSync(join(tmpdir(), 'overreach-bench-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await collect({ paths: [folder], hashKey: 'bench', scope: 'bench' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const timed = <T>(f: () => T): { ms: number; value: T } => { const t = performance.now(); const value = f(); return { ms: performance.now() - t, value }; };
const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const same = (a: Pass, b: Pass): boolean => JSON.stringify([[...a.rows].sort(), [...a.found.keys()].sort()]) === JSON.stringify([[...b.rows].sort(), [...b.found.keys()].sort()]);

/** Each fix of a sample, applied by itself and analysed from nothing: it must close what it says and open nothing. */
function check(g: Graph, plan: FixPlan, r: Random): void {
  const base = passOf(g);
  for (let i = 0; i < SAMPLE; i++) {
    const fix = plan.fixes[r.below(plan.fixes.length)]!;
    const proof = proofOf(base, passOf(applyEdit(g, fix.edit)));
    const left = fix.closes.filter((f) => !proof.closes.includes(f));
    // A fix of a later round closes what it says with those before it in place.
    const alone = fix.closes.length === fix.adds.length && left.length < fix.closes.length;
    if (proof.opens.length > 0 || (left.length > 0 && !alone)) throw new Error(`fix ${fix.id} does not do what it says: opens ${proof.opens.length}, leaves ${left.length} of ${fix.closes.length}`);
  }
}

/** Some policies with a statement less, until about `edges` permissions are gone. */
function change(g: Graph, policies: number, r: Random): Graph {
  const at = new Set(Array.from({ length: policies }, () => r.below(g.nodes.length)));
  const all = g.nodes.flatMap((n, i) => (n.kind === 'Policy' && n.props['policyType'] === 'identity' ? [i] : []));
  const chosen = new Set([...at].map((i) => all[i % all.length]!));
  return { ...g, nodes: g.nodes.map((n, i) => (chosen.has(i) ? { ...n, props: { ...n.props, statements: ((n.props['statements'] as Statement[]) ?? []).slice(1) } } : n)) };
}

/** Fixes of all findings, and what-if of some changes, each answer checked before its time is printed. */
async function measure(name: string, files: Record<string, string>): Promise<void> {
  const g = await estate(files);
  const { value: { result, pass }, ms: analysis } = timed(() => analyzed({ run: { id: 'bench', startedAt: '', status: 'complete', scope: 'bench', inputs: [], version: '' }, nodes: g.nodes, edges: g.edges, coverage: [] }));
  const { value: plan, ms: fixes } = timed(() => fixPlan(g, result.findings, { maxRuns: 500, base: pass }));
  check(g, plan, new Random(3));
  const base = passOf(g);
  const rows = [1, 10, 100].map((policies) => {
    const r = new Random(policies);
    const times = Array.from({ length: CHANGES }, () => {
      const after = change(g, policies, r);
      const full = timed(() => passOf(after));
      const followed = timed(() => passOf(after, {}, base));
      if (!same(full.value, followed.value)) throw new Error(`a change of ${policies} policies has another answer when it is followed`);
      return { full: full.ms, ratio: followed.ms / full.ms };
    });
    return { policies, full: median(times.map((t) => t.full)), ratio: median(times.map((t) => t.ratio)), worst: Math.max(...times.map((t) => t.ratio)) };
  });
  console.log(`${name}: ${g.nodes.length} nodes, ${g.edges.length} edges, ${result.findings.length} findings; analysis ${(analysis / 1000).toFixed(1)} s`);
  console.log(`  fixes: ${(fixes / 1000).toFixed(1)} s (goal 10 s for 1,000 findings), ${plan.fixes.length} fixes and ${plan.alternatives.length} alternatives proven by ${plan.runs} analyses, ${plan.closedTogether.length} findings closed, ${plan.remaining.length} remain${plan.truncated ? ', truncated' : ''}; a sample of ${SAMPLE} checked from nothing`);
  for (const x of rows) console.log(`  what-if, ${x.policies} policies changed: ${x.ratio.toFixed(2)} of a full pass (worst ${x.worst.toFixed(2)}, goal 1.5; full ${x.full.toFixed(0)} ms), answers equal`);
}

const [task, folder, ...sizes] = process.argv.slice(2);
if (task === '--task') {
  const [accounts = 10, teams = 15, copies = 23] = sizes.map(Number);
  await measure(`${accounts * teams} teams in ${accounts} accounts`, teamsEstate(accounts, teams));
  await measure(`the example estate ${copies} times`, exampleCopies(copies, folder));
} else process.exitCode = spawnSync(process.execPath, [await builtForm(import.meta.url), '--task', EXAMPLE, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
