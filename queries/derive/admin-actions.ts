import type { NodeRecord, Statement } from '../../schema/index.ts';
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

/** Those that every policy says the same of have one number: told apart by one policy after another. */
function oneOfEach(policies: readonly OfPolicy[]): string[] {
  const all = actions();
  let sets = new Int32Array(all.length);
  let count = 1;
  for (const { alike } of policies) {
    const numbers = new Map<number, number>();
    const finer = new Int32Array(all.length);
    for (let i = 0; i < all.length; i++) {
      // What one policy says is a number between −(actions) and +(statements).
      const said = sets[i]! * SPREAD + alike[i]! + SPREAD / 2;
      let n = numbers.get(said);
      if (n === undefined) numbers.set(said, (n = numbers.size));
      finer[i] = n;
    }
    sets = finer;
    count = numbers.size;
  }
  const first: string[] = [];
  for (let i = 0; i < all.length && first.length < count; i++) if (sets[i] === first.length) first.push(all[i]!);
  return first;
}
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
  const sets = new Map<string, number>();
  const allows = new Uint8Array(actions().length);
  const alike = Int16Array.from(actions(), (action, i) => {
    const named = statements.flatMap((s, k) => (actionFits(s, action) > 0 ? [k] : []));
    if (named.some((k) => statements[k]!.effect === 'Allow')) allows[i] = 1;
    if (!named.every((k) => isOnAll(statements[k]!) && actionFits(statements[k]!, action) === 2)) return -1 - i;
    const key = named.join();
    if (!sets.has(key)) sets.set(key, sets.size);
    return sets.get(key)!;
  });
  return { allows, alike };
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
