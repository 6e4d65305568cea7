import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource as SpecResource, SpecDatabase } from '@aws-cdk/service-spec-types';
import { parse } from 'yaml';
import { pascal, squash, type IdentitySpec, type Rename, type Shape } from '../../collectors/resources/canonical/tables.ts';

const FOLDER = 'collectors/resources/aws/rename';
/** Deeper properties are never read by a mapping; a cut there keeps recursive schemas finite. */
const MAX_DEPTH = 8;

/** One `<service>.yaml`: how types are named, which source types become them, and which source types carry no meaning for us. */
export interface ServiceTable {
  resources?: Record<string, IdentitySpec & { documents?: string[]; extra?: string[]; unpublished?: boolean }>;
  terraform?: Record<string, Rename | Rename[]>;
  ignored?: string[];
}

/** Every service table, by file name. */
export function readTables(): Map<string, ServiceTable> {
  const files = readdirSync(FOLDER).filter((f) => f.endsWith('.yaml')).sort();
  return new Map(files.map((f) => [f, (parse(readFileSync(join(FOLDER, f), 'utf8')) ?? {}) as ServiceTable]));
}

const specOf = (db: SpecDatabase, type: string): SpecResource | undefined => db.lookup('resource', 'cloudFormationType', 'equals', type)[0];

/** Property shape of a published type; undefined when the schemas do not know it. */
export function shapeOf(db: SpecDatabase, type: string): { [property: string]: Shape } | undefined {
  const spec = specOf(db, type);
  if (!spec) return undefined;
  return Object.fromEntries(Object.entries(spec.properties).map(([k, p]) => [k, shapeOfType(db, p.type, [])]));
}

function shapeOfType(db: SpecDatabase, t: PropertyType, path: readonly string[]): Shape {
  switch (t.type) {
    case 'array': return [shapeOfType(db, t.element, path)];
    case 'map': return { '*': shapeOfType(db, t.element, path) };
    case 'json': return 'json';
    case 'tag': return 'json';
    case 'union': {
      const shapes = t.types.map((x) => shapeOfType(db, x, path));
      return shapes.find((s) => typeof s === 'object') ?? (shapes.includes('json') ? 'json' : 1);
    }
    case 'ref': {
      const id = t.reference.$ref;
      if (path.includes(id) || path.length >= MAX_DEPTH) return 1;
      const definition = db.get('typeDefinition', id);
      const entries = Object.entries(definition.properties);
      return entries.length ? Object.fromEntries(entries.map(([k, p]) => [k, shapeOfType(db, p.type, [...path, id])])) : 'json';
    }
    default: return 1;
  }
}

/** Steps of a canonical path that the shape does not have. Indexes and map keys pass. */
export function missingStep(shape: Shape | undefined, path: string): string | undefined {
  let here = shape;
  for (const step of path.split('/').filter(Boolean)) {
    if (Array.isArray(here) && /^\d+$/.test(step)) { here = here[0] as Shape; continue; }
    while (Array.isArray(here)) here = here[0] as Shape;
    if (here === 'json' || here === undefined) return undefined;
    if (here === 1) return step;
    const object = here as { [k: string]: Shape };
    if ('*' in object) { here = object['*']; continue; }
    const known = object[step];
    if (known === undefined) return step;
    here = known;
  }
  return undefined;
}

/** Places one more property in a shape; used for what only the source or a dump can say (`extra` in the table). */
function addExtra(shape: { [k: string]: Shape }, path: string, value: Shape): void {
  const steps = path.split('/');
  let here: { [k: string]: Shape } = shape;
  for (const step of steps.slice(0, -1)) {
    let next = here[step];
    while (Array.isArray(next)) next = next[0] as Shape;
    if (typeof next !== 'object') { next = {}; here[step] = next; }
    here = next as { [k: string]: Shape };
  }
  const last = steps.at(-1)!;
  here[last] = value === 1 && here[last] !== undefined ? here[last] : value;
}

/** Canonical path of a renamed source property: each step by the table, else by the schema's own name for it. */
function canonicalTarget(shape: Shape | undefined, rename: Readonly<Record<string, string>>, key: string): string {
  const steps = key.split('/');
  let path = '';
  let here = shape;
  for (let i = 0; i < steps.length; i++) {
    while (Array.isArray(here)) here = here[0] as Shape;
    const names = typeof here === 'object' ? Object.keys(here) : [];
    const step = rename[steps.slice(0, i + 1).join('/')] ?? names.find((n) => squash(n) === squash(steps[i]!)) ?? pascal(steps[i]!);
    path = step.startsWith('/') ? step : `${path}/${step}`;
    here = shapeBelow(shape, path);
  }
  return path;
}

function shapeBelow(shape: Shape | undefined, path: string): Shape | undefined {
  let here = shape;
  for (const step of path.split('/').filter(Boolean)) {
    if (Array.isArray(here)) here = here[0] as Shape;
    if (Array.isArray(here) || /^\d+$/.test(step)) continue;
    here = typeof here === 'object' ? (here as { [k: string]: Shape })['*'] ?? (here as { [k: string]: Shape })[step] : undefined;
  }
  return here;
}

export async function compile(): Promise<{ shapes: Map<string, Shape>; terraform: Map<string, Rename[]>; identities: Map<string, IdentitySpec>; ignored: string[]; complaints: string[] }> {
  const db = await loadAwsServiceSpec();
  const shapes = new Map<string, Shape>();
  const terraform = new Map<string, Rename[]>();
  const identities = new Map<string, IdentitySpec>();
  const ignored = new Set<string>();
  const complaints: string[] = [];
  const tables = readTables();
  for (const [file, table] of tables) {
    for (const [type, { documents, extra, unpublished, ...identity }] of Object.entries(table.resources ?? {})) {
      if (identities.has(type)) complaints.push(`${file}: ${type} is described in two tables: keep one`);
      const shape = shapeOf(db, type);
      if (!shape && !unpublished) complaints.push(`${file}: ${type} is no published type`);
      const full = shape ?? {};
      for (const path of extra ?? []) {
        if (path.endsWith('[]')) addExtra(full, path.slice(0, -2), ['json']);
        else addExtra(full, path, 1);
      }
      for (const path of documents ?? []) addExtra(full, path, 'json');
      if (identity.name && missingStep(full, identity.name)) complaints.push(`${file}: ${type} has no property ${identity.name}`);
      identities.set(type, identity);
      shapes.set(type, full);
    }
  }
  for (const [file, table] of tables) {
    for (const [source, entry] of Object.entries(table.terraform ?? {})) {
      const list = Array.isArray(entry) ? entry : [entry];
      if (terraform.has(source)) complaints.push(`${file}: ${source} is renamed in two tables: keep one`);
      for (const r of list) {
        if (!shapes.has(r.type)) complaints.push(`${file}: ${source} becomes ${r.type}, which no table describes under resources`);
        for (const [key, value] of Object.entries(r.rename ?? {})) {
          const path = canonicalTarget(shapes.get(r.type), r.rename ?? {}, key);
          const wrong = missingStep(shapes.get(r.type), path);
          if (wrong) complaints.push(`${file}: ${source}: ${key} becomes ${value}, but ${r.type} has no ${wrong}`);
        }
        for (const path of [...Object.keys(r.set ?? {}), ...Object.keys(r.absent ?? {})]) {
          const wrong = missingStep(shapes.get(r.type), path);
          if (wrong) complaints.push(`${file}: ${source}: sets ${path}, but ${r.type} has no ${wrong}`);
        }
      }
      terraform.set(source, list);
    }
    for (const t of table.ignored ?? []) ignored.add(t);
  }
  for (const t of ignored) if (terraform.has(t)) complaints.push(`${t} is both renamed and ignored`);
  return { shapes, terraform, identities, ignored: [...ignored].sort(), complaints };
}

const rows = (map: Map<string, unknown>): string =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)},\n`).join('');

/** Files of resource mappings: every `collectors/resources/<provider>/<service>.ts` that exports `mappings`. */
function mappingFiles(): string[] {
  const base = 'collectors/resources';
  const providers = readdirSync(base, { withFileTypes: true }).filter((d) => d.isDirectory() && d.name !== 'canonical' && d.name !== 'context').map((d) => d.name).sort();
  return providers.flatMap((p) => readdirSync(join(base, p)).filter((f) => f.endsWith('.ts') && !f.endsWith('.gen.ts')).sort()
    .filter((f) => /^export const mappings\b/m.test(readFileSync(join(base, p, f), 'utf8'))).map((f) => `${p}/${f}`));
}

/** Throws when a table names a type or property that is not published. */
export async function generate(): Promise<Record<string, string>> {
  const { shapes, terraform, identities, ignored, complaints } = await compile();
  if (complaints.length) throw new Error(`rename tables disagree with the published schemas:\n  ${complaints.join('\n  ')}`);
  const shorts = new Map<string, string>();
  for (const type of shapes.keys()) shorts.set(squash(type.replace(/^AWS::/, '')), type);
  const files = mappingFiles();
  const names = files.map((f) => f.replace(/\.ts$/, '').split(/[/-]/).map((w, i) => (i ? w.charAt(0).toUpperCase() + w.slice(1) : w)).join('').replace(/\W/g, ''));
  return {
    'collectors/resources/aws/rename.gen.ts': `// Generated by scripts/generate/rename.ts from aws/rename/*.yaml and the published CloudFormation schemas. Do not edit.
import type { IdentitySpec, Rename, Shape } from '../canonical/tables.ts';

/** Canonical type → shape of its properties. */
export const SHAPES: { readonly [type: string]: { readonly [property: string]: Shape } } = {
${rows(shapes)}};

/** Terraform type → what it becomes or joins. */
export const TERRAFORM: { readonly [type: string]: readonly Rename[] } = {
${rows(terraform)}};

/** Canonical type → how its resources are named. */
export const IDENTITIES: { readonly [type: string]: IdentitySpec } = {
${rows(identities)}};

/** Canonical type by its name without prefix, case and separators: how Cloud Control types (\`awscc_*\`) find theirs. */
export const BY_SQUASHED: { readonly [squashed: string]: string } = {
${rows(shorts)}};

/** Source types that are read and deliberately mean nothing here. */
export const IGNORED: ReadonlySet<string> = new Set(${JSON.stringify(ignored)});
`,
    'collectors/resources/mappings.gen.ts': `// Generated by scripts/generate/rename.ts: every service file that exports mappings. Do not edit.
import type { ResourceMapping } from '../define.ts';
${files.map((f, i) => `import { mappings as ${names[i]} } from './${f}';\n`).join('')}
export const MAPPINGS: readonly ResourceMapping[] = [${names.map((n) => `...${n}`).join(', ')}];
`,
  };
}
