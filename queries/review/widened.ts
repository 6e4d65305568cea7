import { severityRank, showHoles, worstVerdict, type AnalysisResult, type EdgeRecord, type LetIn, type NodeRecord, type SourceRef, type Statement } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Estate } from '../attack/estate.ts';
import { executingIdentities } from '../findings/intent.ts';
import { nodeRef } from '../findings/ref.ts';
import { couldGet } from './could-get.ts';

const name = (n: NodeRecord): string => showHoles(n.name);

/**
 * Roles that more may assume than before: anybody at all, an account that is not in the input, or what an agent acts by. No path says the first
 * two, since nobody stands at their start. Who that account is nobody can tell from the input, so it is unknown and not open.
 */
export function widened(before: Estate, after: Estate, agents: AnalysisResult['agents']): LetIn[] {
  const out: LetIn[] = [];
  for (const role of after.snapshot.ofKind('Identity')) {
    if (role.props['identityType'] !== 'role' || role.completeness === 'none') continue;
    const could = couldGet(role, true, after);
    if (could.severity === 'info') continue;
    const anybody = openTo(role, after.snapshot);
    if (anybody && !openTo(role, before.snapshot)) out.push(row(role, `anybody with an AWS account may assume ${name(role)}: its trust policy names “*” and no condition`, anybody.sure ? 'proven' : 'unknown', could, anybody.source));
    const was = new Set(before.snapshot.in(role.id, 'CAN_ASSUME').map((e) => e.from));
    for (const e of after.snapshot.in(role.id, 'CAN_ASSUME')) {
      const who = after.snapshot.node(e.from);
      if (!who || was.has(e.from)) continue;
      // Of a role whose own account is not known nobody can tell whether another one is another.
      if (isOtherAccount(who, after.snapshot)) { if (!anybody && e.verdict === 'proven' && /^\d{12}$/.test(String(role.props['account']))) out.push(row(role, `${name(who)}, which is not in the input, may assume ${name(role)}`, 'unknown', could, sourceOf(e))); continue; }
      const by = agents.find((a) => executes(a.agent.id, e.from, after));
      if (by && !executes(by.agent.id, role.id, after)) out.push(row(role, `${name(who)}, by which agent ${showHoles(by.agent.name)} acts, may assume ${name(role)}`, worstVerdict(e.verdict, 'conditional'), by.exposure.internet ? could : { ...could, severity: severityRank(could.severity) < severityRank('medium') ? 'medium' : could.severity }, sourceOf(e)));
    }
  }
  return out.sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.says < b.says ? -1 : 1));
}

const row = (role: NodeRecord, says: string, verdict: LetIn['verdict'], could: Pick<LetIn, 'severity' | 'could'>, source: SourceRef | undefined): LetIn => ({ node: nodeRef(role), says, verdict, ...could, ...(source && { source }) });
const sourceOf = (e: EdgeRecord): SourceRef | undefined => e.evidence.find((x) => x.source?.file !== undefined)?.source;

function executes(agent: string, identity: string, estate: Estate): boolean {
  const n = estate.snapshot.node(agent);
  return n !== undefined && executingIdentities(n, estate).some((i) => i.id === identity);
}

/** Trust in everybody, by a statement that nothing narrows. Not sure where the policy denies somebody too. */
function openTo(role: NodeRecord, snapshot: GraphSnapshot): { sure: boolean; source: SourceRef | undefined } | undefined {
  for (const e of snapshot.out(role.id, 'HAS_POLICY')) {
    const policy = e.props['as'] === 'trust' ? snapshot.node(e.to) : undefined;
    const statements = (policy?.props['statements'] as Statement[] | undefined) ?? [];
    const open = statements.find((s) => s.effect === 'Allow' && s.conditions === undefined && s.unresolved === undefined && s.actions?.some((a) => /^(\*|sts:(\*|assume(role|\*)?\*?))$/i.test(a)) && [...(s.principals?.['*'] ?? []), ...(s.principals?.['AWS'] ?? [])].includes('*'));
    if (open) return { sure: statements.every((s) => s.effect === 'Allow'), source: policy!.sources[open.source ?? 0] };
  }
  return undefined;
}

/** A principal of an account that nothing in the input belongs to. */
function isOtherAccount(n: NodeRecord, snapshot: GraphSnapshot): boolean {
  const account = /(?:^|:)arn:aws[a-z-]*:iam::(\d{12}):/.exec(n.id)?.[1];
  return n.props['identityType'] === 'external' && account !== undefined && !snapshot.ofKind('Identity').some((i) => i.completeness !== 'none' && i.props['identityType'] !== 'external' && i.props['account'] === account);
}
