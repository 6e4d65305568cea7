import { showHoles, showSource, type AccessRow, type GapCell, type GapRow, type IntentReview, type NodeRef, type OwnerRow } from '../../schema/index.ts';
import { csv } from '../formats/csv.ts';
import { escape } from '../formats/markdown.ts';
import { columns, cut } from './style.ts';

export type Table = readonly (readonly string[])[];
const LISTED = 200;

const percent = (n: number | undefined): string => (n === undefined ? '' : n.toFixed(2));
const place = (r: AccessRow): string => [...new Set(r.statements.map((e) => showSource(e.source)).filter(Boolean))].slice(0, 2).join(' ');
const cell = (s: string): string => escape(s).replace(/\n/g, ' ');

/** Numbers of agents against their intent. */
export const intentTable = (list: readonly IntentReview[]): Table => [
  ['agent', 'intent', 'actual', 'OPR', 'slack', 'latent', 'gap', 'UPR', 'matched', 'excess', 'missing', 'owner', 'declared at'],
  ...list.map((r) => [showHoles(r.agent.name), r.from, String(r.actual), percent(r.opr), percent(r.slack), percent(r.latent), percent(r.gap), r.upr === undefined ? (r.unusedAtLeast === undefined ? '' : `≥ ${percent(r.unusedAtLeast)}`) : percent(r.upr), String(r.matched), String(r.excess), String(r.missing), r.owner ?? 'nobody', showSource(r.declaredAt)]),
];

/** Principal × effect × asset × statement; the last column only where a report of last use is in the input. */
export function accessTable(rows: readonly AccessRow[]): Table {
  const told = rows.some((r) => r.usage !== undefined);
  return [
    ['status', 'principal', 'effect', 'asset', 'sensitivity', 'weight', 'by prompt', 'in code', 'live', 'used', 'verdict', 'why', 'statement', 'at', ...(told ? ['use'] : [])],
    ...rows.map((r) => [
      r.status, showHoles(r.identity?.name ?? ''), r.effect, showHoles(r.asset.name), r.sensitivity, String(r.weight), r.reachable, r.inCode, r.live, r.used, r.verdict ?? '', `${r.why}${r.approval === undefined ? '' : `; approval by ${r.approval}`}`,
      r.statements.map((e) => e.text ?? '').filter(Boolean).slice(0, 2).join(' · '), place(r) || showSource(r.intent), ...(told ? [r.usage ?? ''] : []),
    ]),
  ];
}

const invoker = (n: NodeRef, count: number): string => (count > 1 ? `${showHoles(n.name)} and ${count - 1} more` : showHoles(n.name));

/** Who gains how much from which agent. */
export const gapMatrix = (cells: readonly GapCell[]): Table => [
  ['who asks', 'invokers', 'agent', 'gains', 'of', 'CDG', 'verdict', 'what'],
  ...cells.map((c) => [invoker(c.invoker, c.count), String(c.count), showHoles(c.agent.name), String(c.gained), String(c.given), percent(c.cdg), c.verdict, c.effects.map(showHoles).join(', ')]),
];

/** One line for each gained effect, as identity governance tools import it. */
export const gapRows = (rows: readonly GapRow[]): Table => [
  ['invoker', 'invokers', 'members', 'agent', 'effect', 'asset', 'sensitivity', 'weight', 'verdict', 'requires', 'by'],
  ...rows.map((r) => [showHoles(r.invoker.name), String(r.count), r.members.map((m) => showHoles(m.name)).join('; '), showHoles(r.agent.name), r.effect, showHoles(r.asset.name), r.sensitivity, String(r.weight), r.verdict, r.requires.map(showHoles).join('; '), [...new Set(r.evidence.map((e) => showSource(e.source)).filter(Boolean))].slice(0, 2).join(' ')]),
];

export const ownerTable = (rows: readonly OwnerRow[]): Table => [
  ['owner', 'by', 'kind', 'name', 'defined at', 'hint'],
  ...rows.map((r) => [r.owner ?? 'nobody', r.by || `tried: ${r.tried.join(', ')}`, r.node.kind, showHoles(r.node.name), showSource(r.node.definedAt), r.hint === undefined ? '' : `last committer ${r.hint}`]),
];

export const asCsv = (...tables: readonly Table[]): string => tables.map(csv).join('\r\n');

export function asMarkdown(title: string, ...tables: readonly { says: string; rows: Table }[]): string {
  const part = ({ says, rows: [head, ...rest] }: { says: string; rows: Table }): string[] => (head === undefined || rest.length === 0 ? [] : [
    `## ${says}`, '', `| ${head.map(cell).join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rest.slice(0, LISTED).map((r) => `| ${r.map((c) => cell(cut(c, 300))).join(' | ')} |`), ...(rest.length > LISTED ? ['', `… and ${rest.length - LISTED} more`] : []), '',
  ]);
  return [`# ${escape(title)}`, '', ...tables.flatMap(part)].join('\n') + '\n';
}

/** For a terminal: at most `most` lines, and how many were left out. */
export function asLines(rows: Table, max: readonly number[], most: number): string[] {
  const [head, ...rest] = rows;
  return head === undefined ? [] : [...columns([head, ...rest.slice(0, most)], max), ...(rest.length > most ? [`… and ${rest.length - most} more: --format json or csv has all of them`] : [])];
}
