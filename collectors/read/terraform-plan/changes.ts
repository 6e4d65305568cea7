import type { InputFile, PlanSide } from '../../define.ts';
import { ProblemError } from '../../problem.ts';
import { walkJson } from '../json-lines.ts';
import { piecesOf } from '../json-stream.ts';
import type { JsonPath } from '../json-splitter.ts';
import type { PlanConfiguration } from './configuration.ts';

/** One entry of `resource_changes`, or a resource of `planned_values` when a plan has no changes section. */
export interface Change {
  address: string;
  mode: 'managed' | 'data';
  type: string;
  actions: string[];
  values: unknown;
  unknown: unknown;
  sensitive: unknown;
  providerName: string;
  pointer: string;
  /** Where the values stand below `pointer`. */
  below: string;
  line: number;
  /** Pointer below the values → line. */
  lines: Map<string, number>;
  /** Pointer below the undecided marks → line. */
  unknownLines: Map<string, number>;
}

export interface PlanParts {
  changes: Change[];
  configuration: PlanConfiguration | undefined;
  variables: Record<string, unknown>;
  /** Accounts that `aws_caller_identity` answered. */
  accounts: Set<string>;
  /** Why the plan does not say all that will change, with the line that says so. */
  open: { line: number; why: string }[];
}

type Json = Record<string, unknown>;

/**
 * The parts of a plan that say something about the estate, each read on its own: the file may be larger than memory allows to parse at once.
 * `resource_changes` holds every resource with its values; `planned_values` repeats them and is read only when there is no other.
 */
export async function readPlanParts(file: InputFile, side: PlanSide = 'after'): Promise<PlanParts> {
  let listed = false;
  const drifted = new Map<string, Change>();
  const parts: PlanParts = { changes: [], configuration: undefined, variables: {}, accounts: new Set(), open: [] };
  let deferred = 0;
  for await (const piece of piecesOf(file, 'terraform-plan', side === 'applied' ? chooseApplied : choose, 512 * 1024 * 1024)) {
    const value = parse(file, piece.text, piece.line);
    const pointer = `/${piece.path.join('/')}`;
    const at = piece.path[0];
    if (at === 'variables') parts.variables = (value ?? {}) as Json;
    else if (at === 'configuration') parts.configuration = value as PlanConfiguration;
    else if (at === 'errored') { if (value === true) parts.open.push({ line: piece.line, why: 'the plan ended with errors: resources may be missing' }); }
    else if (at === 'format_version') { if (typeof value === 'string' && !/^[01]\./.test(value)) parts.open.push({ line: piece.line, why: `format ${value.slice(0, 20)} is newer than 1.x, as which it is read` }); }
    else if (at === 'deferred_changes') {
      const change = side === 'after' ? changeOf((value as Json | null)?.['resource_change'] as Json, piece.text, piece.line, `${pointer}/resource_change`, side) : undefined;
      if (change) parts.changes.push(change);
      if (deferred++ === 0) parts.open.push({ line: piece.line, why: 'some changes are deferred to a later plan: what they will be is known in part' });
    }
    else if (at === 'prior_state') noteAccount(value as Json, parts.accounts);
    else if (at === 'resource_drift') {
      const change = changeOf(value as Json, piece.text, piece.line, pointer, 'before');
      if (change) drifted.set(change.address, change);
    } else if (at === 'resource_changes') {
      listed = true;
      const change = changeOf(value as Json, piece.text, piece.line, pointer, side);
      if (change) parts.changes.push(change);
    }
  }
  for (const [i, c] of parts.changes.entries()) parts.changes[i] = drifted.get(c.address) ?? c;
  if (!listed && side === 'after') await readValues(file, parts);
  return parts;
}

const choose = (path: JsonPath): 'enter' | 'take' | 'skip' => {
  switch (path[0]) {
    case undefined: return 'enter';
    case 'variables': case 'configuration': case 'errored': case 'format_version': return 'take';
    case 'resource_changes': case 'deferred_changes': return path.length === 1 ? 'enter' : 'take';
    case 'prior_state': return chooseValues(path.slice(1), 'values');
    default: return 'skip';
  }
};

const chooseApplied = (path: JsonPath): 'enter' | 'take' | 'skip' => (path[0] === 'resource_drift' ? (path.length === 1 ? 'enter' : 'take') : choose(path));

/** `values.root_module.resources[]` and the same below `child_modules[]`. */
function chooseValues(path: JsonPath, top: string): 'enter' | 'take' | 'skip' {
  if (path.length === 0) return 'enter';
  if (path[0] !== top) return 'skip';
  if (path.length === 1 || (path.length === 2 && path[1] === 'root_module')) return 'enter';
  const at = path.findLastIndex((p) => p === 'resources');
  const key = path.at(-1);
  if (at >= 2 && path.slice(2, at).every((p, i) => (i % 2 === 0 ? p === 'child_modules' : typeof p === 'number'))) return at === path.length - 1 ? 'enter' : 'take';
  return key === 'child_modules' || typeof key === 'number' ? 'enter' : 'skip';
}

function noteAccount(r: Json, accounts: Set<string>): void {
  const account = r?.type === 'aws_caller_identity' ? (r.values as Json | undefined)?.account_id : undefined;
  if (typeof account === 'string') accounts.add(account);
}

/** Resources of a plan without changes, or of `terraform show -json` on a state (top key `values`). */
async function readValues(file: InputFile, parts: PlanParts): Promise<void> {
  const choose = (path: JsonPath): 'enter' | 'take' | 'skip' => (path.length === 0 ? 'enter' : chooseValues(path, path[0] === 'values' ? 'values' : 'planned_values'));
  for await (const piece of piecesOf(file, 'terraform-plan', choose)) {
    const r = parse(file, piece.text, piece.line) as Json;
    noteAccount(r, parts.accounts);
    if (typeof r?.address !== 'string' || typeof r.type !== 'string') continue;
    const live = piece.path[0] === 'values';
    parts.changes.push({
      address: r.address, mode: r.mode === 'data' ? 'data' : 'managed', type: r.type, actions: live ? ['no-op'] : ['create'], values: r.values ?? {}, unknown: {}, sensitive: r.sensitive_values ?? {},
      providerName: String(r.provider_name ?? ''), pointer: `/${piece.path.join('/')}`, below: '/values', line: piece.line, ...linesBelow(piece.text, piece.line, ['values'], []),
    });
  }
}

function changeOf(r: Json, text: string, line: number, pointer: string, side: PlanSide): Change | undefined {
  const change = r?.change as Json | undefined;
  if (typeof r?.address !== 'string' || typeof r.type !== 'string' || !change || r.deposed !== undefined) return undefined;
  const planned = Array.isArray(change.actions) ? change.actions.map(String) : [];
  const removed = planned.length === 1 && planned[0] === 'delete';
  // Terraform lets go of it, and leaves it as it is.
  const forgotten = planned.length === 1 && planned[0] === 'forget';
  if (side !== 'after' && (change.before === null || change.before === undefined)) return undefined;
  // What stands before is decided, whatever becomes of it.
  const actions = side !== 'after' || forgotten ? ['no-op'] : planned;
  const at = side !== 'after' || removed || forgotten ? 'before' : 'after';
  return {
    address: r.address, mode: r.mode === 'data' ? 'data' : 'managed', type: r.type, actions,
    values: change[at], unknown: at === 'before' ? {} : change.after_unknown, sensitive: change[`${at}_sensitive`],
    providerName: String(r.provider_name ?? ''), pointer, below: `/change/${at}`, line, ...linesBelow(text, line, ['change', at], at === 'before' ? [] : ['change', 'after_unknown']),
  };
}

function linesBelow(text: string, line: number, values: string[], undecided: string[]): Pick<Change, 'lines' | 'unknownLines'> {
  const lines = new Map<string, number>();
  const unknownLines = new Map<string, number>();
  if (!text.includes('\n')) return { lines, unknownLines };
  walkJson(text, line, (path, at) => {
    const depth = Math.min(path.length, values.length);
    const inValues = values.slice(0, depth).every((k, i) => k === path[i]);
    const inUnknown = undecided.length > 0 && undecided.slice(0, depth).every((k, i) => k === path[i]);
    if (!inValues && !inUnknown) return false;
    if (path.length >= values.length) (inValues ? lines : unknownLines).set(path.slice(values.length).map((p) => `/${String(p).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), at);
    return path.length < 8;
  });
  return { lines, unknownLines };
}

function parse(file: InputFile, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProblemError('parse-error', `not valid JSON: ${(error as Error).message.split(' in JSON')[0]}`, { source: 'terraform-plan', file: file.path, startLine: line });
  }
}
