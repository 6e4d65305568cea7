import { severityRank, stableHash, type Finding, type PostureRow, type Severity } from '../../schema/index.ts';
import { effectiveScore } from './compose.ts';
import { statusOf, type Evaluated } from './facets.ts';
import { nodeRef, unique } from './ref.ts';
import { bounded } from './when.ts';

export interface PostureAnswer { rows: PostureRow[]; status: Status[] }
type Status = ReturnType<typeof statusOf>;

/** Rows about nodes. A posture + facet rule has a row only where no finding carries it already: one problem is said once. */
export function postureRows(evaluated: readonly Evaluated[], findings: readonly Finding[], known?: ReadonlySet<string>): PostureAnswer {
  const worst = worstOver(findings);
  const worstNew = known ? worstOver(findings.filter((f) => !known.has(f.fingerprint))) : worst;
  const rows: PostureRow[] = [];
  const status: Status[] = [];
  for (const e of evaluated) {
    const carried = findings.filter((f) => f.rules.includes(e.rule.id));
    const mine: PostureRow[] = [];
    if (e.rule.type.startsWith('posture')) {
      const walked = new Set(carried.flatMap((f) => f.path.hops.map((h) => h.node.id)));
      for (const m of e.outcome.matches) {
        if (e.rule.type === 'posture+facet' && (m.passes ?? [m.node.id]).some((id) => walked.has(id))) continue;
        const start: Severity = e.rule.severity.level ?? 'medium';
        const { severity } = bounded(start, e.rule.severity, { ...m.facts, onFinding: worst.get(m.node.id) ?? 0, onNewFinding: worstNew.get(m.node.id) ?? 0 });
        mine.push({
          fingerprint: stableHash(e.rule.id, m.node.id, discriminator(m.evidence)), rule: e.rule.id, title: e.rule.title, node: nodeRef(m.node), severity, verdict: m.verdict,
          requires: m.requires, evidence: m.evidence, detail: m.detail, state: 'open',
        });
      }
    }
    const kept = [...new Map(mine.map((r) => [r.fingerprint, r])).values()];
    rows.push(...kept);
    status.push(statusOf(e, kept.length + carried.length));
  }
  rows.sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.node.id < b.node.id ? -1 : a.node.id > b.node.id ? 1 : a.fingerprint < b.fingerprint ? -1 : 1));
  return { rows, status };
}

/** Highest score of a finding over each node. */
function worstOver(findings: readonly Finding[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const f of findings) for (const id of unique([f.subject.id, ...f.path.hops.map((h) => h.node.id)])) out.set(id, Math.max(out.get(id) ?? 0, effectiveScore(f)));
  return out;
}

/** What tells two rows of one rule on one node apart: the place, by address and property; never a line. */
const discriminator = (evidence: PostureRow['evidence']): string => evidence.map((e) => `${e.source?.address ?? ''}#${e.source?.property ?? ''}`).sort().join('|');
