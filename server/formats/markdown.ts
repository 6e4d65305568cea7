import { showHoles, type AnalysisResult, type Finding } from '../../schema/index.ts';
import type { Format, FormatOptions } from '../formats.ts';
import { capability, hopSource } from '../text/hops.ts';
import { mermaid } from '../text/mermaid.ts';

const LIMIT = 25;

/**
 * Names come from scanned repositories: nothing of them may become markup, a link, a mention or a reference. What looks for mentions, addresses
 * and issue numbers (`@team`, `https://`, `www.`, `#12`, `GH-12`) reads the finished text, so a backslash does not stop it.
 */
export const escape = (s: string): string => showHoles(s).replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&]/g, (c) => `\\${c}`)
  .replace(/@/g, '@\u200b').replace(/#(?=\d)/g, '#\u200b').replace(/:\/\//g, ':\u200b//').replace(/\bwww\./gi, (w) => `${w.slice(0, 3)}\u200b.`).replace(/\bGH-(?=\d)/gi, (w) => `${w}\u200b`);

function section(f: Finding, n: number): string[] {
  return [
    `### ${n}. ${escape(f.title)}`, '',
    `**${f.severity}** (score ${f.score.value}) · **${f.verdict}** · ${f.rules.join(', ')} · \`${f.fingerprint.slice(0, 12)}\`${f.owner ? ` · owner ${escape(f.owner)}` : ''}`, '',
    escape(f.path.start.says), '',
    '| # | after this hop the attacker | where | verdict | why |', '|---|---|---|---|---|',
    ...f.path.hops.map((h, i) => `| ${i + 1} | ${escape(capability(h))} | ${hopSource(h) ? `\`${hopSource(h).replace(/`/g, '')}\`` : ''} | ${h.verdict} | ${escape(h.says)} |`), '',
    ...(f.requires.length > 0 ? [`Holds if: ${f.requires.map(escape).join('; ')}.`, ''] : []),
    ...(f.score.why ? [escape(f.score.why), ''] : []),
    '```mermaid', mermaid(f.path), '```', '',
  ];
}

function render(r: AnalysisResult, o: FormatOptions): string {
  const open = r.findings.filter((f) => f.state === 'open');
  const shown = o.allRules ? open : open.slice(0, LIMIT);
  const out = ['# Overreach report', '', `${open.length} attack path${open.length === 1 ? '' : 's'}, ${r.posture.filter((x) => x.state === 'open').length} posture rows, ${r.agents.length} agents, ${r.principals.length} principals.`, ''];
  if (open.length > 0) {
    out.push('| severity | score | verdict | finding | rules | owner |', '|---|---|---|---|---|---|', ...shown.map((f) => `| ${f.severity} | ${f.score.value} | ${f.verdict} | ${escape(f.title)} | ${f.rules.join(' ')} | ${escape(f.owner ?? '')} |`), '');
    shown.slice(0, 10).forEach((f, i) => out.push(...section(f, i + 1)));
    if (shown.length < open.length) out.push(`${open.length - shown.length} more findings are not shown here.`, '');
  }
  if (r.posture.length > 0) out.push('## Posture', '', '| rule | severity | node | detail |', '|---|---|---|---|', ...r.posture.slice(0, 50).map((p) => `| ${p.rule} | ${p.severity} | ${escape(p.node.name)} | ${escape(p.detail)} |`), '');
  if (r.undecided.length > 0) out.push('## Decide these first', '', ...r.undecided.slice(0, 20).map((u) => `- ${escape(u.what)} (${u.findings} findings): ${escape(u.settleBy)}`), '');
  const problems = r.coverage.flatMap((c) => c.problems);
  out.push('## Coverage', '', '| input | source | status | resources |', '|---|---|---|---|', ...r.coverage.slice(0, 100).map((c) => `| ${escape(c.input || '.')} | ${c.source} | ${c.status} | ${c.resources} |`), '', `Layers not in the input: ${r.missingLayers.join(', ') || 'none'}. Unresolved: ${problems.length}.`, '');
  for (const p of problems.slice(0, 20)) out.push(`- ${p.source?.file ? `\`${p.source.file}${p.source.startLine ? ':' + p.source.startLine : ''}\` ` : ''}${escape(p.message)}`);
  return out.join('\n') + '\n';
}

export const format: Format = { name: 'markdown', says: 'a report with tables and Mermaid pictures, for pull requests and wikis', render };
