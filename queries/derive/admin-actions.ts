import type { NodeRecord, Statement } from '../../schema/index.ts';
import { actionMatch } from '../policy/match/index.ts';
import { actionFits, servicesOf } from '../policy/statement.ts';
import { iamActions } from './escalate/ceiling.ts';
import { actionGlob, isOnAll } from './escalate/holders.ts';
import { statementsOf } from './policies-of.ts';

/** What an identity must hold before it is worth asking for every action of IAM; asked first. */
const TELLING = ['iam:attachrolepolicy', 'iam:putuserpolicy', 'iam:createpolicyversion', 'iam:passrole'];

let all: readonly string[] | undefined;
const actions = (): readonly string[] => (all ??= [...new Set([...TELLING, ...iamActions()])]);

/** What one policy says of each action of IAM, by position. */
interface OfPolicy { /** some Allow names it */ allows: Uint8Array; /** equal where the same statements do, on everything and without condition; where a statement asks for more, like no other */ alike: Int16Array }

/**
 * Actions whose answers are those of all actions of IAM: one of each set that the same statements name. undefined: some action stands in no
 * Allow, so nobody need be asked. `limits`: the policies that bound the identity or may.
 */
export function adminActions(own: readonly NodeRecord[], limits: readonly NodeRecord[]): string[] | undefined {
  const held = own.map(ofPolicy).filter((p) => p !== SILENT);
  const everything = [...held, ...limits.map(ofPolicy).filter((p) => p !== SILENT)];
  const unread = own.some((p) => p.props['parse'] === 'failed');
  const all = actions();
  if (!unread) for (let i = 0; i < all.length; i++) if (!held.some((p) => p.allows[i] === 1)) return undefined;
  return oneOfEach(everything);
}

/** Of the actions that every policy says the same of, the first. */
function oneOfEach(policies: readonly OfPolicy[]): string[] {
  const all = actions();
  const sets = policies.reduce<Int32Array>((finer, { alike }) => refined(finer, alike), new Int32Array(all.length));
  const first: string[] = [];
  for (let i = 0; i < all.length; i++) if (sets[i] === first.length) first.push(all[i]!);
  return first;
}

/** Tells apart what is equal so far and of which something else is said; numbers in the order in which they come up. */
function refined(sets: Int32Array, said: Int16Array | Uint8Array): Int32Array {
  const numbers = new Map<number, number>();
  return sets.map((set, i) => {
    const key = set * SPREAD + said[i]! + SPREAD / 2;
    let n = numbers.get(key);
    if (n === undefined) numbers.set(key, (n = numbers.size));
    return n;
  });
}
/** What is said is a number of sixteen bits. */
const SPREAD = 1 << 17;

const known = new WeakMap<NodeRecord, OfPolicy>();

function ofPolicy(policy: NodeRecord): OfPolicy {
  let found = known.get(policy);
  if (!found) known.set(policy, (found = read(statementsOf(policy))));
  return found;
}

/** Says nothing of IAM. */
const SILENT: OfPolicy = { allows: new Uint8Array(), alike: new Int16Array() };

function read(all: readonly Statement[]): OfPolicy {
  const statements = all.filter((s) => servicesOf(s)?.includes('iam') !== false);
  if (statements.length === 0) return SILENT;
  const count = actions().length;
  const allows = new Uint8Array(count);
  const asks = new Uint8Array(count);
  let sets: Int32Array = new Int32Array(count);
  for (const s of statements) {
    const fits = fitsOf(s);
    const plain = isOnAll(s);
    for (let i = 0; i < count; i++) {
      if (fits[i] === 0) continue;
      if (s.effect === 'Allow') allows[i] = 1;
      if (!plain || fits[i] === 1) asks[i] = 1;
    }
    sets = refined(sets, fits);
  }
  return { allows, alike: Int16Array.from(sets, (set, i) => (asks[i] === 1 ? -1 - i : set)) };
}

const named = new Map<string, Uint8Array>();

/** `actionFits` for each action of IAM; patterns are looked at once, whoever writes them. */
function fitsOf(s: Statement): Uint8Array {
  const patterns = s.actions ?? s.notActions;
  if (!patterns || s.unresolved) return Uint8Array.from(actions(), (action) => actionFits(s, action));
  const best = new Uint8Array(actions().length);
  for (const p of patterns) {
    let fits = named.get(p);
    if (!fits) named.set(p, (fits = Uint8Array.from(actions(), (action) => actionMatch(p, action))));
    for (let i = 0; i < best.length; i++) if (fits[i]! > best[i]!) best[i] = fits[i]!;
  }
  return s.actions ? best : best.map((fit) => 2 - fit);
}

const wide = new WeakMap<NodeRecord, boolean>();

/** Some Allow of the policy names a telling action, or may, whatever its resource and conditions. */
export function isWide(policy: NodeRecord): boolean {
  let found = wide.get(policy);
  if (found === undefined) {
    found = statementsOf(policy).some((s) => s.effect === 'Allow' && (s.notActions !== undefined || s.unresolved?.includes('Action') === true || TELLING.some((a) => s.actions?.some((x) => actionGlob(x).test(a)))));
    wide.set(policy, found);
  }
  return found;
}
