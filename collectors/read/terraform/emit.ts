import type { RawResource, SourceRef, Value } from '../../../schema/index.ts';
import type { Box } from './evaluate/box.ts';
import { argumentsOf, argumentOf, type Declared } from './evaluate/declarations.ts';
import { evaluateBody } from './evaluate/block.ts';
import type { ModuleInstance } from './evaluate/module.ts';
import type { ResourceInstance } from './evaluate/resource.ts';
import { inModule, originOf, type Session, sourceRef } from './evaluate/scope.ts';
import { Placing, toValue } from './evaluate/value.ts';
import { printExpression } from './syntax/print.ts';

/** Resources of one root beyond this are not read. */
const MAX_RESOURCES = 200_000;

/** Every resource of a module instance and of the modules it calls. */
export function* emit(root: ModuleInstance): Generator<RawResource> {
  const open = [root];
  let count = 0;
  while (open.length) {
    const module = open.pop()!;
    for (const name of module.declarations.variables.keys()) module.variable(name);
    for (const group of module.groups.values()) {
      for (const instance of group.instances) {
        if (++count > MAX_RESOURCES) {
          root.session.problem('limit', `more than ${MAX_RESOURCES} resources: the rest is not read`, undefined);
          return;
        }
        yield resource(module, instance);
      }
    }
    open.push(...module.children.reverse());
  }
  for (const d of root.declarations.terraform) yield* backends(root, d);
}

function resource(module: ModuleInstance, instance: ResourceInstance): RawResource {
  const { session } = module;
  const { result: body, references } = session.collecting(() => {
    const entries = instance.body();
    if (instance.type === 'aws_iam_policy_document' && instance.mode === 'data') entries.set('json', instance.attribute('json'));
    return entries;
  });
  for (const a of dependencies(instance, module)) references.add(a);
  references.delete(instance.address);
  const made = build(session, instance.address, instance.declared, body, module.chain);
  const { scope, account, region, defaultTags, unconfigured } = instance.provider;
  return {
    dialect: 'terraform', type: instance.type, address: instance.address, root: module.path('run'), ...made,
    provider: { scope, ...(account && { account }), ...(region && { region }), ...(defaultTags && { defaultTags }), ...(unconfigured && { unconfigured }) },
    references: [...references].sort(), mode: instance.mode, state: 'declared',
  };
}

function build(session: Session, address: string, declared: Declared, body: ReadonlyMap<string, Box>, chain: NonNullable<SourceRef['moduleChain']>): Pick<RawResource, 'properties' | 'sources' | 'documents'> {
  const placing = new Placing((at, pointer) => ({ ...sourceRef(at), address, ...(pointer && { property: pointer.slice(1) }), ...(chain.length && { moduleChain: chain }) }));
  placing.sources.set('', { ...sourceRef(originOf(declared, declared.block)), address, ...(chain.length && { moduleChain: chain }) });
  const properties: Record<string, Value> = {};
  for (const [name, b] of body) {
    const pointer = `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    properties[name] = toValue(b);
    placing.add(pointer, b);
  }
  // Listed where they are used, not where a block only offers them.
  if (!address.includes('data.aws_iam_policy_document.')) {
    for (const { pointer, at, whole } of placing.undecided) session.problem('unresolved', `${whole ? 'the document' : 'a part of the document'} in "${pointer.slice(1)}" is not decided`, at, address);
  }
  return { properties, sources: placing.sources, documents: placing.documents };
}

/** Addresses in `depends_on`. */
function dependencies(instance: ResourceInstance, module: ModuleInstance): string[] {
  const list = argumentsOf(instance.declared).get('depends_on')?.node.value;
  return list?.kind === 'tuple' ? list.items.map((i) => inModule(module, printExpression(i).replace(/^"(.*)"$/, '$1'))) : [];
}

/** The bucket that holds the state is as sensitive as everything in the state. */
function* backends(root: ModuleInstance, d: Declared): Generator<RawResource> {
  for (const block of d.block.body.blocks) {
    const kind = block.labels[0]?.text;
    if (block.type !== 'backend' || kind === undefined) continue;
    const declared: Declared = { file: d.file, block, over: [] };
    const address = `terraform.backend.${kind}`;
    const attributes = block.body.attributes.map((node) => ({ file: d.file, node }));
    const body = evaluateBody(attributes, block.body.blocks.map((node) => ({ file: d.file, node })), { file: d.file, names: root, owner: address });
    const made = build(root.session, address, declared, body, []);
    const region = argumentOf(declared, 'region') && made.properties['region'];
    yield {
      dialect: 'terraform', type: 'terraform_backend', address, root: root.path('run'), ...made, properties: { backend: kind, ...made.properties },
      provider: { scope: '', ...(typeof region === 'string' && { region }) }, references: [], mode: 'managed', state: 'declared',
    };
  }
}
