import { severityRank, stableHash, worstVerdict, type AttackPath, type Finding, type Hop, type Score } from '../../../schema/index.ts';
import { START_SAYS } from '../../../queries/findings/starts.ts';
import { Cover, OUTSIDE, OUTSIDE_CONDITION, OUTSIDE_REF } from './cover.ts';
import type { Sight } from './sight.ts';

const FIXED: ReadonlySet<string> = new Set(Object.values(START_SAYS));
const outsideHop = (h: Hop): Hop => ({ fact: 'PRESENCE', node: OUTSIDE_REF, variant: {}, transition: 'outside', says: OUTSIDE, verdict: h.verdict, requires: [], evidence: [], edgeIds: [] });

/** Paths and findings as a caller may read them. */
export class CoveredPaths {
  readonly #sight: Sight;
  readonly #cover: Cover;
  constructor(sight: Sight) {
    this.#sight = sight;
    this.#cover = new Cover(sight, (p) => this.path(p));
  }

  get cover(): Cover { return this.#cover; }

  /** Whether every thing on the way, and every line that proves it, is inside. */
  whole(p: AttackPath): boolean {
    return (p.start.node === undefined || this.#sight.node(p.start.node.id)) && p.hops.every((h) => this.#sight.node(h.node.id) && this.#cover.evidence(h.evidence).length === h.evidence.length);
  }

  /** Hops outside that follow each other are one, so that nothing counts them. */
  path(p: AttackPath): AttackPath {
    const whole = this.whole(p);
    const hops: Hop[] = [];
    for (const h of p.hops) {
      const last = hops.at(-1);
      if (this.#sight.node(h.node.id)) hops.push(this.#hop(h, whole));
      else if (last?.node === OUTSIDE_REF) last.verdict = worstVerdict(last.verdict, h.verdict);
      else hops.push(outsideHop(h));
    }
    const shown = new Set(hops.flatMap((h) => h.requires));
    const requires = whole ? this.#cover.requires(p.requires) : withRest(p.requires, shown);
    const node = p.start.node === undefined ? undefined : this.#cover.ref(p.start.node);
    return { ...p, start: { class: p.start.class, ...(node ? { node } : {}), says: this.#says(p.start.says) }, hops, requires };
  }

  #says(text: string): string { return FIXED.has(text) ? text : this.#cover.text(text); }

  #hop(h: Hop, whole: boolean): Hop {
    const evidence = this.#cover.evidence(h.evidence);
    const proven = evidence.length === h.evidence.length;
    const requires = proven ? this.#cover.requires(h.requires) : h.requires.length > 0 ? [OUTSIDE_CONDITION] : [];
    const variant = Object.fromEntries(Object.entries(h.variant).map(([k, v]) => [k, typeof v === 'string' ? this.#cover.text(v) : v]));
    return { ...h, evidence, requires, variant, says: this.#cover.text(h.says), edgeIds: whole ? h.edgeIds : [] };
  }

  /** Undefined where neither subject, identity nor any asset is inside. */
  finding(f: Finding): Finding | undefined {
    const sees = (id: string | undefined): boolean => id !== undefined && this.#sight.node(id);
    const members = f.assetGroup?.members.filter((m) => sees(m.id)) ?? [];
    const asset = sees(f.asset.id) ? f.asset : members[0];
    if (!sees(f.subject.id) && !sees(f.identity?.id) && asset === undefined) return undefined;
    const group = f.assetGroup;
    const allMembers = !group || (members.length === group.members.length && (members.length === group.count || this.#sight.outside(f.asset.kind) === 0));
    const ends = sees(f.subject.id) && (f.identity === undefined || sees(f.identity.id)) && sees(f.asset.id) && allMembers;
    const path = this.path(f.path);
    const clear = ends && this.whole(f.path);
    const subject = this.#cover.ref(f.subject);
    const identity = f.identity && this.#cover.ref(f.identity);
    const shown = asset ?? OUTSIDE_REF;
    const { assetGroup: _, accepted, owner, ...rest } = f;
    return {
      ...rest, subject, ...(identity ? { identity } : {}), asset: shown, path,
      // A fingerprint is a hash of ids: where one is outside it would confirm a guess.
      fingerprint: ends ? f.fingerprint : stableHash('scoped', f.startClass, subject.id, identity?.id ?? '', group ? `${shown.id}+` : shown.id, f.effect),
      title: ends && !this.#sight.hides(f.title) ? f.title : titleOf(f, subject.name, shown.name),
      ...(group && allMembers ? { assetGroup: { ...group, key: this.#cover.text(group.key) } } : {}),
      score: clear ? this.#score(f) : { ...f.score, breadth: 1, factors: [], why: `${f.severity[0]!.toUpperCase()}${f.severity.slice(1)} ${f.score.value}.`, ...(f.score.raised === undefined ? {} : { raised: this.#cover.text(f.score.raised) }) },
      requires: clear ? this.#cover.requires(f.requires) : withRest(f.requires, new Set(path.requires)),
      truncated: clear && f.truncated,
      ...(owner === undefined ? {} : { owner: this.#cover.text(owner) }),
      ...(accepted && ends ? { accepted: this.#cover.any(accepted) } : {}),
    };
  }

  /** How many other assets the same foothold reaches counts things outside. */
  #score(f: Finding): Score {
    const counted = this.#sight.outside('DataStore') + this.#sight.outside('Secret') > 0;
    const factors = this.#cover.any(f.score.factors.filter((x) => !counted || !x.name.startsWith('breadth')));
    return { ...f.score, ...(counted ? { breadth: 1 } : {}), factors, why: this.#cover.text(f.score.why) };
  }

  /** Rows that became the same row are one: the worst of them. */
  findings(all: readonly Finding[]): Finding[] {
    const rows = new Map<string, Finding>();
    for (const f of all) {
      const c = this.finding(f);
      const have = c && rows.get(c.fingerprint);
      if (c && (!have || severityRank(c.severity) < severityRank(have.severity))) rows.set(c.fingerprint, c);
    }
    return [...rows.values()];
  }
}

/** Conditions that the shown hops state; any other is one nameless condition. */
const withRest = (all: readonly string[], shown: ReadonlySet<string>): string[] => {
  const kept = all.filter((r) => shown.has(r));
  return kept.length < new Set(all).size || shown.has(OUTSIDE_CONDITION) ? [...new Set([...kept, OUTSIDE_CONDITION])] : kept;
};

function titleOf(f: Finding, subject: string, asset: string): string {
  const what = asset === OUTSIDE ? 'something outside your scope' : asset;
  const through = subject === OUTSIDE ? 'something outside your scope' : `${f.subject.kind.toLowerCase()} ${subject}`;
  const who = START_SAYS[f.startClass];
  return `${who[0]!.toUpperCase()}${who.slice(1)}: ${f.effect} on ${what} through ${through}`;
}
