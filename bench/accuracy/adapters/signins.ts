import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { INTERNET, keyNode, places } from '../nodes.ts';

/** A password that is written down, and what on the internet lets in whoever has it: holder, user and directory on the way. */
export function signIns({ estate: { snapshot: s } }: Loaded): KeyFinding[] {
  const out: KeyFinding[] = [];
  for (const c of s.ofKind('Credential')) {
    const directory = typeof c.props['directory'] === 'string' ? s.node(c.props['directory']) : undefined;
    if (c.props['exposedLiteral'] !== true || !directory) continue;
    const opens = s.out(c.id, 'AUTHENTICATES_AS');
    const users = opens.flatMap((e) => { const n = s.node(e.to)!; return n.kind === 'Identity' ? [keyNode(n)] : []; });
    for (const o of opens) {
      const endpoint = s.node(o.to)!;
      if (endpoint.kind !== 'Endpoint' || endpoint.props['exposure'] !== 'internet' || o.verdict === 'unknown') continue;
      const behind = s.out(endpoint.id, 'ROUTES_TO').map((r) => s.node(r.to)!);
      for (const h of s.in(c.id, 'HOLDS')) for (const target of behind.length > 0 ? behind : [endpoint]) {
        out.push({
          kind: 'toxic-combination', source: INTERNET, target: keyNode(target), targetSensitivity: 'elevated', internetExposed: true, technique: { ids: ['x-credential-in-resource'] },
          via: [keyNode(s.node(h.from)!), ...users, keyNode(directory)], iac: places([...h.evidence, ...o.evidence]),
        });
      }
    }
  }
  return out;
}
