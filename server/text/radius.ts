import { showHoles } from '../../schema/index.ts';
import type { AssetReach, BlastReport, Tally } from '../../queries/review/blast-report.ts';
import { columns } from './style.ts';

const ROWS = 30;
const round = (n: number): string => n.toFixed(0);
const names = (list: readonly string[], max = 6): string => list.slice(0, max).map(showHoles).join(', ') + (list.length > max ? ` and ${list.length - max} more` : '');

export const recoveryText = (a: AssetReach): string => (a.recovery === undefined ? '' : a.recovery === 'none' ? 'does not come back' : a.recovery === 'unknown' ? 'recovery not known' : `comes back: ${a.recovery.join(', ')}`);

/** For a terminal. */
export function radiusLinesOf(b: BlastReport): string[] {
  const part = (name: string, says: string, side: 'influence' | 'credential'): string[] => {
    const reached = b.assets.filter((a) => a[side].length > 0);
    const rows = reached.slice(0, ROWS).map((a) => [showHoles(a.asset.name), a.assetClass, a.sensitivity, a[side].map((e) => (a.needless.includes(e) ? `${e}*` : e)).join(', '), a.verdict, recoveryText(a)]);
    return [`${name}: weight ${round(b[side].weight)}, ${reached.length} assets (${says})`, ...columns(rows, [44, 24, 14, 44, 12, 40]).map((l) => `  ${l}`), ...(reached.length > ROWS ? [`  … and ${reached.length - ROWS} more`] : [])];
  };
  const tally = (title: string, list: readonly Tally[]): string[] => [title, ...columns(list.map((t) => [t.name, `${t.assets} assets`, `${t.byInfluence} by influence`, `${t.byCredential} by credential`, `weight ${round(t.weight)}`]), [40, 12, 18, 18, 14]).map((l) => `  ${l}`), ''];
  return [
    `${showHoles(b.agent.name)}: reached from ${b.upstream.join(', ') || 'nobody known'}`, '',
    ...part('influence', 'what steering it does, through its tools', 'influence'), '', ...part('credential', 'with the identities and code behind it', 'credential'), '',
    ...(b.amplification === undefined ? [] : [`amplification ×${b.amplification.toFixed(1)}: what the sandbox is worth`, '']),
    ...excessLines(b), '',
    ...tally('by class of asset', b.reach.byClass), ...tally('by account', b.reach.byAccount), ...tally('by environment', b.reach.byEnvironment),
    ...(b.recovers.length > 0 ? [`comes back after a loss: ${names(b.recovers)}`] : []), ...(b.doesNotRecover.length > 0 ? [`does not come back: ${names(b.doesNotRecover)}`] : []), ...(b.recoveryUnknown.length > 0 ? [`recovery not known: ${names(b.recoveryUnknown)}`] : []),
  ];
}

export function excessLines(b: BlastReport): string[] {
  const { needed } = b;
  if (needed.from === 'none') return ['what it needs is not known: neither a purpose in overreach.yaml nor its tools say it'];
  const by = needed.from === 'purpose' ? 'its purpose does' : 'its tools do';
  if (needed.excess.length === 0) return [`every permission of its identities is one that ${by} ask for`];
  return [`without the ${needed.excess.length} permissions (*) that ${by} not ask for: influence ${round(b.influence.weight)} → ${round(needed.influence)}, credential ${round(b.credential.weight)} → ${round(needed.credential)} at most`];
}

/** Text inside a quoted Mermaid label. */
const label = (s: string): string => showHoles(s).replace(/[^\p{L}\p{N} ./:_⟨⟩*,()-]/gu, ' ').slice(0, 60);

/** Left to right: who reaches it, the agent, classes of assets; solid = by influence, dotted = with its credentials only. */
export function radiusMermaid(b: BlastReport): string {
  const out = ['flowchart LR', `  a(("${label(b.agent.name)}"))`];
  b.upstream.slice(0, 5).forEach((u, i) => out.push(`  u${i}(["${label(u)}"]) --> a`));
  const classes = [...new Set(b.assets.map((a) => a.assetClass))].slice(0, 8);
  classes.forEach((c, i) => {
    const of = b.assets.filter((a) => a.assetClass === c);
    out.push(`  subgraph c${i}["${label(c)}: ${of.length}"]`);
    of.slice(0, 6).forEach((a, k) => out.push(`    c${i}n${k}["${label(a.asset.name)}<br/>${label(a.sensitivity)}"]`));
    if (of.length > 6) out.push(`    c${i}more["and ${of.length - 6} more"]`);
    out.push('  end');
    of.slice(0, 6).forEach((a, k) => out.push(a.influence.length > 0 ? `  a -->|${label(a.influence.join(', '))}| c${i}n${k}` : `  a -.->|${label(a.credential.join(', '))}| c${i}n${k}`));
  });
  return out.join('\n') + '\n';
}
