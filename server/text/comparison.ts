import { type Comparison, type PathChange } from '../../schema/index.ts';
import { escape } from '../formats/markdown.ts';
import { capability, hopSource } from './hops.ts';
import { mermaid } from './mermaid.ts';

const LISTED = 20;

const row = (c: PathChange): string => `| ${c.finding.severity} | ${c.finding.verdict} | ${escape(c.finding.title)} | ${c.what.map(escape).join('; ')} | ${c.finding.rules.join(' ')} |`;

function table(title: string, list: readonly PathChange[]): string[] {
  if (list.length === 0) return [];
  return [`## ${title} (${list.length})`, '', '| severity | verdict | path | what | rules |', '|---|---|---|---|---|', ...list.slice(0, LISTED).map(row), ...(list.length > LISTED ? ['', `… and ${list.length - LISTED} more`] : []), ''];
}

/** A path with its lines and a picture, for a pull request. */
export function pathSection(c: PathChange): string[] {
  const f = c.finding;
  return [
    `### ${escape(f.title)}`, '', `**${f.severity}**, ${f.verdict}${c.before ? `; ${c.what.map(escape).join('; ')}` : ''}. Starts from: ${escape(f.path.start.says)}. Id \`${f.fingerprint.slice(0, 12)}\`.`, '',
    '```mermaid', mermaid(f.path), '```', '',
    ...f.path.hops.map((h, i) => `${i + 1}. ${escape(capability(h))}${hopSource(h) ? ` at \`${hopSource(h).replace(/`/g, '')}\`` : ''} (${h.verdict}): ${escape(h.says)}`), '',
    ...(f.requires.length > 0 ? [`Holds if: ${f.requires.map(escape).join('; ')}.`, ''] : []),
  ];
}

export const headline = (c: Comparison): string => [`${c.opened.length} opened`, `${c.closed.length} closed`, `${c.changed.length} changed`, `${c.undetermined.length} undetermined`, `${c.same} as before`].join(', ');

/** Two answers side by side. */
export function comparisonMarkdown(c: Comparison): string {
  const names = (title: string, list: readonly string[]): string[] => (list.length === 0 ? [] : [`- ${title}: ${list.slice(0, LISTED).map(escape).join(', ')}${list.length > LISTED ? ` and ${list.length - LISTED} more` : ''}`]);
  const inventory = [
    ...names('agents added', c.agentsAdded.map((a) => a.name)), ...names('agents removed', c.agentsRemoved.map((a) => a.name)),
    ...names('tools added', c.toolsAdded.map((t) => `${t.tool.name} of ${t.agent.name}`)), ...names('tools removed', c.toolsRemoved.map((t) => `${t.tool.name} of ${t.agent.name}`)),
    ...names('posture opened', c.postureOpened.map((p) => `${p.rule} ${p.node.name}`)), ...names('posture closed', c.postureClosed.map((p) => `${p.rule} ${p.node.name}`)),
  ];
  return [
    `# Paths: ${escape(c.before)} → ${escape(c.after)}`, '', `${headline(c)}.`, '',
    ...table('Opened', c.opened), ...c.opened.slice(0, 3).flatMap(pathSection), ...table('Closed', c.closed), ...table('Changed', c.changed), ...table('Undetermined', c.undetermined),
    ...(inventory.length > 0 ? ['## Inventory', '', ...inventory, ''] : []), ...(c.notes.length > 0 ? ['## What limits this answer', '', ...c.notes.map((n) => `- ${escape(n)}`), ''] : []),
  ].join('\n');
}

/** For a terminal. */
export function comparisonLines(c: Comparison): string[] {
  const part = (name: string, list: readonly PathChange[]): string[] => list.slice(0, LISTED).map((x) => `${name.padEnd(13)}${x.finding.severity.padEnd(10)}${x.finding.verdict.padEnd(13)}${x.finding.title}${x.before || name === 'undetermined' ? ` (${x.what.join('; ')})` : ''}`).concat(list.length > LISTED ? [`${name.padEnd(13)}… and ${list.length - LISTED} more`] : []);
  return [
    `${c.before} → ${c.after}: ${headline(c)}`, ...part('opened', c.opened), ...part('closed', c.closed), ...part('changed', c.changed), ...part('undetermined', c.undetermined),
    ...c.agentsAdded.map((a) => `agent added   ${a.name}`), ...c.agentsRemoved.map((a) => `agent removed ${a.name}`), ...c.toolsAdded.map((t) => `tool added    ${t.tool.name} of ${t.agent.name}`), ...c.toolsRemoved.map((t) => `tool removed  ${t.tool.name} of ${t.agent.name}`), ...c.notes.map((n) => `note: ${n}`),
  ];
}
