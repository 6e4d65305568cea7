import { managedPolicy } from '../../../../knowledge/managed-policies/index.ts';
import { entriesOf, fromData, get, itemsOf, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { entry, mapOf, type Draft } from './draft.ts';
import { POLICY_TEMPLATES } from './policy-templates.gen.ts';

/** What the role of a function or workflow is made of. */
export interface RoleInput {
  id: string;
  service: string;
  properties: Node;
  /** Managed policies the service needs, by path below `policy/`. */
  managed: string[];
  at: Span;
  of: Entry;
}

const PATHS = ['', 'service-role/', 'job-function/', 'aws-service-role/'];

/** The role that SAM makes: who may assume it, what is managed, and one inline policy per document or policy template. */
export function addRole(draft: Draft, input: RoleInput): void {
  const { id, properties, at } = input;
  const managed: Node[] = input.managed.map((m) => managedArn(m, at));
  const inline: Node[] = [];
  const policies = get(properties, 'Policies');
  itemsOf(policies).forEach((p, i) => {
    const arn = asManaged(p);
    if (arn) { managed.push(arn); return; }
    const document = asDocument(p, draft);
    if (document) inline.push(make.map({ PolicyName: `${id}Policy${i}`, PolicyDocument: document }, p.at));
  });
  draft.add(id, 'AWS::IAM::Role', mapOf([
    ...entry('AssumeRolePolicyDocument', get(properties, 'AssumeRolePolicyDocument') ?? trust(input.service, at)),
    ...entry('ManagedPolicyArns', make.list(managed, policies?.at ?? at)),
    ...(inline.length ? entry('Policies', make.list(inline, policies?.at ?? at)) : []),
    ...entry('PermissionsBoundary', get(properties, 'PermissionsBoundary')),
    ...entry('Path', get(properties, 'RolePath')),
  ], at), at, input.of);
}

export const managedArn = (path: string, at: Span): Node => make.call('Sub', `arn:\${AWS::Partition}:iam::aws:policy/${path}`, at);

export const trust = (service: string, at: Span): Node => fromData({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: ['sts:AssumeRole'] }] }, at);

/** The ARN where an item of `Policies` names a managed policy. */
function asManaged(p: Node): Node | undefined {
  const name = textOf(p);
  if (name !== undefined) return name.startsWith('arn:') || name.includes('{{resolve:') ? p : byName(name, p.at);
  if (p.kind !== 'call') return undefined;
  if (p.name !== 'If') return p;
  const [condition, yes, no] = itemsOf(p.argument);
  const [a, b] = [branch(yes), branch(no)];
  return condition && a && b && (textOf(yes) !== undefined || textOf(no) !== undefined || (yes?.kind === 'call' && no?.kind === 'call')) ? make.call('If', make.list([condition, a, b], p.at), p.at) : undefined;
}

const branch = (n: Node | undefined): Node | undefined => (n && isNothing(n) ? n : n && asManaged(n));
const isNothing = (n: Node): boolean => n.kind === 'call' && n.name === 'Ref' && textOf(n.argument) === 'AWS::NoValue';

function byName(name: string, at: Span): Node {
  const path = PATHS.find((p) => managedPolicy(`arn:aws:iam::aws:policy/${p}${name}`) !== undefined) ?? '';
  return managedArn(`${path}${name}`, at);
}

/** The policy document of an item of `Policies`: as written, or of a policy template with its parameters filled in. */
function asDocument(p: Node, draft: Draft): Node | undefined {
  if (p.kind === 'call' && p.name === 'If') {
    const [condition, yes, no] = itemsOf(p.argument);
    const side = (n: Node | undefined): Node | undefined => (n && (isNothing(n) ? fromData({ Statement: [] }, n.at) : asDocument(n, draft)));
    const [a, b] = [side(yes), side(no)];
    return condition && a && b ? make.call('If', make.list([condition, a, b], p.at), p.at) : undefined;
  }
  if (p.kind === 'unknown') return p;
  if (get(p, 'Statement')) return p;
  const only = entriesOf(p)[0];
  const template = only && POLICY_TEMPLATES[only.key];
  if (!only || !template || entriesOf(p).length !== 1) {
    draft.note('this policy is neither a document, a managed policy nor a known policy template', p.at);
    return { kind: 'unknown', reason: `policy on line ${p.at.start}`, at: p.at };
  }
  const statements = make.list(template.statements.map((s) => filled(fromData(s, p.at), only.value)), p.at);
  return make.map({ Version: '2012-10-17', Statement: statements }, p.at);
}

/** The parameters of a policy template in place of their `Ref`. One that is not given is unknown. */
function filled(n: Node, given: Node): Node {
  switch (n.kind) {
    case 'call': {
      const name = n.name === 'Ref' ? textOf(n.argument) : undefined;
      if (name !== undefined && !name.startsWith('AWS::')) return get(given, name) ?? { kind: 'unknown', reason: `${name} is not given`, at: given.at };
      return { ...n, argument: filled(n.argument, given) };
    }
    case 'list': return { ...n, items: n.items.map((i) => filled(i, given)) };
    case 'map': return { ...n, entries: n.entries.map((e) => ({ ...e, value: filled(e.value, given) })) };
    default: return n;
  }
}

