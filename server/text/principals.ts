import { TECHNIQUES } from '../../knowledge/techniques/index.ts';
import { becomes } from '../../queries/review/principal-list.ts';
import { showHoles, showSource, type EscalationStep, type Evidence, type NodeRef, type PrincipalRow } from '../../schema/index.ts';
import { placeText } from './hops.ts';
import type { Table } from './reviews.ts';

const name = (n: NodeRef): string => showHoles(n.name);
const kind = (n: NodeRef): string => n.type.slice(n.type.lastIndexOf('.') + 1);
/** A technique may give admin of the account at once. */
const end = (n: NodeRef): string => (n.kind === 'Scope' ? `admin of ${name(n)}` : name(n));
const place = (n: NodeRef): string => placeText(n.definedAt);
const now = ({ isAdmin }: PrincipalRow): string => (isAdmin.value ? (isAdmin.verdict === 'proven' ? 'yes' : isAdmin.verdict) : isAdmin.verdict === 'unknown' ? 'not known' : 'no');
/** Whether an admin is there to become, as far as was read. */
const later = (r: PrincipalRow): string => (becomes(r) ? r.canBecomeAdmin.verdict : r.isAdmin.value ? '' : r.canBecomeAdmin.verdict === 'unknown' ? 'not known' : 'no');
const worst = ({ worstAsset: w }: PrincipalRow): string => (w ? `${w.effect} ${name(w.asset)} [${w.sensitivity}]${w.verdict === 'proven' ? '' : `, ${w.verdict}`}` : '');

/** One line for each principal; ways are techniques and whom they lead to. */
export const principalTable = (rows: readonly PrincipalRow[]): Table => [
  ['principal', 'type', 'admin now', 'can become', 'steps', 'by', 'worst asset', 'defined at'],
  ...rows.map((r) => [
    name(r.identity), kind(r.identity), now(r), later(r), becomes(r) && r.canBecomeAdmin.steps.length > 0 ? String(r.canBecomeAdmin.steps.length) : '',
    becomes(r) ? r.canBecomeAdmin.steps.map((s) => `${s.technique} → ${end(s.to)}`).join(', ') : '', worst(r), place(r.identity),
  ]),
];

/** Everything about one principal: why it is admin, or each step by which it becomes one, with the statements that make it possible. */
export function principalText(r: PrincipalRow): string[] {
  const { isAdmin, canBecomeAdmin: way } = r;
  const out = [`${name(r.identity)}  ${kind(r.identity)}  ${place(r.identity)}`, ''];
  out.push(`admin now: ${now(r)}`, ...listed(isAdmin.evidence, '  '), ...unless(isAdmin.requires, '  '));
  if (!isAdmin.value) {
    const steps = way.steps.length === 0 ? '' : `, ${way.steps.length} step${way.steps.length === 1 ? '' : 's'}${way.throughAgent ? ', through an agent' : ''}`;
    out.push(`can become admin: ${later(r)}${steps}`);
    way.steps.forEach((s, i) => out.push(...step(s, i + 1)));
  }
  out.push(`worst asset: ${worst(r) || 'none that was read'}`);
  return out;
}

/** Steps that are no technique. */
const WORDS: Readonly<Record<string, string>> = { 'member-of': 'Hold what the group holds', 'x-trust-only-assume': 'Assume a role whose trust policy names the principal itself' };

function step(s: EscalationStep, n: number): string[] {
  const t = TECHNIQUES.get(s.technique);
  const says = t?.title ?? WORDS[s.technique];
  const out = [`  ${n}. ${s.technique}${says === undefined ? '' : `  ${says}`} → ${end(s.to)}${s.verdict === 'proven' ? '' : `, ${s.verdict}`}`];
  if (s.through.length > 0) out.push(`     through ${s.through.map(name).join(', ')}`);
  if (s.permissions.length > 0) out.push(`     needs ${s.permissions.join(', ')}`);
  out.push(...listed(s.evidence, '     '), ...unless(s.requires, '     '));
  if (s.sets.length > 1) out.push(`     each enough: ${s.sets.map((set) => set.map((i) => `[${i + 1}]`).join(' ')).join(' or ')}`);
  if (t) out.push(`     ${t.source}`);
  return out;
}

const listed = (evidence: readonly Evidence[], indent: string): string[] => evidence.map((e, i) => `${indent}[${i + 1}] ${[e.text === undefined ? '' : showHoles(e.text), showSource(e.source)].filter(Boolean).join('  ')}`);
const unless = (requires: readonly string[], indent: string): string[] => requires.map((x) => `${indent}if ${showHoles(x)}`);
