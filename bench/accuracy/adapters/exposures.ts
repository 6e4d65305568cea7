import type { NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { INTERNET, keyNode, places } from '../nodes.ts';

/** Asked without credentials of everything that has a policy of its own. */
const ANYBODY = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'sns:Subscribe', 'sns:Publish', 'sqs:SendMessage', 'sqs:ReceiveMessage', 'secretsmanager:GetSecretValue'];

/** What the internet reaches and who is let in; where only signed AWS requests pass, nobody of the internet is. */
export function exposures({ estate }: Loaded): KeyFinding[] {
  const s = estate.snapshot;
  const out: KeyFinding[] = [];
  for (const e of s.ofKind('Endpoint')) {
    if (e.props['exposure'] !== 'internet') continue;
    const auth = String(e.props['auth'] ?? 'unknown');
    const signed = auth === 'aws-iam' && e.type !== 'aws.opensearchserverless.collection';
    const reached = [e, ...around(e)];
    // A route is written by more than one resource: the API it belongs to is exposed with it.
    for (const part of e.sources.slice(1)) if (part.address !== undefined) out.push({ kind: 'exposure', source: { type: 'api', name: e.name, address: part.address, ...(part.file === undefined ? {} : { file: part.file }) }, internetExposed: !signed, authentication: auth, iac: places([{ source: part, basis: 'code' }]) });
    for (const n of reached) {
      out.push({ kind: 'exposure', source: keyNode(n), internetExposed: !signed, authentication: auth, iac: places(e.sources.slice(0, 1).map((x) => ({ source: x, basis: 'code' as const }))) });
      if (!signed && auth === 'none' && n.kind === 'Compute') out.push({ kind: 'network-path', source: INTERNET, target: keyNode(n), internetExposed: true });
    }
  }
  for (const d of [...s.ofKind('DataStore'), ...s.ofKind('Channel'), ...s.ofKind('Secret')]) {
    const arn = d.props['arn'];
    // A policy for everyone counts also where a block, which one call removes, keeps it to the account.
    const open = d.props['public'] === true || s.out(d.id, 'HAS_POLICY').some((e) => s.node(e.to)?.props['restricted'] === true) || (typeof arn === 'string' && s.out(d.id, 'HAS_POLICY').some((e) => e.props['as'] === 'resource')
      && ANYBODY.some((action) => ['allowed', 'conditional'].includes(estate.access.decide({ action, resource: arn, target: d, position: 'direct' }).outcome)));
    if (open) out.push({ kind: 'exposure', source: keyNode(d), internetExposed: true, authentication: 'none', iac: places(d.sources.slice(0, 1).map((x) => ({ source: x, basis: 'code' as const }))) });
  }
  return out;

  function around(e: NodeRecord): NodeRecord[] {
    const next = s.out(e.id, 'ROUTES_TO').map((r) => s.node(r.to)!);
    const holder = s.in(e.id, 'CONTAINS', 'IMPLEMENTED_BY').map((r) => s.node(r.from)!);
    return [...next, ...holder].filter((n) => n.kind !== 'DataStore' && n.kind !== 'Channel');
  }
}
