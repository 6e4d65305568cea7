import type { NodeRecord, OverreachConfig } from '../../schema/index.ts';
import { showHoles } from '../../schema/index.ts';

export { specificity } from '../../schema/index.ts';

type Match = NonNullable<OverreachConfig['ignore']>[number]['match'];

/** `*` and `?` as in a shell, over the whole text, letter case aside. A leading ellipsis stands for any beginning. */
export function glob(pattern: string, text: string): boolean {
  const source = pattern.replace(/^…/, '*').replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}

const idsOf = (n: NodeRecord): string[] => {
  const arn = typeof n.props['arn'] === 'string' ? [n.props['arn']] : [];
  return [n.id, n.id.split(':').slice(3).join(':'), ...arn, ...n.aliases].map(showHoles);
};

/** Does a selector of `overreach.yaml` mean this node? Every field given must agree. */
export function matches(match: Match, node: NodeRecord): boolean {
  if (match.kind !== undefined && match.kind !== node.kind) return false;
  if (match.name !== undefined && !glob(match.name, showHoles(node.name))) return false;
  if (match.id !== undefined && !idsOf(node).some((id) => glob(match.id!, id))) return false;
  if (match.address !== undefined && !node.sources.some((s) => s.address !== undefined && glob(match.address!, s.address))) return false;
  for (const [k, v] of Object.entries(match.tags ?? {})) if (!glob(v, node.tags[k] ?? '') || node.tags[k] === undefined) return false;
  return true;
}
