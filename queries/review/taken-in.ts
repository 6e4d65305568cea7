import { verdictRank, type Finding } from '../../schema/index.ts';
import { strength } from '../findings/starts.ts';

const isAdmin = (f: Finding): boolean => f.path.hops.at(-1)?.goal === 'admin';

/** Findings that take in others, as groups of rows do: who becomes administrator is not told each thing in reach. */
export class TakenIn {
  readonly #admins = new Map<string, Finding[]>();

  constructor(findings: readonly Finding[]) {
    for (const f of findings) {
      if (!isAdmin(f)) continue;
      const list = this.#admins.get(f.subject.id);
      if (list) list.push(f);
      else this.#admins.set(f.subject.id, [f]);
    }
  }

  /** The one that says `f` too, from its start or a stronger one. `surely`: it must be at least as sure. */
  by(f: Finding, surely: boolean): Finding | undefined {
    if (isAdmin(f)) return undefined;
    return this.#admins.get(f.subject.id)?.find((a) => strength(a.startClass) <= strength(f.startClass) && a.path.start.node?.id === f.path.start.node?.id && (!surely || verdictRank(a.verdict) <= verdictRank(f.verdict)));
  }
}
