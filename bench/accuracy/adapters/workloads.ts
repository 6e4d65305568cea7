import { adminNow } from '../../../queries/derive/admin.ts';
import type { NodeRecord, Statement } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { INTERNET, keyNode, places } from '../nodes.ts';

/** An open port says nothing about who is let in; that the workload has a flaw is assumed anyway. */
/** From anywhere, or from listed addresses outside. */
const OUTSIDE: ReadonlySet<unknown> = new Set(['internet', 'partner']);
const UNGUARDED = new Set(['none', 'unknown']);

/** Anonymous entry to a workload and what its identity then holds: the path that matters when the workload has a flaw. */
export function openWorkloads({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const out: KeyFinding[] = [];
  for (const e of s.ofKind('Endpoint')) {
    if (!OUTSIDE.has(e.props['exposure']) || !UNGUARDED.has(String(e.props['auth'] ?? 'unknown'))) continue;
    for (const compute of routed(e)) {
      for (const r of s.out(compute.id, 'RUNS_AS')) {
        const role = s.node(r.to)!;
        const base = { kind: 'toxic-combination', source: INTERNET, technique: { ids: ['x-workload-takeover'] }, internetExposed: true, via: [keyNode(e), keyNode(compute), keyNode(role)], iac: places([...r.evidence]) };
        if (adminNow(s, estate.access, role).value) out.push({ ...base, target: { ...keyNode(role), isAdmin: true }, targetSensitivity: 'account-admin' });
        for (const g of estate.access.grantsOf(role.id)) {
          if (g.effect !== 'read' && g.effect !== 'credential') continue;
          for (const id of g.assets) {
            const asset = s.node(id);
            if (asset && (asset.kind === 'DataStore' || asset.kind === 'Secret') && asset.props['any'] !== true) out.push({ ...base, target: keyNode(asset), targetSensitivity: 'sensitive-data' });
          }
        }
      }
    }
  }
  return out;

  function routed(e: NodeRecord): NodeRecord[] {
    const seen = new Map<string, NodeRecord>();
    const queue = [e.id];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const r of s.out(id, 'ROUTES_TO', 'IMPLEMENTED_BY', 'EXECUTES_IN')) {
        const n = s.node(r.to)!;
        if (seen.has(n.id)) continue;
        seen.set(n.id, n);
        if (n.kind === 'Compute' || n.kind === 'Endpoint') queue.push(n.id);
      }
    }
    return [...seen.values()].filter((n) => n.kind === 'Compute');
  }
}

/** Settings that are wrong by themselves, as the statements and edges of the graph show them. */
export function settings({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const out: KeyFinding[] = [];
  for (const c of s.ofKind('Compute')) {
    for (const r of s.out(c.id, 'RUNS_AS')) if (adminNow(s, estate.access, s.node(r.to)!).value) out.push({ kind: 'misconfiguration', rule: 'workload-with-admin-role', source: keyNode(c), target: keyNode(s.node(r.to)!), iac: places(r.evidence) });
  }
  for (const e of s.edges) {
    if (e.kind !== 'HAS_POLICY') continue;
    const [holder, policy] = [s.node(e.from)!, s.node(e.to)!];
    for (const st of (policy.props['statements'] ?? []) as Statement[]) {
      if (st.effect !== 'Allow') continue;
      const services = st.principals?.['Service'] ?? [];
      const at = policy.sources[st.source ?? 0] ?? policy.sources[0];
      const iac = at ? places([{ source: at, basis: 'code' }]) : [];
      if (e.props['as'] === 'resource' && holder.type === 'aws.lambda.function' && services.length > 0 && !sourceLimited(st)) out.push({ kind: 'misconfiguration', rule: 'lambda-permission-service-principal-without-source', source: keyNode(policy), target: keyNode(holder), iac });
      if (e.props['as'] === 'trust' && services.some((x) => x.startsWith('bedrock')) && !sourceLimited(st)) out.push({ kind: 'misconfiguration', rule: 'service-trust-without-source-condition', source: keyNode(holder), iac });
      if (e.props['as'] === 'trust' && foreign(holder, st) && !limitedBy(st, /^sts:externalid$/i)) out.push({ kind: 'misconfiguration', rule: 'cross-account-trust-without-external-id', source: keyNode(holder), iac });
    }
  }
  return out;
}

const keysOf = (st: Statement): string[] => Object.values(st.conditions ?? {}).flatMap((byKey) => Object.keys(byKey));
const limitedBy = (st: Statement, key: RegExp): boolean => keysOf(st).some((k) => key.test(k));
const sourceLimited = (st: Statement): boolean => limitedBy(st, /^aws:(sourcearn|sourceaccount|sourceorgid)$/i);
const foreign = (holder: NodeRecord, st: Statement): boolean =>
  (st.principals?.['AWS'] ?? []).some((p) => { const a = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})/.exec(p)?.[1]; const own = typeof holder.props['account'] === 'string' ? holder.props['account'] : undefined; return a !== undefined && own !== undefined && a !== own; });
