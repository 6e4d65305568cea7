import type { Evidence, NodeRecord, SourceRef, Statement } from '../../schema/index.ts';
import { showHoles } from '../../schema/index.ts';

/** A policy as the evaluation sees it. `failed`: its text was not read, so it may allow or deny anything. */
export interface PolicyDocument {
  id: string;
  name: string;
  statements: readonly Statement[];
  failed: boolean;
  sources: readonly SourceRef[];
  /** One identity alone held it when it was read, so that what it leads to is hardly asked for again. */
  heldOnce?: boolean;
}

/**
 * What AWS attaches to every level of an organisation. `RCPFullAWSAccess` cannot be detached: resource control policies only ever deny.
 * `FullAWSAccess` stays until somebody detaches it (Organizations user guide, SCP and RCP evaluation, 2026).
 */
export const fullAccess = (name: 'FullAWSAccess' | 'RCPFullAWSAccess'): PolicyDocument => ({ id: name, name, statements: [{ effect: 'Allow', actions: ['*'], resources: ['*'] } as Statement], failed: false, sources: [] });

/** A Policy node; one whose statements were never read counts as failed. */
export function documentOf(policy: NodeRecord): PolicyDocument {
  const statements = policy.props.statements as Statement[] | undefined;
  return {
    id: policy.id, name: policy.name, sources: policy.sources,
    statements: Array.isArray(statements) ? statements : [],
    failed: policy.props.parse === 'failed' || !Array.isArray(statements),
  };
}

/** `Allow s3:GetObject, s3:PutObject on arn:aws:s3:::data/*` */
export function statementText(s: Statement): string {
  const few = (list: readonly string[]): string => (list.length > 4 ? `${list.slice(0, 4).join(', ')}, … (${list.length})` : list.join(', '));
  const actions = s.actions ? few(s.actions) : `everything but ${few(s.notActions ?? [])}`;
  const resources = s.resources ? ` on ${few(s.resources)}` : s.notResources ? ` on everything but ${few(s.notResources)}` : '';
  const who = s.principals ? ` to ${few(Object.entries(s.principals).flatMap(([t, v]) => v.map((x) => (t === 'AWS' || t === '*' ? x : `${t} ${x}`))))}` : s.notPrincipals ? ' to everyone but some' : '';
  return showHoles(`${s.effect} ${actions}${resources}${who}${s.conditions ? `, if ${Object.keys(s.conditions).join(', ')}` : ''}`);
}

const evidence = new WeakMap<PolicyDocument, Map<Statement | undefined, Evidence[]>>();

/** Where the statement stands in the input. Asked again, it is the same list. */
export function statementEvidence(doc: PolicyDocument, s: Statement | undefined): Evidence[] {
  let byStatement = evidence.get(doc);
  if (!byStatement) evidence.set(doc, (byStatement = new Map()));
  let found = byStatement.get(s);
  if (!found) byStatement.set(s, (found = evidenceOf(doc, s)));
  return found;
}

function evidenceOf(doc: PolicyDocument, s: Statement | undefined): Evidence[] {
  const source = doc.sources[s?.source ?? 0] ?? doc.sources[0];
  const text = s ? statementText(s) : `policy ${doc.name} could not be read`;
  return [{ ...(source ? { source } : {}), text: `${doc.name}: ${text}`, basis: source?.jsonPointer && !source.endLine ? 'dump' : 'code' }];
}
