import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { EntryClass, FactKind, verdictRank, type AttackPath, type BlastRadius, type Holder, type NodeRecord, type OwnerRow, type WhyNot } from '../../schema/index.ts';
import { attackQueries, buildAttack } from '../attack/index.ts';
import type { ShownPaths, Start } from '../attack/query.ts';
import { derive, type DeriveOptions } from '../derive/index.ts';
import { overridesOf } from '../findings/config.ts';
import { influenceOf, type Influence } from '../findings/influence.ts';
import { ownerRows } from '../findings/owners.ts';
import { AccessReview } from './access-review.ts';
import { blastRadius } from './blast-radius.ts';
import { blastReport, type BlastReport } from './blast-report.ts';
import { findNodes } from './find.ts';
import { intentDrafts, type IntentDraft } from './intent-draft.ts';
import { invokerGap, type InvokerGap } from './invoker-gap.ts';
import { whoCan } from './who-can.ts';
import { whyNot } from './why-not.ts';

/** Single questions to one run: the engine is built once and answers many. Nodes are given by id; `find` turns what people type into ids. */
export interface Inquiry {
  /** `among`: the nodes that are looked at; default all. */
  find(text: string, kinds?: readonly string[], among?: (n: NodeRecord) => boolean): NodeRecord[];
  /** `from`: entry class or node id. Paths of the best verdict, shortest first, at most `k`. */
  paths(from: string, to: string, k: number): ShownPaths;
  whyNot(from: string, to: string): WhyNot;
  blastRadius(agent: string): BlastRadius;
  whoCan(what: string, asset: string): Holder[];
  /** Reviews over the whole estate; absent for who may see a part of it only. */
  reviews?: Reviews;
}

export interface Reviews {
  radius(agent: string): BlastReport;
  access: AccessReview;
  gap(): InvokerGap;
  owners(): OwnerRow[];
  drafts(only?: string): IntentDraft[];
}

export function inquire(stored: GraphSnapshot, options: DeriveOptions = {}): Inquiry {
  const estate = derive(stored, { ...options, sensitivity: [...overridesOf(stored), ...(options.sensitivity ?? [])] });
  const attack = attackQueries(buildAttack(estate));
  const node = (id: string): NodeRecord => {
    const n = estate.snapshot.node(id);
    if (!n) throw new Error(`no node ${id} in this run`);
    return n;
  };
  const startOf = (from: string): Start => {
    const entry = EntryClass.safeParse(from);
    if (entry.success) return { class: entry.data };
    const n = node(from);
    if (n.kind === 'Agent') return { agent: n.id };
    if (n.kind === 'Identity') return { principal: n.id };
    return { facts: { fact: FactKind.options.filter((f) => f !== 'GOAL' && f !== 'EFFECT'), nodes: new Set([n.id]) }, says: `whoever holds ${n.name}` };
  };
  let gap: InvokerGap | undefined;
  let known: Influence | undefined;
  const influence = (): Influence => (known ??= influenceOf(attack));
  return {
    find: (text, kinds, among) => findNodes(estate.snapshot, text, kinds, among),
    paths: (from, to, k) => {
      const answer = attack.reach({ from: [startOf(from)], to: [{ fact: FactKind.options, nodes: new Set([node(to).id]) }] });
      const hits = answer.hits(0);
      const goals = hits.filter((h) => h.fact.fact === 'GOAL');
      const found: AttackPath[] = [];
      let truncated = false;
      for (const h of (goals.length > 0 ? goals : hits).sort((a, b) => verdictRank(a.verdict) - verdictRank(b.verdict)).slice(0, 12)) {
        const shown = answer.paths(0, h.fact.vertex, k);
        found.push(...shown.paths);
        truncated ||= shown.truncated;
      }
      found.sort((a, b) => verdictRank(a.verdict) - verdictRank(b.verdict) || a.hops.length - b.hops.length);
      return { paths: found.slice(0, k), truncated: truncated || found.length > k || hits.length > 12 };
    },
    whyNot: (from, to) => whyNot(startOf(from), node(to), estate, attack),
    blastRadius: (agent) => blastRadius(node(agent), estate, attack, influence()),
    reviews: { radius: (agent) => blastReport(node(agent), blastRadius(node(agent), estate, attack, influence()), estate), access: new AccessReview(estate, attack), gap: () => (gap ??= invokerGap(estate, attack)), owners: () => ownerRows(estate.snapshot), drafts: (only) => intentDrafts(estate, only) },
    whoCan: (what, asset) => whoCan(what, node(asset), estate, attack, influence()),
  };
}
