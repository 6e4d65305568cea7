import { actionInfo } from '../../../knowledge/actions/index.ts';
import { managedPolicy, managedStatements } from '../../../knowledge/managed-policies/index.ts';
import { parsePolicyDocument, POLICY_SIZE_LIMITS } from '../../../knowledge/policy-document/parse.ts';
import { hasHole, isUnknown, showHoles, sourceOf, wholeHole, type Resource, type SourceRef, type Statement, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';

type As = 'identity' | 'boundary' | 'trust' | 'resource' | 'scp' | 'rcp' | 'session' | 'endpoint' | 'data_access' | 'vended' | 'k8s_role';

/** Statements of a document with one source each, as a Policy node carries them. `pointer` = where the document stands in the resource. */
export function policyProps(r: Resource, document: Value, pointer: string, limit?: number): { props: Record<string, unknown>; sources: SourceRef[]; problems: string[] } {
  const block = sourceOf(r, pointer) ?? sourceOf(r);
  const sources: SourceRef[] = block ? [block] : [];
  const index = new Map<string, number>(block ? [[JSON.stringify(block), 0]] : []);
  const sourceAt = (inside: string): number | undefined => {
    const s = sourceOf(r, pointer + inside);
    if (!s) return undefined;
    const key = JSON.stringify(s);
    let i = index.get(key);
    if (i === undefined) { i = sources.push(s) - 1; index.set(key, i); }
    return i;
  };
  const limited = parsePolicyDocument(document, sourceAt, limit);
  // A text with parts that are not known has no known length.
  const { statements, parse, problems } = limit !== undefined && limited.parse === 'failed' && undecidedText(document) ? parsePolicyDocument(document, sourceAt) : limited;
  return { props: { statements, parse }, sources, problems };
}

/**
 * A Policy node from the document at `pointer` (properties), attached to `holder`. `suffix` tells several policies of one resource apart;
 * a resource that is nothing but its policy passes ''. Returns the node id, undefined when there is no document.
 */
export function attachPolicy(ctx: MapContext, r: Resource, holder: string | undefined, as: As, pointer: string, options: { suffix?: string; type?: string; name?: string; document?: Value } = {}): string | undefined {
  const document = options.document ?? valueAt(r, pointer);
  if (document === undefined || document === null) return undefined;
  const suffix = options.suffix ?? as;
  const { props, sources, problems } = policyProps(r, document, pointer, quotaOf(r, as));
  const native = nativeOf(ctx, r, holder);
  const id = ctx.node(r, {
    kind: 'Policy', type: options.type ?? (suffix ? `${r.type.split('::').join('.').toLowerCase()}.policy` : undefined),
    nativeId: suffix ? `${native}#policy/${suffix}` : native,
    name: options.name ?? (as === 'trust' ? `trust policy of ${r.name && !hasHole(r.name) ? r.name : r.address}` : undefined),
    sources,
    props: { policyType: as, managedBy: 'customer', ...props },
  });
  for (const { action, at } of unknownActions(props['statements'] as Statement[])) ctx.note({ code: 'unknown-action', message: `${r.address}: ${action} is no published action; it is matched as written`, subject: r.address, ...(sources[at] ? { source: sources[at] } : {}) });
  for (const message of problems) ctx.note({ code: 'invalid-policy', message: `${r.address}: ${message}`, subject: r.address, ...(sources[0] ? { source: sources[0] } : {}) });
  if (holder) ctx.edge({ kind: 'HAS_POLICY', from: holder, to: id, discriminator: as, evidence: ctx.evidence(r, pointer), props: { as } });
  return id;
}

const INLINE: Readonly<Record<string, number>> = {
  'AWS::IAM::User': POLICY_SIZE_LIMITS.inlineUser, 'AWS::IAM::UserPolicy': POLICY_SIZE_LIMITS.inlineUser, 'AWS::IAM::Role': POLICY_SIZE_LIMITS.inlineRole, 'AWS::IAM::RolePolicy': POLICY_SIZE_LIMITS.inlineRole,
  'AWS::IAM::Group': POLICY_SIZE_LIMITS.inlineGroup, 'AWS::IAM::GroupPolicy': POLICY_SIZE_LIMITS.inlineGroup, 'AWS::IAM::ManagedPolicy': POLICY_SIZE_LIMITS.managed,
};

/** Characters that the service takes at most. */
function quotaOf(r: Resource, as: As): number | undefined {
  return as === 'identity' || as === 'boundary' ? INLINE[r.type] : as === 'scp' || as === 'rcp' ? POLICY_SIZE_LIMITS.scp : r.type === 'AWS::KMS::Key' ? POLICY_SIZE_LIMITS.key : r.type === 'AWS::S3::BucketPolicy' ? POLICY_SIZE_LIMITS.resource : undefined;
}

const undecidedText = (v: Value): boolean => (typeof v === 'string' ? hasHole(v) : isUnknown(v) || (v !== null && typeof v === 'object' && Object.values(v).some((x) => undecidedText(x as Value))));

const published = new Map<string, boolean>();

/** Actions written out in full that no service publishes, each once, with the source of the first statement that names it. */
function unknownActions(statements: readonly Statement[]): { action: string; at: number }[] {
  const found = new Map<string, number>();
  for (const s of statements) for (const a of s.actions ?? s.notActions ?? []) {
    let known = published.get(a);
    if (known === undefined) published.set(a, (known = /[*?]|\$\{/.test(a) || hasHole(a) || actionInfo(a) !== undefined));
    if (!known && !found.has(a)) found.set(a, s.source ?? 0);
  }
  return [...found].map(([action, at]) => ({ action, at }));
}

const HOLDER = /^ovr:[a-z]+:[a-z0-9]+:(.*)$/s;

/** Policies of a holder live under its native id, so that the same role gives the same policy whatever the source. */
function nativeOf(ctx: MapContext, r: Resource, holder: string | undefined): string {
  const own = ctx.nativeId(r);
  if (!holder) return own;
  const native = HOLDER.exec(holder)?.[1];
  return native ?? own;
}

function valueAt(r: Resource, pointer: string): Value | undefined {
  let here: Value | undefined = r.properties;
  for (const step of pointer.split('/').slice(1)) {
    if (isUnknown(here)) return here;
    if (Array.isArray(here)) here = here[Number(step)];
    else if (typeof here === 'object' && here !== null) here = (here as { [k: string]: Value })[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    else return undefined;
  }
  return here;
}

const MANAGED = ['AWS::IAM::ManagedPolicy'];

/** ARN of the provider's policy that a data source looks up by ARN or by name. */
export function publishedArn(r: Resource): string | undefined {
  if (r.mode !== 'data' || r.properties['PolicyDocument'] !== undefined) return undefined;
  const arn = r.nativeId;
  if (arn && managedPolicy(arn)) return arn;
  const name = r.name;
  if (!name || hasHole(name)) return undefined;
  return ['', 'service-role/', 'job-function/', 'aws-service-role/'].map((path) => `arn:aws:iam::aws:policy/${path}${name}`).find((a) => managedPolicy(a) !== undefined);
}

/**
 * Attaches the policy that an ARN names: declared in the input, managed by the provider (text from knowledge), or outside and unread.
 * An undecided ARN is noted and leaves a policy whose text failed to parse, so that nothing about the holder is taken as complete.
 */
export function attachByArn(ctx: MapContext, r: Resource, holder: string, as: 'identity' | 'boundary' | 'session', value: Value, pointer: string): void {
  const edge = (to: string): void => ctx.edge({ kind: 'HAS_POLICY', from: holder, to, discriminator: as, evidence: ctx.evidence(r, pointer), props: { as } });
  const found = typeof value === 'string' ? ctx.resource(value, MANAGED) : undefined;
  const outside = found && publishedArn(found);
  const declared = found && !outside ? ctx.resolve(value, MANAGED) : undefined;
  if (declared) return edge(declared);
  const text = outside ?? (typeof value === 'string' ? value : undefined);
  const arn = text?.startsWith('arn:') ? text : undefined;
  const provided = arn === undefined ? undefined : managedStatements(arn);
  if (arn !== undefined && provided !== undefined) {
    const name = arn.split('/').pop()!;
    const { statements, parse } = provided;
    return edge(ctx.shared(r, { kind: 'Policy', type: 'aws.iam.managedpolicy', nativeId: arn, name, tags: {}, sources: [], props: { policyType: 'identity', managedBy: 'provider', arn, statements, parse } }));
  }
  const managed = arn !== undefined && /^arn:[^:]*:iam::aws:policy\//.test(arn);
  const why = managed ? 'its text is not in the table of published policies' : arn && !hasHole(arn) ? 'it is not in the input' : 'the input does not decide which policy it is';
  const shown = text === undefined ? 'a policy' : showHoles(text);
  ctx.note({ code: 'unresolved', message: `${r.address}: ${shown} is attached, but ${why}`, subject: r.address, ...(sourceOf(r, pointer) ? { source: sourceOf(r, pointer)! } : {}) });
  const h = wholeHole(text);
  const native = arn && !hasHole(arn) ? arn : ctx.declared(r, `policy:${h?.kind === 'ref' ? h.address : text ? showHoles(text) : pointer}`);
  edge(ctx.shared(r, { kind: 'Policy', type: 'aws.iam.managedpolicy', nativeId: native, name: arn?.split('/').pop() ? showHoles(arn.split('/').pop()!) : shown, tags: {}, completeness: 'none', sources: [], props: { policyType: 'identity', managedBy: managed ? 'provider' : 'customer', arn, statements: [], parse: 'failed' } }));
}

export type { As as PolicyRole };
