import { z } from 'zod';
import { defineKind, EntryClass, shapes } from '../define.ts';

export const workloadKinds = [
  defineKind('Endpoint', 'a place where requests arrive', {
    protocol: z.string(),
    auth: z.enum(['none', 'api-key', 'aws-iam', 'jwt', 'oauth2', 'session', 'mtls', 'database', 'unknown']),
    authDetail: z.object({
      issuer: z.string(), audiences: shapes.strings, clients: shapes.strings, scopes: shapes.strings, claims: z.unknown(),
      selfSignup: z.boolean(), open: z.boolean().describe('anyone can obtain an accepted token'), authorizer: z.string(), publicStatement: z.boolean(),
    }).partial(),
    arn: z.string(),
    url: z.string(),
    method: z.string(),
    path: z.string(),
    networkScope: z.enum(['public', 'private', 'unknown']).describe('where packets can come from, as far as the resource itself says'),
    repliesToCaller: z.boolean(),
    forwardsText: z.boolean().describe('declared in overreach.yaml or known from the platform'),
    exposure: z.enum(['internet', 'partner', 'private', 'unknown']),
    callers: z.array(EntryClass).describe('declared entry classes that are accepted'),
  }),
  defineKind('Compute', 'where code runs', {
    computeType: z.enum(['lambda', 'container', 'pod', 'k8s_node', 'vm', 'microvm', 'runner', 'workstation', 'workflow', 'saas']),
    arn: z.string(),
    metadataService: z.enum(['open', 'token_required', 'blocked', 'none', 'unknown']),
    egress: z.enum(['open', 'limited', 'none', 'unknown']),
    vulnerabilities: z.array(z.object({ id: z.string(), exploited: z.boolean().optional(), effect: z.string() })),
    invokes: shapes.strings.describe('ids or texts its configuration names (environment values, definition), for derived routes'),
    configuredNames: shapes.strings,
    keyPair: z.string().describe('name of the key pair whose private key logs in'),
    launchType: z.string(),
    hostAccess: z.boolean().describe('privileged, or with the machine’s own files: code in it owns the machine'),
    asynchronous: z.boolean(),
    handlesUntrusted: z.boolean(),
  }),
  defineKind('Pipeline', 'CI/CD workflow, job, build project', {
    triggers: shapes.strings, reviewers: z.boolean(), environments: shapes.strings, permissions: z.unknown(), arn: z.string(),
  }),
  defineKind('Repository', 'source repository', { visibility: z.enum(['public', 'private', 'internal', 'unknown']), branchProtection: z.boolean(), arn: z.string() }),
  defineKind('Artifact', 'image, package, zip, layer, prompt, skill, template', {
    artifactType: z.string(), digest: z.string(), pinned: z.boolean(), mutable: z.boolean(), signed: z.boolean(), length: z.number(), hash: z.string(), arn: z.string(), location: z.string(),
  }),
  defineKind('Network', 'VPC, subnet, security group, gateway, as far as reachability needs it', {
    networkType: z.string(), arn: z.string(), cidrs: shapes.strings,
    ingress: z.array(z.object({ fromPort: z.number().optional(), toPort: z.number().optional(), protocol: z.string().optional(), cidrs: shapes.strings.optional(), groups: shapes.strings.optional(), source: z.number().optional() })),
    egress: z.array(z.object({ fromPort: z.number().optional(), toPort: z.number().optional(), protocol: z.string().optional(), cidrs: shapes.strings.optional(), groups: shapes.strings.optional(), source: z.number().optional() })),
    routes: z.array(z.object({ destination: z.string(), target: z.string() })),
    publicIp: z.boolean(),
  }),
];
