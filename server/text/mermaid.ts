import { showHoles, type AttackPath } from '../../schema/index.ts';

/** Text inside a quoted Mermaid label: no quotes, brackets or line breaks from names we do not control. */
const label = (s: string): string => showHoles(s).replace(/[^\p{L}\p{N} ./:_⟨⟩*-]/gu, ' ').slice(0, 80);

/** A left-to-right Mermaid flowchart of one path: solid edges are proven, dashed ones are not. */
export function mermaid(p: AttackPath): string {
  const out = ['flowchart LR', `  s(["${label(p.start.node?.name ?? p.start.says)}"])`];
  let last = 's';
  let lastNode = p.start.node?.id;
  p.hops.forEach((h, i) => {
    const id = `n${i}`;
    const text = h.fact === 'EFFECT' ? (h.effect ?? '') : h.fact === 'GOAL' ? (h.goal ?? '') : h.fact.toLowerCase();
    if (h.fact === 'GOAL' || (h.node.id === lastNode && h.fact !== 'EFFECT')) {
      if (h.fact !== 'GOAL') return;
      out.push(`  ${id}{{"${label(`${text}: ${h.node.name}`)}"}}`);
    } else {
      out.push(`  ${id}["${label(h.node.name)}<br/>${label(h.node.kind)}"]`);
    }
    out.push(`  ${last} ${h.verdict === 'proven' ? '-->' : '-.->'}|${label(text)}| ${id}`);
    last = id;
    lastNode = h.node.id;
  });
  return out.join('\n');
}
