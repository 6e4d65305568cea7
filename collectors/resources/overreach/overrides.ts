import { edgeId, mayJoin, type EdgeRecord, type Evidence, type NodeRecord, type OverreachConfig, type Problem, type RawResource, type SourceRef } from '../../../schema/index.ts';
import { selects, type Selector } from '../../link/match.ts';

/** What `applyOverrides` made of a graph. `problems`: entries that select nothing, located. */
export interface Overridden { nodes: NodeRecord[]; edges: EdgeRecord[]; problems: Problem[] }

type Entry = Record<string, unknown>;

/** Settings that go onto the selected node as they are, by section. */
const PROPS: readonly [section: keyof OverreachConfig, kind: string | undefined, keys: readonly string[]][] = [
  ['agents', 'Agent', ['purpose', 'public', 'autonomy']],
  ['endpoints', 'Endpoint', ['forwardsText', 'relaysReply', 'callers']],
  ['tools', 'Tool', ['effects', 'argumentBinding', 'toolClass']],
  ['channels', undefined, ['writableBy', 'readableBy', 'rendersLinks']],
];

/**
 * Lays the statements of `overreach.yaml` files on a graph: they win over what was read. Every change keeps the entry and its line in
 * `props.override`. A statement that selects nothing is a problem: silence would look like consent.
 */
export function applyOverrides(graph: { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }, configs: readonly RawResource[]): Overridden {
  const job = new Overrides(graph);
  for (const c of configs) job.apply(c);
  return job.result();
}

class Overrides {
  readonly #nodes: Map<string, NodeRecord>;
  readonly #edges: Map<string, EdgeRecord>;
  readonly #byKind = new Map<string, string[]>();
  readonly #problems: Problem[] = [];

  constructor(graph: { nodes: readonly NodeRecord[]; edges: readonly EdgeRecord[] }) {
    this.#nodes = new Map(graph.nodes.map((n) => [n.id, n]));
    this.#edges = new Map(graph.edges.map((e) => [e.id, e]));
    for (const n of graph.nodes) {
      const there = this.#byKind.get(n.kind);
      if (there) there.push(n.id);
      else this.#byKind.set(n.kind, [n.id]);
    }
  }

  result(): Overridden {
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    return { nodes: [...this.#nodes.values()].sort(byId), edges: [...this.#edges.values()].sort(byId), problems: this.#problems };
  }

  apply(config: RawResource): void {
    const properties = config.properties as OverreachConfig;
    for (const [section, kind, keys] of PROPS) {
      ((properties[section] ?? []) as Entry[]).forEach((entry, i) => {
        const source = sourceAt(config, section, i);
        const parts = section === 'agents' ? this.#purpose(config, entry as NonNullable<OverreachConfig['agents']>[number], i) : {};
        for (const id of this.#selected(entry, kind, section, source)) this.#set(id, pick(entry, keys), { ...entry, ...parts }, source);
      });
    }
    this.#sensitivity(config, properties);
    (properties.tools ?? []).forEach((entry, i) => this.#tool(entry, sourceAt(config, 'tools', i)));
    (properties.channels ?? []).forEach((entry, i) => this.#channel(config, entry, i));
    (properties.endpoints ?? []).forEach((entry, i) => this.#routes(entry, sourceAt(config, 'endpoints', i)));
  }

  #selected(entry: Entry, kind: string | undefined, section: string, source: SourceRef | undefined): string[] {
    const match = entry['match'] as Selector | undefined;
    if (!match) return [];
    const candidates = this.#byKind.get(match.kind ?? kind ?? '') ?? (match.kind ?? kind ? [] : [...this.#nodes.keys()]);
    const found = candidates.filter((id) => selects(match, this.#nodes.get(id)!));
    if (found.length === 0) this.#problems.push({ code: 'bad-config', message: `${section}: nothing in the graph matches ${JSON.stringify(match)}`, ...(source && { source }) });
    return found;
  }

  /** Lines of the parts of a purpose, so that each judgement can show its own; a part that names nothing is a problem there. */
  #purpose(config: RawResource, entry: NonNullable<OverreachConfig['agents']>[number], i: number): { parts?: (SourceRef | null)[] } {
    if (!entry.purpose) return {};
    const parts = entry.purpose.allow.map((_, j) => config.sources.get(`/agents/${i}/purpose/allow/${j}`) ?? null);
    entry.purpose.allow.forEach((a, j) => {
      const match = a.resources;
      if (!match) return;
      const kinds = match.kind === undefined ? ['DataStore', 'Secret', 'Channel'] : [match.kind];
      if (kinds.some((k) => (this.#byKind.get(k) ?? []).some((id) => selects(match, this.#nodes.get(id)!)))) return;
      const source = parts[j] ?? sourceAt(config, 'agents', i);
      this.#problems.push({ code: 'bad-config', message: `purpose: nothing in the graph matches ${JSON.stringify(match)}`, ...(source && { source }) });
    });
    return { parts };
  }

  #set(id: string, props: Entry, entry: Entry, source: SourceRef | undefined): void {
    if (Object.keys(props).length === 0) return;
    const n = this.#nodes.get(id)!;
    const before = (n.props['override'] ?? []) as unknown[];
    const { match: _, ...says } = entry;
    this.#nodes.set(id, { ...n, props: { ...n.props, ...props, override: [...before, { ...says, ...(source && { source }) }] } });
  }

  #sensitivity(config: RawResource, properties: OverreachConfig): void {
    (properties.sensitivity ?? []).forEach((entry, i) => {
      const source = sourceAt(config, 'sensitivity', i);
      for (const id of this.#selected(entry as Entry, undefined, 'sensitivity', source)) this.#set(id, { declaredSensitivity: entry.level ?? 'unknown' }, entry as Entry, source);
    });
  }

  /** Declared effects are a declared contract; an approval is a gate on every way to the tool. */
  #tool(entry: NonNullable<OverreachConfig['tools']>[number], source: SourceRef | undefined): void {
    for (const id of this.#selected(entry as Entry, 'Tool', 'tools', undefined)) {
      const tool = this.#nodes.get(id)!;
      if (entry.effects) this.#nodes.set(id, { ...tool, props: { ...tool.props, contract: 'declared' } });
      if (!entry.approval) continue;
      const control: NodeRecord = {
        ...tool, id: `ovr:control:overreach:${id}#approval`, kind: 'Control', type: 'overreach.approval', name: `declared approval of ${tool.name}`, aliases: [], sources: source ? [source] : [],
        props: { controlType: 'approval', mode: 'enforce', approver: entry.approval, enforcedBy: 'app', enforcedOutsideCompute: false, declared: true },
      };
      this.#nodes.set(control.id, control);
      this.#join('GUARDED_BY', id, control.id, {}, source);
      for (const e of this.#edges.values()) {
        if (e.kind === 'HAS_TOOL' && e.to === id) this.#edges.set(e.id, { ...e, props: { ...e.props, gates: [...((e.props['gates'] as string[] | undefined) ?? []), control.id] } });
      }
    }
  }

  /** What a channel feeds; one that no source knows was made from its own entry. */
  #channel(config: RawResource, entry: NonNullable<OverreachConfig['channels']>[number], i: number): void {
    const source = sourceAt(config, 'channels', i);
    const own = entry.id === undefined ? [] : (this.#byKind.get('Channel') ?? []).filter((id) => this.#nodes.get(id)!.type === 'overreach.channel' && this.#nodes.get(id)!.name === entry.id && id.includes(config.address));
    const matched = this.#selected(entry as Entry, undefined, 'channels', undefined);
    if (entry.recipients) {
      const recipients = Array.isArray(entry.recipients) ? 'fixed' : entry.recipients;
      for (const id of matched) this.#set(id, { recipients }, entry as Entry, source);
    }
    for (const to of [...own, ...matched]) {
      for (const by of entry.writtenBy ?? []) for (const from of this.#selected({ match: by }, 'Agent', 'channels', source)) this.#join('WRITES_TO', from, to, {}, source);
    }
    for (const from of [...own, ...matched]) {
      (entry.feeds ?? []).forEach((f, j) => {
        const line = config.sources.get(`/channels/${i}/feeds/${j}`) ?? source;
        for (const to of this.#selected({ match: f.to }, undefined, 'channels', line)) this.#join('FEEDS', from, to, { mode: f.mode }, line, f.mode);
      });
    }
  }

  /** Whether a front passes text on and answers is a property of its routes as well. */
  #routes(entry: NonNullable<OverreachConfig['endpoints']>[number], source: SourceRef | undefined): void {
    const props = pick(entry as Entry, ['forwardsText', 'relaysReply']);
    if (Object.keys(props).length === 0) return;
    const ids = new Set(this.#selected(entry as Entry, 'Endpoint', 'endpoints', undefined));
    for (const e of this.#edges.values()) {
      if (e.kind === 'ROUTES_TO' && ids.has(e.from)) this.#edges.set(e.id, { ...e, props: { ...e.props, ...props }, evidence: [...e.evidence, ...declared(source)] });
    }
  }

  #join(kind: EdgeRecord['kind'], from: string, to: string, props: Entry, source: SourceRef | undefined, discriminator = ''): void {
    if (!mayJoin(kind, this.#nodes.get(from)!.kind, this.#nodes.get(to)!.kind)) {
      this.#problems.push({ code: 'bad-config', message: `${kind} may not join ${this.#nodes.get(from)!.kind} to ${this.#nodes.get(to)!.kind}`, ...(source && { source }) });
      return;
    }
    const id = edgeId(kind, from, to, discriminator);
    this.#edges.set(id, { id, kind, from, to, discriminator, verdict: 'proven', requires: [], evidence: declared(source), props });
  }
}

const declared = (source: SourceRef | undefined): Evidence[] => [{ basis: 'declared', text: 'overreach.yaml', ...(source && { source }) }];

const pick = (entry: Entry, keys: readonly string[]): Entry => Object.fromEntries(keys.flatMap((k) => (entry[k] === undefined ? [] : [[k, entry[k]]])));

const sourceAt = (config: RawResource, section: string, i: number): SourceRef | undefined =>
  config.sources.get(`/${section}/${i}`) ?? config.sources.get(`/${section}`) ?? config.sources.get('');
