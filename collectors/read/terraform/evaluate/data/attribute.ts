import { hole } from '../../../../../schema/index.ts';
import { isManagedPolicyArn, managedPolicy } from '../../../../../knowledge/managed-policies/index.ts';
import { type Box, box, fromValue, textData } from '../box.ts';
import { encodeJson } from '../functions/json.ts';
import { partitionOf, type ProviderConfiguration } from '../provider.ts';
import { policyDocument } from './policy-document.ts';

/** What deciding a data source needs of its block. */
export interface DataBlock {
  readonly type: string;
  readonly address: string;
  readonly provider: ProviderConfiguration;
  attribute(name: string): Box;
  body(): Map<string, Box>;
}

type Decide = (block: DataBlock, name: string) => Box | undefined;

const pseudo = (name: string, block: DataBlock): Box => box(textData(hole({ kind: 'pseudo', name, scope: block.provider.scope })));

const partition = (block: DataBlock): Box => {
  const known = partitionOf(block.provider.region);
  return known ? box(known) : pseudo('partition', block);
};

const ACCOUNT: Decide = (block, name) => {
  if (name === 'account_id' || name === 'id') return block.provider.account ? box(block.provider.account) : pseudo('account', block);
  if (name === 'arn') return pseudo('caller-arn', block);
  return name === 'user_id' ? pseudo('caller-id', block) : undefined;
};

const REGION: Decide = (block, name) => {
  if (name !== 'name' && name !== 'region' && name !== 'id') return undefined;
  return block.provider.region ? box(block.provider.region) : pseudo('region', block);
};

const PARTITION: Decide = (block, name) => {
  if (name === 'partition' || name === 'id') return partition(block);
  if (name !== 'dns_suffix') return undefined;
  const known = partitionOf(block.provider.region);
  return known ? box(known === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com') : pseudo('url-suffix', block);
};

const DOCUMENT: Decide = (block, name) => {
  if (name !== 'json' && name !== 'minified_json') return undefined;
  const document = policyDocument(block.body());
  return { data: textData(encodeJson(document)), document };
};

/** Paths under which AWS keeps its managed policies. */
const PATHS = ['', 'service-role/', 'job-function/', 'aws-service-role/'];

/** A policy found by ARN or name: those of AWS are known, those of the account are not. */
const POLICY: Decide = (block, name) => {
  if (name !== 'arn' && name !== 'id' && name !== 'policy' && name !== 'name') return undefined;
  const body = block.body();
  const [givenArn, givenName] = [body.get('arn')?.data, body.get('name')?.data];
  const prefix = `arn:${partition(block).data instanceof Object ? hole({ kind: 'pseudo', name: 'partition', scope: block.provider.scope }) : String(partition(block).data)}:iam::aws:policy/`;
  const arn = typeof givenArn === 'string' && isManagedPolicyArn(givenArn) ? givenArn : typeof givenName === 'string' ? PATHS.map((p) => prefix + p + givenName).find((a) => managedPolicy(a) !== undefined) : undefined;
  if (arn === undefined) return undefined;
  if (name === 'name') return box(arn.slice(arn.lastIndexOf('/') + 1));
  if (name !== 'policy') return box(arn);
  const text = managedPolicy(arn);
  if (text === undefined) return undefined;
  const document = fromValue(text);
  return { data: encodeJson(document), document };
};

const DECIDED: Record<string, Decide> = {
  aws_caller_identity: ACCOUNT, aws_region: REGION, aws_partition: PARTITION, aws_iam_policy_document: DOCUMENT, aws_iam_policy: POLICY,
};

/** Attribute of a data source that the code itself decides; undefined when only the provider knows it. */
export function dataAttribute(block: DataBlock, name: string): Box | undefined {
  return DECIDED[block.type]?.(block, name);
}
