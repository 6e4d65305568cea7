import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { applyAll } from '../../queries/remedy/batch.ts';
import type { Graph } from '../../queries/remedy/edit.ts';
import { list } from '../../queries/remedy/fix-kind.ts';
import { openedOver } from '../../queries/remedy/opened.ts';
import { passOf, proofOf, type Proof } from '../../queries/remedy/prove.ts';
import { isFatalInput, showHoles, UserError, type Batch, type CoverageEntry, type Fix, type FixPlan } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { PatchProof } from '../service/remedies.ts';
import { collectSide, type Side } from '../service/sides.ts';
import { changedFiles } from './changed-files.ts';
import { losingMore } from './lost.ts';
import { UNTOUCHED, Workspace, type State } from './workspace.ts';

export interface Patch { diff: string; /** fix id → its own diff */ diffs: ReadonlyMap<string, string>; patched: ReadonlyMap<string, string>; proof: PatchProof }
const LEFT_OUT = new Set(['.git', 'node_modules', '.overreach']);
const CHANGED = 'the code has changed since it was scanned; run again';

/**
 * The diff that makes the fixes in the code. The patched code is read and analysed again: a change after which a path is opened, or what it
 * promises is still there, is taken back out and said to have no patch. So is one whose place reads otherwise than when it was scanned.
 */
export async function provenPatch(cli: Cli, side: Side, plan: FixPlan): Promise<Patch> {
  const [folder, ...more] = side.request!.paths;
  if (!folder || more.length > 0 || !statSync(folder).isDirectory()) throw new UserError('--patch needs one folder of code');
  const patched = new Map<string, string>();
  const wanted = [...plan.fixes, ...(plan.hardening ?? [])];
  const code = new Workspace(folder);
  const copy = join(mkdtempSync(join(tmpdir(), 'overreach-patch-')), basename(folder));
  try {
    cpSync(folder, copy, { recursive: true, filter: (from) => !LEFT_OUT.has(basename(from)) });
    const base = side.pass ?? passOf(side.graph!, side.derive);
    const opened = openedOver(base);
    const unreadable = fatal(side.graph!.coverage);
    const written = new Set<string>();
    const read = async (state: State): Promise<Batch> => {
      for (const path of state.files.keys()) written.add(path);
      for (const path of written) writeFileSync(join(copy, path), (state.files.get(path) ?? code.original(path)!).text);
      return collectSide({ ...cli, log: () => undefined }, { ...side.request!, paths: [copy], scope: side.graph!.run.scope });
    };
    const said = applyAll(side.graph!, wanted.map((f) => f.edit));
    const concerned = holdersOf(side.graph!, wanted);
    const check = async (state: State): Promise<Checked | undefined> => {
      const batch = await read(state);
      if (fatal(batch.coverage) > unreadable) return undefined;
      const less = [...losingMore(said, batch)];
      const after = passOf(batch, side.derive);
      return { ...proofOf(base, after), opens: opened(after), taken: less.filter((h) => concerned.has(h)), shared: less.filter((h) => !concerned.has(h)) };
    };
    const refuse = (fix: Fix, why: string): void => { patched.set(fix.id, `no patch: ${why}`); };
    const stale = changedFiles(side.graph!, await read(UNTOUCHED));
    const make = (state: State, fix: Fix): State | string => {
      const next = code.apply(state, fix);
      const touched = typeof next === 'string' ? [fix.source?.file ?? ''] : [...next.files.keys()].filter((path) => next.files.get(path) !== state.files.get(path));
      return touched.some((path) => stale.has(path)) ? CHANGED : next;
    };
    const made = (fixes: readonly Fix[]): { fixes: Fix[]; state: State } => fixes.reduce<{ fixes: Fix[]; state: State }>((m, fix) => {
      const next = make(m.state, fix);
      if (typeof next === 'string') { refuse(fix, next); return m; }
      return { fixes: [...m.fixes, fix], state: next };
    }, { fixes: [], state: UNTOUCHED });

    let { fixes, state } = made(wanted);
    cli.log('reading the patched code again');
    let proof = fixes.length > 0 ? await check(state) : undefined;
    if (fixes.length > 0 && !keeps(proof, fixes)) {
      let good: { fixes: Fix[]; state: State; proof: Checked | undefined } = { fixes: [], state: UNTOUCHED, proof: undefined };
      for (const fix of fixes) {
        const next = make(good.state, fix);
        if (typeof next === 'string') { refuse(fix, next); continue; }
        const alone = await check(next);
        if (keeps(alone, [...good.fixes, fix])) good = { fixes: [...good.fixes, fix], state: next, proof: alone };
        else refuse(fix, !alone ? 'the patched code cannot be read' : alone.opens.length > 0 ? 'the code it would change is shared, and a path would open' : alone.taken.length > 0 ? 'more would be taken away than it says' : 'the paths are still there after it');
      }
      ({ fixes, state, proof } = good);
    }
    const moved = code.changed(state.files.keys());
    if (moved.size > 0) {
      for (const f of fixes) refuse(f, CHANGED);
      [fixes, state, proof] = [[], UNTOUCHED, undefined];
    }
    const diffs = new Map<string, string>();
    for (const f of fixes) {
      const alone = code.apply(UNTOUCHED, f);
      if (typeof alone !== 'string') diffs.set(f.id, code.diff(alone));
      patched.set(f.id, typeof alone === 'string' ? `patched in ${f.source?.file ?? 'the code'}, on top of another fix of the same place` : `patched in ${[...alone.files.keys()].sort().join(', ')}`);
    }
    const gone = new Set(proof?.closes);
    for (const f of wanted) if (!fixes.includes(f) && f.adds.length > 0 && f.adds.every((x) => gone.has(x))) patched.set(f.id, `no patch of its own, what it closes is gone with the others: ${patched.get(f.id)!.replace(/^no patch: /, '')}`);
    const names = new Map(side.graph!.nodes.map((n) => [n.id, showHoles(n.name)]));
    const shared = (proof?.shared ?? []).map((h) => names.get(h) ?? h).sort();
    const also = shared.length > 0 ? `. The code is shared: ${list(shared)} may do less after it as well` : '';
    const of = plan.closedTogether.length + plan.remaining.length;
    const closed = proof?.closes.length ?? 0;
    return { diff: code.diff(state), diffs, patched, proof: { closed, of, opened: proof?.opens.length ?? 0, says: `patch: ${fixes.length} of ${wanted.length} fixes; read again, ${closed} of ${of} findings are gone and no path was opened${also}. Apply it in ${folder} with git apply` } };
  } finally {
    rmSync(join(copy, '..'), { recursive: true, force: true });
  }
}

const fatal = (coverage: readonly CoverageEntry[]): number => coverage.reduce((n, c) => n + c.problems.filter(isFatalInput).length, 0);

/** `taken`: holders of changed policies that may do less than all changes say. `shared`: others that may do less, since the code is theirs too. */
interface Checked extends Proof { taken: readonly string[]; shared: readonly string[] }

function holdersOf(g: Graph, fixes: readonly Fix[]): Set<string> {
  const policies = new Set(fixes.flatMap((f) => ('policy' in f.edit ? [f.edit.policy] : [])));
  const edges = new Set(fixes.flatMap((f) => (f.edit.kind === 'detach' ? [f.edit.edge] : [])));
  return new Set(g.edges.flatMap((e) => (e.kind === 'HAS_POLICY' && (policies.has(e.to) || edges.has(e.id)) ? [e.from] : [])));
}

const keeps = (proof: Checked | undefined, fixes: readonly Fix[]): boolean => {
  if (!proof || proof.opens.length > 0 || proof.taken.length > 0) return false;
  const closed = new Set(proof.closes);
  const weaker = new Set([...proof.closes, ...proof.weakens]);
  return fixes.every((f) => f.adds.every((x) => closed.has(x)) && (f.closes.length > 0 || f.weakens.every((x) => weaker.has(x))));
};
