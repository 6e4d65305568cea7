import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edgeId, nodeId, ownerKind, ownerTag, specificity, type EdgeRecord, type Evidence, type NodeKind, type NodeRecord, type OwnerSource, type RawResource } from '../../schema/index.ts';
import type { InputFile } from '../define.ts';
import { codeOwners, hostOf, places, type FileOwners } from './codeowners.ts';
import { selects, type Selector } from './match.ts';
import type { Graph } from './same-thing.ts';

/** Things somebody must answer for; parts of them (policies, tools, networks) follow. */
const OWNED: ReadonlySet<NodeKind> = new Set(['Agent', 'ToolServer', 'Compute', 'Identity', 'DataStore', 'Secret', 'Endpoint', 'Channel', 'Pipeline', 'Repository'] as const);
const MAX_BYTES = 3 * 1024 * 1024;

interface Claim { by: OwnerSource; owners: string[]; evidence: Evidence }
/** Where the scanned folder lies: the file may stand above it. `folder` is its path from the top of the checkout. */
export interface Place { base: string; folder: string; remote?: string | undefined }

/** Adds Owner nodes and OWNED_BY, in the order of OWNER_SOURCES: what overreach.yaml files say, else a tag, else CODEOWNERS of the file that defines the thing. */
export async function addOwners(graph: Graph, files: readonly InputFile[], configs: readonly RawResource[], place?: Place): Promise<Graph> {
  const owned = await fileOwners(files, place);
  const declared = declaredOwners(configs);
  const nodes = new Map<string, NodeRecord>();
  const edges: EdgeRecord[] = [];
  for (const n of graph.nodes) {
    if (!OWNED.has(n.kind) || n.completeness === 'none') continue;
    const claim = declared(n) ?? tagged(n) ?? owned(n);
    if (!claim) continue;
    for (const owner of claim.owners) {
      const id = nodeId('Owner', 'org', owner);
      if (!nodes.has(id)) nodes.set(id, ownerNode(id, owner, n.scope, claim.evidence));
      edges.push({ id: edgeId('OWNED_BY', n.id, id), kind: 'OWNED_BY', from: n.id, to: id, discriminator: '', verdict: 'proven', requires: [], evidence: [claim.evidence], props: { by: claim.by } });
    }
  }
  return { nodes: byId([...graph.nodes, ...nodes.values()]), edges: byId([...graph.edges, ...edges]) };
}

const byId = <T extends { id: string }>(list: T[]): T[] => list.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

const ownerNode = (id: string, owner: string, scope: string, evidence: Evidence): NodeRecord => ({
  id, kind: 'Owner', type: 'owner', name: owner, provider: 'org', scope, environment: 'unknown', tags: {}, state: 'declared', completeness: 'full',
  sources: evidence.source ? [evidence.source] : [], aliases: [], props: { ownerKind: ownerKind(owner), contact: owner },
});

function tagged(n: NodeRecord): Claim | undefined {
  const tag = ownerTag(n.tags);
  return tag && { by: 'tag', owners: [tag.value], evidence: { ...(n.sources[0] && { source: n.sources[0] }), text: `tag ${tag.key} = ${tag.value}`, basis: 'code' } };
}

/** The nearest file decides, then the narrower selector, then the later entry (model 7.5). */
function declaredOwners(configs: readonly RawResource[]): (n: NodeRecord) => Claim | undefined {
  const rules = configs.flatMap((config) => [['owners', config.properties.owners], ['agents', config.properties.agents]].flatMap(([key, list]) => (Array.isArray(list) ? list : []).flatMap((raw, i) => {
    const entry = raw as unknown as { match: Selector; owner?: string };
    const source = config.sources.get(`/${String(key)}/${i}/owner`) ?? config.sources.get(`/${String(key)}/${i}`);
    return entry.owner ? [{ match: entry.match, root: config.root, weight: specificity(entry.match), claim: { by: 'overreach.yaml' as const, owners: [entry.owner], evidence: { ...(source && { source }), text: `owner: ${entry.owner}`, basis: 'declared' as const } } }] : [];
  })));
  const nearness = (root: string, n: NodeRecord): number => (root === '' ? 0 : n.sources.some((s) => s.file?.startsWith(`${root}/`)) ? root.split('/').length : -1);
  return (n) => {
    let best: { rule: (typeof rules)[number]; near: number } | undefined;
    for (const rule of rules) {
      if (!selects(rule.match, n)) continue;
      const near = nearness(rule.root, n);
      if (!best || near > best.near || (near === best.near && rule.weight >= best.rule.weight)) best = { rule, near };
    }
    return best?.rule.claim;
  };
}

async function fileOwners(files: readonly InputFile[], place: Place | undefined): Promise<(n: NodeRecord) => Claim | undefined> {
  const found = (await here(files, place)) ?? (await above(place));
  if (!found) return () => undefined;
  const ownersOf = codeOwners(found.text, hostOf(found.name, place?.remote, found.text));
  const known = new Map<string, FileOwners | undefined>();
  return (n) => {
    const path = n.sources.find((s) => s.file !== undefined && s.source !== 'overreach-yaml')?.file;
    if (path === undefined || path.startsWith('../')) return undefined;
    if (!known.has(path)) known.set(path, ownersOf(found.prefix + path));
    const owners = known.get(path);
    return owners && { by: 'CODEOWNERS', owners: owners.owners, evidence: { source: { source: 'codeowners', file: found.path, startLine: owners.line }, text: `${path}: ${owners.owners.join(' ')}`, basis: 'code' } };
  };
}

/** `path` as it is shown, `name` from the top of the repository, `prefix` of the scanned files from there. */
interface Found { path: string; name: string; text: string; prefix: string }

async function here(files: readonly InputFile[], place: Place | undefined): Promise<Found | undefined> {
  for (const name of places(/gitlab/i.test(place?.remote ?? '') ? 'gitlab' : undefined)) {
    const file = files.find((f) => f.path === name);
    const text = await file?.text(MAX_BYTES).catch(() => undefined);
    if (text !== undefined) return { path: name, name, text, prefix: '' };
  }
  return undefined;
}

/** A part of a checkout is scanned: the file stands at its top. */
async function above(place: Place | undefined): Promise<Found | undefined> {
  if (!place || place.folder === '.') return undefined;
  const up = place.folder.split('/').map(() => '..');
  for (const name of places(/gitlab/i.test(place.remote ?? '') ? 'gitlab' : undefined)) {
    const text = await readFile(join(place.base, ...up, name), 'utf8').catch(() => undefined);
    if (text !== undefined && text.length <= MAX_BYTES) return { path: [...up, name].join('/'), name, text, prefix: `${place.folder}/` };
  }
  return undefined;
}
