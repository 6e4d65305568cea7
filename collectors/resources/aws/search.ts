import { type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, flag, list, literal, pointer, prop, text, texts } from '../properties.ts';
import { attachedTo, label, partOf } from './shared.ts';
import { resourcePolicy, store } from './stores.ts';

const COLLECTION = 'AWS::OpenSearchServerless::Collection';

function domain(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: 'search_index', key: ['EncryptionAtRestOptions', 'KmsKeyId'], policy: ['AccessPolicies'] });
  const inside = prop(r, 'VPCOptions') !== undefined;
  const endpoint = ctx.node(r, { kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: 'aws.opensearchservice.endpoint', name: `${label(r)} (search)`, tags: {}, props: { protocol: 'https', auth: 'aws-iam', networkScope: inside ? 'private' : 'public', repliesToCaller: true } });
  attachedTo(ctx, r, endpoint, ['VPCOptions', 'SubnetIds'], ['VPCOptions', 'SecurityGroupIds']);
  resourcePolicy(r, ctx, endpoint, ['AccessPolicies']);
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(r) });
}

/** A collection; whether packets get there from outside is the matter of network policies that match its name. */
function collection(r: Resource, ctx: MapContext): void {
  const id = store(r, ctx, { storeType: literal(prop(r, 'Type')) === 'VECTORSEARCH' ? 'vector_index' : 'search_index' });
  const name = literal(prop(r, 'Name'));
  const rules = name === undefined ? [] : ctx.all('AWS::OpenSearchServerless::SecurityPolicy')
    .filter((p) => prop(p, 'Type') === 'network').flatMap((p) => networkRules(p).map((n) => ({ ...n, p })))
    .filter((n) => n.names.some((pattern) => matches(pattern, name)));
  if (rules.length === 0) return;
  const open = rules.find((n) => n.open);
  const shown = open ?? rules[0]!;
  const endpoint = ctx.node(r, { kind: 'Endpoint', nativeId: partOf(id, 'endpoint'), type: 'aws.opensearchserverless.endpoint', name: `${label(r)} (collection)`, tags: {}, props: { protocol: 'https', auth: 'aws-iam', networkScope: open ? 'public' : 'private', repliesToCaller: true } });
  ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: id, evidence: ctx.evidence(shown.p, '/Policy') });
}

interface NetworkRule { names: string[]; open: boolean }

function networkRules(p: Resource): NetworkRule[] {
  return list(prop(p, 'Policy')).flatMap((entry) => {
    const e = fields(entry);
    return e ? [{ names: list(e['Rules']).flatMap((rule) => texts(fields(rule)?.['Resource'])).flatMap(collectionName), open: flag(e['AllowFromPublic']) === true }] : [];
  });
}

const collectionName = (resource: string): string[] => (resource.startsWith('collection/') ? [resource.slice('collection/'.length)] : []);
const matches = (pattern: string, name: string): boolean => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name);

/** Data access policy: rules over collections and indexes for named principals, as statements on every collection its patterns match. */
function accessPolicy(r: Resource, ctx: MapContext): void {
  if (literal(prop(r, 'Type')) !== undefined && literal(prop(r, 'Type')) !== 'data') return;
  const entries = list(prop(r, 'Policy'));
  const names = new Set<string>();
  const source = ctx.source(r, '/Policy');
  const statements = entries.flatMap((entry, i) => {
    const e = fields(entry);
    if (!e) return [];
    return list(e['Rules']).flatMap((rule) => {
      const f = fields(rule);
      const resources = texts(f?.['Resource']);
      for (const t of resources) names.add(t.replace(/^(collection|index)\//, '').split('/')[0]!);
      return [{ sid: text(e['Description']) ?? `rule ${i}`, effect: 'Allow', actions: texts(f?.['Permission']), resources, principals: { AWS: texts(e['Principal'] as Value | undefined) }, source: 0 }];
    });
  });
  const policy = ctx.node(r, { kind: 'Policy', sources: source ? [source] : [], props: { policyType: 'data_access', managedBy: 'customer', statements, parse: entries.length && statements.length ? 'ok' : 'failed' } });
  for (const c of ctx.all(COLLECTION)) {
    const name = text(prop(c, 'Name'));
    if (name === undefined || ![...names].some((n) => matches(n, name))) continue;
    const id = ctx.resolve(c.nativeId, [COLLECTION]);
    if (id) ctx.edge({ kind: 'HAS_POLICY', from: id, to: policy, discriminator: 'data_access', evidence: ctx.evidence(r, pointer('Policy')), props: { as: 'data_access' } });
  }
}

export const mappings: ResourceMapping[] = [
  mapping('AWS::OpenSearchService::Domain', domain),
  mapping(COLLECTION, collection),
  mapping('AWS::OpenSearchServerless::AccessPolicy', accessPolicy),
  // Read with the collections whose names they match.
  mapping('AWS::OpenSearchServerless::SecurityPolicy', () => {}),
];
