import { may, type Caller, type Permission } from './roles.ts';

/**
 * Every operation and the permission it needs. What is not listed is refused to everybody, admins included:
 * a new field needs its row here, and test/server/access.test.ts says so.
 */
export const OPERATIONS: Readonly<Record<string, Permission>> = {
  'Query.findings': 'read', 'Query.finding': 'read', 'Query.attackPaths': 'read', 'Query.definedAt': 'read', 'Query.posture': 'read', 'Query.undecided': 'read',
  'Query.agents': 'read', 'Query.principals': 'read', 'Query.identities': 'read', 'Query.dataStores': 'read', 'Query.secrets': 'read', 'Query.node': 'read',
  'Query.rules': 'read', 'Query.coverage': 'read', 'Query.missingLayers': 'read', 'Query.runs': 'read',
  'Query.pathsBetween': 'read', 'Query.whyNot': 'read', 'Query.blastRadius': 'read', 'Query.whoCan': 'read',
  'Query.accessReview': 'read', 'Query.intentReview': 'read', 'Query.invokerGap': 'read', 'Query.owners': 'read',
  'Query.fixes': 'read', 'Query.tickets': 'read', 'Query.trackers': 'read', 'Query.compareRuns': 'read', 'Query.whatIf': 'read', 'Query.plan': 'ingest',
  'Query.viewer': 'read', 'Query.job': 'read', 'Query.jobs': 'read',
  'Query.audit': 'administer',
  'Mutation.ingest': 'ingest', 'Mutation.analyze': 'ingest', 'Mutation.createTicket': 'ingest', 'POST /uploads': 'ingest',
  'Mutation.acceptRisk': 'accept', 'Mutation.reopen': 'accept',
  'Query.overrides': 'read', 'Mutation.setOverride': 'accept', 'Mutation.removeOverride': 'accept',
  'Subscription.runProgress': 'read',
  'GET /metrics': 'read',
};

/**
 * Operations whose answer comes from the caller's own view and nowhere else. Callers that are limited to scopes may use these;
 * every other operation is refused to them, new ones included. test/server/scopes.test.ts asks each of these for what is outside.
 */
export const SCOPED: ReadonlySet<string> = new Set([
  'Query.findings', 'Query.finding', 'Query.attackPaths', 'Query.definedAt', 'Query.posture', 'Query.undecided',
  'Query.agents', 'Query.principals', 'Query.identities', 'Query.dataStores', 'Query.secrets', 'Query.node',
  'Query.rules', 'Query.coverage', 'Query.missingLayers', 'Query.runs',
  'Query.pathsBetween', 'Query.whyNot', 'Query.blastRadius', 'Query.whoCan',
  'Query.viewer', 'Mutation.acceptRisk', 'Mutation.reopen',
]);

/** The one decision on what a caller may ask for. */
export const allowed = (caller: Caller | undefined, operation: string): boolean => may(caller, OPERATIONS[operation]) && (caller!.scopes === undefined || SCOPED.has(operation));
