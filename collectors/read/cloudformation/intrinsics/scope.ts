import { showHoles, type SourceRef, type Value } from '../../../../schema/index.ts';
import { entriesOf, get, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { decide } from './conditions.ts';
import type { Outside } from './dynamic.ts';
import { Evaluation } from './evaluate.ts';
import { parametersOf } from './parameters.ts';
import { type Session, sourceRef } from './session.ts';
import { NOTHING, print } from './text.ts';
import { SOURCE } from '../syntax/parse.ts';

export interface ScopeInput {
  template: Node | undefined;
  file: string;
  /** Logical ids of the nested stacks on the way, each with a slash. */
  prefix: string;
  chain: NonNullable<SourceRef['moduleChain']>;
  given: ReadonlyMap<string, Value>;
  session: Session;
  /** Values of pseudo parameters, where the input says them. */
  pseudo?: Readonly<Record<string, string>>;
  /** Makes the scope of a nested stack: undefined when its template is not in the input. */
  nest?: (id: string, resource: Node, from: TemplateScope) => TemplateScope | undefined;
  /** Where the author's own code made a resource, where an assembly says so. */
  origin?: (resource: Node) => ResourceOrigin | undefined;
  /** Things found outside, shared by the whole input. */
  outside: Map<string, Outside>;
}

/** `path` is the construct; lines of the user's files for the whole and for single properties. */
export interface ResourceOrigin { path: string; block: { file: string; line: number } | undefined; properties: ReadonlyMap<string, { file: string; line: number }> }

const NESTED = new Set(['AWS::CloudFormation::Stack']);

/** The names of one template: what `Ref`, conditions, mappings and nested stacks mean in it. */
export class TemplateScope {
  readonly template: Node | undefined;
  readonly file: string;
  readonly prefix: string;
  readonly chain: NonNullable<SourceRef['moduleChain']>;
  readonly session: Session;
  readonly parameters: Map<string, Value>;
  readonly resources: ReadonlyMap<string, Entry>;
  readonly #input: ScopeInput;
  readonly #conditions = new Map<string, boolean | undefined | 'open'>();
  readonly #nested = new Map<string, TemplateScope | undefined>();
  readonly #outputs = new Map<string, Value | 'open'>();

  constructor(input: ScopeInput) {
    this.#input = input;
    this.template = input.template;
    this.file = input.file;
    this.prefix = input.prefix;
    this.chain = input.chain;
    this.session = input.session;
    this.session.begin();
    this.parameters = parametersOf(input.template, input.given, input.prefix, input.session);
    const entries = this.evaluation('Resources').expand(entriesOf(get(input.template, 'Resources')));
    this.resources = new Map(entries.map((e) => [e.key, e]));
  }

  evaluation(subject: string): Evaluation {
    const resource = this.#input.origin && this.resources?.get(subject)?.value;
    const origin = resource && this.#input.origin?.(resource);
    return new Evaluation(this, this.prefix + subject, (at, pointer) => {
      const place = { address: this.prefix + subject, ...(pointer && { property: pointer.slice(1) }) };
      const own = origin && (origin.properties.get(pointer.split('/')[1] ?? '') ?? origin.block);
      if (!own) return { ...sourceRef(at), ...place, ...(this.chain.length && { moduleChain: this.chain }) };
      // The line of the code comes first; the chain says where in the template it came out.
      const moduleChain = [...this.chain, { name: origin.path, file: at.file, startLine: at.start }];
      return { source: SOURCE, file: own.file, startLine: own.line, endLine: own.line, ...place, moduleChain, certainty: 'block' as const };
    });
  }

  address(id: string): string { return this.prefix + id; }
  declares(address: string): boolean { return address.startsWith(this.prefix) && this.resources.has(address.slice(this.prefix.length)); }
  pseudo(name: string): string | undefined { return this.#input.pseudo?.[name]; }
  shown(n: Node): string { return showHoles(print(n)).slice(0, 120); }
  readable(text: string): string { return showHoles(text); }

  /** Whether the template makes a resource of this id; undefined: it names none. */
  presence(id: string): 'made' | 'open' | 'absent' | undefined {
    const entry = this.resources.get(id);
    if (!entry) return undefined;
    const condition = get(entry.value, 'Condition');
    const decided = condition ? this.condition(textOf(condition) ?? '', condition.at) : true;
    return decided === undefined ? 'open' : decided ? 'made' : 'absent';
  }

  condition(name: string, at: Span): boolean | undefined {
    const known = this.#conditions.get(name);
    if (known === 'open') {
      this.session.problem('cycle', `condition ${name} depends on itself`, at, name);
      return undefined;
    }
    if (this.#conditions.has(name)) return known;
    const node = get(get(this.template, 'Conditions'), name);
    if (!node) {
      this.session.problem('unresolved', `there is no condition ${name}`, at, name);
      return undefined;
    }
    this.#conditions.set(name, 'open');
    const v = decide(node, this.evaluation(name));
    this.#conditions.set(name, v);
    return v;
  }

  decide(n: Node, e: Evaluation): boolean | undefined { return decide(n, e); }

  isNested(id: string): boolean { return NESTED.has(textOf(get(this.resources.get(id)?.value, 'Type')) ?? ''); }

  nested(id: string): TemplateScope | undefined {
    if (this.#nested.has(id)) return this.#nested.get(id);
    this.#nested.set(id, undefined);
    const entry = this.resources.get(id);
    const scope = entry && this.isNested(id) ? this.#input.nest?.(id, entry.value, this) : undefined;
    this.#nested.set(id, scope);
    return scope;
  }

  /** Value of an output; undefined when the template has none of this name or it is not made. */
  output(name: string): Value | undefined {
    const known = this.#outputs.get(name);
    const entries = this.evaluation('Outputs').expand(entriesOf(get(this.template, 'Outputs')));
    const entry = entries.find((e) => e.key === name);
    if (known === 'open') {
      this.session.problem('cycle', `output ${name} depends on itself`, entry?.at, name);
      return undefined;
    }
    if (known !== undefined) return known;
    const node = get(entry?.value, 'Value');
    if (!node) return undefined;
    this.#outputs.set(name, 'open');
    const v = this.evaluation(name).value(node);
    if (v === NOTHING) { this.#outputs.delete(name); return undefined; }
    this.#outputs.set(name, v);
    return v;
  }

  /** Address of a secret or parameter outside the input. */
  outside(o: Omit<Outside, 'address'>): string {
    const address = `{{resolve}}${o.type}:${o.name.replace(/[|\uE000\uE001]/g, '_')}`;
    if (!this.#input.outside.has(address)) this.#input.outside.set(address, { ...o, address });
    return address;
  }
}
