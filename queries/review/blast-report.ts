import { bestVerdict, type BlastRadius, type EffectClass, type NodeRecord, type NodeRef, type Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { intentOf } from '../findings/intent.ts';
import { weight } from '../findings/weights.ts';

/** One asset as both radii reach it. `needless`: effects on it that the agent's purpose, or its tools, do not ask for. */
export interface AssetReach {
  asset: NodeRef; assetClass: string; account: string; environment: string; sensitivity: string; verdict: Verdict;
  influence: string[]; credential: string[]; needless: string[]; weight: number;
  /** What brings it back after a delete or a write; `none`: nothing does, as far as was read; `unknown`: it is not in the input; undefined: nothing is lost. */
  recovery?: string[] | 'none' | 'unknown';
}
export interface Tally { name: string; assets: number; byInfluence: number; byCredential: number; weight: number }

/** The whole answer about one agent (model 6.5): both radii, what they shrink to without excess permissions, where they reach, and what comes back. */
export interface BlastReport extends BlastRadius {
  assets: AssetReach[];
  /** Weights when what is not needed is gone. `from`: what says what is needed; `none`: nothing does. */
  needed: { from: 'purpose' | 'tools' | 'none'; influence: number; credential: number; excess: { identity: string; effect: string; asset: string }[] };
  reach: { byClass: Tally[]; byAccount: Tally[]; byEnvironment: Tally[] };
  recovers: string[];
  doesNotRecover: string[];
  recoveryUnknown: string[];
}

const LOSING: ReadonlySet<string> = new Set(['delete', 'write']);

export function blastReport(agent: NodeRecord, radius: BlastRadius, estate: Estate): BlastReport {
  const intent = intentOf(agent, estate);
  const held = new Map<string, boolean>();
  for (const h of intent.actual) held.set(`${h.effect} ${h.asset.id}`, (held.get(`${h.effect} ${h.asset.id}`) ?? true) && intent.excess.includes(h));
  const assets = new Map<string, AssetReach>();
  const needed = { influence: 0, credential: 0 };
  for (const side of ['influence', 'credential'] as const)
    for (const e of radius[side].effects) {
      const node = estate.snapshot.node(e.asset.id);
      if (!node) continue;
      let a = assets.get(node.id);
      if (!a) assets.set(node.id, (a = { asset: e.asset, ...placeOf(node, estate), sensitivity: e.sensitivity, verdict: e.verdict, influence: [], credential: [], needless: [], weight: 0 }));
      a[side] = e.effects;
      a.verdict = bestVerdict(a.verdict, e.verdict);
      const needless = e.effects.filter((x) => held.get(`${x} ${node.id}`) === true);
      a.needless = [...new Set([...a.needless, ...needless])].sort();
      for (const x of e.effects) if (!needless.includes(x)) needed[side] += weight(x as EffectClass, node, estate);
    }
  for (const a of assets.values()) {
    const node = estate.snapshot.node(a.asset.id)!;
    const effects = [...new Set([...a.influence, ...a.credential])];
    a.weight = effects.reduce((n, e) => n + weight(e as EffectClass, node, estate), 0);
    if ((node.kind === 'DataStore' || node.kind === 'Secret') && effects.some((e) => LOSING.has(e))) a.recovery = recoveryOf(node);
  }
  const list = [...assets.values()].sort((a, b) => b.weight - a.weight || (a.asset.id < b.asset.id ? -1 : 1));
  const named = (is: (r: AssetReach['recovery']) => boolean): string[] => list.filter((a) => is(a.recovery)).map((a) => a.asset.name);
  return {
    ...radius, assets: list,
    needed: { from: intent.from, influence: needed.influence, credential: needed.credential, excess: intent.excess.map((h) => ({ identity: h.identity.name, effect: h.effect, asset: h.asset.name })) },
    reach: { byClass: tally(list, (a) => a.assetClass), byAccount: tally(list, (a) => a.account), byEnvironment: tally(list, (a) => a.environment) },
    recovers: named((r) => Array.isArray(r)), doesNotRecover: named((r) => r === 'none'), recoveryUnknown: named((r) => r === 'unknown'),
  };
}

/** Versions, backups and locks of what was read; a thing that is only named, or that the input does not hold, says nothing. */
function recoveryOf(n: NodeRecord): AssetReach['recovery'] {
  const ways = n.props['recovery'] as string[] | undefined;
  if (ways && ways.length > 0) return [...ways];
  return n.completeness === 'none' || n.props['any'] === true ? 'unknown' : 'none';
}

function placeOf(n: NodeRecord, estate: Estate): Pick<AssetReach, 'assetClass' | 'account' | 'environment'> {
  const type = n.props['storeType'] ?? n.props['secretType'] ?? n.props['computeType'] ?? n.props['channelType'];
  const arn = typeof n.props['arn'] === 'string' ? n.props['arn'] : '';
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? (typeof n.props['account'] === 'string' ? n.props['account'] : undefined) ?? accountOf(n, estate);
  return { assetClass: typeof type === 'string' ? `${n.kind} (${type})` : n.kind, account: account ?? 'not known', environment: n.environment };
}

function accountOf(n: NodeRecord, { snapshot }: Estate): string | undefined {
  for (const e of snapshot.out(n.id, 'IN_SCOPE')) {
    const account = snapshot.node(e.to)?.props['account'];
    if (typeof account === 'string' && /^\d{12}$/.test(account)) return account;
  }
  return undefined;
}

function tally(list: readonly AssetReach[], by: (a: AssetReach) => string): Tally[] {
  const out = new Map<string, Tally>();
  for (const a of list) {
    const name = by(a);
    let t = out.get(name);
    if (!t) out.set(name, (t = { name, assets: 0, byInfluence: 0, byCredential: 0, weight: 0 }));
    t.assets++;
    if (a.influence.length > 0) t.byInfluence++;
    if (a.credential.length > 0) t.byCredential++;
    t.weight += a.weight;
  }
  return [...out.values()].sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
}
