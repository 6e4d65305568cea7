import { HOLE_OPEN, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { patternTokens, plainGlob, resourceMatch, textTokens } from '../../policy/match/index.ts';
import { statementsNaming } from '../../policy/statement.ts';
import { statementsOf } from '../policies-of.ts';

/**
 * By which of the statements that name an action a thing is covered: those of one account that the same statements cover have one answer,
 * but for what their own policies say. `binding`: everything that binds an identity or may, control policies too. There is no such answer where a condition, a variable or a part that is not known may tell things apart.
 */
export class Covering {
  readonly #binding: (identity: string) => readonly NodeRecord[];
  readonly #known = new Map<string, Map<string, CoveredBy | null>>();

  constructor(binding: (identity: string) => readonly NodeRecord[]) { this.#binding = binding; }

  /** undefined: every thing has to be asked for by itself. */
  of(identity: string, action: string): CoveredBy | undefined {
    let byAction = this.#known.get(identity);
    if (!byAction) this.#known.set(identity, (byAction = new Map()));
    let found = byAction.get(action);
    if (found === undefined) byAction.set(action, (found = this.#coveredBy(identity, action)));
    return found ?? undefined;
  }

  #coveredBy(identity: string, action: string): CoveredBy | null {
    const covers: Cover[] = [];
    for (const p of this.#binding(identity)) {
      if (p.props['parse'] === 'failed') return null;
      for (const s of statementsNaming(statementsOf(p), action)) {
        const cover = coverOf(s);
        if (!cover) return null;
        if (cover !== EVERYTHING) covers.push(cover);
      }
    }
    if (covers.length > MOST) return null;
    return (arn) => {
      let bits = 0;
      for (let i = 0; i < covers.length; i++) if (covers[i]!(arn)) bits |= 1 << i;
      return bits;
    };
  }
}

/** One bit for each statement. The ARN must be known to its end. */
export type CoveredBy = (arn: string) => number;
type Cover = (arn: string) => boolean;

const MOST = 30;
const EVERYTHING: Cover = () => true;
/** Six fields of which the first five have no wildcard: a glob over the whole. */
const PLAIN = /^arn(?::[^:*?]*){4}:/;

/** Any other pattern: neither it nor the text holds what is not known, so it fits or it does not. */
function byFields(pattern: string): Cover {
  const tokens = patternTokens(pattern, () => undefined)!;
  return (arn) => resourceMatch(tokens, textTokens(arn)) === 2;
}

const covers = new WeakMap<Statement, Cover | null>();

function coverOf(s: Statement): Cover | undefined {
  let found = covers.get(s);
  if (found === undefined) covers.set(s, (found = read(s)));
  return found ?? undefined;
}

function read(s: Statement): Cover | null {
  const list = s.resources ?? s.notResources;
  if (!list || s.conditions || s.unresolved?.length) return null;
  if (s.resources?.includes('*')) return EVERYTHING;
  const tests: Cover[] = [];
  for (const p of list) {
    if (p.includes('${') || p.includes(HOLE_OPEN)) return null;
    tests.push(p === '*' || PLAIN.test(p) ? plainGlob(p) : byFields(p));
  }
  const one = tests.length === 1 ? tests[0]! : (arn: string): boolean => tests.some((t) => t(arn));
  return s.notResources ? (arn) => !one(arn) : one;
}
