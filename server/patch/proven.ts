import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { problemsOf, proofOf } from '../../queries/remedy/prove.ts';
import { isFatalInput, UserError, type Fix, type FixPlan } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { PatchProof } from '../service/remedies.ts';
import { collectSide, type Side } from '../service/sides.ts';
import { applyEdits, overlaps, unifiedDiff, type TextEdit } from './edits.ts';
import { HclFile } from './hcl.ts';

export interface Patch { diff: string; /** fix id → its own diff */ diffs: ReadonlyMap<string, string>; patched: ReadonlyMap<string, string>; proof: PatchProof }
interface Placed { fix: Fix; path: string; edit: TextEdit }
const LEFT_OUT = new Set(['.git', 'node_modules', '.overreach']);

/**
 * The diff that makes the fixes in the code. The patched code is read and analysed again: a change after which a path is opened, or what it
 * promises is still there, is taken back out and said to have no patch.
 */
export async function provenPatch(cli: Cli, side: Side, plan: FixPlan): Promise<Patch> {
  const [folder, ...more] = side.request!.paths;
  if (!folder || more.length > 0 || !statSync(folder).isDirectory()) throw new UserError('--patch needs one folder of code');
  const patched = new Map<string, string>();
  const files = new Map<string, HclFile>();
  const open = (path: string): HclFile | undefined => {
    let f = files.get(path);
    if (!f) {
      try { files.set(path, (f = new HclFile(path, readFileSync(join(folder, path), 'utf8')))); } catch { return undefined; }
    }
    return f;
  };
  let placed: Placed[] = [];
  for (const fix of plan.fixes) {
    const found = place(fix, open);
    if (typeof found === 'string') patched.set(fix.id, `no patch: ${found}`);
    else if (placed.some((p) => p.path === found.path && overlaps(p.edit, found.edit))) patched.set(fix.id, 'no patch: another fix changes the same place');
    else placed.push(found);
  }
  const copy = join(mkdtempSync(join(tmpdir(), 'overreach-patch-')), basename(folder));
  try {
    cpSync(folder, copy, { recursive: true, filter: (from) => !LEFT_OUT.has(basename(from)) });
    const base = problemsOf(side.graph!);
    const check = async (list: readonly Placed[]): Promise<ReturnType<typeof proofOf> | undefined> => {
      for (const path of new Set(placed.map((p) => p.path))) writeFileSync(join(copy, path), applyEdits(files.get(path)!.file.text, list.filter((p) => p.path === path).map((p) => p.edit)));
      const batch = await collectSide({ ...cli, log: () => undefined }, { ...side.request!, paths: [copy], scope: side.graph!.run.scope });
      if (batch.coverage.some((c) => c.problems.some(isFatalInput))) return undefined;
      return proofOf(base, problemsOf(batch));
    };
    cli.log('reading the patched code again');
    let proof = placed.length > 0 ? await check(placed) : undefined;
    if (placed.length > 0 && !keeps(proof, placed)) {
      const good: Placed[] = [];
      for (const p of placed) {
        const alone = await check([...good, p]);
        if (keeps(alone, [...good, p])) good.push(p);
        else patched.set(p.fix.id, `no patch: ${!alone ? 'the patched code cannot be read' : alone.opens.length > 0 ? 'the code it would change is shared, and a path would open' : 'the paths are still there after it'}`);
      }
      placed = good;
      proof = placed.length > 0 ? await check(placed) : undefined;
    }
    for (const p of placed) patched.set(p.fix.id, `patched in ${p.path}`);
    const diff = [...new Set(placed.map((p) => p.path))].sort().map((path) => unifiedDiff(path, files.get(path)!.file.text, placed.filter((p) => p.path === path).map((p) => p.edit))).join('');
    const of = plan.closedTogether.length + plan.remaining.length;
    const closed = proof?.closes.length ?? 0;
    const diffs = new Map(placed.map((p) => [p.fix.id, unifiedDiff(p.path, files.get(p.path)!.file.text, [p.edit])]));
    return { diff, diffs, patched, proof: { closed, of, opened: proof?.opens.length ?? 0, says: `patch: ${placed.length} of ${plan.fixes.length} fixes; read again, ${closed} of ${of} findings are gone and no path was opened. Apply it in ${folder} with git apply` } };
  } finally {
    rmSync(join(copy, '..'), { recursive: true, force: true });
  }
}

const keeps = (proof: ReturnType<typeof proofOf> | undefined, list: readonly Placed[]): boolean => {
  if (!proof || proof.opens.length > 0) return false;
  const closed = new Set(proof.closes);
  return list.every((p) => p.fix.adds.every((f) => closed.has(f)));
};

/** Where a fix is made: in the lines of its statement or block, else in the module call that passes the value in, nearest first. */
function place(fix: Fix, open: (path: string) => HclFile | undefined): Placed | string {
  const s = fix.source;
  if (!s?.file || !s.startLine) return 'its place in the code is not known';
  if (!s.file.endsWith('.tf')) return `${s.file} is not HCL`;
  const file = open(s.file);
  if (!file) return `${s.file} cannot be read`;
  if (fix.edit.kind === 'auth') {
    const edit = file.literal(s.startLine, 'authorization_type', 'NONE', 'AWS_IAM');
    return edit ? { fix, path: s.file, edit } : 'authorization_type is not written as a plain text in its block';
  }
  if (fix.edit.kind !== 'actions') return 'a change of this kind has no editor';
  const { from, to } = fix.edit;
  const here = file.narrow(from, to, s.startLine, s.endLine ?? s.startLine);
  if (here) return { fix, path: s.file, edit: here };
  for (const call of [...(s.moduleChain ?? [])].reverse()) {
    const caller = open(call.file);
    const block = caller?.block(call.startLine);
    const edit = block && caller!.narrow(from, to, call.startLine, caller!.endLine(block));
    if (edit) return { fix, path: call.file, edit };
  }
  return to.length === 0 ? 'the statement is the only one, or is not written in one place' : 'the action list is not written out in one place';
}
