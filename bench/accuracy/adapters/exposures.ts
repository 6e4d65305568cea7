import type { NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { INTERNET, keyNode, places } from '../nodes.ts';

/** What the internet reaches and who is let in; where only signed AWS requests pass, nobody of the internet is. */
export function exposures({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const out: KeyFinding[] = [];
  for (const e of s.ofKind('Endpoint')) {
    if (e.props['exposure'] !== 'internet') continue;
    const auth = String(e.props['auth'] ?? 'unknown');
    const signed = auth === 'aws-iam' && e.type !== 'aws.opensearchserverless.collection';
    const reached = [e, ...around(e)];
    for (const n of reached) {
      out.push({ kind: 'exposure', source: keyNode(n), internetExposed: !signed, authentication: auth, iac: places(e.sources.slice(0, 1).map((x) => ({ source: x, basis: 'code' as const }))) });
      if (!signed && auth === 'none' && n.kind === 'Compute') out.push({ kind: 'network-path', source: INTERNET, target: keyNode(n), internetExposed: true });
    }
  }
  for (const d of [...s.ofKind('DataStore'), ...s.ofKind('Channel')]) {
    if (d.props['public'] === true) out.push({ kind: 'exposure', source: keyNode(d), internetExposed: true, authentication: 'none', iac: places(d.sources.slice(0, 1).map((x) => ({ source: x, basis: 'code' as const }))) });
  }
  return out;

  function around(e: NodeRecord): NodeRecord[] {
    const next = s.out(e.id, 'ROUTES_TO').map((r) => s.node(r.to)!);
    const holder = s.in(e.id, 'CONTAINS', 'IMPLEMENTED_BY').map((r) => s.node(r.from)!);
    return [...next, ...holder].filter((n) => n.kind !== 'DataStore' && n.kind !== 'Channel');
  }
}
