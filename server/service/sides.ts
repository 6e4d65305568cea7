import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import type { CollectOptions } from '../../collectors/run.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Acceptance, StoredGraph } from '../../graph/store/port.ts';
import { decideStates } from '../../queries/findings/ignores.ts';
import type { Analyzed } from '../../queries/analyze.ts';
import type { DeriveOptions } from '../../queries/derive/index.ts';
import type { Pass } from '../../queries/remedy/prove.ts';
import { AnalysisResult, UserError, type Batch, type Run } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import { ownKnowledge, scanRequest } from '../cli/scan-options.ts';
import { isRemote, storeOf, storePlace } from '../cli/store.ts';
import { withAcceptances } from './acceptances.ts';
import { basisOf } from './basis.ts';
import { asSensitivity } from './overrides.ts';
import type { Analysing, ScanRequest } from './scan.ts';

/** One side of a comparison. A result file has no graph. `derive`: what the answer was made with; `pass`: the analysis itself, where it was made here; `rests`: whether a stored answer rests on that still. */
export interface Side { name: string; result: AnalysisResult; graph?: StoredGraph; request?: ScanRequest | undefined; knows?: Analysing; derive?: DeriveOptions; pass?: Pass; rests?: () => boolean }

/** `plan: before` reads plans that lie in a folder as the state they start from. `knows`: what a service brings of its own, as `--rules` of the command line. */
export interface SideOptions { scope?: string; plan?: 'before'; knows?: Analysing | undefined }

const isResult = (path: string): boolean => /\.json$/i.test(path) && statSync(path).isFile() && /^\s*\{\s*"resultVersion"/.test(readFileSync(path, 'utf8').slice(0, 200));

/**
 * What a person names as a side: a result.json, a folder or file to scan, `git:<revision>` of the working folder, or the id of a run in the
 * store (`latest`: the last one).
 */
export async function sideOf(cli: Cli, what: string, o: Record<string, unknown>, more: SideOptions = {}): Promise<Side> {
  return withDecisions(cli, await readSide(cli, what, o, more), await acceptancesOf(cli, o));
}

/** Risks that are accepted in the store the options name; none when there is no store. */
export async function acceptancesOf(cli: Cli, o: Record<string, unknown>): Promise<Acceptance[]> {
  const { where } = storePlace(cli, o);
  if (!isRemote(where) && !existsSync(where)) return [];
  const store = await storeOf(cli, o, true);
  try { return await store.acceptances(); } finally { await store.close(); }
}

/** What is accepted today counts on either side, whenever the side was read. What a result file says is accepted stays so: it may come from another store. */
function withDecisions(cli: Cli, side: Side, acceptances: readonly Acceptance[]): Side {
  const now = cli.now().toISOString();
  if (side.graph) return { ...side, result: withAcceptances({ run: side.result.run, result: side.result, snapshot: new GraphSnapshot(side.graph.nodes, side.graph.edges) }, acceptances, now).result };
  if (acceptances.length === 0) return side;
  const { findings } = decideStates(side.result.findings.filter((f) => f.state === 'open'), [], [], acceptances, now);
  const decided = new Map(findings.map((f) => [f.fingerprint, f]));
  return { ...side, result: { ...side.result, findings: side.result.findings.map((f) => decided.get(f.fingerprint) ?? f) } };
}

async function readSide(cli: Cli, what: string, o: Record<string, unknown>, more: SideOptions): Promise<Side> {
  const { scope, plan, knows } = more;
  if (what.startsWith('git:')) return revisionSide(cli, what.slice(4), o, more);
  const path = isAbsolute(what) ? what : resolve(cli.cwd, what);
  if (!existsSync(path)) return runSide(cli, what, o, knows);
  if (isResult(path)) return { name: basename(path), result: readResult(path, what) };
  const request = { ...(await scanRequest(cli, [what], o)), ...(scope !== undefined && o['scope'] === undefined ? { scope } : {}), ...(knows && { extraRules: [...knows.extraRules], ...(knows.own && { own: knows.own }) }) };
  const graph = graphOf(await collectSide(cli, request, plan ? { plan } : {}), cli);
  const { result, pass, derive } = await answerOf(cli, graph, request);
  return { name: what, result, graph, request, pass, derive };
}

/** The working folder as it was at a revision, read from a copy. */
async function revisionSide(cli: Cli, revision: string, o: Record<string, unknown>, more: SideOptions): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'overreach-revision-'));
  const git = (...args: string[]): Buffer => {
    try { return execFileSync('git', args, { cwd: cli.cwd, maxBuffer: 1024 ** 3, stdio: ['ignore', 'pipe', 'pipe'] }); } catch (e) {
      throw new UserError(`git:${revision}: ${String((e as { stderr?: Buffer }).stderr ?? (e as Error).message).trim().split('\n')[0]}`);
    }
  };
  try {
    const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).toString().trim();
    execFileSync('tar', ['-x', '-C', folder], { input: git('archive', '--format=tar', commit), stdio: ['pipe', 'ignore', 'pipe'] });
    return { ...(await readSide(cli, folder, o, more)), name: `git:${revision}`, request: undefined };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runSide(cli: Cli, what: string, o: Record<string, unknown>, given: Analysing | undefined): Promise<Side> {
  const store = await storeOf(cli, o, true).catch((e: unknown) => { throw e instanceof UserError ? new UserError(`${what} is no file or folder, and ${e.message}`) : e; });
  try {
    const runs = (await store.runs()).filter((r) => r.status === 'complete');
    const run = what === 'latest' || what === 'store' ? runs[0] : runs.find((r) => r.id === what);
    if (!run) throw new UserError(`${what} is no file, folder or run; runs in the store: ${runs.map((r) => r.id).join(', ') || 'none'}`);
    const graph = (await store.load(run.id))!;
    const text = await store.loadResult(run.id);
    const knows = given ?? analysing(await ownKnowledge(cli, o['rules'] as string | undefined));
    const overrides = await store.ledger.overrides();
    const sensitivity = asSensitivity(overrides);
    const side = { name: `run ${run.id}`, graph, knows };
    if (text === undefined) {
      const { result, pass, derive } = await answerOf(cli, graph, knows, [], sensitivity);
      return { ...side, result, pass, derive };
    }
    const result = JSON.parse(text) as AnalysisResult;
    const derive = deriving(cli, knows, sensitivity);
    return { ...side, result, derive, rests: () => result.basis === basisOf(new GraphSnapshot(graph.nodes, graph.edges), knows, overrides, cli.version, derive.now) };
  } finally {
    await store.close();
  }
}

const analysing = ({ rules, techniques, words }: Awaited<ReturnType<typeof ownKnowledge>>): Analysing => ({ extraRules: rules, own: { techniques, words } });

function readResult(path: string, what: string): AnalysisResult {
  let json: unknown;
  try { json = JSON.parse(readFileSync(path, 'utf8')); } catch (e) { throw new UserError(`${what}: ${(e as Error).message}`); }
  if (!AnalysisResult.pick({ resultVersion: true, findings: true, agents: true, coverage: true }).safeParse(json).success) throw new UserError(`${what} is not a result of \`overreach scan --format json\` of this version`);
  return json as AnalysisResult;
}

/** Collects without storing: a side that is only looked at leaves no run behind. */
export async function collectSide(cli: Cli, request: ScanRequest, more: Pick<CollectOptions, 'plan' | 'code'> = {}): Promise<Batch> {
  const { collect } = await import('../../collectors/run.ts');
  return collect({ ...request, ...more, env: cli.env, progress: cli.log, hashKey: cli.env['OVERREACH_HASH_KEY'] ?? 'overreach' });
}

export function graphOf(batch: Pick<Batch, 'scope' | 'nodes' | 'edges' | 'coverage'>, cli: Cli): StoredGraph {
  const at = cli.now().toISOString();
  const run: Run = { id: cli.newId(), startedAt: at, completedAt: at, status: 'complete', scope: batch.scope, inputs: batch.coverage.map((c) => c.input).slice(0, 1000), version: cli.version };
  return { run, nodes: batch.nodes, edges: batch.edges, coverage: batch.coverage };
}

type Levels = NonNullable<DeriveOptions['sensitivity']>;
const deriving = (cli: Cli, { own }: Pick<ScanRequest, 'own'>, sensitivity: Levels) => ({ now: cli.now().toISOString(), ...own, sensitivity });

/** The answer, the estate behind it, and what it was made with. */
export async function answerOf(cli: Cli, graph: StoredGraph, request: Pick<ScanRequest, 'extraRules' | 'own'>, acceptances: readonly Acceptance[] = [], sensitivity: Levels = []): Promise<Analyzed & { derive: DeriveOptions }> {
  const { analyzed } = await import('../../queries/analyze.ts');
  cli.log('analysing');
  const derive = deriving(cli, request, sensitivity);
  return { ...analyzed(graph, { ...derive, acceptances, extraRules: request.extraRules }), derive };
}
