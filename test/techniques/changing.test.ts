import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derive } from '../../queries/derive/index.ts';
import { Account, ACCOUNT, doc, type Stmt, trust } from './account.ts';
import { THING_SOURCE } from './things.ts';

const ACTIONS = ['lambda:UpdateFunctionConfiguration', 'lambda:InvokeFunction'] as const;
const FUNCTIONS = ['app-one', 'app-two', 'ops'];
const fn = (name: string): string => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const RANK = ['denied', 'unknown', 'conditional', 'allowed'];

test('whose functions may be changed is what each request, decided by itself, says: whatever the same statements cover', () => {
  const both = fc.constantFrom<string | string[]>([...ACTIONS], [...ACTIONS], ACTIONS[1], 'lambda:*');
  const asked = fc.constantFrom<Partial<Stmt>>({}, {}, {}, {}, {}, {}, {}, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } });
  const where = (...list: Pick<Stmt, 'Resource' | 'NotResource'>[]) => fc.constantFrom(...list);
  const of = (Effect: Stmt['Effect'], action: typeof both, on: ReturnType<typeof where>) => fc.tuple(action, on, asked).map(([Action, resource, condition]): Stmt => ({ Effect, Action, ...resource, ...condition }));
  const allows = of('Allow', both, where({ Resource: '*' }, { Resource: '*' }, { Resource: fn('app-*') }, { Resource: fn('ops') }, { Resource: fn('app-two*') }, { Resource: `arn:aws:lambda:*:${ACCOUNT}:function:ops` }, { NotResource: fn('app-one') }, { NotResource: [fn('ops'), fn('ops:*')] }));
  const denies = of('Deny', both, where({ Resource: [fn('app-one'), fn('app-two')] }, { Resource: [fn('app-one'), fn('app-two')] }, { Resource: fn('app-one:*') }, { Resource: fn('*:live') }, { Resource: fn('ops*') }, { NotResource: fn('app-*') }));
  const seen = new Set<string | undefined>();
  fc.assert(fc.property(fc.array(allows, { minLength: 1, maxLength: 2 }), fc.array(denies, { maxLength: 3 }), (allowed, denied) => {
    const statements = [...allowed, ...denied];
    const account = new Account().user('dev', { inline: doc(...statements) });
    for (const f of FUNCTIONS) THING_SOURCE['function']!(account.role(`runs-${f}`, trust({ Service: 'lambda.amazonaws.com' })), f, `runs-${f}`);
    const { snapshot, access } = derive(account.snapshot());
    const principal = snapshot.ofKind('Identity').find((n) => n.name === 'dev')!;
    for (const f of FUNCTIONS) {
      const target = snapshot.ofKind('Compute').find((n) => n.name === f)!;
      expect(target.props['arn']).toBe(fn(f));
      const outcomes = ACTIONS.map((one) => access.decide({ principal, action: one, resource: fn(f), target, position: 'direct' }).outcome);
      const least = RANK[Math.min(...outcomes.map((o) => RANK.indexOf(o)))];
      const edge = snapshot.out(principal.id, 'CAN_ESCALATE').find((e) => e.props['technique'] === 'x-lambda-update-configuration' && snapshot.node(e.to)?.name === `runs-${f}`);
      seen.add(edge?.verdict);
      expect([statements, f, edge?.verdict]).toEqual([statements, f, least === 'denied' ? undefined : least === 'allowed' ? 'proven' : least]);
    }
  }), { numRuns: 200 });
  expect(seen.has(undefined) && seen.has('proven') && seen.has('conditional')).toBe(true);
});
