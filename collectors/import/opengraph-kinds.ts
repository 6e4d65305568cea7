import type { EdgeKind, NodeKind } from '../../schema/index.ts';

/**
 * Kinds of others' OpenGraph payloads that mean what a kind of ours means, by whole name without the prefix of the extension
 * (`GH_User`, `AZUser`, `Okta_User` → `User`). Only plain equivalents: a kind that is nearly one of ours is not in the list, and is reported.
 */
const NODES: Readonly<Record<string, NodeKind>> = {
  user: 'Identity', person: 'Identity', group: 'Identity', team: 'Identity', role: 'Identity', serviceprincipal: 'Identity', managedidentity: 'Identity', serviceaccount: 'Identity', principal: 'Identity', application: 'Identity',
  computer: 'Compute', device: 'Compute', vm: 'Compute', server: 'Compute', functionapp: 'Compute', webapp: 'Compute', lambda: 'Compute', ec2instance: 'Compute', pod: 'Compute',
  s3bucket: 'DataStore', storageaccount: 'DataStore', database: 'DataStore', bucket: 'DataStore', dynamodbtable: 'DataStore',
  secret: 'Secret', keyvault: 'Secret', vault: 'Secret', reposecret: 'Secret', orgsecret: 'Secret', environmentsecret: 'Secret', secretsmanagersecret: 'Secret',
  repository: 'Repository', workflow: 'Pipeline', pipeline: 'Pipeline', containerregistry: 'Artifact',
  domain: 'Scope', tenant: 'Scope', subscription: 'Scope', resourcegroup: 'Scope', managementgroup: 'Scope', organization: 'Scope', account: 'Scope', ou: 'Scope',
  personalaccesstoken: 'Credential', apikey: 'Credential', accesskey: 'Credential', agent: 'Agent', tool: 'Tool', mcpserver: 'ToolServer',
};
const EDGES: Readonly<Record<string, EdgeKind>> = { memberof: 'MEMBER_OF', contains: 'CONTAINS', runsas: 'RUNS_AS', ownedby: 'OWNED_BY', hastool: 'HAS_TOOL' };

/** Without the prefix of an extension, in small letters. */
const bare = (kind: string): string => kind.replace(/^[A-Za-z0-9]+_/, '').replace(/^(AZ|AWS|GCP)(?=[A-Z])/, '').replace(/_/g, '').toLowerCase();

export const nodeKindOf = (kinds: readonly string[]): NodeKind | undefined => kinds.map((k) => NODES[bare(k)]).find((k) => k !== undefined);
export const edgeKindOf = (kind: string): EdgeKind | undefined => EDGES[bare(kind)];
