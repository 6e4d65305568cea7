import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TECHNIQUES } from '../../knowledge/techniques/index.ts';
import { deriveCanAssume } from '../../queries/derive/can-assume.ts';
import { deriveCanEscalate } from '../../queries/derive/can-escalate.ts';
import { compileAccess } from '../../queries/policy/index.ts';
import type { EdgeRecord, Technique } from '../../schema/index.ts';
import { Account, allow, arn, doc, ROOT, trust, type Stmt } from './account.ts';
import { stage } from './stage.ts';

/** The hops of the actor by one technique, by where they lead. */
function hops(a: Account, technique: string): Map<string, EdgeRecord> {
  const stored = a.snapshot();
  const access = compileAccess(stored);
  const assume = deriveCanAssume(stored, access);
  const snapshot = stored.with(assume);
  const from = snapshot.ofKind('Identity').find((n) => n.name === 'actor')!;
  const all = technique === 'assume' ? assume : deriveCanEscalate(snapshot, access, assume);
  return new Map(all.filter((e) => e.from === from.id && (e.props['technique'] ?? 'assume') === technique).map((e) => [e.to, e]));
}

/** Statements of the account are told apart by the resource they stand in: each has one of its own. */
const statementsOf = (e: EdgeRecord, places: readonly number[]): Set<string> => new Set(places.flatMap((i) => e.evidence[i]!.source?.address ?? []).filter((a) => /_policy\.s\d/.test(a)));

/** Each permission of the technique, held by the actor in one to three statements that differ in how they spell action and resource. */
function spread(t: Technique, choice: readonly number[]): Account {
  const a = stage(t).without((x) => /^aws_iam_(user|role)_policy\.actor-inline$/.test(x));
  const actor = a.addresses.includes('aws_iam_role.actor') ? 'role' : 'user';
  const asks = t.permissions.filter((p) => p.required && p.by !== 'assume');
  let n = 0;
  const put = (s: Stmt): void => void a.add(`aws_iam_${actor}_policy`, `s${n}`, { name: `s${n++}`, [actor]: 'actor', policy: doc(s) });
  for (const [i, p] of asks.entries()) {
    const [service = '', name = ''] = p.action.split(':');
    const spellings: Stmt[] = [
      allow(p.action), allow(`${service}:${name.slice(0, -1)}*`), allow([p.action, 's3:ListAllMyBuckets'], ['*', 'arn:aws:s3:::x']),
      allow(p.action, `arn:aws:${service}:*:*:*`), allow(p.action, '*', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }), allow(p.action.toUpperCase(), '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    ];
    put(spellings[0]!);
    for (const c of [choice[2 * i], choice[2 * i + 1]]) if (c !== undefined && c < spellings.length) put(spellings[c]!);
  }
  put(allow('cloudwatch:GetMetricData'));
  return a;
}

const fires = [...TECHNIQUES.values()].filter((t) => t.gives.assume === undefined && !t.needs.some((n) => 'adminWithoutBoundary' in n) && !Object.values(t.bind).some((b) => b.attachedTo === 'self'));

function holdsFor(a: Account, technique: string): void {
  for (const [to, hop] of hops(a, technique)) {
    const sets = hop.props['sets'] as number[][];
    expect(sets.length, `${technique}: no set of statements is named`).toBeGreaterThan(0);
    const listed = statementsOf(hop, sets.flat());
    expect(statementsOf(hop, hop.evidence.map((_, i) => i))).toEqual(listed);
    for (const set of sets) {
      const kept = statementsOf(hop, set);
      expect(hops(a.without((x) => /_policy\.s\d/.test(x) && !kept.has(x)), technique).has(to), `${technique}: ${[...kept].join()} are not enough`).toBe(true);
    }
    expect(hops(a.without((x) => listed.has(x)), technique).has(to), `${technique}: stands without ${[...listed].join()}`).toBe(false);
  }
}

describe('the statements that a step names', () => {
  test.each(fires.map((t) => [t.id, t] as const))('%s: each set is enough, without all of them the step is gone', (_id, t) => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 8, maxLength: 8 }), (choice) => holdsFor(spread(t, choice), t.id)), { numRuns: 2, seed: 7 });
  });

  test('assuming a role: statements of the identity, then the trust', () => {
    const a = new Account().user('actor').role('strong', trust({ AWS: ROOT }), { admin: true });
    for (const [i, s] of [allow('sts:AssumeRole'), allow('sts:*', arn('role', 'strong')), allow('sts:AssumeRole', arn('role', 's*')), allow('sts:AssumeRole', arn('role', 'other'))].entries()) a.add('aws_iam_user_policy', `s${i}`, { name: `s${i}`, user: 'actor', policy: doc(s) });
    const hop = [...hops(a, 'assume').values()][0]!;
    expect(statementsOf(hop, (hop.props['sets'] as number[][]).flat()).size).toBe(3);
    holdsFor(a, 'assume');
  });
});
