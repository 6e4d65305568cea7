import type { Block } from '../syntax/tree.ts';
import { type Box, box, Handle, type HandleSource, List, Undecided } from './box.ts';
import { evaluateArgument, evaluateBody } from './block.ts';
import { dataAttribute } from './data/attribute.ts';
import { argumentsOf, blocksOf, type Declared, type Located } from './declarations.ts';
import type { ProviderConfiguration } from './provider.ts';
import { providerName, type Providers } from './providers.ts';
import { asValue, type Instance, repeat, type Repetition } from './repeat.ts';
import { Cell, inModule, type Names, originOf } from './scope.ts';
import { filledIn } from './traverse.ts';

const META_ARGUMENTS = new Set(['count', 'for_each', 'provider', 'depends_on']);
const META_BLOCKS = new Set(['lifecycle', 'provisioner', 'connection', 'timeouts']);
/** Resources that are nothing but the commands they run. */
const ONLY_COMMANDS = new Set(['null_resource', 'terraform_data']);

/** One instance of a `resource` or `data` block. */
export class ResourceInstance implements HandleSource {
  readonly address: string;
  readonly declared: Declared;
  readonly instance: Instance;
  readonly type: string;
  readonly mode: 'managed' | 'data';
  readonly #names: Names;
  readonly #providers: Providers;
  #attributes = new Map<string, Cell>();

  constructor(mode: 'managed' | 'data', declared: Declared, instance: Instance, address: string, names: Names, providers: Providers) {
    this.mode = mode;
    this.declared = declared;
    this.instance = instance;
    this.address = address;
    this.type = declared.block.labels[0]!.text;
    this.#names = names;
    this.#providers = providers;
  }

  get provider(): ProviderConfiguration {
    const written = argumentsOf(this.declared).get('provider');
    return this.#providers.get((written && providerName(written.node.value)) ?? this.type.split('_')[0]!);
  }

  get whole(): Undecided {
    this.#names.session.refer([this.address]);
    return new Undecided({ kind: 'ref', address: this.address, attribute: '' });
  }

  unknown(attribute: string): Undecided {
    return new Undecided({ kind: 'ref', address: this.address, attribute });
  }

  /** Value of an attribute: as written in the block, as a data source decides it, else what only the provider knows. */
  attribute(name: string): Box {
    this.#names.session.refer([this.address]);
    let cell = this.#attributes.get(name);
    if (!cell) {
      cell = new Cell(this.#names.session, () => this.#work(name), () => box(this.unknown(name)));
      this.#attributes.set(name, cell);
    }
    return cell.get();
  }

  #work(name: string): Box {
    const written = META_ARGUMENTS.has(name) ? undefined : argumentsOf(this.declared).get(name);
    if (written) {
      const value = evaluateArgument(written, this.instance.scope);
      if (value.data !== null) return value;
    } else {
      const blocks = this.#blocks().filter((b) => (b.node.type === 'dynamic' ? b.node.labels[0]?.text : b.node.type) === name);
      if (blocks.length) return filledIn(evaluateBody([], blocks, this.instance.scope).get(name) ?? box(new List([])), this.unknown(name));
    }
    const at = originOf(this.declared, this.declared.block);
    const known = this.mode === 'data' ? dataAttribute(this, name) : undefined;
    return known ? { ...known, at: known.at ?? at } : box(this.unknown(name), at);
  }

  #blocks(): Located<Block>[] {
    return blocksOf(this.declared).filter((b) => !META_BLOCKS.has(b.node.type));
  }

  /** All written arguments and blocks. */
  body(): Map<string, Box> {
    const written = [...argumentsOf(this.declared).values()].filter((a) => !META_ARGUMENTS.has(a.node.name));
    const commands = this.mode === 'managed' && ONLY_COMMANDS.has(this.type) ? blocksOf(this.declared).filter((b) => b.node.type === 'provisioner') : [];
    return evaluateBody(written, [...this.#blocks(), ...commands], this.instance.scope);
  }
}

/** All instances of one block; which there are is decided when first asked for. */
export class ResourceGroup {
  readonly declared: Declared;
  #repetition: Repetition | undefined;
  #instances = new Map<Instance, ResourceInstance>();
  #make: () => Repetition;
  #new: (i: Instance) => ResourceInstance;
  #address: string;
  #busy = false;

  constructor(mode: 'managed' | 'data', declared: Declared, names: Names, providers: Providers) {
    this.declared = declared;
    const local = (mode === 'data' ? 'data.' : '') + declared.block.labels.map((l) => l.text).join('.');
    this.#address = inModule(names, local);
    this.#make = () => repeat(declared, { file: declared.file, names, owner: this.#address });
    this.#new = (i) => new ResourceInstance(mode, declared, i, this.#address + i.suffix, names, providers);
  }

  get instances(): ResourceInstance[] {
    return this.#expand().instances.map((i) => this.#of(i));
  }

  value(): Box {
    if (this.#busy) return box(new Undecided({ kind: 'ref', address: this.#address, attribute: '' }));
    return asValue(this.#expand(), (i) => new Handle(this.#of(i)), () => new Handle(this.#anyOf()));
  }

  #expand(): Repetition {
    if (!this.#repetition) {
      this.#busy = true;
      try {
        this.#repetition = this.#make();
      } finally {
        this.#busy = false;
      }
    }
    return this.#repetition;
  }

  #of(i: Instance): ResourceInstance {
    let made = this.#instances.get(i);
    if (!made) this.#instances.set(i, (made = this.#new(i)));
    return made;
  }

  /** Instances that are not decided: whatever key is asked for, the one that stands for all answers. */
  #anyOf(): HandleSource {
    const one = this.#of(this.#repetition!.instances[0]!);
    return { many: true, attribute: () => box(new Handle(one)), whole: new Undecided({ kind: 'ref', address: this.#address, attribute: '' }) };
  }
}

