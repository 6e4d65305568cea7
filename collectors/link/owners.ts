import { edgeId, nodeId, type EdgeRecord, type Evidence, type NodeKind, type NodeRecord, type RawResource } from '../../schema/index.ts';
import type { InputFile } from '../define.ts';
import { codeOwners, type FileOwners } from './codeowners.ts';
import { selects, type Selector } from './match.ts';
import type { Graph } from './same-thing.ts';

/** Things somebody must answer for; parts of them (policies, tools, networks) follow. */
const OWNED: ReadonlySet<NodeKind> = new Set(['Agent', 'ToolServer', 'Compute', 'Identity', 'DataStore', 'Secret', 'Endpoint', 'Channel', 'Pipeline', 'Repository'] as const);
/** Where the hosts look for the file, nearest first (GitHub and GitLab documentation). */
const PLACES = ['.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

interface Claim { owners: string[]; evidence: Evidence }

/** Adds Owner nodes and OWNED_BY: what `overreach.yaml` says, else a tag `owner`, else CODEOWNERS of the file that defines the thing. */
export async function addOwners(graph: Graph, files: readonly InputFile[], config: RawResource | undefined): Promise<Graph> {
  const owned = await fileOwners(files);
  const declared = declaredOwners(config);
  const nodes = new Map<string, NodeRecord>();
  const edges: EdgeRecord[] = [];
  for (const n of graph.nodes) {
    if (!OWNED.has(n.kind) || n.completeness === 'none') continue;
    const claim = declared(n) ?? tagged(n) ?? owned(n);
    if (!claim) continue;
    for (const owner of claim.owners) {
      const id = nodeId('Owner', 'org', owner);
      if (!nodes.has(id)) nodes.set(id, ownerNode(id, owner, n.scope, claim.evidence));
      edges.push({ id: edgeId('OWNED_BY', n.id, id), kind: 'OWNED_BY', from: n.id, to: id, discriminator: '', verdict: 'proven', requires: [], evidence: [claim.evidence], props: {} });
    }
  }
  return { nodes: byId([...graph.nodes, ...nodes.values()]), edges: byId([...graph.edges, ...edges]) };
}

const byId = <T extends { id: string }>(list: T[]): T[] => list.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

function ownerNode(id: string, owner: string, scope: string, evidence: Evidence): NodeRecord {
  const person = /^[^@\s]+@/.test(owner) || /^@[^/]+$/.test(owner);
  return {
    id, kind: 'Owner', type: 'owner', name: owner, provider: 'org', scope, environment: 'unknown', tags: {}, state: 'declared', completeness: 'full',
    sources: evidence.source ? [evidence.source] : [], aliases: [], props: { ownerKind: person ? 'person' : 'team', contact: owner },
  };
}

function tagged(n: NodeRecord): Claim | undefined {
  const owner = n.tags.owner ?? n.tags.Owner;
  return owner ? { owners: [owner], evidence: { ...(n.sources[0] && { source: n.sources[0] }), text: `tag owner = ${owner}`, basis: 'code' } } : undefined;
}

function declaredOwners(config: RawResource | undefined): (n: NodeRecord) => Claim | undefined {
  const lists = [['owners', config?.properties.owners], ['agents', config?.properties.agents]] as const;
  const rules = lists.flatMap(([key, list]) => (Array.isArray(list) ? list : []).flatMap((raw, i) => {
    const entry = raw as unknown as { match: Selector; owner?: string };
    const source = config?.sources.get(`/${key}/${i}`);
    return entry.owner ? [{ match: entry.match, claim: { owners: [entry.owner], evidence: { ...(source && { source }), text: `owner: ${entry.owner}`, basis: 'declared' as const } } }] : [];
  }));
  return (n) => rules.findLast((r) => selects(r.match, n))?.claim;
}

async function fileOwners(files: readonly InputFile[]): Promise<(n: NodeRecord) => Claim | undefined> {
  const file = PLACES.map((p) => files.find((f) => f.path === p)).find((f) => f !== undefined);
  const text = await file?.text(3 * 1024 * 1024).catch(() => undefined);
  if (!file || text === undefined) return () => undefined;
  const ownersOf = codeOwners(text);
  const known = new Map<string, FileOwners | undefined>();
  return (n) => {
    const path = n.sources[0]?.file;
    if (path === undefined || path.startsWith('../')) return undefined;
    if (!known.has(path)) known.set(path, ownersOf(path));
    const found = known.get(path);
    return found && { owners: found.owners, evidence: { source: { source: 'codeowners', file: file.path, startLine: found.line }, text: `${path}: ${found.owners.join(' ')}`, basis: 'code' } };
  };
}
