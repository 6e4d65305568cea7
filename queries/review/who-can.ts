import { effectOf } from '../../knowledge/actions/index.ts';
import { bestVerdict, EffectClass, EntryClass, type Holder, type NodeRecord, type NodeRef, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries } from '../attack/query.ts';
import { classesOf, type Influence } from '../findings/influence.ts';
import { nodeRef, sorted } from '../findings/ref.ts';
import { START_SAYS } from '../findings/starts.ts';

/** People and things named through one agent are listed up to this many; they are the weakest first. */
const MAX_THROUGH = 50;

/** Who holds an action (`dynamodb:PutItem`) or an effect class (`write`) on an asset: by own permission, and by steering an agent that has it. */
export function whoCan(what: string, asset: NodeRecord, estate: Estate, attack: AttackQueries, influence: Influence): Holder[] {
  const asEffect = EffectClass.safeParse(what.toLowerCase());
  const action = asEffect.success ? undefined : what.toLowerCase();
  const effect = asEffect.success ? asEffect.data : effectOf(what);
  const direct = directHolders(asset, estate, effect, action);
  if (effect === undefined) return direct;
  return [...direct, ...throughAgents(asset, effect, estate, attack, influence, new Set(direct.map((h) => h.identity.id)))];
}

function directHolders(asset: NodeRecord, estate: Estate, effect: EffectClass | undefined, action: string | undefined): Holder[] {
  const out: Holder[] = [];
  for (const p of estate.snapshot.ofKind('Identity')) {
    const found = estate.access.grantsOf(p.id).filter((g) => g.assets.includes(asset.id) && (action === undefined ? g.effect === effect : g.actions.some((a) => a.toLowerCase() === action)));
    if (found.length === 0) continue;
    const verdict = found.reduce<Verdict>((v, g) => bestVerdict(v, g.verdict), 'unknown');
    const best = found.filter((g) => g.verdict === verdict);
    out.push({
      identity: nodeRef(p), effects: sorted(found.map((g) => g.effect)), actions: sorted(found.flatMap((g) => (action === undefined ? g.actions : g.actions.filter((a) => a.toLowerCase() === action)))),
      verdict, requires: sorted(best[0]?.requires ?? []), evidence: found.flatMap((g) => g.evidence),
    });
  }
  return out;
}

/** An entry class in the place of an identity: nobody in particular. */
const classRef = (c: EntryClass): NodeRef => ({ id: `ovr:scope:overreach:${c}`, kind: 'Scope', type: 'overreach.entry-class', name: `${c}: ${START_SAYS[c]}` });

function throughAgents(asset: NodeRecord, effect: EffectClass, estate: Estate, attack: AttackQueries, influence: Influence, direct: ReadonlySet<string>): Holder[] {
  const pattern = { fact: 'EFFECT' as const, nodes: new Set([asset.id]), effects: [effect] };
  const legs = attack.legs();
  const out: Holder[] = [];
  for (const agent of legs.agents) {
    const hit = legs.hits(agent, pattern)[0];
    const a = estate.snapshot.node(agent);
    if (!hit || !a) continue;
    const path = legs.path(agent, hit.fact.vertex).paths[0];
    const row = (identity: NodeRef, verdict: Verdict): Holder => ({
      identity, effects: [effect], actions: [], verdict, requires: path?.requires ?? [], evidence: path?.hops.flatMap((h) => h.evidence) ?? [], through: nodeRef(a), ...(path ? { path } : {}),
    });
    const worst = (v: Verdict): Verdict => (v === 'unknown' || hit.verdict === 'unknown' ? 'unknown' : v === 'conditional' || hit.verdict === 'conditional' ? 'conditional' : 'proven');
    for (const c of classesOf(influence, agent)) if (EntryClass.safeParse(c).success) out.push(row(classRef(c as EntryClass), worst(influence.get(agent)!.get(c)!)));
    const up = attack.upstream([{ fact: 'INFLUENCE', nodes: new Set([agent]) }]).principals;
    const principals = [...up].filter(([id]) => !direct.has(id)).sort(([x], [y]) => estate.access.grantsOf(x).length - estate.access.grantsOf(y).length || (x < y ? -1 : 1));
    for (const [id, v] of principals.slice(0, MAX_THROUGH)) {
      const p = estate.snapshot.node(id);
      if (p) out.push(row(nodeRef(p), worst(v)));
    }
  }
  return out;
}
