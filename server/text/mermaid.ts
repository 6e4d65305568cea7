import { showHoles, type AttackPath, type Hop } from '../../schema/index.ts';
import { hopRef, placeText } from './hops.ts';

/** Text inside a quoted Mermaid label: no quotes, brackets or line breaks from names we do not control. */
const label = (s: string): string => showHoles(s).replace(/[^\p{L}\p{N} ,./:_⟨⟩*-]/gu, ' ').slice(0, 80);

/** What is done on the way into a node, in a word or two. */
function verb(h: Hop): string {
  switch (h.fact) {
    case 'PRESENCE': return 'sends requests';
    case 'CONTENT': return 'places content';
    case 'INFLUENCE': return h.variant['visible'] === true ? 'steers it, sees the answer' : 'steers it';
    case 'TOOL': return 'has it called';
    case 'EXEC': return 'runs code';
    case 'CRED': return 'acts as it';
    case 'CONFIG': return 'changes it';
    case 'EFFECT': return h.effect ?? '';
    case 'GOAL': return h.goal ?? '';
  }
}

/** A left-to-right Mermaid flowchart of one path, each node with its file and line: solid edges are proven, dashed ones are not. */
export function mermaid(p: AttackPath): string {
  const out = ['flowchart LR', `  s(["${label(p.start.node?.name ?? p.start.says)}"])`];
  let last = 's';
  let lastNode = p.start.node?.id;
  p.hops.forEach((h, i) => {
    const id = `n${i}`;
    const text = verb(h);
    if (h.fact === 'GOAL' || (h.node.id === lastNode && h.fact !== 'EFFECT')) {
      if (h.fact !== 'GOAL') return;
      out.push(`  ${id}{{"${label(`${text}: ${h.node.name}`)}"}}`);
    } else {
      out.push(`  ${id}["${label(h.node.name)}<br/>${label(placeText(hopRef(h)).replace(/ (?:in|←) .*$/, '') || h.node.kind)}"]`);
    }
    out.push(`  ${last} ${h.verdict === 'proven' ? '-->' : '-.->'}|${label(text).trim() || 'then'}| ${id}`);
    last = id;
    lastNode = h.node.id;
  });
  return out.join('\n');
}
