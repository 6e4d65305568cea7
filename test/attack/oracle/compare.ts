import { bfs } from '../../../graph/algorithms/index.ts';
import { buildAttack, type AttackGraph, type Start } from '../../../queries/attack/index.ts';
import { startVertices } from '../../../queries/attack/answers/starts.ts';
import { EntryClass, type Verdict } from '../../../schema/index.ts';
import { estateOf, type EstateSpec } from '../estate.ts';
import { Oracle, type F } from './derive.ts';

const SHOWN = new Set(['read', 'credential', 'execute', 'invoke']);
/** A fact without the variants that the engine may merge: TOOL sessions, EFFECT audiences (but for benign), visibility of effects that have none. */
const common = (f: { k: string; n: string; aud?: string | undefined; ses?: string | undefined; vis?: boolean | undefined; pos?: string | undefined; eff?: string | undefined; goal?: string | undefined }): string => {
  switch (f.k) {
    case 'TOOL': return ['TOOL', f.n, f.aud, f.vis].join(' ');
    case 'EFFECT': return ['EFFECT', f.n, f.eff, f.aud === 'nobody' ? 'benign' : '', SHOWN.has(f.eff!) ? f.vis : ''].join(' ');
    case 'INFLUENCE': return ['INFLUENCE', f.n, f.ses, f.aud, f.vis].join(' ');
    case 'PRESENCE': case 'EXEC': return [f.k, f.n, f.aud, f.vis].join(' ');
    case 'CRED': return ['CRED', f.n, f.pos].join(' ');
    case 'GOAL': return ['GOAL', f.n, f.goal].join(' ');
    default: return [f.k, f.n, f.aud].join(' ');
  }
};

export function engineFacts(g: AttackGraph, layer: number, starts: readonly number[]): Set<string> {
  const d = bfs(g.layers[layer]!, starts);
  const found = new Set<string>();
  for (let v = 0; v < d.length; v++) {
    const f = d[v]! >= 0 ? g.fact(v) : undefined;
    if (f) found.add(common({ k: f.fact, n: f.node.id, aud: f.variant.benign ? 'nobody' : f.variant.aud, ses: f.variant.session, vis: f.fact === 'PRESENCE' ? f.variant.reply : f.variant.visible, pos: f.variant.position?.replace('in_situ_', ''), eff: f.effect, goal: f.goal }));
  }
  return found;
}

const VERDICTS: Verdict[] = ['proven', 'conditional', 'unknown'];

/** First difference between engine and oracle over all starts and layers; undefined = equal. */
export function difference(spec: EstateSpec): string | undefined {
  const estate = estateOf(spec);
  const g = buildAttack(estate);
  const o = new Oracle(estate);
  const starts: [Start, F][] = [
    ...EntryClass.options.map((c): [Start, F] => [{ class: c }, { k: 'START', n: c }]),
    ...estate.snapshot.ofKind('Agent').map((a): [Start, F] => [{ agent: a.id }, { k: 'INFLUENCE', n: a.id, ses: a.props['autonomy'] === 'autonomous' ? 'none' : 'victim', aud: 'public', vis: false }]),
    ...estate.snapshot.ofKind('Identity').slice(0, 2).map((p): [Start, F] => [{ principal: p.id }, { k: 'CRED', n: p.id, pos: 'portable' }]),
  ];
  for (const [start, first] of starts)
    for (const [layer, sure] of VERDICTS.entries()) {
      const expected = new Set([...o.facts([first], sure)].filter((t) => !t.startsWith('START')).map((t) => { const [k, n, aud, ses, vis, pos, eff, goal] = t.split('|'); return common({ k: k!, n: n!, aud, ses, vis: vis === 'true', pos, eff, goal }); }));
      const got = engineFacts(g, layer, startVertices(g, start));
      const missing = [...expected].find((x) => !got.has(x));
      if (missing) return `${JSON.stringify(start)} ${sure}: the engine misses ${missing}`;
      const extra = [...got].find((x) => !expected.has(x));
      if (extra) return `${JSON.stringify(start)} ${sure}: the engine alone has ${extra}`;
    }
  return undefined;
}

/** Drops edges, grants and nodes while the estates still differ: what is left is what a person can read. */
export function shrink(spec: EstateSpec): EstateSpec {
  let s = spec;
  for (let again = true; again; ) {
    again = false;
    for (const part of ['edges', 'grants'] as const)
      for (let i = (s[part] ?? []).length - 1; i >= 0; i--) {
        const smaller = { ...s, [part]: s[part]!.filter((_, j) => j !== i) };
        if (difference(smaller)) { s = smaller; again = true; }
      }
  }
  return s;
}
