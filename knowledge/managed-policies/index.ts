import { brotliDecompressSync } from 'node:zlib';
import type { Value } from '../../schema/index.ts';
import { type ParsedPolicy, parsePolicyDocument } from '../policy-document/parse.ts';
import { DOCUMENTS } from './documents.gen.ts';

let documents: ReadonlyMap<string, Value> | undefined;

const load = (): ReadonlyMap<string, Value> => new Map(Object.entries(JSON.parse(brotliDecompressSync(Buffer.from(DOCUMENTS, 'base64')).toString('utf8')) as Record<string, Value>));

/** `arn:<partition>:iam::aws:policy/<path and name>`; the partition may be a hole. */
const MANAGED = /^arn:[^:]*:iam::aws:policy\/(.+)$/;

/**
 * Document (latest published version) of a policy that AWS manages, by ARN, with any path: `service-role/…`, `job-function/…`, `aws-service-role/…`.
 * undefined: not an AWS managed policy, or one that was not published when the table was made.
 */
export function managedPolicy(arn: string): Value | undefined {
  const name = MANAGED.exec(arn)?.[1];
  if (name === undefined) return undefined;
  documents ??= load();
  return documents.get(name);
}

const read = new Map<Value, ParsedPolicy>();

/** Statements of such a policy. Thousands of roles have the same few attached: each is read once. */
export function managedStatements(arn: string): ParsedPolicy | undefined {
  const document = managedPolicy(arn);
  if (document === undefined) return undefined;
  let parsed = read.get(document);
  if (!parsed) read.set(document, (parsed = parsePolicyDocument(document)));
  return parsed;
}

/** Whether an ARN has the form of an AWS managed policy. */
export const isManagedPolicyArn = (arn: string): boolean => MANAGED.test(arn);
