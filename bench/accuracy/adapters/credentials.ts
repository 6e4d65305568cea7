import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { keyNode, places } from '../nodes.ts';

/** Credentials written into things: what holds them, and whose they are or where they stand. */
export function credentials({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const out: KeyFinding[] = [];
  for (const e of s.edges) {
    if (e.kind !== 'HOLDS') continue;
    const held = s.node(e.to)!;
    if (held.kind !== 'Credential') continue;
    const base = { kind: 'credential-in-resource', source: keyNode(s.node(e.from)!), technique: { ids: ['x-credential-in-resource'] }, targetSensitivity: 'credentials', iac: places(e.evidence) };
    const location = String(held.props['location'] ?? e.props['property'] ?? held.name);
    out.push({ ...base, target: { type: 'credential', name: location.slice(location.lastIndexOf('/') + 1) } });
    for (const a of s.out(held.id, 'AUTHENTICATES_AS')) out.push({ ...base, target: keyNode(s.node(a.to)!) });
  }
  return out;
}
