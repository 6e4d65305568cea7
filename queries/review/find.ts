import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { showHoles, type NodeRecord } from '../../schema/index.ts';
import { glob } from '../derive/match.ts';

/**
 * Nodes that a text names: id, ARN or alias, Terraform address, name, `file:line`, or a glob over these. The first reading that finds
 * something counts. Parts of a thing (its tools, its policies) give way to the thing itself.
 */
export function findNodes(snapshot: Pick<GraphSnapshot, 'nodes'>, text: string, kinds?: readonly string[], among: (n: NodeRecord) => boolean = () => true): NodeRecord[] {
  const seen = snapshot.nodes.filter(among);
  const nodes = seen.filter((n) => (kinds === undefined || kinds.includes(n.kind)) && n.kind !== 'Policy');
  const all = kinds?.includes('Policy') ? seen : nodes;
  const place = /^(.+):(\d+)$/.exec(text);
  const line = place ? Number(place[2]) : 0;
  const native = (n: NodeRecord): string => n.id.split(':').slice(3).join(':');
  const arn = (n: NodeRecord): string => (typeof n.props['arn'] === 'string' ? showHoles(n.props['arn']) : '');
  const address = (n: NodeRecord): string => n.sources[0]?.address ?? '';
  const readings: ((n: NodeRecord) => boolean)[] = [
    (n) => n.id === text,
    (n) => native(n) === text || arn(n) === text || n.aliases.includes(text),
    (n) => address(n) === text,
    (n) => showHoles(n.name) === text,
    (n) => place !== null && n.sources.some((s) => s.file === place[1] && s.startLine !== undefined && s.startLine <= line && (s.endLine ?? s.startLine) >= line),
    (n) => /[*?]/.test(text) && [n.id, native(n), arn(n), address(n), showHoles(n.name)].some((x) => x !== '' && glob(text, x)),
    (n) => address(n).endsWith(`.${text}`) || showHoles(n.name).toLowerCase() === text.toLowerCase(),
  ];
  for (const reading of readings) {
    const found = all.filter(reading);
    if (found.length > 0) return /[*?]/.test(text) ? found : whole(found);
  }
  return [];
}

/** Leaves out what is part of another candidate: its native id continues the other’s. */
function whole(found: readonly NodeRecord[]): NodeRecord[] {
  const native = (n: NodeRecord): string => n.id.split(':').slice(3).join(':');
  const narrow = narrowest(found);
  return narrow.filter((n) => !narrow.some((m) => m !== n && native(n).startsWith(`${native(m)}#`)));
}

/** Of nodes found by a line, those whose block is the smallest around it. */
function narrowest(found: readonly NodeRecord[]): readonly NodeRecord[] {
  const real = found.filter((n) => n.completeness !== 'none');
  return real.length > 0 ? real : found;
}
