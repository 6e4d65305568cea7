import { GraphSnapshot } from '../../../graph/snapshot/snapshot.ts';
import type { AgentRow, AnalysisResult, CoverageEntry, EscalationStep, Finding, NodeRecord, PostureRow, PrincipalRow, Run, Undecided } from '../../../schema/index.ts';
import type { Loaded } from '../answers.ts';
import { type Cover, OUTSIDE, OUTSIDE_CONDITION, OUTSIDE_REF } from './cover.ts';
import { CoveredPaths } from './paths.ts';
import { sightOf, type Sight } from './sight.ts';

/** One run through the eyes of a caller: all that the doors ask, with nothing of what is outside but that it is there. */
export interface View { loaded: Loaded; sight: Sight; cover: Cover; paths: CoveredPaths }

export function viewOf(full: Loaded, scopes: readonly string[], sight: Sight = sightOf(full.snapshot, scopes)): View {
  const paths = new CoveredPaths(sight);
  const { cover } = paths;
  const { result } = full;
  const findings = paths.findings(result.findings);
  const posture = result.posture.flatMap((p) => postureRow(p, sight, cover));
  const coverage = result.coverage.flatMap((c) => coverageEntry(c, full.snapshot, sight, cover));
  const nodes = sight.nodes.map((n) => nodeRecord(n, cover));
  const run = runOf(full.run);
  const scoped: AnalysisResult = {
    resultVersion: result.resultVersion, run, coverage, findings, posture,
    missingLayers: [...new Set(coverage.flatMap((c) => c.missing))].sort(),
    counts: { nodes: nodes.length, edges: 0, facts: 0, transitions: 0, byKind: {} },
    principals: result.principals.flatMap((p) => principalRow(p, sight, cover)),
    agents: result.agents.filter((a) => sight.node(a.agent.id)).map((a) => agentRow(a, cover)),
    undecided: result.undecided.flatMap((u) => undecidedRow(u, findings, sight, cover)),
    rules: result.rules.map((r) => ({ ...r, matches: findings.filter((f) => f.rules.includes(r.id)).length + posture.filter((p) => p.rule === r.id).length })),
    notes: [],
  };
  return { loaded: { run, result: scoped, snapshot: new GraphSnapshot(nodes, []) }, sight, cover, paths };
}

/** A run names its inputs and hashes the whole graph. */
export const runOf = (r: Run): Run => ({ id: r.id, startedAt: r.startedAt, status: r.status, version: r.version, ...(r.completedAt === undefined ? {} : { completedAt: r.completedAt }), scope: OUTSIDE, inputs: [] });

const nodeRecord = (n: NodeRecord, cover: Cover): NodeRecord => ({ ...n, props: cover.any(n.props), tags: cover.any(n.tags), aliases: [] });
const agentRow = (a: AgentRow, cover: Cover): AgentRow => ({ ...cover.any({ ...a, agent: undefined, definedAt: undefined }), agent: a.agent, ...(a.definedAt ? { definedAt: a.definedAt } : {}) });

function postureRow(p: PostureRow, sight: Sight, cover: Cover): PostureRow[] {
  if (!sight.node(p.node.id)) return [];
  const evidence = cover.evidence(p.evidence);
  const proven = evidence.length === p.evidence.length;
  return [{ ...p, evidence, detail: proven ? cover.text(p.detail) : OUTSIDE, requires: proven ? cover.requires(p.requires) : p.requires.length > 0 ? [OUTSIDE_CONDITION] : [] }];
}

function principalRow(p: PrincipalRow, sight: Sight, cover: Cover): PrincipalRow[] {
  if (!sight.node(p.identity.id)) return [];
  const { worstAsset, canBecomeAdmin, isAdmin, identity } = p;
  const steps: EscalationStep[] = [];
  for (const s of canBecomeAdmin.steps) {
    const step = { ...s, from: cover.ref(s.from), to: cover.ref(s.to) };
    if (step.from !== OUTSIDE_REF && step.to !== OUTSIDE_REF) steps.push(ownStep(step, cover));
    else if (!(steps.at(-1)?.to === OUTSIDE_REF && step.to === OUTSIDE_REF)) steps.push({ technique: 'outside', from: step.from, to: step.to, through: [], permissions: [], verdict: s.verdict, requires: s.requires.length > 0 ? [OUTSIDE_CONDITION] : [], sets: [], evidence: [] });
  }
  return [{
    identity, isAdmin: cover.any(isAdmin), canBecomeAdmin: { ...canBecomeAdmin, steps },
    ...(worstAsset ? { worstAsset: sight.node(worstAsset.asset.id) ? worstAsset : { ...worstAsset, asset: OUTSIDE_REF, sensitivity: OUTSIDE } } : {}),
  }];
}

/** `sets` are places in `evidence`: they stand only as long as those do. */
function ownStep(s: EscalationStep, cover: Cover): EscalationStep {
  const evidence = cover.evidence(s.evidence);
  return { ...s, ...cover.any({ through: s.through, permissions: s.permissions }), evidence, sets: evidence.length === s.evidence.length ? s.sets : [], requires: cover.requires(s.requires) };
}

/** An input is told of where it holds something inside; what it counts is what is inside. */
function coverageEntry(c: CoverageEntry, snapshot: GraphSnapshot, sight: Sight, cover: Cover): CoverageEntry[] {
  const of = (n: NodeRecord): boolean => n.sources.some((s) => s.file !== undefined && (c.input === '.' || c.input === '' || s.file === c.input || s.file.startsWith(`${c.input}/`)));
  const mine = sight.nodes.filter(of);
  const whole = mine.length > 0 && snapshot.nodes.every((n) => sight.node(n.id) || !of(n));
  if (mine.length === 0 && !sight.file(c.input)) return [];
  if (whole) return [{ ...c, ...cover.any({ unmapped: c.unmapped, missing: c.missing }), input: cover.text(c.input), problems: cover.any(c.problems) }];
  const defined = new Set(mine.flatMap((n) => n.sources.slice(0, 1).map((s) => `${s.file} ${s.address ?? n.id}`)));
  return [{ ...c, input: cover.text(c.input), resources: defined.size, unmapped: {}, missing: c.missing, problems: c.problems.filter((p) => p.source?.file !== undefined && cover.source(p.source) !== undefined && !sight.hides(p.message)) }];
}

/** Counted again over the findings that the caller sees; what none of them depends on is not the caller's to decide. */
function undecidedRow(u: Undecided, findings: readonly Finding[], sight: Sight, cover: Cover): Undecided[] {
  if (u.node ? !sight.node(u.node.id) : cover.source(u.source) === undefined) return [];
  if (sight.hides(u.what)) return [];
  const about = (f: Finding): boolean => u.node === undefined || [f.asset, ...(f.assetGroup?.members ?? []), ...f.path.hops.map((h) => h.node)].some((n) => n.id === u.node!.id);
  const n = findings.filter((f) => f.requires.includes(u.what) && about(f)).length;
  if (n === 0 && u.findings > 0) return [];
  return [{ what: u.what, settleBy: u.settleBy, findings: n, ...(u.node ? { node: u.node } : {}), ...(u.source && cover.source(u.source) ? { source: u.source } : {}) }];
}
