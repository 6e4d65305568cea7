import type { Problem, RawResource, Value } from '../../../schema/index.ts';
import { emit, outsideResource, type Placement } from './emit.ts';
import type { Outside } from './intrinsics/dynamic.ts';
import { TemplateScope, type ResourceOrigin } from './intrinsics/scope.ts';
import { Exhausted, Session, type Surroundings } from './intrinsics/session.ts';
import { NOTHING } from './intrinsics/text.ts';
import { checkLimits } from './limits.ts';
import { expandServerless } from './sam/index.ts';
import { entriesOf, entryOf, get, itemsOf, textOf, type Node } from './syntax/node.ts';
import type { Parsed } from './syntax/parse.ts';

const MAX_NESTING = 20;

export interface TemplateInput {
  /** Path of the root template; addresses stand under it. */
  root: string;
  tree(path: string): Parsed | undefined;
  /** Path of a local file that a template names. */
  locate(from: string, location: string): string | undefined;
  around: Surroundings;
  given: ReadonlyMap<string, Value>;
  placement: Placement;
  /** Other place of a nested template: what an assembly wrote beside the stack. */
  nestedPath?: (resource: Node) => string | undefined;
  /** Where the author's own code made a resource. */
  origin?: (resource: Node) => ResourceOrigin | undefined;
}

export interface ReadTemplate { scope: TemplateScope | undefined; session: Session; outside: Map<string, Outside> }

/** Makes the names of a root template; its nested stacks are read when they are first asked for. */
export function openTemplate(input: TemplateInput): ReadTemplate {
  const session = new Session(input.root, input.around);
  const outside = new Map<string, Outside>();
  const open = (file: string, prefix: string, chain: TemplateScope['chain'], given: ReadonlyMap<string, Value>): TemplateScope | undefined => {
    const parsed = input.tree(file);
    for (const p of parsed?.problems ?? []) if (!session.problems.includes(p)) session.problems.push(p);
    if (parsed?.root?.kind !== 'map') {
      if (parsed && parsed.problems.length === 0) session.problem('parse-error', 'a template is a map with Resources', { file, start: 1, end: 1 });
      return undefined;
    }
    const template = expandServerless(parsed.root, session, { locate: (location) => input.locate(file, location), tree: (path) => input.tree(path)?.root });
    checkTransforms(template, session);
    checkLimits(template, session);
    return new TemplateScope({ template, file, prefix, chain, given, session, outside, pseudo: pseudoOf(input.placement), nest, ...(input.origin && { origin: input.origin }) });
  };
  const nest = (id: string, resource: Node, from: TemplateScope): TemplateScope | undefined => {
    const properties = get(resource, 'Properties');
    const url = entryOf(properties, 'TemplateURL') ?? entryOf(properties, 'TemplateBody');
    const e = from.evaluation(id);
    const location = url ? e.text(url.value) : '';
    const file = input.nestedPath?.(resource) ?? input.locate(from.file, location);
    if (file === undefined) {
      session.problem('missing-module', `the template of the nested stack ${id} is not in the input: nothing of it is read`, url?.at ?? resource.at, from.address(id));
      return undefined;
    }
    if (from.chain.length >= MAX_NESTING || from.file === file || from.chain.some((c) => c.file === file)) {
      session.problem('cycle', `the nested stack ${id} contains itself`, url?.at ?? resource.at, from.address(id));
      return undefined;
    }
    const given = new Map<string, Value>();
    for (const p of entriesOf(get(properties, 'Parameters'))) {
      const v = e.value(p.value);
      if (v !== NOTHING) given.set(p.key, v);
    }
    return open(file, `${from.address(id)}/`, [...from.chain, { name: id, file: from.file, startLine: resource.at.start }], given);
  };
  try {
    return { scope: open(input.root, '', [], input.given), session, outside };
  } catch (failure) {
    if (!(failure instanceof Exhausted)) throw failure;
    session.problem('limit', 'the template takes too long to work out', { file: input.root, start: 1, end: 1 });
    return { scope: undefined, session, outside };
  }
}

/** Everything a root template makes. */
export function readTemplate(input: TemplateInput): { resources: RawResource[]; problems: Problem[]; opened: boolean; stopped: boolean } {
  const { scope, session, outside } = openTemplate(input);
  const resources: RawResource[] = [];
  let stopped = false;
  try {
    if (scope) for (const r of emit(scope, input.placement)) resources.push(r);
  } catch (failure) {
    if (!(failure instanceof Exhausted)) throw failure;
    stopped = true;
    session.problem('limit', `the template takes too long to work out: ${resources.length} resources were read`, { file: input.root, start: 1, end: 1 });
  }
  for (const o of outside.values()) resources.push(outsideResource(o, input.root, input.placement));
  return { resources, problems: session.problems, opened: scope !== undefined, stopped };
}

const pseudoOf = (p: Placement): Record<string, string> => ({ ...(p.account && { 'AWS::AccountId': p.account }), ...(p.region && { 'AWS::Region': p.region }) });

/** Transforms whose effect is known here; any other macro may change everything. */
const KNOWN = /^AWS::(Serverless-2016-10-31|LanguageExtensions|Include|SecretsManager-20\d\d-\d\d-\d\d|CodeDeployBlueGreen)$/;

function checkTransforms(template: Node, session: Session): void {
  const entry = entryOf(template, 'Transform');
  for (const t of itemsOf(entry?.value)) {
    const name = textOf(t) ?? textOf(get(t, 'Name'));
    if (name !== undefined && !KNOWN.test(name)) session.problem('unresolved', `the macro ${name} is not run: it may change anything in this template`, t.at, name);
  }
}
