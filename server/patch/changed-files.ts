import type { NodeRecord } from '../../schema/index.ts';

interface Read { nodes: readonly NodeRecord[] }

/** Files that say something else, or in other lines, in two readings of one folder. */
export function changedFiles(before: Read, now: Read): ReadonlySet<string> {
  const out = new Set<string>();
  const name = (n: NodeRecord): void => { for (const s of n.sources) if (s.file) out.add(s.file); };
  const known = new Map(before.nodes.map((n) => [n.id, n]));
  for (const n of now.nodes) {
    const was = known.get(n.id);
    known.delete(n.id);
    if (was && said(was) === said(n)) continue;
    name(n);
    if (was) name(was);
  }
  for (const gone of known.values()) name(gone);
  return out;
}

const said = (n: NodeRecord): string => JSON.stringify([n.props, n.sources.map((s) => [s.file, s.startLine, s.endLine])]);
