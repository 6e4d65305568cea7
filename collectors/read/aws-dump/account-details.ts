import type { Problem, RawResource, SourceRef, Value } from '../../../schema/index.ts';
import { linesAlong, type Route } from '../json-lines-along.ts';
import { LazyMap } from '../lazy-map.ts';
import { keyCount, type RepeatedKey, repeatedKeys } from '../repeated-keys.ts';
import { policyDocument, repeatedKey, Unusable } from './document.ts';

/** Lists of `aws iam get-account-authorization-details` that hold records. */
export const DETAIL_LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;
export type DetailList = (typeof DETAIL_LISTS)[number];

type Json = Record<string, unknown>;
type Place = (pointer: string, from: string) => void;
interface Draft { type: string; properties: { [key: string]: Value }; problems: { from: string; message: string }[] }

/** The record as a resource in the shape of CloudFormation (IAM API Reference, GetAccountAuthorizationDetails), with lines down to the statement. */
export function accountRecord(list: DetailList, { text, line, keys }: { text: string; line: number; keys: number }, file: string, pointer: string): { resources: RawResource[]; problems: Problem[] } {
  const record = JSON.parse(text) as unknown;
  const at = (startLine: number, from: string): SourceRef => ({ source: 'aws-dump', file, startLine, jsonPointer: pointer + from });
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return { resources: [], problems: [{ code: 'parse-error', message: `an entry of ${list} is not an object`, source: at(line, '') }] };
  let placed: Map<string, number> | undefined;
  const lineAt = (from: string): number => {
    placed ??= text.includes('\n') ? linesAlong(text, line, PLACED) : new Map<string, number>();
    for (let p = from; p !== ''; p = p.slice(0, p.lastIndexOf('/'))) { const l = placed.get(p); if (l !== undefined) return l; }
    return line;
  };

  const resources: RawResource[] = [];
  const problems: Problem[] = [];
  if (keyCount(record) < keys) for (const repeated of repeatedKeys(text, line)) {
    if (!spoilDocument(record as Json, repeated)) problems.push({ code: 'unresolved', message: `the key "${repeated.key}" stands twice in one object; the last one is read`, source: at(repeated.line, `/${repeated.path.join('/')}`) });
  }
  const add = (draft: Draft, base: string, places: (place: Place) => unknown): void => {
    const subject = typeof draft.properties.Arn === 'string' ? draft.properties.Arn : undefined;
    for (const p of draft.problems) problems.push({ code: 'invalid-policy', message: p.message, source: at(lineAt(p.from), p.from), ...(subject && { subject }) });
    resources.push({
      dialect: 'canonical', type: draft.type, address: pointer + base, root: file, properties: draft.properties, documents: new Map(),
      sources: LazyMap.of([['', at(base ? lineAt(base) : line, base)]], (set) => void places((to, from) => set(to, at(lineAt(from), from)))),
      provider: { scope: '', ...accountIn(subject) }, references: [], mode: 'live', state: 'live',
    });
  };
  add(DRAFTS[list](record as Json), '', (place) => DRAFTS[list](record as Json, place));
  if (list === 'RoleDetailList') for (const [i, profile] of objects((record as Json).InstanceProfileList).entries()) add(instanceProfile(profile, (record as Json).RoleName), `/InstanceProfileList/${i}`, () => undefined);
  return { resources, problems };
}

const DOCUMENTS = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'Document']);

/** A document with a repeated key says two things at once: it counts as not read. False when the key is not in a policy document. */
function spoilDocument(record: Json, { key, path }: RepeatedKey): boolean {
  const depth = path.findIndex((p) => typeof p === 'string' && DOCUMENTS.has(p));
  if (depth < 0) return false;
  let holder: unknown = record;
  for (const p of path.slice(0, depth)) holder = (holder as Json)[p];
  (holder as Json)[path[depth]!] = new Unusable(repeatedKey(key));
  return true;
}

const accountIn = (arn: string | undefined): { account?: string } => {
  const account = arn?.split(':')[4];
  return account && /^\d{12}$/.test(account) ? { account } : {};
};

const USER = ['Arn', 'Path', 'CreateDate', 'UserName', 'UserId'];
const GROUP = ['Arn', 'Path', 'CreateDate', 'GroupName', 'GroupId'];
const ROLE = ['Arn', 'Path', 'CreateDate', 'RoleName', 'RoleId'];

const DRAFTS: Record<DetailList, (r: Json, place?: Place) => Draft> = {
  UserDetailList: (r, place) => principal('AWS::IAM::User', r, USER, 'UserPolicyList', place, { Groups: strings(r.GroupList) }),
  GroupDetailList: (r, place) => principal('AWS::IAM::Group', r, GROUP, 'GroupPolicyList', place, {}),
  RoleDetailList: (r, place) => {
    const trust = policyDocument(r.AssumeRolePolicyDocument);
    // An empty record says that the role was not used in the tracking period.
    const record = r.RoleLastUsed as Json | undefined;
    const used = record && typeof record === 'object' && Object.keys(record).length === 0 ? 'never' : record?.LastUsedDate;
    const draft = principal('AWS::IAM::Role', r, ROLE, 'RolePolicyList', place, { AssumeRolePolicyDocument: trust.document, ...(typeof used === 'string' && { RoleLastUsed: used }) });
    if (place) placeDocument('/AssumeRolePolicyDocument', '/AssumeRolePolicyDocument', trust.document, place);
    if (trust.problem) draft.problems.push({ from: '/AssumeRolePolicyDocument', message: `trust policy of ${String(r.RoleName)}: ${trust.problem}` });
    return draft;
  },
  Policies: managedPolicy,
};

function principal(type: string, r: Json, names: string[], inline: string, place: Place | undefined, more: { [key: string]: Value }): Draft {
  const problems: Draft['problems'] = [];
  const properties = pick(r, names);
  if (Array.isArray(r.Tags) && r.Tags.length) properties.Tags = r.Tags as Value;
  for (const k in more) properties[k] = more[k]!;
  properties.Policies = objects(r[inline]).map((p, i) => {
    const { document, problem } = policyDocument(p.PolicyDocument);
    place?.(`/Policies/${i}`, `/${inline}/${i}`);
    if (place) placeDocument(`/Policies/${i}/PolicyDocument`, `/${inline}/${i}/PolicyDocument`, document, place);
    if (problem) problems.push({ from: `/${inline}/${i}`, message: `inline policy ${String(p.PolicyName)}: ${problem}` });
    return { PolicyName: String(p.PolicyName ?? `policy${i}`), PolicyDocument: document };
  });
  properties.ManagedPolicyArns = objects(r.AttachedManagedPolicies).flatMap((p, i) => {
    if (typeof p.PolicyArn !== 'string') return [];
    place?.(`/ManagedPolicyArns/${i}`, `/AttachedManagedPolicies/${i}`);
    return [p.PolicyArn];
  });
  const boundary = (r.PermissionsBoundary as Json | undefined)?.PermissionsBoundaryArn;
  if (typeof boundary === 'string') {
    properties.PermissionsBoundary = boundary;
    place?.('/PermissionsBoundary', '/PermissionsBoundary');
  }
  return { type, properties, problems };
}

/** The default version is the document in force; the others stay as `OtherVersions[{VersionId, PolicyDocument}]`, since one call makes one of them the default. */
function managedPolicy(r: Json, place?: Place): Draft {
  const problems: Draft['problems'] = [];
  const properties: { [key: string]: Value } = { ManagedPolicyName: String(r.PolicyName ?? ''), ...pick(r, ['Arn', 'PolicyId', 'Path', 'Description', 'DefaultVersionId', 'AttachmentCount', 'PermissionsBoundaryUsageCount', 'CreateDate', 'UpdateDate']), ...tags(r) };
  const versions = objects(r.PolicyVersionList);
  const inForce = versions.findIndex((v) => v.IsDefaultVersion === true || (v.VersionId !== undefined && v.VersionId === r.DefaultVersionId));
  const others: Value[] = [];
  for (const [i, v] of versions.entries()) {
    const { document, problem } = policyDocument(v.Document);
    if (problem) problems.push({ from: `/PolicyVersionList/${i}`, message: `managed policy ${String(r.PolicyName)} ${String(v.VersionId)}: ${problem}` });
    if (place) placeDocument(i === inForce ? '/PolicyDocument' : `/OtherVersions/${others.length}/PolicyDocument`, `/PolicyVersionList/${i}/Document`, document, place);
    if (i === inForce) properties.PolicyDocument = document;
    else others.push({ VersionId: String(v.VersionId ?? i), PolicyDocument: document });
  }
  if (inForce < 0) {
    properties.PolicyDocument = policyDocument(undefined).document;
    problems.push({ from: '', message: `managed policy ${String(r.PolicyName)} has no default version` });
  }
  if (others.length) properties.OtherVersions = others;
  return { type: 'AWS::IAM::ManagedPolicy', properties, problems };
}

/** A profile in the list of a role carries that role, also where the inner list of roles was left out. */
function instanceProfile(r: Json, of: unknown): Draft {
  const inside = objects(r.Roles).flatMap((x) => (typeof x.RoleName === 'string' ? [x.RoleName] : []));
  const roles = inside.length > 0 ? inside : typeof of === 'string' ? [of] : [];
  return { type: 'AWS::IAM::InstanceProfile', problems: [], properties: { ...pick(r, ['InstanceProfileName', 'InstanceProfileId', 'Arn', 'Path']), Roles: roles } };
}

function placeDocument(to: string, from: string, document: Value, place: Place): void {
  place(to, from);
  const statement = (document as { Statement?: Value }).Statement;
  if (Array.isArray(statement)) statement.forEach((_, i) => place(`${to}/Statement/${i}`, `${from}/Statement/${i}`));
  else if (statement !== undefined) place(`${to}/Statement`, `${from}/Statement`);
}

/** Policies and statements are placed, and nothing smaller: a large account has hundreds of thousands of them. */
const DOCUMENT: Route = { Statement: { '*': {} } };
const INLINE: Route = { '*': { PolicyDocument: DOCUMENT } };
const PLACED: Route = {
  UserPolicyList: INLINE, GroupPolicyList: INLINE, RolePolicyList: INLINE, AssumeRolePolicyDocument: DOCUMENT, PolicyVersionList: { '*': { Document: DOCUMENT } },
  AttachedManagedPolicies: { '*': {} }, InstanceProfileList: { '*': {} }, PermissionsBoundary: {},
};

const isObject = (x: unknown): x is Json => x !== null && typeof x === 'object' && !Array.isArray(x);
const objects = (v: unknown): Json[] => (!Array.isArray(v) ? [] : v.every(isObject) ? v : v.filter(isObject));
const strings = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x) => typeof x === 'string') : []);
function pick(r: Json, keys: readonly string[]): { [key: string]: Value } {
  const out: { [key: string]: Value } = {};
  for (const k of keys) if (r[k] !== undefined) out[k] = r[k] as Value;
  return out;
}
const tags = (r: Json): { Tags?: Value } => (Array.isArray(r.Tags) && r.Tags.length ? { Tags: r.Tags as Value } : {});
