import { z } from 'zod';
import { defineKind, shapes } from '../define.ts';
import { SourceRef } from '../source-ref.ts';

/** One statement of a policy document, parsed; absent lists mean the element was not there. `pointer` locates it in the document. */
export const Statement = z.object({
  sid: z.string().optional(),
  effect: z.enum(['Allow', 'Deny']),
  actions: z.array(z.string()).optional(),
  notActions: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  notResources: z.array(z.string()).optional(),
  /** type (`AWS`, `Service`, `Federated`, `CanonicalUser`, `*`) → values; `{"*": ["*"]}` for `"Principal": "*"`. */
  principals: z.record(z.string(), z.array(z.string())).optional(),
  notPrincipals: z.record(z.string(), z.array(z.string())).optional(),
  /** operator → key → values, as written. */
  conditions: z.record(z.string(), z.record(z.string(), z.array(z.string()))).optional(),
  /** Parts that could not be resolved: the statement is then three-valued in that part. */
  unresolved: z.array(z.string()).optional(),
  source: z.number().int().optional().describe('index into the sources of the Policy node'),
});
export type Statement = z.infer<typeof Statement>;

/**
 * What a report of last use says about one principal. Services by their prefix; a service or action that is not named here is not told of.
 * Attempts count as use, refused ones too. Instants are ISO 8601.
 */
export const Usage = z.object({
  reportedAt: z.string().optional().describe('instant at which the report was asked for'),
  unused: z.array(z.string()).describe('services that were not used in the tracking period'),
  used: z.record(z.string(), z.object({
    last: z.string(),
    actions: z.record(z.string(), z.string()).optional().describe('tracked action without prefix, lower case → instant, or “never” in the tracking period'),
  })),
  source: SourceRef.optional(),
});
export type Usage = z.infer<typeof Usage>;

export const accessKinds = [
  defineKind('Identity', 'who can be given permissions', {
    identityType: z.enum(['role', 'user', 'group', 'population', 'service_account', 'managed_identity', 'service_principal', 'agent_identity', 'oauth_app', 'github_token', 'db_user', 'external', 'root']),
    arn: z.string(),
    account: z.string(),
    path: z.string(),
    uniqueId: z.string(),
    principalTags: z.record(z.string(), z.string()),
    issuer: z.string().describe('name under which trust policies know a provider that has no ARN of its own'),
    trustedServices: shapes.strings,
    loginProfile: z.boolean().describe('absent = unknown'),
    accessKeys: z.number().int().describe('absent = unknown'),
    instanceProfiles: shapes.strings.describe('ARNs or names of instance profiles that carry this role'),
    platformDefault: z.boolean(),
    lastUsed: z.string().describe('instant, or “never” in the tracking period of the provider'),
    usage: Usage.describe('last use by service and tracked action'),
    sessionRoles: shapes.strings.describe('ids of the roles whose sessions a service hands to it, within its session policies'),
    sessionService: z.string().describe('principal under which that service obtains them'),
    sessionOf: z.string().describe('id of the role that this is a session of'),
    isAdmin: z.boolean(),
    canBecomeAdmin: z.boolean(),
  }),
  defineKind('Policy', 'a document that grants or denies', {
    policyType: z.enum(['identity', 'boundary', 'trust', 'resource', 'scp', 'rcp', 'session', 'k8s_role', 'endpoint', 'data_access', 'vended']),
    vends: z.object({ action: z.string(), resource: z.string(), as: z.string().optional(), serviceLinked: z.boolean().optional() }).describe('what to call for credentials of the store, on which resource, and the identity node whose permissions they carry'),
    managedBy: z.enum(['provider', 'customer']),
    arn: z.string(),
    statements: z.array(Statement),
    parse: z.enum(['ok', 'partial', 'failed']).describe('failed: what depends on it is unknown'),
    restricted: z.boolean().describe('for everyone as written, kept to the own account by a public access block'),
    otherVersions: z.array(z.object({ versionId: z.string(), statements: z.array(Statement) })),
  }),
  defineKind('Credential', 'a token, key, OAuth grant, browser profile', {
    credType: z.string(),
    lifetime: z.enum(['static', 'rotating', 'session']),
    scopes: shapes.strings,
    consent: z.string(),
    senderConstrained: z.boolean(),
    ipRestricted: z.boolean(),
    exposedLiteral: z.boolean(),
    hash: z.string().describe('keyed hash of a literal; never the value'),
    location: z.string().describe('property that holds it, e.g. environment variable name'),
    heldBy: z.enum(['us', 'vendor']),
    status: z.string(),
    createdAt: z.string(),
    lastUsed: z.string(),
  }),
  defineKind('Owner', 'a person or team that answers for things', {
    ownerKind: z.enum(['person', 'team']), active: z.boolean(), contact: z.string(),
  }),
  defineKind('Scope', 'account, organisation, OU, cluster, namespace', {
    scopeType: z.enum(['account', 'organisation', 'ou', 'subscription', 'project', 'tenant', 'cluster', 'namespace', 'any']),
    account: z.string(),
    region: z.string(),
    organizationId: z.string().describe('of an organisation, or of the one that an account belongs to'),
    managementAccount: z.string().describe('account that no control policy of the organisation binds'),
  }),
];
