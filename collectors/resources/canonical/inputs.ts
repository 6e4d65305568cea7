import { hasHole, sourceOf, type Problem, type RawResource, type Resource, type Value } from '../../../schema/index.ts';
import { BY_SQUASHED, IDENTITIES, IGNORED, SHAPES, TERRAFORM } from '../aws/rename.gen.ts';
import type { MapInput } from '../map.ts';
import { canonicalise, type Canonical } from './rename.ts';
import { atPointer, type Fields } from './paths.ts';
import { squash, type Rename } from './tables.ts';

/** A canonical resource on its way: places of documents, and what its source type calls its attributes. */
export interface Draft {
  resource: Resource;
  raw: RawResource;
  input: MapInput;
  rename: Rename;
  documents: Set<string>;
}

/** A resource that merges into others; `into` = the names or references of those. */
export interface Part { raw: RawResource; rename: Rename; body: Canonical; into: Value | undefined }

export interface CanonicalInput {
  input: MapInput;
  drafts: Draft[];
  parts: Part[];
  /** Source type → count, of those no table knows. */
  unmapped: Record<string, number>;
  problems: Problem[];
}

/** Addresses and symbolic texts mean something only inside their root; two roots must not share them. */
export const qualify = (root: string, text: string): string => (root ? `${root}#${text}` : text);

const NO_RENAME: Omit<Rename, 'type'> = {};

function renamesOf(raw: RawResource): readonly Rename[] | undefined {
  if (raw.dialect === 'canonical') return [{ type: raw.type.startsWith('Custom::') ? 'AWS::CloudFormation::CustomResource' : raw.type, ...NO_RENAME }];
  if (raw.type.startsWith('awscc_')) {
    const type = BY_SQUASHED[squash(raw.type.slice('awscc_'.length))];
    return type ? [{ type }] : undefined;
  }
  return TERRAFORM[raw.type];
}

const fits = (raw: RawResource, rename: Rename): boolean => Object.entries(rename.when ?? {}).every(([k, v]) => raw.properties[k] === v);

/** Types that are no thing of a provider: helpers of the language, and what the tables name as meaningless. */
const isIgnored = (raw: RawResource): boolean =>
  IGNORED.has(raw.type) || /^(random|time|null|local|tls|archive|template|external|http|terraform|cloudinit)_/.test(raw.type) || (raw.mode === 'data' && TERRAFORM[raw.type] === undefined && raw.dialect === 'terraform');

/** Brings every resource of one input into its canonical shape, and sets the parts aside. */
export function canonicaliseInput(input: MapInput): CanonicalInput {
  const out: CanonicalInput = { input, drafts: [], parts: [], unmapped: {}, problems: [] };
  for (const raw of input.resources) {
    if (raw.state === 'removed') continue;
    const renames = renamesOf(raw);
    if (!renames) {
      if (!isIgnored(raw)) out.unmapped[raw.type] = (out.unmapped[raw.type] ?? 0) + 1;
      continue;
    }
    for (const rename of renames) {
      if (!fits(raw, rename)) continue;
      const shape = SHAPES[rename.type];
      const body = canonicalise(raw, shape ?? 1, rename, rename.into !== undefined);
      if (rename.into !== undefined) {
        if (raw.mode !== 'data') out.parts.push({ raw, rename, body, into: atPointer(raw.properties, `/${rename.into}`) });
      } else out.drafts.push(draftOf(raw, input, rename, body));
    }
  }
  return out;
}

function draftOf(raw: RawResource, input: MapInput, rename: Rename, body: Canonical): Draft {
  const { dialect: _, ...rest } = raw;
  const account = raw.provider.account ?? input.account;
  const resource: Resource = {
    ...rest,
    type: rename.type,
    sourceType: raw.type,
    properties: { ...givenAttributes(raw, rename), ...body.properties },
    sources: body.sources,
    documents: new Map(),
    provider: account === undefined ? raw.provider : { ...raw.provider, account },
  };
  return { resource, raw, input, rename, documents: body.documents };
}

/** A resource that a part names and the input does not hold: known by its name only. */
export function outsideDraft(part: Part, input: MapInput, property: string, name: string): Draft {
  const source = sourceOf(part.raw, `/${part.rename.into}`) ?? sourceOf(part.raw);
  const raw: RawResource = {
    ...part.raw, dialect: 'canonical', type: part.rename.type, address: `${part.rename.type}:${name}`, mode: 'data',
    properties: { [property]: name }, documents: new Map(), references: [], sources: new Map(source ? [['', source]] : []),
  };
  return draftOf(raw, input, { type: part.rename.type }, { properties: { ...raw.properties } as Fields, sources: raw.sources, documents: new Set() });
}

/**
 * What the provider decided for a resource that stands already: its ARN, and the parts of it that only the provider knows, under the names
 * that the identity tables use.
 */
function givenAttributes(raw: RawResource, rename: Rename): Fields {
  const out: Fields = {};
  if (raw.dialect !== 'terraform') return out;
  const tables = { ...IDENTITIES[rename.type]?.attributes, ...rename.attributes };
  // Newer types have no `id`: an ARN, which nobody writes there, says the same.
  const nameless = raw.properties['id'] === undefined;
  if (nameless && !Object.entries(tables).some(([a, t]) => t === '{arn}' && a.endsWith('arn') && typeof raw.properties[a] === 'string' && raw.properties[a].startsWith('arn:'))) return out;
  for (const [attribute, template] of Object.entries(tables)) {
    const v = raw.properties[attribute];
    if (typeof v !== 'string' || v === '' || hasHole(v) || attribute === 'id') continue;
    const own = template === '{arn}' ? 'Arn' : nameless && template === '{id}' ? 'Id' : /^\{\?([A-Za-z]+)\}$/.exec(template)?.[1];
    if (own !== undefined && (own !== 'Arn' || v.startsWith('arn:'))) out[own] ??= v;
  }
  return out;
}

/** The id that a provider gave a resource that stands already, in state and plans. */
export const givenId = (d: Draft): string | undefined => {
  const id = d.raw.dialect === 'terraform' ? d.raw.properties['id'] : undefined;
  return typeof id === 'string' && id !== '' && !hasHole(id) ? id : undefined;
};

export const nameProperty = (type: string): string | undefined => IDENTITIES[type]?.name;
