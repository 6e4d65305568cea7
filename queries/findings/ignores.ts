import type { Acceptance } from '../../graph/store/port.ts';
import { inForce, type Finding, type PostureRow, type SourceRef } from '../../schema/index.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';

/** One `ignore` of overreach.yaml or one ignore comment: a rule, the nodes it means, why, and until when. */
export interface Ignore { rule: string; nodes: ReadonlySet<string>; reason: string; until?: string; owner?: string; source?: SourceRef }

/**
 * Marks what people decided. An acceptance (by fingerprint) covers the whole row. An ignore takes one rule off the findings over its nodes;
 * a finding whose facets are all ignored is ignored itself. Nothing is dropped, and an expired decision counts for nothing.
 */
export function decideStates(findings: readonly Finding[], posture: readonly PostureRow[], ignores: readonly Ignore[], acceptances: readonly Acceptance[], now: string): { findings: Finding[]; posture: PostureRow[]; notes: string[] } {
  const accepted = new Map(acceptances.filter((a) => inForce(a.until, now)).map((a) => [a.fingerprint, a]));
  const live = ignores.filter((i) => inForce(i.until, now));
  const notes = ignores.filter((i) => !inForce(i.until, now)).map((i) => `ignore of ${i.rule} expired ${i.until}${i.source?.file ? ` (${i.source.file}:${i.source.startLine ?? 1})` : ''}`);
  const touches = (i: Ignore, ids: readonly string[]): boolean => ids.some((id) => i.nodes.has(id));
  return {
    findings: findings.map((f) => {
      const a = accepted.get(f.fingerprint);
      if (a) return { ...f, state: 'accepted' as const, accepted: { owner: a.owner, reason: a.reason, by: 'acceptance', ...(a.until === undefined ? {} : { until: a.until }) } };
      const ids = [f.subject.id, f.asset.id, f.identity?.id ?? '', ...f.path.hops.map((h) => h.node.id), ...(f.assetGroup?.members.map((m) => m.id) ?? [])];
      const hits = f.rules.flatMap((r) => live.find((i) => i.rule === r && touches(i, ids)) ?? []);
      if (hits.length === 0 || hits.length < f.rules.length) return f;
      const by = hits[0]!;
      return { ...f, state: 'ignored' as const, accepted: { owner: by.owner ?? '', reason: by.reason, by: 'ignore', ...(by.until === undefined ? {} : { until: by.until }) } };
    }),
    posture: posture.map((r) => {
      if (accepted.has(r.fingerprint)) return { ...r, state: 'accepted' as const };
      return live.some((i) => i.rule === r.rule && i.nodes.has(r.node.id)) ? { ...r, state: 'ignored' as const } : r;
    }),
    notes,
  };
}

/** Nodes whose defining block begins at, or holds, a line: what a comment above a block means. */
export function nodesAt(snapshot: GraphSnapshot, file: string, line: number): Set<string> {
  const out = new Set<string>();
  for (const n of snapshot.nodes) if (n.sources.some((s) => s.file === file && s.startLine !== undefined && s.startLine <= line && (s.endLine ?? s.startLine) >= line)) out.add(n.id);
  return out;
}

