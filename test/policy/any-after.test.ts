import { expect, test } from 'vitest';
import { follow } from '../../queries/derive/keep.ts';
import { Compiled } from '../../queries/policy/index.ts';
import type { Access } from '../../queries/policy/types.ts';
import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { ACCOUNT, allow, doc, World } from './world.ts';
import type { Value } from '../../schema/index.ts';

/** Three roles of which one may do everything with queues, another only list them, and a third write to any bucket and one that is there. */
function estate(...first: Value[]): { snapshot: GraphSnapshot; role: (name: string) => string } {
  const w = new World();
  w.bucket('data');
  w.role('all', doc(...first));
  w.role('lists', doc(allow(['sqs:ListQueues', 'sqs:GetQueueUrl', 's3:PutObject'])));
  w.role('writes', doc(allow('s3:PutObject', 'arn:aws:s3:::data/*'), allow(['dynamodb:PutItem', 'dynamodb:ListTables'])));
  return { snapshot: w.snapshot(), role: (name) => w.snapshot().ofKind('Identity').find((n) => String(n.props['arn']) === `arn:aws:iam::${ACCOUNT}:role/${name}`)!.id };
}
/** Records that did not change are the same objects. */
const like = (before: GraphSnapshot, after: GraphSnapshot): GraphSnapshot => {
  const same = <T extends { id: string }>(was: T | undefined, is: T): T => (was && JSON.stringify(was) === JSON.stringify(is) ? was : is);
  const edges = new Map(before.edges.map((e) => [e.id, e]));
  return new (before.constructor as typeof GraphSnapshot)(after.nodes.map((n) => same(before.node(n.id), n)), after.edges.map((e) => same(edges.get(e.id), e)));
};
const told = (a: Access, roles: string[]): unknown => roles.map((id) => a.grantsOf(id).map((g) => [g.key, g.effect, g.verdict, g.requires, g.assets, g.actions]).sort());

test('where nobody may act on any queue any more, grants are those of a compilation from nothing', () => {
  const before = estate(allow('sqs:*'), allow('s3:GetObject', 'arn:aws:s3:::data/*'), allow('dynamodb:*'));
  const access = Compiled.of(before.snapshot);
  expect(access.anyAssets.map((n) => n.name)).toEqual(['any DynamoDB table', 'any SQS queue']);
  const after = like(before.snapshot, estate(allow('s3:GetObject', 'arn:aws:s3:::data/*')).snapshot);
  const changed = before.role('all');
  expect([...access.again(after, new Set([changed]))!.gone]).toEqual([access.anyAssets[1]!.id]);
  const roles = ['all', 'lists', 'writes'].map((r) => before.role(r));
  const followed = follow(after, { stored: before.snapshot, access, routes: [] }).access;
  const fresh = Compiled.of(after);
  expect(followed).not.toBeInstanceOf(Compiled);
  expect(followed.anyAssets.map((n) => n.name)).toEqual(['any DynamoDB table']);
  expect(told(followed, roles)).toEqual(told(fresh, roles));
});

test('near miss: where somebody may act on more than before, everything is compiled from nothing', () => {
  const before = estate(allow('s3:GetObject', 'arn:aws:s3:::data/*'));
  const access = Compiled.of(before.snapshot);
  const after = like(before.snapshot, estate(allow('sqs:*')).snapshot);
  expect(access.again(after, new Set([before.role('all')]))).toBeUndefined();
  expect(follow(after, { stored: before.snapshot, access, routes: [] }).access).toBeInstanceOf(Compiled);
});
