import { showSource, type EffectClass, type Match, type NodeRecord, type NodeRef, type Sensitivity } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { sensitivityRank } from '../derive/sensitivity/index.ts';
import { intentOf, purposeOf, type Held } from '../findings/intent.ts';
import { ownerOf } from '../findings/owners.ts';
import { nodeRef } from '../findings/ref.ts';
import { weight } from '../findings/weights.ts';

/** A purpose to begin with: what the tools of the agent say they do, as far as its identities may do it. `beyond`: what else they may do. */
export interface IntentDraft {
  agent: NodeRef;
  match: Match;
  owner?: string;
  allow: { effect: EffectClass; resources: Match; because: string }[];
  dataClassesMax?: Sensitivity;
  beyond: string[];
  /** Effects on things that no selector can name. */
  unnamed: string[];
}

const SHOWN = 8;

/** Drafts for agents without a purpose (or those asked for), by name. Reading them back gives no excess beyond `beyond`. */
export function intentDrafts(estate: Estate, only?: string): IntentDraft[] {
  const named = selectors(estate);
  return estate.snapshot.ofKind('Agent').filter((a) => a.completeness !== 'none' && (only === undefined ? purposeOf(a) === undefined : a.id === only)).map((a) => draft(a, estate, named)).sort((x, y) => (x.agent.name < y.agent.name ? -1 : 1));
}

function draft(agent: NodeRecord, estate: Estate, named: (n: NodeRecord) => Match | undefined): IntentDraft {
  const intent = intentOf({ ...agent, props: { ...agent.props, purpose: undefined } }, estate);
  const once = [...new Map(intent.actual.map((h) => [`${h.effect}|${h.asset.id}`, h])).values()].sort((a, b) => (a.asset.name < b.asset.name ? -1 : a.asset.name > b.asset.name ? 1 : a.effect < b.effect ? -1 : 1));
  const wanted = intent.judge ? once.filter((h) => intent.judge!(h).allowed) : [];
  const reads = new Set(wanted.filter((h) => h.effect === 'read').map((h) => h.asset.id));
  const allow: IntentDraft['allow'] = [];
  const unnamed: string[] = [];
  for (const h of wanted) {
    const resources = named(h.asset);
    if (resources === undefined) unnamed.push(says(h));
    else if (h.effect !== 'list' || !reads.has(h.asset.id)) allow.push({ effect: h.effect, resources, because: because(h, estate) });
  }
  const levels = wanted.map((h) => estate.sensitivity.get(h.asset.id)?.level).filter((l): l is Sensitivity => l !== undefined && l !== 'unknown').sort((a, b) => sensitivityRank(b) - sensitivityRank(a));
  const max = levels[0];
  const beyond = once.filter((h) => !wanted.includes(h)).sort((a, b) => weight(b.effect, b.asset, estate) - weight(a.effect, a.asset, estate));
  const owner = ownerOf(agent, estate.snapshot);
  return {
    agent: nodeRef(agent), match: named(agent) ?? { kind: 'Agent', id: agent.id }, ...(owner === undefined ? {} : { owner }), allow, ...(max !== undefined && !wanted.some((h) => estate.sensitivity.get(h.asset.id)?.level === 'unknown') ? { dataClassesMax: max } : {}),
    beyond: [...beyond.slice(0, SHOWN).map(says), ...(beyond.length > SHOWN ? [`and ${beyond.length - SHOWN} more`] : [])], unnamed: [...new Set(unnamed)],
  };
}

const says = (h: Held): string => `${h.effect} ${h.asset.name}`;
const because = (h: Held, estate: Estate): string => showSource(estate.access.grantsOf(h.identity.id).find((g) => g.effect === h.effect && g.assets.includes(h.asset.id))?.evidence[0]?.source);

/** The shortest selector that means one thing only: its name, else its address, else its id. */
function selectors(estate: Estate): (n: NodeRecord) => Match | undefined {
  const count = (key: (n: NodeRecord) => string | undefined): ReadonlyMap<string, number> => {
    const out = new Map<string, number>();
    for (const n of estate.snapshot.nodes) { const k = key(n); if (k !== undefined) out.set(k, (out.get(k) ?? 0) + 1); }
    return out;
  };
  const byName = (n: NodeRecord): string => `${n.kind}|${n.name.toLowerCase()}`;
  const byAddress = (n: NodeRecord): string | undefined => (n.sources[0]?.address === undefined ? undefined : `${n.kind}|${n.sources[0].address.toLowerCase()}`);
  const [names, addresses] = [count(byName), count(byAddress)];
  const plain = (s: string): boolean => !/[*?…\u2026⟨⟩]/.test(s) && s !== '';
  return (n) => {
    if (n.props['any'] === true) return undefined;
    if (names.get(byName(n)) === 1 && plain(n.name)) return { kind: n.kind, name: n.name };
    const address = n.sources[0]?.address;
    if (address !== undefined && plain(address) && addresses.get(byAddress(n)!) === 1) return { kind: n.kind, address };
    return plain(n.id) ? { kind: n.kind, id: n.id } : undefined;
  };
}
