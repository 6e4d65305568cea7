import { showHoles, showSource, type AttackPath, type Hop, type NodeRef, type SourceRef, type Verdict } from '../../schema/index.ts';

export const nodeText = (n: NodeRef): string => `${showHoles(n.name)}${n.address && !n.address.endsWith(n.name) ? ` (${n.address})` : ''}`;

/** Where a reader should look for a hop: the statement that allows it, else the first line of its evidence, else where its node is defined. */
export function hopRef(h: Hop): SourceRef | undefined {
  const lines = h.evidence.flatMap((e) => (e.source?.file && e.source.startLine ? [e.source] : []));
  return lines.find((s) => s.property?.includes('Statement')) ?? lines.find((s) => s.source === 'terraform-plan' && /(^|_)policy$/.test(s.property ?? '')) ?? lines[0] ?? h.node.definedAt;
}

/** `file:line`, and for code in a module the call that made this instance of it. A plan is written on one line: there the block says more. */
export function placeText(s: SourceRef | undefined): string {
  if (s?.source === 'terraform-plan' && s.startLine === 1 && s.address !== undefined) return `${s.address} in ${s.file}`;
  const call = s?.moduleChain?.at(-1);
  return showSource(s) + (call ? ` ← ${call.file}:${call.startLine}` : '');
}

export const hopSource = (h: Hop): string => placeText(hopRef(h)) || (h.evidence[0]?.basis === 'platform' ? 'platform behaviour' : '');

const MARK: Record<Verdict, string> = { proven: '●', conditional: '◐', unknown: '○' };
export const mark = (v: Verdict): string => MARK[v];

/** What the attacker can do after a hop, in words. */
export function capability(h: Hop): string {
  const n = showHoles(h.node.name);
  switch (h.fact) {
    case 'PRESENCE': return `can send requests to ${n}`;
    case 'CONTENT': return `can place content in ${n}`;
    case 'INFLUENCE': return h.variant['visible'] === true ? `steers ${n} and sees what it learns` : `steers ${n}`;
    case 'TOOL': return `has ${n} called with arguments of choice`;
    case 'EFFECT': return `${h.effect ?? 'acts on'} on ${n}`;
    case 'EXEC': return `runs code in ${n}`;
    case 'CRED': return `acts as ${n}`;
    case 'CONFIG': return `changes the definition of ${n}`;
    case 'GOAL': return `${h.goal ?? 'goal'}: ${n}`;
  }
}

/** `internet → route → agent → tool → store`, shortened to `max` characters. */
export function chain(p: AttackPath, max = 110): string {
  const names = [p.start.node?.name ?? p.start.class, ...p.hops.filter((h, i, a) => i === 0 || a[i - 1]!.node.id !== h.node.id).map((h) => h.node.name)].map(showHoles);
  const text = names.join(' → ');
  return text.length <= max ? text : `${names[0]} → … → ${names.slice(-2).join(' → ')}`.slice(0, max);
}
