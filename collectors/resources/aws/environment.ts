import { hasHole, stableHash, type Resource, type Value } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { holdCredential } from '../held.ts';
import { fields, pointer, prop, text } from '../properties.ts';
import { referencesIn, secretIn, secretsInScript, type FoundSecret } from '../secrets.ts';
import { apiBehind } from './api-address.ts';
import { idOf } from './shared.ts';

/** What code is configured with: secrets it holds, and the things its settings name. */

/** Things of the input that are credentials or secrets by themselves. */
const CREDENTIALS = ['AWS::IAM::AccessKey', 'AWS::Cognito::UserPoolClient', 'AWS::ApiGateway::ApiKey'];
const SECRETS = ['AWS::SecretsManager::Secret', 'AWS::SSM::Parameter'];
/** Attributes that are the secret itself; a client's id or a secret's name opens nothing. */
const SECRET_ATTRIBUTE = /\|(secret|client_secret|ClientSecret|SecretAccessKey|value|ses_smtp_password_v4|encrypted_secret)\uE001/;
/** What a setting may name as a thing to call or to use. */
const CALLABLE = [
  'AWS::Bedrock::AgentAlias', 'AWS::Bedrock::Agent', 'AWS::Bedrock::FlowAlias', 'AWS::Bedrock::Flow', 'AWS::Bedrock::KnowledgeBase', 'AWS::BedrockAgentCore::Runtime',
  'AWS::BedrockAgentCore::RuntimeEndpoint', 'AWS::BedrockAgentCore::Gateway', 'AWS::BedrockAgentCore::CodeInterpreterCustom', 'AWS::BedrockAgentCore::BrowserCustom',
  'AWS::BedrockAgentCore::Memory', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Kinesis::Stream',
  'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::SSM::Parameter',
];

/** Name → value of an environment: a map, or a list of `{Name, Value}`. */
function variables(v: Value | undefined): { name: string; value: string; step: (string | number)[] }[] {
  if (Array.isArray(v)) {
    return v.flatMap((e, i) => {
      const entry = fields(e);
      const name = text(entry?.Name ?? entry?.name);
      const value = text(entry?.Value ?? entry?.value);
      return name !== undefined && value !== undefined ? [{ name, value, step: [i, entry?.Value !== undefined ? 'Value' : 'value'] }] : [];
    });
  }
  return Object.entries(fields(v) ?? {}).flatMap(([name, x]) => {
    const value = text(x);
    return value === undefined ? [] : [{ name, value, step: [name] }];
  });
}

/** Values that may be kept as they stand: addresses and ids of things, never free text. */
const ADDRESS = /^(arn:[\w:/.*+=,@-]+|https?:\/\/[^\s@?#]+|[A-Z0-9]{10}|(?:[a-z]{2}\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21|deepseek|openai)\.[\w.:-]+)$/;

export { holdCredential };

export interface Configured {
  /** Node ids that settings name. */
  invokes?: string[];
  /** Names of settings, and values that are an address or an id. No other value is kept. */
  configuredNames?: string[];
}

/** HOLDS edges of the environment at `path`. Returns what its settings name, to be kept on the compute. */
export function mapEnvironment(ctx: MapContext, r: Resource, holder: string, path: (string | number)[]): Configured {
  const invokes = new Set<string>();
  const configuredNames = new Set<string>();
  for (const { name, value, step } of variables(prop(r, ...path))) {
    configuredNames.add(name);
    if (mapValue(ctx, r, holder, pointer(...path, ...step), name, value)) continue;
    for (const named of namedThings(ctx, value)) invokes.add(named);
    if (ADDRESS.test(value)) configuredNames.add(value);
  }
  return { ...(invokes.size > 0 && { invokes: [...invokes] }), ...(configuredNames.size > 0 && { configuredNames: [...configuredNames] }) };
}

function namedThings(ctx: MapContext, value: string): string[] {
  const whole = value.startsWith('arn:') || !hasHole(value) && /^[\w.-]{3,}$/.test(value) ? [value] : [];
  const things = [...whole, ...referencesIn(value)].flatMap((v) => ctx.resolve(v, CALLABLE) ?? []);
  return value.includes('.execute-api.') ? [...things, ...(apiBehind(ctx, value)?.endpoints ?? [])] : things;
}

/** One named value: HOLDS what it refers to, or the credential that stands in it. True when it is a secret. */
export function mapValue(ctx: MapContext, r: Resource, holder: string, where: string, name: string, value: string): boolean {
  const evidence = ctx.evidence(r, where, name);
  if (heldReferences(ctx, holder, value, name, evidence)) return true;
  const found = secretIn(name, value);
  if (found) hold(ctx, r, holder, where, name, found, hasHole(value) ? value : undefined);
  return found !== undefined;
}

function heldReferences(ctx: MapContext, holder: string, value: string, name: string, evidence: ReturnType<MapContext['evidence']>): boolean {
  let held = false;
  for (const part of value.startsWith('arn:') ? [value] : referencesIn(value)) {
    const credential = ctx.resolve(part, CREDENTIALS);
    const opens = credential && (ctx.resource(part, ['AWS::IAM::AccessKey']) !== undefined || SECRET_ATTRIBUTE.test(part));
    const secret = opens ? undefined : ctx.resolve(part, SECRETS);
    const to = opens ? credential : secret;
    if (!to || (secret && !to.startsWith('ovr:secret:'))) continue;
    ctx.edge({ kind: 'HOLDS', from: holder, to, discriminator: name, props: { property: name }, evidence });
    held = held || opens === true;
  }
  return held;
}

/** The credential, and the databases of the input that this very value opens. */
function hold(ctx: MapContext, r: Resource, holder: string, where: string, name: string, found: FoundSecret, undecided?: string): string {
  const credential = holdCredential(ctx, r, holder, where, name, found);
  const opens = databasesWith(ctx, found.literal ?? undecided);
  if (opens) ctx.amend(credential, { opens });
  return credential;
}

/** Databases of the input whose master password is this very value. */
function databasesWith(ctx: MapContext, value: string | undefined): string[] | undefined {
  if (value === undefined || value.length < 4) return undefined;
  const ids = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster'].flatMap((type) =>
    ctx.all(type).flatMap((db) => (prop(db, 'MasterUserPassword') === value ? idOf(ctx, db) ?? [] : [])));
  return ids.length > 0 ? ids : undefined;
}

const LOGIN = 'the machine takes logins by password, at an address that can be reached';

/** What an undecided text refers to, where it is a credential or secret of the input. */
export const holdReferences = (ctx: MapContext, r: Resource, holder: string, where: string, name: string, value: string): boolean => heldReferences(ctx, holder, value, name, ctx.evidence(r, where, name));

/** Secrets in a start-up script, and the things it refers to. What a reference already says is not said again. */
export function mapScript(ctx: MapContext, r: Resource, holder: string, path: (string | number)[], script: string): void {
  const where = pointer(...path);
  const evidence = ctx.evidence(r, where);
  const held = new Set(referencesIn(script).filter((reference) => heldReferences(ctx, holder, reference, path.join('/'), evidence)));
  for (const { name, found, references } of secretsInScript(script)) {
    if (found.literal === undefined && references.length > 0 && references.every((x) => held.has(x))) continue;
    const credential = hold(ctx, r, holder, where, found.literal === undefined ? name : `${name}#${stableHash(ctx.keyedHash(found.literal)).slice(0, 6)}`, found);
    if (found.credType === 'os_password' && holder.startsWith('ovr:compute:')) ctx.edge({ kind: 'AUTHENTICATES_AS', from: credential, to: holder, verdict: 'conditional', requires: [LOGIN], evidence });
  }
}
