import { entriesOf, entryOf, fromData, get, itemsOf, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { CONNECTORS } from './connectors.gen.ts';
import { namedBy, type Draft } from './draft.ts';

/** Types whose `Ref` is not what a permission names them by. */
const BY_REF = new Set(['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);
/** Property with the role of a source or destination. */
const ROLE: Readonly<Record<string, string>> = { 'AWS::Lambda::Function': 'Role', 'AWS::StepFunctions::StateMachine': 'RoleArn', 'AWS::AppSync::DataSource': 'ServiceRoleArn', 'AWS::AppSync::GraphQLApi': 'ServiceRoleArn' };

interface End { id: string; type: string; node: Node }

/** Connectors, of their own or inside a resource: the policies and permissions they stand for. Runs when everything else stands. */
export function expandConnectors(draft: Draft, originals: readonly Entry[]): void {
  for (const e of originals) {
    if (textOf(get(e.value, 'Type')) === 'AWS::Serverless::Connector') {
      const p = get(e.value, 'Properties');
      draft.resources.delete(e.key);
      each(p, (to, suffix) => connect(draft, e.key, suffix, get(p, 'Source'), to, get(p, 'Permissions'), e));
    }
    for (const c of entriesOf(get(e.value, 'Connectors'))) {
      const p = get(c.value, 'Properties');
      const source = make.map({ ...Object.fromEntries(entriesOf(get(p, 'SourceReference')).map((x) => [x.key, x.value])), Id: e.key }, c.at);
      each(p, (to, suffix) => connect(draft, `${e.key}${c.key}`, suffix, source, to, get(p, 'Permissions'), c));
    }
  }
}

/** Destinations of a connector; those of a list are numbered in the ids of what is made. */
function each(properties: Node | undefined, act: (to: Node, suffix: string) => void): void {
  const destination = get(properties, 'Destination');
  itemsOf(destination).forEach((to, i) => act(to, destination?.kind === 'list' ? `Destination${i}` : ''));
}

function connect(draft: Draft, id: string, suffix: string, from: Node | undefined, to: Node, permissions: Node | undefined, of: Entry): void {
  const { at } = of;
  const [source, destination] = [endOf(draft, from), endOf(draft, to)];
  const profile = source && destination && CONNECTORS[source.type]?.[destination.type];
  if (!source || !destination || !profile) { draft.note(`what connector ${id} grants is not known`, at, id); return; }
  const wanted = itemsOf(permissions).flatMap((p) => textOf(p) ?? []);
  const granted = wanted.flatMap((w) => (profile.access[w] === undefined ? [] : [{ category: w, access: fill(profile.access[w], source, destination, at) }]));
  if (profile.type === 'AWS_LAMBDA_PERMISSION') {
    for (const { category, access } of granted) {
      draft.add(`${id}${category}LambdaPermission${suffix}`, 'AWS::Lambda::Permission', { ...Object.fromEntries(entriesOf(access).map((x) => [x.key, x.value])), FunctionName: make.call('GetAtt', [destination.type === 'AWS::Lambda::Function' ? destination.id : source.id, 'Arn'], at) }, at, of);
    }
    return;
  }
  const statements = make.list(granted.flatMap(({ access }) => itemsOf(get(access, 'Statement'))), at);
  const document = make.map({ Version: '2012-10-17', Statement: statements }, at);
  if (profile.type === 'AWS_IAM_ROLE_MANAGED_POLICY') {
    const holder = profile.source ? source : destination;
    const role = get(holder.node, 'RoleName') ?? roleOf(draft, holder);
    if (!role) draft.note(`the role that connector ${id} extends is not known`, at, id);
    else draft.add(`${id}Policy${suffix}`, 'AWS::IAM::ManagedPolicy', { PolicyDocument: document, Roles: make.list([role], at) }, at, of);
  } else {
    const queue = profile.type === 'AWS_SQS_QUEUE_POLICY';
    const holder = profile.source ? source : destination;
    draft.add(`${id}${queue ? 'QueuePolicy' : 'TopicPolicy'}${suffix}`, queue ? 'AWS::SQS::QueuePolicy' : 'AWS::SNS::TopicPolicy', { PolicyDocument: document, [queue ? 'Queues' : 'Topics']: make.list([make.call('Ref', holder.id, at)], at) }, at, of);
  }
}

/** Source or destination: a resource of the template, or what is said of one outside. */
function endOf(draft: Draft, n: Node | undefined): End | undefined {
  if (!n) return undefined;
  const id = textOf(get(n, 'Id'));
  if (id === undefined) { const type = textOf(get(n, 'Type')); return type === undefined ? undefined : { id: '', type, node: n }; }
  const type = textOf(get(draft.resources.get(id)?.value, 'Type'));
  return type === undefined ? undefined : { id, type, node: n };
}

function roleOf(draft: Draft, end: End): Node | undefined {
  const property = ROLE[end.type];
  const properties = get(draft.resources.get(end.id)?.value, 'Properties');
  const role = end.type === 'AWS::Events::Rule' ? itemsOf(get(properties, 'Targets')).map((t) => get(t, 'RoleArn')).find((r) => r) : property && entryOf(properties, property)?.value;
  const id = role ? namedBy(role) : undefined;
  return id === undefined ? undefined : make.call('Ref', id, end.node.at);
}

/** `%{Source.Arn}` and its like, as references. */
function fill(access: unknown, source: End, destination: End, at: Span): Node {
  const walk = (v: unknown): unknown => {
    if (typeof v === 'string' && v.includes('%{')) return sub(v, source, destination);
    if (Array.isArray(v)) return v.map(walk);
    return typeof v === 'object' && v !== null ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, walk(x)])) : v;
  };
  return own(fromData(walk(access), at), source, destination, at);
}

function sub(text: string, source: End, destination: End): unknown {
  return { 'Fn::Sub': text.replace(/%\{(Source|Destination)\.(\w+)\}/g, (_, which: string, attribute: string) => {
    const end = which === 'Source' ? source : destination;
    if (end.id === '') return `\${__${which}${attribute}__}`;
    if (attribute === 'Arn') return BY_REF.has(end.type) ? `\${${end.id}}` : `\${${end.id}.Arn}`;
    if (attribute === 'ResourceId') return `\${${end.id}}`;
    return attribute === 'Name' ? `\${${end.id}.Name}` : `\${__${which}${attribute}__}`;
  }) };
}

/** What the connector itself says of an end that is outside, or of a part of it. */
function own(n: Node, source: End, destination: End, at: Span): Node {
  if (n.kind === 'list') return { ...n, items: n.items.map((i) => own(i, source, destination, at)) };
  if (n.kind === 'map') return { ...n, entries: n.entries.map((e) => ({ ...e, value: own(e.value, source, destination, at) })) };
  const text = n.kind === 'call' && n.name === 'Sub' ? textOf(n.argument) : undefined;
  if (text === undefined || !text.includes('__}')) return n;
  const names: { [k: string]: Node } = {};
  for (const m of text.matchAll(/\$\{__(Source|Destination)(\w+?)__\}/g)) {
    const given = get((m[1] === 'Source' ? source : destination).node, m[2]!);
    names[`__${m[1]}${m[2]}__`] = given ?? make.text('*', at);
  }
  return make.call('Sub', make.list([make.text(text, at), make.map(names, at)], at), at);
}
