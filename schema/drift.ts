import type { NodeKind } from './define.ts';
import type { NodeRecord } from './graph.ts';
import type { SourceRef } from './source-ref.ts';
import { hasHole } from './value.ts';

/** One property on which what is deployed and what the code says do not agree. Kept on the node as `props.drift`. */
export interface Drift { field: string; live: unknown; code: unknown; source?: SourceRef }

/** Properties that decide who gets at what; the others may differ without anybody gaining by it. */
const SECURITY: Partial<Record<NodeKind, readonly string[]>> = {
  Agent: ['autonomy', 'deterministic', 'networkMode', 'protocol', 'public'],
  Tool: ['toolClass', 'contract', 'effects', 'argumentBinding', 'recipients', 'egress', 'schemaHash'],
  ToolServer: ['url', 'package', 'version', 'listing', 'protocol'],
  Control: ['mode', 'approver', 'surfaces', 'promptAttack', 'unvalidated', 'allowsAll'],
  Endpoint: ['auth', 'authDetail', 'networkScope', 'callers'],
  Policy: ['statements'],
};

/** Security properties that two records of one thing state differently. What one side does not say, or leaves open, is no difference. */
export function driftOf(live: Pick<NodeRecord, 'kind' | 'props'>, code: Pick<NodeRecord, 'kind' | 'props' | 'sources'>): Drift[] {
  if (live.props['parse'] === 'failed' || code.props['parse'] === 'failed') return [];
  return (SECURITY[live.kind] ?? []).flatMap((field): Drift[] => {
    const [l, c] = [live.props[field], code.props[field]];
    if (l === undefined || c === undefined) return [];
    const [x, y] = [meaning(l), meaning(c)];
    if (x === y || hasHole(x) || hasHole(y)) return [];
    return [{ field, live: l, code: c, ...(code.sources[0] ? { source: code.sources[0] } : {}) }];
  });
}

/** Order of keys and of lists of words says nothing, nor does where a statement stands or what it is called. */
function meaning(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(meaning).sort().join()}]`;
  if (typeof v === 'object' && v !== null) return `{${Object.entries(v).filter(([k, x]) => x !== undefined && k !== 'source' && k !== 'sid').sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, x]) => `${JSON.stringify(k)}:${meaning(x)}`).join()}}`;
  return JSON.stringify(v);
}
