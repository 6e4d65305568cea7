import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { problemsOf, proofOf } from '../../queries/remedy/prove.ts';
import { isFatalInput, UserError, type CoverageEntry, type Fix, type FixPlan } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import type { PatchProof } from '../service/remedies.ts';
import { collectSide, type Side } from '../service/sides.ts';
import { Document } from './document.ts';
import { overlaps, unifiedDiff, type TextEdit } from './edits.ts';
import { finished, lineEdits } from './finish.ts';
import { place, type FileEdit, type Open } from './place.ts';
import { sameCode } from './same-code.ts';

export interface Patch { diff: string; /** fix id → its own diff */ diffs: ReadonlyMap<string, string>; patched: ReadonlyMap<string, string>; proof: PatchProof }
/** `instead`: an earlier fix of the same statement, whose change is part of this one. */
interface Placed { fix: Fix; edits: FileEdit[]; instead?: Placed }
type Proof = ReturnType<typeof proofOf>;
const LEFT_OUT = new Set(['.git', 'node_modules', '.overreach']);
const CHANGED = 'no patch: the code has changed since it was scanned; run again';

/**
 * The diff that makes the fixes in the code. The patched code is read and analysed again: a change after which a path is opened, or what it
 * promises is still there, is taken back out and said to have no patch. So is one whose place reads otherwise than when it was scanned.
 */
export async function provenPatch(cli: Cli, side: Side, plan: FixPlan): Promise<Patch> {
  const [folder, ...more] = side.request!.paths;
  if (!folder || more.length > 0 || !statSync(folder).isDirectory()) throw new UserError('--patch needs one folder of code');
  const patched = new Map<string, string>();
  const files = new Files(folder);
  let placed: Placed[] = [];
  for (const fix of plan.fixes) {
    const [found, instead] = placeOver(fix, placed, files.open);
    if (typeof found === 'string') patched.set(fix.id, `no patch: ${found}`);
    else if (found.some((e) => placed.some((p) => !replaces(instead, p) && p.edits.some((o) => o.path === e.path && overlaps(o.edit, e.edit))))) patched.set(fix.id, 'no patch: another fix changes the same place');
    else placed.push({ fix, edits: found, ...(instead ? { instead } : {}) });
  }
  const copy = join(mkdtempSync(join(tmpdir(), 'overreach-patch-')), basename(folder));
  try {
    cpSync(folder, copy, { recursive: true, filter: (from) => !LEFT_OUT.has(basename(from)) });
    const base = problemsOf(side.graph!);
    const unreadable = fatal(side.graph!.coverage);
    const check = async (list: readonly Placed[]): Promise<Proof | undefined> => {
      for (const path of pathsOf(placed)) writeFileSync(join(copy, path), files.patchedText(path, list));
      const batch = await collectSide({ ...cli, log: () => undefined }, { ...side.request!, paths: [copy], scope: side.graph!.run.scope });
      if (fatal(batch.coverage) > unreadable) return undefined;
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
      for (const path of pathsOf(placed)) writeFileSync(join(copy, path), files.patchedText(path, good));
      placed = good;
      proof = placed.length > 0 ? await check(placed) : undefined;
    }
    if (patched.size > 0) {
      for (const path of pathsOf(placed)) writeFileSync(join(copy, path), files.patchedText(path, []));
      const now = await collectSide({ ...cli, log: () => undefined }, { ...side.request!, paths: [copy], scope: side.graph!.run.scope });
      if (!sameCode(side.graph!, now)) for (const [id, says] of patched) if (says.startsWith('no patch')) patched.set(id, CHANGED);
    }
    const moved = files.changed(pathsOf(placed));
    if (moved.size > 0) {
      for (const p of placed) if (p.edits.some((e) => moved.has(e.path))) patched.set(p.fix.id, CHANGED);
      placed = placed.filter((p) => !p.edits.some((e) => moved.has(e.path)));
      proof = placed.length > 0 ? await check(placed) : undefined;
    }
    for (const p of placed) patched.set(p.fix.id, `patched in ${pathsOf([p]).join(', ')}`);
    const diff = pathsOf(placed).map((path) => files.diff(path, placed)).join('');
    const of = plan.closedTogether.length + plan.remaining.length;
    const closed = proof?.closes.length ?? 0;
    const diffs = new Map(placed.map((p) => [p.fix.id, pathsOf([p]).map((path) => files.diff(path, [p])).join('')]));
    return { diff, diffs, patched, proof: { closed, of, opened: proof?.opens.length ?? 0, says: `patch: ${placed.length} of ${plan.fixes.length} fixes; read again, ${closed} of ${of} findings are gone and no path was opened. Apply it in ${folder} with git apply` } };
  } finally {
    rmSync(join(copy, '..'), { recursive: true, force: true });
  }
}

const fatal = (coverage: readonly CoverageEntry[]): number => coverage.reduce((n, c) => n + c.problems.filter(isFatalInput).length, 0);

/** A fix of a statement that an earlier one has changed already: both are made at once, from what is written. */
function placeOver(fix: Fix, placed: readonly Placed[], open: Open): [FileEdit[] | string, Placed | undefined] {
  const { edit, source } = fix;
  const first = edit.kind === 'actions' && source ? placed.findLast((p) => p.fix.edit.kind === 'actions' && p.fix.edit.policy === edit.policy && p.fix.source?.file === source.file && p.fix.source?.startLine === source.startLine && p.fix.source?.startColumn === source.startColumn && same(p.fix.edit.to, edit.from)) : undefined;
  if (!first || edit.kind !== 'actions') return [place(fix, open), undefined];
  let root = first;
  while (root.instead) root = root.instead;
  return [place({ ...fix, edit: { ...edit, from: (root.fix.edit as typeof edit).from } }, open), first];
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && [...a].sort().join() === [...b].sort().join();
const replaces = (instead: Placed | undefined, p: Placed): boolean => instead !== undefined && (instead === p || replaces(instead.instead, p));

const pathsOf = (placed: readonly Placed[]): string[] => [...new Set(placed.flatMap((p) => p.edits.map((e) => e.path)))].sort();

const keeps = (proof: Proof | undefined, list: readonly Placed[]): boolean => {
  if (!proof || proof.opens.length > 0) return false;
  const closed = new Set(proof.closes);
  return list.every((p) => p.fix.adds.every((f) => closed.has(f)));
};

/** Files of the folder that fixes touch, as they read now. */
class Files {
  readonly #folder: string;
  readonly #open = new Map<string, Document | undefined>();

  constructor(folder: string) { this.#folder = folder; }

  open = (path: string): Document | undefined => {
    if (!this.#open.has(path)) this.#open.set(path, this.#read(path));
    return this.#open.get(path);
  };

  #read(path: string): Document | undefined {
    try { return new Document(path, readFileSync(join(this.#folder, path), 'utf8')); } catch { return undefined; }
  }

  patchedText(path: string, list: readonly Placed[]): string {
    const edits: TextEdit[] = list.filter((p) => !list.some((o) => replaces(o.instead, p))).flatMap((p) => p.edits.filter((e) => e.path === path).map((e) => e.edit));
    return finished(this.open(path)!, edits);
  }

  diff(path: string, list: readonly Placed[]): string {
    const { text } = this.open(path)!;
    return unifiedDiff(path, text, lineEdits(text, this.patchedText(path, list)));
  }

  /** Files that somebody has changed since they were opened. */
  changed(paths: readonly string[]): Set<string> {
    return new Set(paths.filter((path) => this.#read(path)?.text !== this.open(path)?.text));
  }
}
