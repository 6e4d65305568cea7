import { isFatalInput, type AnalysisResult, type CoverageEntry, type Finding, type SourceRef } from '../../schema/index.ts';

const BROKEN = new Set<CoverageEntry['status']>(['failed', 'skipped', 'recognised-not-read']);

/** Why a finding that is gone cannot be called closed: what it was made of was not read on the second side. undefined = it was read. */
export function unreadIn(f: Finding, before: AnalysisResult, after: AnalysisResult): string | undefined {
  const refs = [f.subject.definedAt, f.asset.definedAt, ...f.path.hops.flatMap((h) => h.evidence.map((e) => e.source))];
  for (const s of refs) {
    const why = s && unread(s, before, after);
    if (why) return why;
  }
  return undefined;
}

function unread(s: SourceRef, before: AnalysisResult, after: AnalysisResult): string | undefined {
  // Readers that neither side lists in coverage (statements in overreach.yaml of a plan's base, say) cannot be judged by it.
  if (!before.coverage.some((c) => c.source === s.source)) return undefined;
  const same = after.coverage.filter((c) => c.source === s.source);
  if (same.length === 0) return isCode(s.source) && after.coverage.some((c) => isCode(c.source)) ? undefined : `nothing of source ${s.source} was read`;
  if (!s.file) return undefined;
  const broken = same.find((c) => holds(c, s.file!) && (BROKEN.has(c.status) || c.problems.some((p) => isFatalInput(p) && (!p.source?.file || p.source.file === s.file))));
  return broken ? `${broken.input || '.'} was not read completely (${broken.status})` : undefined;
}

/** A plan and the code it was made from speak of the same things. */
const isCode = (source: string): boolean => source === 'terraform' || source === 'terraform-plan' || source === 'terraform-state';
const holds = (c: CoverageEntry, file: string): boolean => c.input === '' || c.input === '.' || c.input === file || file.startsWith(`${c.input}/`);

/** Inputs of the first side that failed on the second, for the notes. */
export function lost(before: AnalysisResult, after: AnalysisResult): string[] {
  const read = new Set(before.coverage.filter((c) => !BROKEN.has(c.status)).map((c) => `${c.source}|${c.input}`));
  const notes = after.coverage.filter((c) => BROKEN.has(c.status) && read.has(`${c.source}|${c.input}`)).map((c) => `${c.input || '.'} (${c.source}) was read before and is ${c.status} now`);
  const layers = after.missingLayers.filter((l) => !before.missingLayers.includes(l));
  if (layers.length > 0 && before.coverage.length > 0) notes.push(`layers that were read before and are not in the second input: ${layers.join(', ')}`);
  return notes;
}
