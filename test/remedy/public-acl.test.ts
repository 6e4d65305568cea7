import { expect, test } from 'vitest';
import { ORDERS as CHAT } from './orders.ts';
import { BUCKET, FED } from './fed.ts';
import { swap, tried, type Tried } from './tried.ts';

/** A tool that only reads. */
const ORDERS = swap(CHAT, ['["dynamodb:GetItem", "dynamodb:PutItem"]', '["dynamodb:GetItem"]']);

const code = (text: string): Promise<Tried> => tried({ 'main.tf': text });
const says = /make the access control list of customer-docs private/;

test('public-acl: the list becomes private and what it gave is gone; near miss: private, ignored by a block, or switched off', async () => {
  const t = await code(ORDERS + BUCKET);
  const [c] = t.saying(says);
  expect(t.patch(c!.fix)).toEqual({ 'main.tf': swap(ORDERS + BUCKET, ['acl    = "public-read-write" #', 'acl    = "private" #']) });
  const proof = t.proof(c!);
  expect(proof.closes.length).toBeGreaterThan(0);
  expect(await t.reread(c!.fix)).toEqual(proof);
  expect(t.saying(/everybody in access control list/)).toEqual([]);
  const blocked = `${BUCKET}\nresource "aws_s3_bucket_public_access_block" "docs" {\n  bucket             = aws_s3_bucket.docs.id\n  ignore_public_acls = true\n}\n`;
  const off = `${BUCKET}\nresource "aws_s3_bucket_ownership_controls" "docs" {\n  bucket = aws_s3_bucket.docs.id\n\n  rule {\n    object_ownership = "BucketOwnerEnforced"\n  }\n}\n`;
  for (const miss of [swap(BUCKET, ['public-read-write', 'private']), blocked, off]) expect((await code(ORDERS + miss)).saying(says)).toEqual([]);
});

test('public-acl: grants that are written one by one, and a list from a variable, are left to the owner', async () => {
  const grants = swap(BUCKET, ['  acl    = "public-read-write" # the old page reads it\n', `
  access_control_policy {
    owner {
      id = "0123"
    }

    grant {
      permission = "WRITE"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }
  }
`]);
  const t = await code(ORDERS + grants);
  expect(t.patch(t.saying(says)[0]!.fix)).toMatch(/grant by grant/);
  const variable = await code(`${ORDERS + swap(BUCKET, ['"public-read-write"', 'var.acl'])}\nvariable "acl" {\n  default = "public-read-write"\n}\n`);
  expect(variable.patch(variable.saying(says)[0]!.fix)).toMatch(/not written as a plain value/);
});

test('public-acl: a template says it in its own words', async () => {
  const template = 'Resources:\n  Docs:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: customer-docs\n      AccessControl: PublicReadWrite # for now\n';
  const t = await tried({ 'main.tf': ORDERS, 'template.yaml': template });
  const [c] = t.saying(says);
  expect(t.patch(c!.fix)).toEqual({ 'template.yaml': swap(template, ['PublicReadWrite', 'Private']) });
  expect(await t.reread(c!.fix)).toEqual(t.proof(c!));
});


test('hardening: where a weaker start is left, the public list is said all the same; near miss: a private one', async () => {
  const t = await code(FED);
  const list = t.hardening().find((f) => says.test(f.text))!;
  expect(list.weakens.length).toBeGreaterThan(0);
  expect(await t.reread(list)).toMatchObject({ weakens: expect.arrayContaining(list.weakens), opens: [] });
  expect((await code(swap(FED, ['public-read-write', 'private']))).hardening().some((f) => says.test(f.text))).toBe(false);
});
