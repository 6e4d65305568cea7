import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { NodeRecord, OverreachConfig, SourceRef } from '../../schema/index.ts';
import { matches } from '../derive/match.ts';
import { nodesAt, type Ignore } from './ignores.ts';

type Config = OverreachConfig;

/** What `overreach.yaml` and ignore comments left in the graph: nodes whose `config` (or `ignore`) property holds an entry as written. */
const configNodes = (snapshot: GraphSnapshot, type: string): NodeRecord[] => snapshot.nodes.filter((n) => n.type === type);

/** Sensitivity overrides of every overreach.yaml in the graph. */
export const overridesOf = (snapshot: GraphSnapshot): NonNullable<Config['sensitivity']> => configNodes(snapshot, 'overreach.config').flatMap((n) => ((n.props['config'] as Config | undefined)?.sensitivity ?? []));

/** Ignores of overreach.yaml files and of comments above blocks. */
export function ignoresOf(snapshot: GraphSnapshot): Ignore[] {
  const out: Ignore[] = [];
  for (const n of configNodes(snapshot, 'overreach.config'))
    for (const entry of (n.props['config'] as Config | undefined)?.ignore ?? []) {
      const nodes = new Set(snapshot.nodes.filter((x) => matches(entry.match, x)).map((x) => x.id));
      out.push({ rule: entry.rule, nodes, reason: entry.reason, ...optional(entry), ...source(n.sources[0]) });
    }
  for (const n of configNodes(snapshot, 'overreach.ignore')) {
    const i = n.props as { rule?: string; file?: string; blockLine?: number; reason?: string; until?: string };
    if (i.rule === undefined || i.file === undefined || i.blockLine === undefined) continue;
    out.push({ rule: i.rule, nodes: nodesAt(snapshot, i.file, i.blockLine), reason: i.reason ?? '', ...optional(i), ...source(n.sources[0]) });
  }
  return out;
}

const optional = (e: { until?: string | undefined; owner?: string | undefined }): Pick<Ignore, 'until' | 'owner'> => ({ ...(e.until === undefined ? {} : { until: e.until }), ...(e.owner === undefined ? {} : { owner: e.owner }) });
const source = (s: SourceRef | undefined): Pick<Ignore, 'source'> => (s ? { source: s } : {});
