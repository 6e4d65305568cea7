import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { isFatalInput, UserError, type Batch, type RawResource } from '../schema/index.ts';
import { Coverage } from './coverage.ts';
import type { InputFile, PlanSide, Reader, ReadOptions } from './define.ts';
import { discover } from './discovery.ts';
import { locate } from './link/locate.ts';
import { addOwners } from './link/owners.ts';
import { newestReports, newestWins } from './link/newest.ts';
import { lendAccount, liveFirst, mergeSameThings, type Graph } from './link/same-thing.ts';
import { readIgnores } from './read/ignore-comments.ts';
import { READERS } from './read/index.ts';
import { readAll } from './read-all.ts';
import { mapInputs, type MapInput } from './resources/map.ts';
import { applyOverrides } from './resources/overreach/overrides.ts';
import { checkoutOf } from './scope.ts';

export interface CollectOptions {
  /** Files and folders to scan; at least one, or one of `accounts`. */
  paths: readonly string[];
  /** Name of the estate in ids; default: `overreach.yaml`, the git remote, `local`. */
  scope?: string;
  roots?: readonly string[];
  variables?: Record<string, string>;
  varFiles?: readonly string[];
  workspace?: string;
  env?: Record<string, string | undefined>;
  progress?: (message: string) => void;
  /** Folders (or files) with answers of the AWS command line, one account each. */
  accounts?: readonly string[];
  /** AWS account of the code, where the code does not say. */
  account?: string;
  /** Key of the hash that stands for a literal secret. */
  hashKey: string;
  /** Which side of plans is meant; default `after`. */
  plan?: PlanSide;
  /** Account that code without one is taken to be in, unless it speaks of others only: that of the live side it is looked at with. */
  lend?: string;
  /** Folder of the code a plan was made from: its lines are shown instead of those of the plan. `prefix` stands before its paths. */
  code?: { folder: string; prefix: string };
}

/**
 * Everything that can be read below the given paths as one batch, in an order that depends on the input alone.
 * What cannot be read is in `coverage`, located; only a path that does not exist is thrown (UserError, exit 3).
 */
export async function collect(options: CollectOptions): Promise<Batch> {
  const paths = await Promise.all(options.paths.map(existing));
  const accounts = await Promise.all((options.accounts ?? []).map(existing));
  if (paths.length + accounts.length === 0) throw new UserError('nothing to scan: name a folder or a file');
  const base = await commonFolder(paths.length ? paths : accounts);
  const readers = await Promise.all(READERS.map((load) => load()));

  const job = new Job(readers, readOptions(base, options));
  await job.read(base, paths);
  // Paths of all dumps are told from one folder, so that two of one name stay two.
  const dumps = accounts.length > 0 ? await commonFolder(accounts.map((a) => dirname(a))) : base;
  for (const account of accounts) await job.read(dumps, [account], ['aws-dump', 'aws-last-accessed']);
  if (options.code) await job.locate(await existing(options.code.folder), options.code.prefix);
  await job.ignores();

  const checkout = await checkoutOf(base);
  const config = job.config();
  const scope = options.scope ?? text(config?.properties.scope) ?? checkout?.remote ?? 'local';
  const stated = applyOverrides(job.map(scope, options.hashKey, options.account ?? text(config?.properties.account), options.lend), job.configs());
  for (const p of stated.problems) job.coverage.problem(p);
  const linked = await addOwners(stated, job.files, job.configs(), checkout && { base, folder: checkout.folder, remote: checkout.remote });
  const coverage = job.coverage.entries();
  return {
    source: 'scan', scope, covers: `scan:${scope}:${checkout?.folder ?? '.'}`,
    complete: coverage.every((c) => c.status !== 'failed' && c.status !== 'partial' && !c.problems.some(isFatalInput)),
    nodes: linked.nodes, edges: linked.edges, coverage,
  };
}

class Job {
  readonly coverage = new Coverage();
  readonly files: InputFile[] = [];
  readonly #seen = new Set<string>();
  readonly #readers: readonly Reader[];
  readonly #options: ReadOptions;
  readonly #inputs = new Map<string, MapInput>();

  constructor(readers: readonly Reader[], options: ReadOptions) {
    this.#readers = readers;
    this.#options = options;
  }

  /** All starts together: files named one by one may be one module. */
  async read(base: string, starts: readonly string[], only?: readonly string[]): Promise<void> {
    const files: InputFile[] = [];
    for (const start of starts) {
      const found = await discover(base, start);
      for (const p of found.problems) this.coverage.problem(p);
      for (const f of found.files) {
        if (this.#seen.has(f.absolute)) continue;
        this.#seen.add(f.absolute);
        files.push(f);
      }
    }
    files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    this.files.push(...files);
    const readers = only ? this.#readers.filter((r) => only.includes(r.name)) : this.#readers;
    for await (const { result, files: of } of readAll(readers, files, { ...this.#options, base })) {
      this.coverage.add(result, of);
      this.#keep(result.source, result.input, result.resources, result.account);
    }
  }

  /** Plans are shown with the lines of their code. */
  async locate(folder: string, prefix: string): Promise<void> {
    const found = await discover(folder, folder);
    const written: RawResource[] = [];
    for await (const { result } of readAll(this.#readers.filter((r) => r.name === 'terraform'), found.files, { ...this.#options, base: folder })) for (const r of result.resources) written.push(r);
    for (const i of this.#inputs.values()) if (i.source === 'terraform-plan') i.resources = locate(i.resources, written, prefix);
  }

  async ignores(): Promise<void> {
    const resources = await readIgnores(this.files);
    if (resources.length) this.#keep('ignore-comments', '.', resources);
  }

  /** Configurations, the one nearest to the top of the scanned folder first. */
  configs(): RawResource[] {
    const found = [...this.#inputs.values()].flatMap((i) => i.resources).filter((r) => r.type === 'Overreach::Config');
    return found.sort((a, b) => a.root.split('/').length - b.root.split('/').length || (a.root < b.root ? -1 : 1));
  }

  config(): RawResource | undefined { return this.configs()[0]; }

  map(scope: string, hashKey: string, account: string | undefined, lend: string | undefined): Graph {
    const inputs = [...this.#inputs.values()].sort(liveFirst);
    if (account) for (const i of inputs) i.account ??= account;
    for (const p of [...newestWins(inputs), ...newestReports(inputs)]) this.coverage.problem(p);
    const lent = lendAccount(inputs, lend);
    if (lent) this.coverage.problem({ code: 'unresolved', message: `account ${lent.account}, the only one ${lend === undefined ? 'among the dumps' : 'on the live side'}, is taken for ${lent.inputs.join(', ')}`, source: { source: 'scan', file: '.' } });
    this.#options.progress(`${inputs.reduce((n, i) => n + i.resources.length, 0)} resources`);
    const mapped = mapInputs(inputs, { scope, hashKey });
    for (const p of mapped.problems) this.coverage.problem(p);
    for (const [input, types] of mapped.unmapped) this.coverage.unmapped(input, types);
    const { unmatched, ...graph } = mergeSameThings(mapped, inputs, scope);
    for (const n of unmatched) this.coverage.problem({ code: 'unresolved', message: `${n.name} is declared in code and not in the account that was read`, subject: n.id, ...(n.sources[0] && { source: n.sources[0] }) });
    return graph;
  }

  #keep(source: string, input: string, resources: RawResource[], account?: string): void {
    const key = `${source}\u0000${input}`;
    const there = this.#inputs.get(key);
    if (!there) this.#inputs.set(key, { source, input, resources: [...resources], ...(account && { account }) });
    else {
      for (const r of resources) there.resources.push(r);
      if (account) there.account = account;
    }
  }
}

const text = (v: unknown): string | undefined => (typeof v === 'string' && v ? v : undefined);

function readOptions(base: string, o: CollectOptions): ReadOptions {
  return {
    base, variables: o.variables ?? {}, varFiles: [...(o.varFiles ?? [])], roots: [...(o.roots ?? [])],
    workspace: o.workspace ?? 'default', env: o.env ?? {}, progress: o.progress ?? (() => {}), ...(o.plan && { plan: o.plan }),
  };
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(resolve(path));
  } catch {
    throw new UserError(`${path}: no such file or folder`);
  }
}

/** The deepest folder that holds all paths; for a single file its own folder. */
async function commonFolder(paths: readonly string[]): Promise<string> {
  const folders = await Promise.all(paths.map(async (p) => ((await stat(p)).isDirectory() ? p : dirname(p))));
  let common = folders[0]!;
  while (!folders.every((f) => f === common || f.startsWith(common.endsWith(sep) ? common : common + sep))) common = dirname(common);
  return common;
}
