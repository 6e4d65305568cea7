import { hasHole, splitHoles, type Hole, type SourceRef } from '../../schema/index.ts';
import { isTerraformJson, type Document } from './document.ts';
import { needData, needParameter, needVariable, type Needs } from './needs.ts';
import { askedBy } from '../../queries/remedy/asked.ts';
import { quoted, type Naming } from './print.ts';
import { entryOf, textsOf, type Style } from './tree.ts';

/**
 * Texts with holes as references: `aws_dynamodb_table.orders.arn` or `${…}` in Terraform, `!GetAtt` or `!Ref` in a template. Only what stands
 * in the same module or template has a name, and the account; undefined for everything else.
 */
export function referenceNaming(doc: Document, at: SourceRef, module: readonly Document[] = [], needs: Needs = new Map()): Naming {
  return (text, style) => {
    if (!hasHole(text)) return escaped(quoted(text, style), doc, style);
    if (doc.language === 'hcl') return terraform(text, style, (h) => expression(h, at, module, needs));
    if (isTerraformJson(doc)) return terraform(text, 'json', (h) => (h.kind === 'ref' ? expression(h, at, module, needs) : undefined));
    // A policy that Terraform reads from a file: what is passed in has names there, and nothing else.
    if (at.source === 'terraform' && doc.language === 'json' && !entryOf(doc.root, 'Resources')) return undefined;
    const name = (h: Hole): Named | undefined => inTemplate(h, doc, at, needs);
    return doc.language === 'yaml' ? yaml(text, name) : json(text, name);
  };
}

/** JSON inside of Terraform is a template: what looks like an interpolation must not be one. */
const escaped = (text: string, doc: Document, style: Style): string => (style === 'json' && (doc.language === 'hcl' || /\.(tpl|tftpl|tf\.json)$/.test(doc.path)) ? text.replaceAll('${', () => '$${') : text);

const local = (address: string): string => address.slice(address.indexOf('#') + 1);
const moduleOf = (address: string): string => /^((?:module\.[^.]+\.)*)/.exec(address)![1]!;

function expression(h: Hole, at: SourceRef, module: readonly Document[], needs: Needs): string | undefined {
  if (h.kind === 'pseudo' && h.name === 'account') {
    for (const d of module) if (d.root?.kind === 'map') for (const e of d.root.entries) if (e.key === 'data' && e.value.kind === 'map' && e.value.labels?.[0] === 'aws_caller_identity' && !e.value.entries.some((x) => x.key === 'provider')) return `data.aws_caller_identity.${e.value.labels[1]}.account_id`;
    return needData('aws_caller_identity', needs) + '.account_id';
  }
  const ask = askedBy(h);
  if (ask) return needVariable(ask, at, module, needs);
  if (h.kind !== 'ref') return undefined;
  const here = moduleOf(at.address ?? '');
  const address = local(h.address);
  return moduleOf(address) !== here || address.includes('[') ? undefined : `${address.slice(here.length)}${h.attribute ? '.' + h.attribute : ''}`;
}

function terraform(text: string, style: Style, name: (h: Hole) => string | undefined): string | undefined {
  const parts = splitHoles(text).map((p) => (typeof p === 'string' ? { literal: p } : { expression: name(p) }));
  if (parts.some((p) => 'expression' in p && p.expression === undefined)) return undefined;
  if (parts.length === 1 && style !== 'json') return (parts[0] as { expression: string }).expression;
  return `"${parts.map((p) => ('literal' in p ? quoted(p.literal!, 'hcl').slice(1, -1) : `\${${p.expression}}`)).join('')}"`;
}

/** Name of a hole in a template: logical id and attribute, or a parameter. */
interface Named { attribute?: string; ref?: string }
type NameOf = (h: Hole) => Named | undefined;

function inTemplate(h: Hole, doc: Document, at: SourceRef, needs: Needs): Named | undefined {
  if (h.kind === 'ref') return h.attribute === '' ? undefined : h.attribute === 'name' ? nameOf(local(h.address), doc) : { attribute: `${local(h.address)}.${h.attribute}` };
  if (h.kind === 'pseudo') { const ref = PSEUDO[h.name]; return ref === undefined ? undefined : { ref }; }
  const ask = askedBy(h);
  return ask && { ref: needParameter(ask, at, doc, needs) };
}

const PSEUDO: Readonly<Record<string, string>> = { account: 'AWS::AccountId', region: 'AWS::Region', partition: 'AWS::Partition' };
/** How a template says the name that the service gives (template reference, return values): most by Ref. */
const NAME: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': '', 'AWS::Serverless::SimpleTable': '', 'AWS::S3::Bucket': '', 'AWS::Lambda::Function': '', 'AWS::Serverless::Function': '', 'AWS::Kinesis::Stream': '', 'AWS::KinesisFirehose::DeliveryStream': '', 'AWS::Glue::Database': '',
  'AWS::SQS::Queue': 'QueueName', 'AWS::SNS::Topic': 'TopicName',
};

function nameOf(id: string, doc: Document): Named | undefined {
  const attribute = NAME[textsOf(entryOf(entryOf(entryOf(doc.root, 'Resources')?.value, id)?.value, 'Type')?.value)?.[0] ?? ''];
  return attribute === undefined ? undefined : attribute === '' ? { ref: id } : { attribute: `${id}.${attribute}` };
}

function yaml(text: string, name: NameOf): string | undefined {
  const parts = splitHoles(text);
  if (parts.length === 1) { const one = name(parts[0] as Hole); return one && (one.attribute ? `!GetAtt ${one.attribute}` : `!Ref ${one.ref}`); }
  const sub = substituted(parts, name);
  return sub && `!Sub "${sub}"`;
}

function json(text: string, name: NameOf): string | undefined {
  const parts = splitHoles(text);
  if (parts.length === 1) { const one = name(parts[0] as Hole); return one && (one.attribute ? `{ "Fn::GetAtt": [${one.attribute.split('.').map((x) => JSON.stringify(x)).join(', ')}] }` : `{ "Ref": ${JSON.stringify(one.ref)} }`); }
  const sub = substituted(parts, name);
  return sub && `{ "Fn::Sub": ${JSON.stringify(sub)} }`;
}

function substituted(parts: readonly (string | Hole)[], name: NameOf): string | undefined {
  const named = parts.map((p) => { if (typeof p === 'string') return p.replaceAll('${', () => '${!'); const n = name(p); return n && `\${${n.attribute ?? n.ref}}`; });
  return named.includes(undefined) ? undefined : named.join('');
}
