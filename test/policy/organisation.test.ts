import { expect, it } from 'vitest';
import { compileAccess } from '../../queries/policy/index.ts';
import { ACCOUNT, allow, deny, doc, type Doc, World } from './world.ts';

/** Whether a role with every permission may read a bucket below an organisation with these control policies. */
function reads(scp: Doc | undefined, rcp?: Doc): string {
  const w = new World();
  const org = w.node('Scope', '', { scopeType: 'organisation' }, { id: 'ovr:scope:aws:o' });
  const account = w.node('Scope', '', { scopeType: 'account', account: ACCOUNT }, { id: `ovr:scope:aws:${ACCOUNT}` });
  w.edge('IN_SCOPE', account, org);
  if (scp) w.attach(org, 'scp', scp);
  if (rcp) w.attach(org, 'rcp', rcp);
  const role = w.role('app', doc(allow('*')));
  const bucket = w.bucket('data');
  for (const n of [role, bucket]) w.edge('IN_SCOPE', n, account);
  return compileAccess(w.snapshot()).decide({ principal: role, action: 's3:GetObject', resource: 'arn:aws:s3:::data/a', target: bucket }).outcome;
}

it.each<[string, Doc | undefined, Doc | undefined, string]>([
  ['no control policy', undefined, undefined, 'allowed'],
  ['a level that only denies other things keeps what AWS attaches to it', doc(deny('ec2:*')), undefined, 'allowed'],
  ['and denies what it denies', doc(deny('s3:*')), undefined, 'denied'],
  ['a level that allows by name allows nothing else', doc(allow('ec2:*')), undefined, 'denied'],
  ['and what it names', doc(allow('s3:*')), undefined, 'allowed'],
  ['resource control policies only deny', undefined, doc(deny('sqs:*')), 'allowed'],
  ['and deny what they deny', undefined, doc(deny('s3:*')), 'denied'],
])('%s', (_, scp, rcp, expected) => expect(reads(scp, rcp)).toBe(expected));
