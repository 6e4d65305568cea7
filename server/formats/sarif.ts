import { showHoles, type AnalysisResult, type Finding, type PostureRow, type Severity, type SourceRef } from '../../schema/index.ts';
import type { Format, FormatOptions } from '../formats.ts';
import { capability, hopRef, hopSource } from '../text/hops.ts';

/** Limits of GitHub code scanning (docs.github.com “SARIF support for code scanning”, 2026-10): results per run, locations per result. */
const MAX_RESULTS = 25_000;
const MAX_FLOW = 1_000;

const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' };
/** GitHub reads `security-severity` as a CVSS-like number per rule. */
const CVSS: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.5', info: '0.5' };

function physical(s: SourceRef | undefined): object | undefined {
  if (!s?.file) return undefined;
  const region = s.startLine ? { startLine: s.startLine, ...(s.endLine && s.endLine >= s.startLine ? { endLine: s.endLine } : {}), ...(s.startColumn ? { startColumn: s.startColumn } : {}) } : { startLine: 1 };
  return { artifactLocation: { uri: encodeURI(s.file), uriBaseId: 'SRCROOT' }, region };
}

const location = (s: SourceRef | undefined, text: string, name?: string): object => {
  const p = physical(s);
  return { ...(p ? { physicalLocation: p } : {}), ...(name ? { logicalLocations: [{ fullyQualifiedName: name }] } : {}), message: { text } };
};

function findingResult(f: Finding, ruleIndex: Map<string, number>): object {
  const sourced = f.path.hops.map(hopRef);
  // Where a reader should look first: the statement or block that lets the effect happen, i.e. the last hop with a line.
  const at = [...sourced].reverse().find((s) => s?.file) ?? f.asset.definedAt ?? f.subject.definedAt;
  const rule = f.rules[0] ?? 'AGT-000';
  const hops = f.path.hops.slice(0, MAX_FLOW);
  return {
    ruleId: rule,
    ruleIndex: ruleIndex.get(rule),
    level: LEVEL[f.severity],
    message: { text: `${f.title}\n${f.path.start.says}\n${hops.map((h, i) => `${i + 1}. ${capability(h)} (${hopSource(h) || 'no line'}) ${h.verdict}: ${h.says}`).join('\n')}${f.requires.length > 0 ? `\nHolds if: ${f.requires.map(showHoles).join('; ')}` : ''}` },
    locations: [location(at, f.title, f.asset.address ?? showHoles(f.asset.name))],
    codeFlows: [{ message: { text: f.path.start.says }, threadFlows: [{ locations: hops.map((h, i) => ({ location: location(sourced[i], `${capability(h)}: ${h.says}`, h.node.address ?? showHoles(h.node.name)), nestingLevel: 0, executionOrder: i + 1, importance: i === hops.length - 1 ? 'essential' : 'important' })) }] }],
    partialFingerprints: { 'overreach/v1': f.fingerprint },
    rank: f.score.value,
    properties: { severity: f.severity, verdict: f.verdict, score: f.score.value, rules: f.rules, requires: f.requires.map(showHoles), startClass: f.startClass, owner: f.owner },
    ...(f.state === 'open' ? {} : { suppressions: [{ kind: 'external', justification: f.accepted?.reason ?? f.state }] }),
  };
}

function postureResult(r: PostureRow, ruleIndex: Map<string, number>): object {
  const at = r.evidence.find((e) => e.source?.file)?.source ?? r.node.definedAt;
  return {
    ruleId: r.rule, ruleIndex: ruleIndex.get(r.rule), level: LEVEL[r.severity],
    message: { text: `${r.title}: ${showHoles(r.node.name)}. ${showHoles(r.detail)}` },
    locations: [location(at, r.title, r.node.address ?? showHoles(r.node.name))],
    partialFingerprints: { 'overreach/v1': r.fingerprint },
    properties: { severity: r.severity, verdict: r.verdict },
    ...(r.state === 'open' ? {} : { suppressions: [{ kind: 'external', justification: r.state }] }),
  };
}

function render(r: AnalysisResult, o: FormatOptions): string {
  const worst = new Map<string, Severity>();
  for (const [id, s] of [...r.findings.map((f) => [f.rules[0] ?? 'AGT-000', f.severity] as const), ...r.posture.map((p) => [p.rule, p.severity] as const)]) if (!worst.has(id)) worst.set(id, s);
  const titles = new Map(r.rules.map((x) => [x.id, x.title]));
  const ids = [...worst.keys()].sort();
  const ruleIndex = new Map(ids.map((id, i) => [id, i]));
  const all = [...r.findings.map((f) => findingResult(f, ruleIndex)), ...r.posture.map((p) => postureResult(p, ruleIndex))];
  const invocation = {
    executionSuccessful: !r.coverage.some((c) => c.status === 'failed'),
    toolExecutionNotifications: r.coverage.flatMap((c) => c.problems).slice(0, 1000).map((p) => ({ level: 'warning', descriptor: { id: p.code }, message: { text: showHoles(p.message) }, locations: p.source?.file ? [location(p.source, p.code)] : [] })),
  };
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Overreach', version: o.version, semanticVersion: o.version, informationUri: o.ruleBase || undefined, rules: ids.map((id) => ({
        id, name: id.replace('-', ''), shortDescription: { text: titles.get(id) ?? 'Attack path through an agent' }, fullDescription: { text: titles.get(id) ?? 'Attack path through an agent' },
        helpUri: o.ruleBase ? `${o.ruleBase}${id}.md` : undefined, defaultConfiguration: { level: LEVEL[worst.get(id)!] }, properties: { tags: ['security', 'ai-agent'], 'security-severity': CVSS[worst.get(id)!], precision: 'high' },
      })) } },
      automationDetails: { id: 'overreach/' },
      originalUriBaseIds: { SRCROOT: { description: { text: 'the scanned folder' } } },
      columnKind: 'utf16CodeUnits',
      invocations: [invocation],
      results: all.slice(0, MAX_RESULTS),
      properties: all.length > MAX_RESULTS ? { truncated: all.length - MAX_RESULTS } : {},
    }],
  }, null, 2) + '\n';
}

export const format: Format = { name: 'sarif', says: 'SARIF 2.1.0 for code scanning: each hop a code-flow location', render };
