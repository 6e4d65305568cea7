import type { Node } from 'jsonc-parser';
import type { Problem, RawResource, SourceRef, Value } from '../../../schema/index.ts';
import { childOf } from '../json-tree.ts';

/** One answer; `of` where its principal is named, `says` what stands there. */
export interface Report { node: Node; pointer: string; of?: Node; says?: unknown }

const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;
const SERVICE = /^[a-z0-9][a-z0-9.-]*$/i;
const ACTION = /^(?:[a-z0-9.-]+:)?([a-z0-9]+)$/i;

/**
 * One answer of GetServiceLastAccessedDetails as a resource (IAM API Reference and User Guide, “Refine permissions using last accessed
 * information”, read 2026): every service that the permission policies of a principal let it reach, with the instant of the last attempt within at
 * least 400 days, or without one when there was none. Actions are told only where IAM tracks them, which leaves out most that work on data.
 *
 * The answer does not say whose it is: all entities in the answer of a role or user are that one, so a single ARN is the principal, and in the
 * answer of a policy or group the only one of its holders that made an attempt. Where no ARN or several occur, nothing is taken from it.
 */
export function readReport(report: Report, file: SourceRef, lineOf: (offset: number) => number): { resource?: RawResource; problems: Problem[] } {
  const { node, pointer } = report;
  const problems: Problem[] = [];
  const at = (n: Node, jsonPointer = pointer): SourceRef => ({ ...file, startLine: lineOf(n.offset), jsonPointer });
  const tell = (code: Problem['code'], message: string, n: Node, below = ''): void => void problems.push({ code, message, source: at(n, pointer + below) });
  const nothing = (code: Problem['code'], message: string, n: Node, below = ''): { problems: Problem[] } => { tell(code, `${message}; nothing is concluded from this report`, n, below); return { problems }; };

  if (node.type !== 'object') return nothing('not-read', 'an answer of get-service-last-accessed-details is expected here', node);
  const status = childOf(node, 'JobStatus');
  if (status?.value !== 'COMPLETED') return nothing('not-read', `the job is not completed (${typeof status?.value === 'string' ? status.value.slice(0, 40) : 'JobStatus is missing'})`, status ?? node, '/JobStatus');
  const truncated = childOf(node, 'IsTruncated');
  if (truncated && truncated.value !== false) return nothing('not-read', 'IsTruncated is not false: services are missing (ask with --max-items 1000)', truncated, '/IsTruncated');
  const services = childOf(node, 'ServicesLastAccessed');
  if (services?.type !== 'array') return nothing('not-read', 'ServicesLastAccessed is not a list', services ?? node, '/ServicesLastAccessed');

  const used = new Map<string, { Last: string; Actions?: { [action: string]: Value } }>();
  const unused = new Set<string>();
  const open = new Set<string>();
  const entities = new Set<string>();
  for (const [i, item] of (services.children ?? []).entries()) {
    const below = `/ServicesLastAccessed/${i}`;
    const service = serviceIn(item, entities);
    if ('wrong' in service) {
      tell('not-read', `${service.wrong}; what was used of it stays open`, item, below);
      if (service.name) open.add(service.name);
    } else {
      for (const wrong of service.skipped) tell('not-read', `${service.name}: ${wrong}; its use stays open`, item, below);
      if (service.last === undefined) unused.add(service.name);
      else if (!used.has(service.name)) used.set(service.name, { Last: service.last, ...(service.actions.length > 0 && { Actions: Object.fromEntries(service.actions) }) });
      else open.add(service.name);
    }
  }
  for (const name of [...open, ...[...unused].filter((x) => used.has(x))]) { used.delete(name); unused.delete(name); }

  const who = principal(report, entities);
  if ('wrong' in who) return nothing('unresolved', who.wrong, report.of ?? node, report.of && childOf(node, 'Arn') === report.of ? '/Arn' : '');
  const created = instant(childOf(node, 'JobCreationDate'));
  return {
    problems,
    resource: {
      dialect: 'canonical', type: 'IAM::LastAccessedReport', address: pointer || '/', root: file.file!, sources: new Map([['', at(node)]]), documents: new Map(),
      properties: { Principal: who.arn, ...(created && { ReportedAt: created }), Unused: [...unused].sort(), Used: Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))) },
      provider: { scope: '' }, references: [], mode: 'live', state: 'live',
    },
  };
}

function principal({ of, says }: Report, entities: ReadonlySet<string>): { arn: string } | { wrong: string } {
  if (of) {
    if (typeof says !== 'string' || !PRINCIPAL.test(says)) return { wrong: 'the ARN given is none of a role or user' };
    return [...entities].every((e) => e === says) ? { arn: says } : { wrong: `the report is said to be of ${says}, and another principal made attempts in it` };
  }
  const [only, ...more] = entities;
  if (only === undefined) return { wrong: 'no attempt is in the report, so it does not say whose it is (add "Arn": "<ARN of the principal>" to it)' };
  if (more.length > 0) return { wrong: `${entities.size} principals made attempts in the report, as in one of a policy or group` };
  return PRINCIPAL.test(only) ? { arn: only } : { wrong: 'the entity in the report is no role or user' };
}

type Service = { name: string; last?: string | undefined; actions: [string, string][]; skipped: string[] } | { wrong: string; name?: string };

/** A service whose parts contradict each other is not told of: silence about use must not come from a slip. */
function serviceIn(item: Node, entities: Set<string>): Service {
  const name = childOf(item, 'ServiceNamespace')?.value as unknown;
  if (typeof name !== 'string' || !SERVICE.test(name)) return { wrong: 'an entry of ServicesLastAccessed has no ServiceNamespace' };
  const service = name.toLowerCase();
  const by = entity(childOf(item, 'LastAuthenticatedEntity'), entities);
  const last = instant(childOf(item, 'LastAuthenticated'));
  const tracked = childOf(item, 'TrackedActionsLastAccessed');
  const actions = new Map<string, string>();
  const skipped: string[] = [];
  const seen = new Set<string>();
  let attempted = by || last !== undefined;
  for (const t of tracked?.children ?? []) {
    const action = ACTION.exec(String(childOf(t, 'ActionName')?.value ?? ''))?.[1]?.toLowerCase();
    const who = entity(childOf(t, 'LastAccessedEntity'), entities);
    const at = instant(childOf(t, 'LastAccessedTime'));
    if (who || at) attempted = true;
    if (action === undefined) skipped.push('a tracked action has no name');
    else if (seen.has(action) || at === null || (who && at === undefined)) {
      skipped.push(`tracked action ${action} has no clear instant`);
      actions.delete(action);
    } else actions.set(action, at ?? 'never');
    if (action !== undefined) seen.add(action);
  }
  const total = childOf(item, 'TotalAuthenticatedEntities')?.value as unknown;
  if (last === null || (last === undefined && (attempted || (typeof total === 'number' && total > 0)))) return { name: service, wrong: `${service}: whether it was used is contradictory (no valid LastAuthenticated)` };
  return { name: service, last, actions: [...actions].sort(([a], [b]) => (a < b ? -1 : 1)), skipped };
}

function entity(n: Node | undefined, entities: Set<string>): boolean {
  if (typeof n?.value !== 'string' || n.value === '') return false;
  entities.add(n.value);
  return true;
}

/** undefined: not there. null: there, and no instant. */
function instant(n: Node | undefined): string | null | undefined {
  if (n === undefined || n.type === 'null') return undefined;
  return typeof n.value === 'string' && /^\d{4}-\d\d-\d\d/.test(n.value) && !Number.isNaN(Date.parse(n.value)) ? n.value : null;
}
