import { relative } from 'node:path/posix';
import type { SourceRef } from '../../../../schema/index.ts';
import { literalText } from '../syntax/tree.ts';
import { type Box, box, Handle, NULL, Undecided, undecided } from './box.ts';
import { evaluateArgument } from './block.ts';
import { argumentOf, type Declarations, type Declared, loadFolder } from './declarations.ts';
import { EvaluationFailure, fail } from './failure.ts';
import type { ModuleSources } from './module-sources.ts';
import { Providers } from './providers.ts';
import { asValue, type Instance, repeat, type Repetition } from './repeat.ts';
import { ResourceGroup } from './resource.ts';
import { Cell, inModule, type Names, originOf, type Scope, type Session } from './scope.ts';
import { type Inputs, variableValue } from './variable.ts';

const MAX_MODULE_DEPTH = 40;

/** What the module instances of one root share. */
export interface Shared {
  session: Session;
  root: string;
  sources: ModuleSources;
  declarations: Map<string, Declarations>;
}

/** One instance of a module, the root module among them. */
export class ModuleInstance implements Names {
  readonly session: Session;
  readonly address: string;
  readonly declarations: Declarations;
  readonly chain: NonNullable<SourceRef['moduleChain']>;
  readonly groups = new Map<string, ResourceGroup>();
  readonly providers: Providers;
  /** Folders of the modules that led here. */
  readonly trail: readonly string[];
  /** Path of this call without instance keys, as `modules.json` names it. */
  readonly key: string;
  #shared: Shared;
  #inputs: Inputs;
  #cells = new Map<string, Cell>();
  #calls = new Map<string, Repetition | undefined>();
  #children = new Map<Instance, ModuleInstance | undefined>();

  constructor(shared: Shared, folder: string, inputs: Inputs, caller?: { parent: ModuleInstance; call: Declared; name: string; suffix: string }) {
    this.#shared = shared;
    this.session = shared.session;
    this.#inputs = inputs;
    const parent = caller?.parent;
    this.address = caller ? inModule(parent!, `module.${caller.name}${caller.suffix}`) : '';
    this.key = caller ? (parent!.key ? `${parent!.key}.${caller.name}` : caller.name) : '';
    this.trail = [...(parent?.trail ?? []), folder];
    this.chain = caller ? [...parent!.chain, { name: caller.name + caller.suffix, file: caller.call.file.path, startLine: caller.call.file.position(caller.call.block.start).line }] : [];
    let declarations = shared.declarations.get(folder);
    if (!declarations) shared.declarations.set(folder, (declarations = loadFolder(shared.session, folder)));
    this.declarations = declarations;
    this.providers = new Providers(declarations, this.address, () => this.#scope(declarations.providers[0]), parent?.providers, caller && parent!.providers.handedDown(caller.call));
    for (const [name, d] of declarations.resources) this.groups.set(name, new ResourceGroup('managed', d, this, this.providers));
    for (const [name, d] of declarations.data) this.groups.set(`data.${name}`, new ResourceGroup('data', d, this, this.providers));
  }

  #scope(d: { file: Scope['file'] } | undefined, owner = this.address): Scope {
    return { file: d!.file, names: this, owner };
  }

  #cell(name: string, work: () => Box, at: { file: Scope['file']; node: { start: number; end: number } }): Box {
    let cell = this.#cells.get(name);
    if (!cell) {
      const onCycle = (): Box => {
        this.session.problem('cycle', `${inModule(this, name)} depends on itself`, originOf(at, at.node), inModule(this, name));
        return box(undecided(inModule(this, name)));
      };
      this.#cells.set(name, (cell = new Cell(this.session, work, onCycle)));
    }
    return cell.get();
  }

  variable(name: string): Box {
    const d = this.declarations.variables.get(name);
    if (!d) return fail(`variable "${name}" is not declared`);
    return this.#cell(`var.${name}`, () => variableValue(d, name, inModule(this, `var.${name}`), this.#inputs, this.#scope(d)), { file: d.file, node: d.block });
  }

  local(name: string): Box {
    const a = this.declarations.locals.get(name);
    if (!a) return fail(`local "${name}" is not declared`);
    return this.#cell(`local.${name}`, () => evaluateArgument(a, this.#scope(a, inModule(this, 'local'))), a);
  }

  output(name: string): Box {
    const d = this.declarations.outputs.get(name);
    if (!d) return fail(`${this.address || 'the root module'} has no output "${name}"`);
    const value = argumentOf(d, 'value');
    return this.#cell(`output.${name}`, () => (value ? evaluateArgument(value, this.#scope(value, inModule(this, `output.${name}`))) : NULL), { file: d.file, node: d.block });
  }

  resource(mode: 'managed' | 'data', type: string, name: string): Box {
    const group = this.groups.get(`${mode === 'data' ? 'data.' : ''}${type}.${name}`);
    return group ? group.value() : fail(`${mode === 'data' ? 'data.' : ''}${type}.${name} is not declared`);
  }

  module(name: string): Box {
    const call = this.declarations.modules.get(name);
    if (!call) return fail(`module "${name}" is not declared`);
    const whole = new Undecided({ kind: 'unknown', key: inModule(this, `module.${name}`) });
    const repetition = this.#repetition(name, call);
    if (!repetition) return box(whole);
    const handle = (i: Instance): Handle => {
      const child = this.#child(name, call, i);
      const own = new Undecided({ kind: 'unknown', key: inModule(this, `module.${name}${i.suffix}`) });
      return new Handle({ whole: own, attribute: (output) => (child ? child.output(output) : box(undecided(`${inModule(this, `module.${name}${i.suffix}`)}.${output}`))) });
    };
    return asValue(repetition, handle, () => new Handle({ many: true, whole, attribute: () => box(handle(repetition.instances[0]!)) }));
  }

  /** undefined while it is being worked out: a module that decides its own instances. */
  #repetition(name: string, call: Declared): Repetition | undefined {
    if (!this.#calls.has(name)) {
      this.#calls.set(name, undefined);
      this.#calls.set(name, repeat(call, this.#scope(call, inModule(this, `module.${name}`))));
    }
    return this.#calls.get(name);
  }

  #child(name: string, call: Declared, instance: Instance): ModuleInstance | undefined {
    if (!this.#children.has(instance)) {
      this.#children.set(instance, undefined);
      this.#children.set(instance, this.#load(name, call, instance));
    }
    return this.#children.get(instance);
  }

  #load(name: string, call: Declared, instance: Instance): ModuleInstance | undefined {
    const subject = inModule(this, `module.${name}`);
    const at = originOf(call, { start: call.block.start, end: call.block.body.start });
    const source = argumentOf(call, 'source');
    const text = source && literalText(source.node.value);
    try {
      const folder = this.#shared.sources.folder(text, this.declarations.folder, this.key ? `${this.key}.${name}` : name);
      if (folder === undefined) {
        this.session.problem('missing-module', text === undefined ? `the source of module "${name}" is not a plain string` : `module "${name}" (${text}) is not here: what it declares is unknown`, source ? originOf(source, source.node) : at, subject);
        return undefined;
      }
      if (this.trail.includes(folder)) {
        this.session.problem('cycle', `module "${name}" leads back to folder "${folder || '.'}"`, at, subject);
        return undefined;
      }
      if (this.trail.length > MAX_MODULE_DEPTH) fail(`modules are nested deeper than ${MAX_MODULE_DEPTH}`, 'limit');
      const input = (variable: string): Box | undefined => {
        const a = argumentOf(call, variable);
        return a && evaluateArgument(a, { ...instance.scope, file: a.file });
      };
      return new ModuleInstance(this.#shared, folder, { input, origin: at }, { parent: this, call, name, suffix: instance.suffix });
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure)) throw failure;
      this.session.failure(failure, call.file, source?.node ?? call.block, subject);
      return undefined;
    }
  }

  /** Child modules that exist, in the order written. */
  get children(): ModuleInstance[] {
    const out: ModuleInstance[] = [];
    for (const [name, call] of this.declarations.modules) {
      for (const instance of this.#repetition(name, call)?.instances ?? []) {
        const child = this.#child(name, call, instance);
        if (child) out.push(child);
      }
    }
    return out;
  }

  /** `run`: the folder paths in code are relative to. Paths that are shown are relative to it, too. */
  path(which: string): string {
    if (which === 'run') return this.#shared.root;
    if (which === 'module') return relative(this.#shared.root || '.', this.declarations.folder || '.') || '.';
    return which === 'root' || which === 'cwd' ? '.' : fail(`path.${which} is not known`);
  }
}

