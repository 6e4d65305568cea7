import type { Permission } from './roles.ts';

/**
 * Every operation and the permission it needs. What is not listed is refused to everybody, admins included:
 * a new field needs its row here, and test/server/access.test.ts says so.
 */
export const OPERATIONS: Readonly<Record<string, Permission>> = {
  'Query.findings': 'read', 'Query.finding': 'read', 'Query.attackPaths': 'read', 'Query.definedAt': 'read', 'Query.posture': 'read', 'Query.undecided': 'read',
  'Query.agents': 'read', 'Query.principals': 'read', 'Query.identities': 'read', 'Query.dataStores': 'read', 'Query.secrets': 'read', 'Query.node': 'read',
  'Query.rules': 'read', 'Query.coverage': 'read', 'Query.missingLayers': 'read', 'Query.runs': 'read',
  'Query.pathsBetween': 'read', 'Query.whyNot': 'read', 'Query.blastRadius': 'read', 'Query.whoCan': 'read',
  'Query.viewer': 'read', 'Query.job': 'read', 'Query.jobs': 'read',
  'Query.audit': 'administer',
  'Mutation.ingest': 'ingest', 'Mutation.analyze': 'ingest', 'POST /uploads': 'ingest',
  'Mutation.acceptRisk': 'accept', 'Mutation.reopen': 'accept',
  'GET /metrics': 'read',
};
