import { EntryClass, verdictRank, type AttackPath, type BlastRadius, type NodeRecord, type Run } from '../../../schema/index.ts';
import type { Inquiry } from '../../../queries/review/inquiry.ts';
import { weightAt } from '../../../queries/findings/weights.ts';
import type { Answers, Loaded } from '../answers.ts';
import { Refused } from '../errors.ts';
import { OUTSIDE } from './cover.ts';
import { sightOf, type Sight } from './sight.ts';
import { runOf, viewOf, type View } from './view.ts';

/** What the doors ask. */
export type Asked = Pick<Answers, 'run' | 'runs' | 'inquiry' | 'nodesOfKind' | 'refresh'>;

/** The views of one estate by what callers may see, made once for each run and state of acceptances. */
export class ScopedAnswers {
  readonly #full: Answers;
  readonly #views = new WeakMap<Loaded, Map<string, View>>();
  readonly #sights = new WeakMap<Loaded['snapshot'], Map<string, Sight>>();

  constructor(full: Answers) { this.#full = full; }

  /** Everything a caller can be told comes through here; undefined = no limit. */
  of(scopes: readonly string[] | undefined): Asked {
    if (scopes === undefined) return this.#full;
    const full = this.#full;
    const view = async (runId?: string): Promise<View> => this.#view(await full.run(runId), scopes);
    return {
      run: async (runId) => (await view(runId)).loaded,
      runs: async () => (await full.runs()).filter((r: Run) => r.status === 'complete').map(runOf),
      inquiry: async (runId) => scopedInquiry(await full.inquiry(runId), await view(runId)),
      nodesOfKind: async (kind, runId) => (await view(runId)).loaded.snapshot.ofKind(kind),
      refresh: () => undefined,
    };
  }

  #view(full: Loaded, scopes: readonly string[]): View {
    const key = JSON.stringify(scopes);
    const kept = <K extends object, V>(map: WeakMap<K, Map<string, V>>, by: K, make: () => V): V => {
      let of = map.get(by);
      if (!of) map.set(by, (of = new Map()));
      let v = of.get(key);
      if (!v) {
        if (of.size >= 32) of.delete(of.keys().next().value!);
        of.set(key, (v = make()));
      }
      return v;
    };
    return kept(this.#views, full, () => viewOf(full, scopes, kept(this.#sights, full.snapshot, () => sightOf(full.snapshot, scopes))));
  }
}

function scopedInquiry(full: Inquiry, { sight, cover, paths }: View): Inquiry {
  // A start or an end outside is as unknown as one that never was.
  const known = (id: string): string => {
    if (EntryClass.safeParse(id).success || sight.node(id)) return id;
    throw new Refused('NOT_FOUND', `nothing in the last run is called ${id.slice(0, 200)}`);
  };
  const inside = (n: NodeRecord): boolean => sight.node(n.id);
  return {
    find: (text, kinds, among) => full.find(text, kinds, (n) => inside(n) && (among?.(n) ?? true)),
    paths: (from, to, k) => {
      const shown = full.paths(known(from), known(to), k);
      const whole = shown.paths.every((p) => paths.whole(p));
      const distinct = new Map<string, AttackPath>();
      for (const p of shown.paths) { const c = paths.path(p); distinct.set(JSON.stringify(c), c); }
      return { paths: [...distinct.values()].sort((a, b) => verdictRank(a.verdict) - verdictRank(b.verdict)), truncated: whole && shown.truncated };
    },
    whyNot: (from, to) => cover.any(full.whyNot(known(from), known(to))),
    blastRadius: (agent) => {
      const b = full.blastRadius(known(agent));
      const [influence, credential] = [radius(b.influence, sight), radius(b.credential, sight)].map((r) => cover.any(r)) as [BlastRadius['influence'], BlastRadius['credential']];
      return { agent: cover.ref(b.agent), influence, credential, ...(influence.weight > 0 ? { amplification: Math.round((credential.weight / influence.weight) * 10) / 10 } : {}), upstream: cover.any(b.upstream) };
    },
    whoCan: (what, asset) => {
      const rows = full.whoCan(what, known(asset));
      const [mine, others] = [rows.filter((h) => sight.node(h.identity.id)), rows.filter((h) => !sight.node(h.identity.id))];
      return cover.any([...mine, ...others.map((h) => ({ ...h, path: undefined, through: undefined }))]);
    },
  };
}

/** Weighs what is inside only. */
const radius = (r: BlastRadius['influence'], sight: Sight): BlastRadius['influence'] =>
  ({ ...r, weight: r.effects.filter((e) => sight.node(e.asset.id) && e.sensitivity !== OUTSIDE).reduce((sum, e) => sum + e.effects.reduce((s, effect) => s + weightAt(effect, e.sensitivity), 0), 0) });
