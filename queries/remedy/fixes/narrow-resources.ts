import { showHoles, type NodeRecord, type SourceRef } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, ownActions, sourceOf, statementKey, usedBy, type Candidate, type FixGraph, type FixKind, type Place } from '../fix-kind.ts';
import { namedAt } from '../refs.ts';

/** A statement on everything: only on what the configuration of whatever runs with it names, or the contract of its tools. */
export const fix: FixKind = {
  name: 'narrow-resources',
  edits: 'Resource of a statement',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((s) => g.once(`narrow-resources ${s.policy.id} ${s.index}`, () => narrowed(s, g))),
};

/** Kinds whose own ARN is what statements are about; an agent is invoked through its aliases. */
const KINDS: ReadonlySet<string> = new Set(['DataStore', 'Secret', 'Channel', 'Compute']);
const serviceOf = (text: string): string => text.split(':')[0]!.toLowerCase();
const isOpen = (resource: string): boolean => resource === '*' || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(\*|[a-z-]+[:/]\*)$/i.test(resource);

function narrowed(place: Place, g: FixGraph): Candidate[] {
  const { policy, index, statement: s } = place;
  const source = sourceOf(place);
  const actions = ownActions(place);
  if (!actions || !s.resources?.some(isOpen) || !source) return [];
  const services = new Set(actions.map(serviceOf));
  if (services.has('*') || [...services].some((x) => /[*?]/.test(x))) return [];
  const named = [...namedBy(policy.id, g)].flatMap((id) => g.nodes.get(id) ?? []).filter((n) => KINDS.has(n.kind) && typeof n.props['arn'] === 'string' && services.has(arnService(String(n.props['arn']))));
  // Every service of the statement must keep something, else the change would take away more than it says.
  if (named.length === 0 || [...services].some((x) => !named.some((n) => arnService(String(n.props['arn'])) === x))) return [];
  const keep = s.resources.filter((r) => !isOpen(r));
  const graph = [...keep, ...named.flatMap((n) => shapes(n, String(n.props['arn'])))];
  const code = [...keep, ...named.flatMap((n) => shapes(n, namedFor(n, source)))];
  const holders = g.holders(policy.id);
  return [candidate(['resources', policy.id, statementKey(policy, index)], {
    op: 'narrow', what: 'CAN', node: nodeRef(policy), property: source.property, source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { resources: graph } },
    changes: [{ in: 'statement', at: source, actions: [...actions], set: { Resource: code } }],
    text: `in policy ${showHoles(policy.name)}${holders.length > 0 ? ` of ${list(holders)}` : ''}, allow ${list(actions)} on ${list(named.map((n) => showHoles(n.name)))} instead of ${list(s.resources.filter(isOpen))}`,
    effect: `narrows CAN of ${list(holders)} to ${list(named.map((n) => showHoles(n.name)))}`,
    mightBreak: ['what it uses and neither its configuration nor a tool contract names', ...usedBy(policy.id, g)],
  }, 0.8)];
}

const arnService = (arn: string): string => arn.split(':')[2] ?? '';
/** A text that no code can name keeps its ARN: the editor says that it cannot write it. */
const namedFor = (n: NodeRecord, at: SourceRef): string => namedAt(n, at) ?? String(n.props['arn']);

/** What of a thing is acted on: the objects of a bucket and the indexes of a table beside itself. */
function shapes(n: NodeRecord, arn: string): string[] {
  if (n.type === 'aws.s3.bucket') return [arn, `${arn}/*`];
  if (n.type === 'aws.dynamodb.table') return [arn, `${arn}/index/*`];
  if (n.type === 'aws.lambda.function') return [arn, `${arn}:*`];
  return [arn];
}

/** Things that what runs with a policy names in its configuration, and things its tools are limited to. */
function namedBy(policy: string, g: FixGraph): Set<string> {
  const out = new Set<string>();
  const take = (ids: unknown): void => { if (Array.isArray(ids)) for (const id of ids as string[]) out.add(id); };
  for (const held of g.in(policy, 'HAS_POLICY')) for (const runs of g.in(held.from, 'RUNS_AS')) {
    const runner = g.nodes.get(runs.from);
    take(runner?.props['invokes']);
    if (runner?.kind === 'Tool' && runner.props['contract'] === 'declared') take(runner.props['resources']);
    for (const t of g.in(runs.from, 'IMPLEMENTED_BY')) { const tool = g.nodes.get(t.from); if (tool?.kind === 'Tool' && tool.props['contract'] === 'declared') take(tool.props['resources']); }
  }
  return out;
}
