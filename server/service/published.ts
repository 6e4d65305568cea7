import type { PublishedFinding } from '../../graph/store/port.ts';
import { showHoles, type Finding } from '../../schema/index.ts';

type Props = PublishedFinding['props'];
const present = (o: Record<string, Props[string] | undefined>): Props => Object.fromEntries(Object.entries(o).filter((e): e is [string, Props[string]] => e[1] !== undefined));

/** A finding as Cypher sees it; the words are in docs/cypher.md. */
export const publishedFinding = (f: Finding): PublishedFinding => ({
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
