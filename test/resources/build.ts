import { mapInputs, type Mapped } from '../../collectors/resources/map.ts';
import { EDGES, EdgeRecord, hole, KINDS, NodeRecord, type RawResource, type SourceRef, type Value } from '../../schema/index.ts';

/** `ref('aws_iam_role.x', 'arn')`, as a reader writes an attribute it cannot know. */
export const ref = (address: string, attribute: string): string => hole({ kind: 'ref', address, attribute });

let line = 0;

/** One Terraform-shaped resource; every property gets its own line, so that sources can be told apart. */
export function tf(address: string, properties: { [k: string]: Value }, more: Partial<RawResource> = {}): RawResource {
  const data = address.startsWith('data.');
  const type = (data ? address.slice(5) : address).split('.')[0]!;
  const at = (property?: string): SourceRef => ({ source: 'terraform', file: 'main.tf', startLine: ++line, address, ...(property ? { property } : {}) });
  const sources = new Map<string, SourceRef>([['', at()]]);
  for (const k of Object.keys(properties)) sources.set(`/${k}`, at(k));
  return { dialect: 'terraform', type, address, root: '', properties, sources, documents: new Map(), provider: { scope: '' }, references: [], mode: data ? 'data' : 'managed', state: 'declared', ...more };
}

/** One resource in canonical names, as templates and dumps give it. */
export const cfn = (type: string, address: string, properties: { [k: string]: Value }, more: Partial<RawResource> = {}): RawResource =>
  ({ ...tf(address, properties), dialect: 'canonical', type, mode: 'managed', ...more });

export class Graph {
  readonly mapped: Mapped;
  /** Refuses what the schema does not allow, and mappings that failed. */
  constructor(mapped: Mapped) {
    this.mapped = mapped;
    for (const n of mapped.nodes) {
      NodeRecord.parse(n);
      const props = KINDS.get(n.kind)!.props.safeParse(n.props);
      if (!props.success) throw new Error(`${n.kind} ${n.name}: ${props.error.message}`);
    }
    for (const e of mapped.edges) {
      EdgeRecord.parse(e);
      const props = EDGES.get(e.kind)!.props.safeParse(e.props);
      if (!props.success) throw new Error(`${e.kind}: ${props.error.message}`);
    }
    const failed = mapped.problems.find((p) => p.message.includes('could not be mapped'));
    if (failed) throw new Error(failed.message);
  }
  node(kind: string, name: string): NodeRecord {
    const found = this.mapped.nodes.filter((n) => n.kind === kind && n.name === name);
    if (found.length !== 1) throw new Error(`${found.length} ${kind} nodes called ${name}; there are ${this.mapped.nodes.filter((n) => n.kind === kind).map((n) => n.name).join(', ')}`);
    return found[0]!;
  }
  /** Edges as `KIND from > to`, by names. */
  edges(...kinds: string[]): string[] {
    const name = new Map(this.mapped.nodes.map((n) => [n.id, n.name]));
    return this.mapped.edges.filter((e) => kinds.length ? kinds.includes(e.kind) : e.kind !== 'IN_SCOPE').map((e) => `${e.kind} ${name.get(e.from)} > ${name.get(e.to)}`).sort();
  }
  edge(kind: string, from: string, to: string): EdgeRecord {
    const name = new Map(this.mapped.nodes.map((n) => [n.id, n.name]));
    const found = this.mapped.edges.filter((e) => e.kind === kind && name.get(e.from) === from && name.get(e.to) === to);
    if (found.length === 0) throw new Error(`no ${kind} ${from} > ${to}; there are ${this.edges(kind).join('; ')}`);
    return found[0]!;
  }
}

/** Maps one input (one root) and lets tests ask for nodes and edges by name. */
export const graphOf = (resources: RawResource[], account?: string): Graph =>
  new Graph(mapInputs([{ source: 'terraform', input: '', resources, ...(account ? { account } : {}) }], { scope: 'local', hashKey: 'test-key' }));
