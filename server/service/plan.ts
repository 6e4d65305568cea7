import { closeSync, createReadStream, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { StoredGraph } from '../../graph/store/port.ts';
import type { DeriveOptions } from '../../queries/derive/index.ts';
import type { Pass } from '../../queries/remedy/prove.ts';
import type { ChangesNear } from '../../queries/review/changes-near.ts';
import type { Change, Graph } from '../../queries/review/what-if.ts';
import { UserError, type AnalysisResult, type Comparison, type LetIn, type RadiusDelta } from '../../schema/index.ts';
import type { Cli } from '../cli/command.ts';
import { scanRequest } from '../cli/scan-options.ts';
import type { ScanRequest } from './scan.ts';
import { controlsLess, planNotes } from './plan-notes.ts';
import { acceptancesOf, answerOf, collectSide, graphOf, sideOf } from './sides.ts';

export interface PlanReview { comparison: Comparison; radii: RadiusDelta[]; before: AnalysisResult; after: AnalysisResult; afterGraph: StoredGraph; change: Change; /** whom policies let in, or may let in once they are known */ letIn: LetIn[]; /** controls that go or change, in words */ controls: string[]; /** what of the change a path rests on; none without a base */ near: ChangesNear | undefined; /** the analysis of what is planned, and what it was made with */ pass: Pass; derive: DeriveOptions }

/**
 * What a plan opens and closes over a base, by the ordinary analysis of both estates. The base is the plan's own prior state; a run, folder or
 * file instead has the plan's changes applied to it; `nothing` is an empty estate; of a result file only the findings are known.
 */
export async function reviewPlan(cli: Cli, file: string, o: Record<string, unknown>): Promise<PlanReview> {
  const request = await planRequest(cli, file, o);
  const over = o['over'] as string | undefined;
  const code = codeOf(cli, file, o['code'] as string | undefined);
  const { alignIds, applyChange, changeBetween, fillFrom } = await import('../../queries/review/what-if.ts');
  const { compare } = await import('../../queries/review/compare.ts');
  const base = over === undefined || over === 'nothing' || over === 'plan' ? undefined : await sideOf(cli, over, o, { ...(request.scope !== undefined && { scope: request.scope }), plan: 'before' });
  const variables = { ...variablesOf(at(cli, file)), ...request.variables };
  const lend = base?.graph && onlyAccount(base.graph);
  const scoped = { ...request, variables, scope: request.scope ?? base?.result.run.scope, ...(lend !== undefined && { lend }) };
  const plannedBatch = await collectSide(cli, scoped, { plan: 'after', ...(code && { code }) });
  const read = plannedBatch.coverage.filter((c) => c.source === 'terraform-plan');
  if (read.length === 0) throw new UserError(`${file} is not a plan: write it with \`terraform show -json tfplan > tfplan.json\``);
  if (isState(at(cli, file))) throw new UserError(`${file} is a state, not a plan: \`terraform plan -out=tfplan\`, then \`terraform show -json tfplan > tfplan.json\``);
  const prior = over === 'nothing' ? { ...plannedBatch, nodes: [], edges: [] } : await collectSide(cli, { ...scoped, scope: plannedBatch.scope }, { plan: 'before' });
  const planned = { ...plannedBatch, ...alignIds(plannedBatch, prior) };

  let beforeGraph: StoredGraph | undefined = graphOf(prior, cli);
  let afterGraph = graphOf(planned, cli);
  let change = changeBetween(prior, planned);
  let pointless = false;
  if (base && !base.graph) beforeGraph = undefined;
  else if (base?.graph) {
    const [was, is] = [alignIds(prior, base.graph), alignIds(planned, base.graph)];
    change = changeBetween(was, is);
    const filled = fillFrom(base.graph, was);
    const coverage = [...base.graph.coverage, ...plannedBatch.coverage];
    beforeGraph = { ...graphOf({ scope: plannedBatch.scope, coverage, ...filled }, cli) };
    afterGraph = { ...graphOf({ scope: plannedBatch.scope, coverage, ...applyChange(filled, change) }, cli) };
    const moved = changeBetween(filled, afterGraph);
    // A base of the same revision would let every change pass.
    pointless = size(change) > 0 && size(moved) === 0;
  }
  const acceptances = await acceptancesOf(cli, o);
  const was = beforeGraph && (await answerOf(cli, beforeGraph, request, acceptances));
  const is = await answerOf(cli, afterGraph, request, acceptances);
  const [before, after] = [was?.result ?? base!.result, is.result];
  let comparison = compare(before, after, { before: over === undefined ? 'prior state of the plan' : over === 'nothing' ? 'nothing' : base!.name, after: `after ${file}` });
  if (was) {
    const { planRows } = await import('../../queries/review/plan-rows.ts');
    const { withPairRows } = await import('../../queries/review/between.ts');
    const drifted = over !== 'nothing' && (await saysDrift(at(cli, file)));
    const applied = drifted ? await collectSide(cli, { ...scoped, scope: plannedBatch.scope }, { plan: 'applied' }) : prior;
    const aligned = (g: Graph): Graph => (base?.graph ? alignIds(g, base.graph) : g);
    comparison = withPairRows(comparison, over === 'nothing' ? [] : planRows(was, is, aligned(alignIds(applied, prior)), aligned(planned)));
  } else comparison.notes.push('the base is a result without its graph: what grew (AGT-057) and where code and live part (AGT-006) is not said');
  if (!beforeGraph) comparison.closed = comparison.closed.filter((c) => after.agents.some((a) => a.agent.id === c.finding.subject.id));
  if (pointless) comparison.notes.push('the base already holds what the plan makes: give the state before it, or leave --over out');
  const { knownLater } = await import('../../queries/review/known-later.ts');
  const later = knownLater(beforeGraph, is.estate);
  const controls = controlsLess(beforeGraph, afterGraph, change);
  comparison.notes.push(...planNotes(controls, later, read));
  const { widened } = await import('../../queries/review/widened.ts');
  const letIn = [...(was ? widened(was.estate, is.estate, after.agents) : []), ...later];
  const radii = await radiiOf(cli, beforeGraph, afterGraph, comparison, before, after);
  const { ChangesNear } = await import('../../queries/review/changes-near.ts');
  const near = beforeGraph && beforeGraph.nodes.length > 0 ? new ChangesNear(change, beforeGraph, afterGraph) : undefined;
  return { comparison, radii, before, after, afterGraph, change, letIn, controls, near, pass: is.pass, derive: is.derive };
}

/** The account of what is live in a base, when it is one. */
function onlyAccount(g: StoredGraph): string | undefined {
  const accounts = new Set(g.nodes.flatMap((n) => (n.kind === 'Identity' && n.state === 'live' && n.completeness !== 'none' && typeof n.props['account'] === 'string' ? [n.props['account']] : [])));
  const [account] = accounts;
  return accounts.size === 1 && /^\d{12}$/.test(account!) ? account : undefined;
}

/** What `terraform show -json` writes without a plan to show: the values come right after the versions. */
function isState(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(512);
    return /^\W*("(format|terraform)_version"\s*:\s*"[^"]*"\s*,\s*)*"values"/.test(head.toString('utf8', 0, readSync(file, head)));
  } finally { closeSync(file); }
}

/** Whether Terraform noticed changes beside it. */
async function saysDrift(path: string): Promise<boolean> {
  let tail = '';
  for await (const chunk of createReadStream(path, 'latin1')) {
    const text = tail + String(chunk);
    if (/"resource_drift"\s*:\s*\[\s*\{/.test(text)) return true;
    tail = text.slice(-80);
  }
  return false;
}

const size = (c: Change): number => c.nodes.length + c.edges.length + c.removedNodes.length + c.removedEdges.length;

/** The plan and, beside it, what only people know. */
async function planRequest(cli: Cli, file: string, o: Record<string, unknown>): Promise<ScanRequest> {
  const folder = dirname(at(cli, file));
  const beside = ['overreach.yaml', 'overreach.yml'].map((f) => join(folder, f)).filter((f) => existsSync(f));
  return scanRequest(cli, [file, ...beside], o);
}

/** Values of the variables the plan was made with: the code is evaluated with them. A plan too large to look into is not. */
function variablesOf(path: string): Record<string, string> {
  if (statSync(path).size > 64 * 1024 * 1024) return {};
  let plan: { variables?: Record<string, { value?: unknown }> };
  try { plan = JSON.parse(readFileSync(path, 'utf8')) as typeof plan; } catch { return {}; }
  return Object.fromEntries(Object.entries(plan?.variables ?? {}).flatMap(([name, v]) => (v?.value === undefined || v.value === null ? [] : [[name, typeof v.value === 'string' ? v.value : JSON.stringify(v.value)]])));
}

const at = (cli: Cli, path: string): string => (isAbsolute(path) ? path : resolve(cli.cwd, path));

/** The code of the plan: `--code`, else the plan's own folder when it holds Terraform files. Paths are shown from the working folder. */
function codeOf(cli: Cli, file: string, named: string | undefined): { folder: string; prefix: string } | undefined {
  const folder = named === undefined ? dirname(at(cli, file)) : at(cli, named);
  if (named !== undefined && !existsSync(folder)) throw new UserError(`--code ${named} does not exist`);
  if (named === undefined && (!existsSync(folder) || !readdirSync(folder).some((f) => /\.tf(\.json)?$/.test(f)))) return undefined;
  const from = relative(cli.cwd, folder);
  return { folder, prefix: from.startsWith('..') || isAbsolute(from) ? '' : from.split(sep).join('/') };
}

/** Agents that the change adds, removes or touches: their rows differ, or a path of theirs does. */
async function radiiOf(cli: Cli, before: StoredGraph | undefined, after: StoredGraph, c: Comparison, was: AnalysisResult, is: AnalysisResult): Promise<RadiusDelta[]> {
  const rows = (r: AnalysisResult): Map<string, AnalysisResult['agents'][number]> => new Map(r.agents.map((a) => [a.agent.id, a]));
  const meaning = (a: AnalysisResult['agents'][number] | undefined): string => JSON.stringify(a, (k, v: unknown) => (k === 'definedAt' ? undefined : v));
  const [a, b] = [rows(was), rows(is)];
  const moved = new Set([...c.opened, ...c.closed, ...c.changed].map((x) => x.finding.subject.id));
  const touched = [...new Set([...a.keys(), ...b.keys()])].filter((id) => moved.has(id) || meaning(a.get(id)) !== meaning(b.get(id))).sort();
  if (touched.length === 0) return [];
  const { inquire } = await import('../../queries/review/inquiry.ts');
  const { GraphSnapshot } = await import('../../graph/snapshot/snapshot.ts');
  cli.log('measuring blast radius');
  const [x, y] = [before && a.size > 0 ? inquire(new GraphSnapshot(before.nodes, before.edges)) : undefined, b.size > 0 ? inquire(new GraphSnapshot(after.nodes, after.edges)) : undefined];
  return touched.slice(0, 50).map((id) => ({ agent: (b.get(id) ?? a.get(id)!).agent, ...(x && a.has(id) && { before: x.blastRadius(id) }), ...(y && b.has(id) && { after: y.blastRadius(id) }) }));
}
