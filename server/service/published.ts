import { CARTOGRAPHY_ASSUME, CARTOGRAPHY_PERMISSIONS } from '../../knowledge/cartography.ts';
import type { Publication, PublishedEdge, PublishedFinding, StoredGraph } from '../../graph/store/port.ts';
import { bestVerdict, showHoles, stableHash, type AnalysisResult, type EdgeRecord, type Finding, type NodeRecord, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../../queries/attack/estate.ts';

type Props = PublishedFinding['props'];
const present = (o: Record<string, Props[string] | undefined>): Props => Object.fromEntries(Object.entries(o).filter((e): e is [string, Props[string]] => e[1] !== undefined));

/** Pairs of identity and asset beyond which permissions are not written one by one: millions of relations help nobody. */
const MOST_PERMISSIONS = 200_000;

/** What the analysis of a run adds to its graph; the words are in docs/cypher.md. */
export function publicationOf(stored: StoredGraph, estate: Estate, result: AnalysisResult): Publication {
  const [nodes, edges] = [new Set(stored.nodes.map((n) => n.id)), new Set(stored.edges.map((e) => e.id))];
  return {
    nodes: estate.snapshot.nodes.filter((n) => !nodes.has(n.id)),
    edges: [...estate.snapshot.edges.filter((e) => !edges.has(e.id)).flatMap(derivedEdge), ...permissions(estate)],
    findings: result.findings.map(publishedFinding),
  };
}

function derivedEdge(e: EdgeRecord): PublishedEdge[] {
  const props = present({ verdict: e.verdict, requires: e.requires, technique: text(e.props['technique']), gives: text(e.props['gives']), via: text(e.props['via']), sourceIds: [...new Set(e.evidence.flatMap((x) => (x.source?.file ? [`${x.source.file}:${x.source.startLine ?? 1}`] : [])))] });
  const ours = { relation: e.kind, id: e.id, from: e.from, to: e.to, props };
  return e.kind === 'CAN_ASSUME' ? [ours, { ...ours, relation: CARTOGRAPHY_ASSUME }] : [ours];
}

const text = (v: unknown): string | undefined => (typeof v === 'string' ? showHoles(v) : undefined);

/** Grants as pairs: one CAN for an identity and a thing, with all effects, and Cartography's relation for an effect where it has one. */
function permissions(estate: Estate): PublishedEdge[] {
  const out: PublishedEdge[] = [];
  let pairs = 0;
  for (const identity of estate.snapshot.ofKind('Identity')) {
    const of = new Map<string, { effects: Map<string, Verdict>; actions: Set<string>; requires: Set<string> }>();
    for (const g of estate.access.grantsOf(identity.id)) {
      for (const asset of g.assets) {
        const at = of.get(asset) ?? { effects: new Map(), actions: new Set(), requires: new Set() };
        of.set(asset, at);
        at.effects.set(g.effect, bestVerdict(at.effects.get(g.effect) ?? g.verdict, g.verdict));
        for (const a of g.actions) at.actions.add(a);
        for (const r of g.requires) at.requires.add(showHoles(r));
      }
    }
    for (const [asset, p] of of) {
      const target = estate.snapshot.node(asset);
      if (!target || pairs++ >= MOST_PERMISSIONS) continue;
      out.push(...permission(identity, target, p.effects, [...p.actions].sort().slice(0, 50), [...p.requires].sort()));
    }
  }
  return out;
}

function permission(identity: NodeRecord, target: NodeRecord, effects: ReadonlyMap<string, Verdict>, actions: string[], requires: string[]): PublishedEdge[] {
  const edge = (relation: string, of: readonly string[]): PublishedEdge => ({
    relation, id: stableHash('CAN', identity.id, target.id), from: identity.id, to: target.id,
    props: { effects: of.slice().sort(), actions, requires, verdict: of.map((e) => effects.get(e)!).reduce(bestVerdict) },
  });
  const theirs = CARTOGRAPHY_PERMISSIONS.filter((c) => c.target === target.type && effects.has(c.effect));
  return [edge('CAN', [...effects.keys()]), ...theirs.map((c) => edge(c.relation, [c.effect]))];
}

const publishedFinding = (f: Finding): PublishedFinding => ({
  fingerprint: f.fingerprint,
  props: present({
    title: showHoles(f.title), severity: f.severity, verdict: f.verdict, score: f.score.value, startClass: f.startClass, effect: f.effect, rules: f.rules, requires: f.requires, state: f.state, environment: f.environment,
    owner: f.owner, sensitivity: f.sensitivity, subject: showHoles(f.subject.name), identity: f.identity && showHoles(f.identity.name), asset: showHoles(f.asset.name), hops: f.path.hops.length,
  }),
  ends: { SUBJECT: [f.subject.id], ACTS_AS: f.identity ? [f.identity.id] : [], TARGETS: [...new Set([f.asset.id, ...(f.assetGroup?.members.map((m) => m.id) ?? [])])] },
  hops: f.path.hops.map((h) => {
    const at = h.evidence.find((e) => e.source?.file)?.source ?? h.node.definedAt;
    return { node: h.node.id, props: present({ fact: h.fact, says: showHoles(h.says), verdict: h.verdict, effect: h.effect, technique: h.technique, file: at?.file, line: at?.startLine }) };
  }),
});
