import { sourceOf, type RawResource, type SourceRef, type Value } from '../../../schema/index.ts';
import { withoutSensitive } from '../sensitive.ts';
import type { Change, PlanParts } from './changes.ts';
import { Configuration, expressionAt, expressionsIn, modulePrefix, parseAddress } from './configuration.ts';
import { policyDocumentOf } from './policy-document.ts';
import { providerOf } from './provider.ts';
import { References } from './references.ts';
import { resolveUnknowns, type Resolved } from './unknowns.ts';

/** Data blocks that only answer a constant of the provider or compute a text; what they answer already stands in the values. */
const NOT_A_THING = new Set(['aws_caller_identity', 'aws_region', 'aws_partition', 'aws_iam_policy_document', 'aws_availability_zones']);

/** Resources of a plan, in the order of the file. `root` is the folder the plan stands for. */
export function planResources(parts: PlanParts, file: string, root: string): RawResource[] {
  return new PlanResources(parts, file, root).all();
}

class PlanResources {
  readonly #parts: PlanParts;
  readonly #file: string;
  readonly #root: string;
  readonly #config: Configuration;
  readonly #references: References;
  readonly #byAddress: Map<string, Change>;
  readonly #resolved = new Map<string, Resolved>();

  constructor(parts: PlanParts, file: string, root: string) {
    this.#parts = parts;
    this.#file = file;
    this.#root = root;
    this.#config = new Configuration(parts.configuration);
    this.#byAddress = new Map(parts.changes.map((c) => [c.address, c]));
    this.#references = new References(this.#config, this.#byAddress.keys(), parts.variables);
  }

  all(): RawResource[] {
    return this.#parts.changes.filter((c) => !(c.mode === 'data' && NOT_A_THING.has(c.type))).map((c) => this.#resource(c));
  }

  #resource(c: Change): RawResource {
    const parsed = parseAddress(c.address);
    const written = this.#config.resource(parsed);
    const { properties, references, documents } = this.#resolve(c);
    const clean = withoutSensitive(properties, c.sensitive, (path) => expressionAt(written?.expressions, path)?.constant_value !== undefined) as { [key: string]: Value };
    const sources = this.#sources(c, properties);
    const decoded = new Map<string, Value>();
    for (const [pointer, address] of documents) {
      const data = this.#byAddress.get(address)!;
      const document = this.#document(data);
      decoded.set(pointer, document);
      const statements = (document as { Statement?: Value }).Statement;
      if (Array.isArray(statements)) for (const i of statements.keys()) sources.set(`${pointer}/Statement/${i}`, this.#at(data, data.lines.get(`/statement/${i}`) ?? data.line, `${data.below}/statement/${i}`, 'statement'));
    }
    for (const e of expressionsIn(written?.expressions)) for (const o of this.#references.of(parsed, e)) if (o.kind === 'resource') references.add(o.address);
    for (const r of written?.depends_on ?? []) references.add(modulePrefix(parsed.modules) + r);
    return {
      dialect: 'terraform', type: c.type, address: c.address, root: this.#root, properties: clean, sources, documents: decoded,
      provider: providerOf(written?.provider_config_key, this.#config), references: [...references].sort(),
      mode: c.mode, state: stateOf(c.actions),
    };
  }

  #resolve(c: Change): Resolved {
    const before = this.#resolved.get(c.address);
    if (before) return before;
    const parsed = parseAddress(c.address);
    const document = (address: string): Value | undefined => {
      const data = this.#byAddress.get(address);
      if (data?.mode !== 'data' || data.type !== 'aws_iam_policy_document') return undefined;
      const text = JSON.stringify(this.#document(data));
      return text.includes('"$unknown"') ? this.#document(data) : text;
    };
    const resolved = resolveUnknowns(c.values, c.unknown, { address: c.address, parsed, type: c.type, expressions: this.#config.resource(parsed)?.expressions, references: this.#references, document });
    this.#resolved.set(c.address, resolved);
    return resolved;
  }

  #document(data: Change): Value { return policyDocumentOf(this.#resolve(data).properties); }

  /** Line of each property; what is only known after apply is where the plan says so. */
  #sources(c: Change, properties: { [key: string]: Value }): Map<string, SourceRef> {
    const sources = new Map([['', this.#at(c, c.line, '')]]);
    for (const [pointer, line] of c.lines) if (pointer) sources.set(pointer, this.#at(c, line, c.below + pointer, pointer.split('/')[1]));
    for (const [pointer, line] of c.unknownLines) if (pointer && !sources.has(pointer) && Object.hasOwn(properties, pointer.split('/')[1] ?? '')) sources.set(pointer, this.#at(c, line, `/change/after_unknown${pointer}`, pointer.split('/')[1]));
    if (c.lines.size === 0) for (const key of Object.keys(properties)) sources.set(`/${key}`, { ...sourceOf({ sources })!, jsonPointer: `${c.pointer}${c.below}/${key}`, property: key });
    return sources;
  }

  #at(c: Change, startLine: number, below: string, property?: string): SourceRef {
    return { source: 'terraform-plan', file: this.#file, startLine, address: c.address, jsonPointer: c.pointer + below, ...(property && { property }) };
  }
}

function stateOf(actions: readonly string[]): RawResource['state'] {
  if (actions.length === 1 && actions[0] === 'delete') return 'removed';
  return actions.length === 1 && (actions[0] === 'no-op' || actions[0] === 'read') ? 'live' : 'planned';
}
