import { ruleFiles } from '../../queries/rules/index.ts';
import { Rule } from '../../schema/index.ts';

const bullet = (list: readonly string[]): string[] => list.map((x) => `- ${x}`);
const fence = (sources: Rule['hit']): string[] =>
  Object.entries(sources).flatMap(([reader, text]) => Object.entries(typeof text === 'string' ? { [reader]: text } : text).flatMap(([name, body]) => [`\`${name}\``, '', '```' + (/terraform|\.tf$/.test(name) ? 'hcl' : /json|mcp/.test(name) ? 'json' : 'yaml'), body.trimEnd(), '```', '']));

function page(rule: Rule): string {
  const bands = [...rule.severity.floor.map((b) => `at least ${b.band}${b.when ? ` when \`${b.when}\`` : ''}`), ...rule.severity.ceiling.map((b) => `at most ${b.band}${b.when ? ` when \`${b.when}\`` : ''}`)];
  return [
    `# ${rule.id}: ${rule.title}`, '', `${rule.type} · ${rule.data}${rule.lowNoise ? ' · in the default set' : ''}${rule.packs.length > 0 ? ` · in the ${rule.packs.join(' and ')} pack` : ''}`, '', rule.explanation.trim(), '',
    '## Severity', '', rule.severity.from === 'score' ? 'From the score of the path.' : `Fixed: ${rule.severity.level}.`, ...(bands.length > 0 ? ['', ...bullet(bands)] : []), '',
    ...(rule.needs.length > 0 ? ['## Needs', '', `Not evaluated without: ${rule.needs.join(', ')}.`, ''] : []),
    ...(rule.blindSpots.length > 0 ? ['## What it cannot see', '', ...bullet(rule.blindSpots), ''] : []),
    ...(rule.guards.length > 0 ? ['## What makes it harmless', '', ...bullet(rule.guards), ''] : []),
    ...(rule.fixes.length > 0 ? ['## Fixes', '', ...rule.fixes.map((f) => `- **${f.op}** ${f.what}${f.on ? ` (${f.on})` : ''}: ${f.text}`), ''] : []),
    ...(Object.keys(rule.frames).length > 0 ? ['## Frames', '', ...Object.entries(rule.frames).map(([k, v]) => `- ${k}: ${v.join(', ')}`), ''] : []),
    ...(rule.before ? ['## Earlier run of the example', '', ...fence(rule.before)] : []),
    '## Example that it reports', '', ...fence(rule.hit), '## Silent when', '', ...bullet(rule.miss.map((m) => m.name)), '',
    `Predicate: \`${Object.keys(rule.predicate)[0]}\`. Generated from \`queries/rules/${rule.id}.yaml\`; hit and misses are run by \`overreach rules test\`.`, '',
  ].join('\n');
}

/** One page per rule, and their index. */
export async function generate(): Promise<Record<string, string>> {
  const rules = [...ruleFiles].map((f) => Rule.parse(f.rule)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const index = ['# Rules', '', '| id | title | type | default set | packs |', '|---|---|---|---|---|', ...rules.map((r) => `| [${r.id}](${r.id}.md) | ${r.title} | ${r.type} | ${r.lowNoise ? 'yes' : ''} | ${r.packs.join(' ')} |`), ''].join('\n');
  return { 'docs/rules/README.md': index, ...Object.fromEntries(rules.map((r) => [`docs/rules/${r.id}.md`, page(r)])) };
}
