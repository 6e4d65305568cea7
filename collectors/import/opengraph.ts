import { z } from 'zod';
import { EdgeRecord, edgeId, mayJoin, NodeRecord, nodeId, type Batch, type CoverageEntry, type Problem, type Run, type SourceRef } from '../../schema/index.ts';
import { recordOf, RECORD, RUN_KIND, type OgEdge, type OgEnd, type OgNode } from '../../graph/exchange/opengraph.ts';
import { edgeKindOf, nodeKindOf } from './opengraph-kinds.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Properties = z.record(z.string(), z.union([Scalar, z.array(z.string()), z.array(z.number()), z.array(z.boolean())])).nullable().optional();
const Node = z.object({ id: z.string().min(1), kinds: z.array(z.string()).max(3), properties: Properties });
const End = z.object({ value: z.string().optional(), match_by: z.enum(['id', 'name', 'property']).optional(), kind: z.string().optional(), property_matchers: z.array(z.object({ key: z.string(), operator: z.literal('equals'), value: Scalar })).min(1).optional() })
  .refine((e) => (e.match_by === 'property' ? e.property_matchers !== undefined && e.value === undefined : e.value !== undefined && e.property_matchers === undefined), 'an end has a value, or property_matchers with match_by property');
const Edge = z.object({ kind: z.string().regex(/^[A-Za-z0-9_]+$/, 'an edge kind has letters, digits and underscores only'), start: End, end: End, properties: Properties });
const Payload = z.object({ metadata: z.object({ source_kind: z.string().nullable().optional() }).optional(), graph: z.object({ nodes: z.array(z.unknown()).default([]), edges: z.array(z.unknown()).default([]) }) });

/** Looks like a payload, by its first bytes. */
export const isOpenGraph = (head: string): boolean => /^\s*\{\s*("\$schema"\s*:\s*"[^"]*"\s*,\s*)?("metadata"\s*:\s*\{[^{}]*\}\s*,\s*)?"graph"\s*:\s*\{\s*"(nodes|edges)"\s*:/.test(head);

/**
 * A payload as a batch. Nodes and edges that we wrote come back exactly; of others' those whose kind means one of ours. What was not
 * taken is counted by kind in coverage, what breaks the format is a problem of its own, and the rest goes on.
 */
export function importOpenGraph(text: string, input: string, scope: string): Batch {
  const coverage: CoverageEntry = { source: 'opengraph', input, status: 'read', resources: 0, unmapped: {}, missing: [], problems: [] };
  const batch: Batch = { source: 'opengraph', scope, covers: `opengraph:${scope}:${input}`, complete: true, nodes: [], edges: [], coverage: [coverage] };
  const problem = (p: Problem): void => { coverage.problems.push(p); if (p.code === 'parse-error') { coverage.status = 'partial'; batch.complete = false; } };
  const at = (jsonPointer: string): SourceRef => ({ source: 'opengraph', file: input, jsonPointer });
  const payload = parsePayload(text, (message) => { problem({ code: 'parse-error', message, source: at('') }); });
  if (!payload) { coverage.status = 'failed'; return batch; }

  const world = new World();
  for (const [i, raw] of payload.graph.nodes.entries()) {
    const parsed = Node.safeParse(raw);
    if (!parsed.success) { problem({ code: 'parse-error', message: `not a node of OpenGraph: ${why(parsed.error)}`, source: at(`/graph/nodes/${i}`) }); continue; }
    const n = raw as OgNode;
    coverage.resources++;
    if (n.kinds.includes(RUN_KIND)) { for (const c of formerCoverage(n)) batch.coverage.push(c); continue; }
    const own = recordOf(n.properties, NodeRecord);
    const kind = own?.kind ?? nodeKindOf(n.kinds);
    if (n.properties?.['derived'] === true && !own) continue;
    if (!kind) { count(coverage, `node ${n.kinds[0] ?? 'without kind'}`); continue; }
    const record = own ?? {
      id: nodeId(kind, 'opengraph', n.id), kind, type: `opengraph.${(n.kinds[0] ?? kind).toLowerCase()}`, name: typeof n.properties?.['name'] === 'string' ? n.properties['name'] : n.id, provider: 'opengraph', scope, environment: 'unknown',
      tags: {}, state: 'live', completeness: 'partial', sources: [at(`/graph/nodes/${i}`)], aliases: [], props: { opengraph: n },
    } satisfies NodeRecord;
    if (world.add(n, record)) batch.nodes.push(record);
    else problem({ code: 'unresolved', message: `the id ${n.id.slice(0, 80)} stands twice; the first is taken`, source: at(`/graph/nodes/${i}`) });
  }
  for (const [i, raw] of payload.graph.edges.entries()) {
    const parsed = Edge.safeParse(raw);
    if (!parsed.success) { problem({ code: 'parse-error', message: `not an edge of OpenGraph: ${why(parsed.error)}`, source: at(`/graph/edges/${i}`) }); continue; }
    const e = raw as OgEdge;
    const own = recordOf(e.properties, EdgeRecord);
    if (e.properties?.['derived'] === true && !own) continue;
    const [from, to] = [world.end(e.start), world.end(e.end)];
    if (!from || !to) { if (own || edgeKindOf(e.kind)) problem({ code: 'unresolved', message: `${e.kind}: no node taken is at its ${from ? 'end' : 'start'}`, source: at(`/graph/edges/${i}`) }); else count(coverage, `edge ${e.kind}`); continue; }
    const kind = own?.kind ?? edgeKindOf(e.kind);
    if (!kind || (!own && !mayJoin(kind, from.kind, to.kind))) { count(coverage, `edge ${e.kind}`); continue; }
    batch.edges.push(own ?? { id: edgeId(kind, from.id, to.id, e.kind), kind, from: from.id, to: to.id, discriminator: e.kind, verdict: 'conditional', requires: [`${e.kind} of the imported graph holds`], evidence: [{ source: at(`/graph/edges/${i}`), text: e.kind, basis: 'declared' }], props: { opengraph: e } });
  }
  return batch;
}

function parsePayload(text: string, fail: (message: string) => void): z.infer<typeof Payload> | undefined {
  let json: unknown;
  try { json = JSON.parse(text); } catch (e) { fail(`not JSON: ${(e as Error).message.slice(0, 120)}`); return undefined; }
  const parsed = Payload.safeParse(json);
  if (!parsed.success) { fail(`not an OpenGraph payload: ${why(parsed.error)}`); return undefined; }
  return parsed.data;
}

const why = (e: z.ZodError): string => e.issues.slice(0, 2).map((i) => `${i.path.join('/') || 'it'}: ${i.message}`).join('; ');
const count = (c: CoverageEntry, what: string): void => { c.unmapped[what] = (c.unmapped[what] ?? 0) + 1; };

/** What an earlier reading said of itself travels with the graph; a payload that changed it is not trusted with more than text. */
function formerCoverage(n: OgNode): CoverageEntry[] {
  try {
    const { coverage } = JSON.parse(String(n.properties?.[RECORD])) as { run: Run; coverage: Batch['coverage'] };
    return coverage.filter((c) => typeof c.source === 'string' && typeof c.input === 'string');
  } catch { return []; }
}

interface Taken { node: OgNode; record: NodeRecord }

/** The nodes taken so far, as ends of edges name them; by property through an index made when a property is first asked for. */
class World {
  readonly #byId = new Map<string, NodeRecord>();
  readonly #all: Taken[] = [];
  readonly #byProperty = new Map<string, Map<unknown, Taken[]>>();

  add(node: OgNode, record: NodeRecord): boolean {
    if (this.#byId.has(node.id)) return false;
    this.#byId.set(node.id, record);
    this.#all.push({ node, record });
    return true;
  }

  /** Undefined when no node, or more than one, fits. */
  end(e: OgEnd): NodeRecord | undefined {
    if ((e.match_by ?? 'id') === 'id') return this.#byId.get(e.value!);
    const asked = e.match_by === 'name' ? [{ key: 'name', value: e.value! }] : e.property_matchers!;
    const fits = this.#with(asked[0]!.key, asked[0]!.value).filter(({ node }) => asked.every((m) => node.properties?.[m.key] === m.value) && (e.kind === undefined || node.kinds.includes(e.kind)));
    return fits.length === 1 ? fits[0]!.record : undefined;
  }

  #with(key: string, value: unknown): readonly Taken[] {
    let index = this.#byProperty.get(key);
    if (!index) {
      index = new Map();
      for (const t of this.#all) { const v = t.node.properties?.[key]; const l = index.get(v); if (l) l.push(t); else index.set(v, [t]); }
      this.#byProperty.set(key, index);
    }
    return index.get(value) ?? [];
  }
}
