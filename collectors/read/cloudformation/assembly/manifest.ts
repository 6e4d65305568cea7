import { dirname, join, normalize } from 'node:path/posix';
import type { Problem } from '../../../../schema/index.ts';
import type { InputFile } from '../../../define.ts';
import { headOf } from '../../../input-file.ts';
import { problemOf } from '../../../problem.ts';
import { SOURCE } from '../syntax/parse.ts';

/** Where a construct was made, as the framework recorded it: lines of a stack trace. */
export interface Trace { frames: readonly string[]; properties: ReadonlyMap<string, readonly string[]> }

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  id: string;
  template: string;
  manifest: InputFile;
  files: InputFile[];
  account?: string;
  region?: string;
  parameters: ReadonlyMap<string, string>;
  /** Traces by construct path, with a slash in front. */
  traces: ReadonlyMap<string, Trace>;
}

type Json = { [key: string]: unknown };
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const objectOf = (v: unknown): Json => (isObject(v) ? v : {});
const textsOf = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []);

/** Stacks of every cloud assembly in the input (`cdk.out/manifest.json`). Assets are not opened; nothing is run. */
export async function findAssemblies(files: readonly InputFile[]): Promise<{ stacks: AssemblyStack[]; problems: Map<InputFile, Problem[]> }> {
  const byPath = new Map(files.map((f) => [f.path, f]));
  const stacks: AssemblyStack[] = [];
  const problems = new Map<InputFile, Problem[]>();
  for (const manifest of files) {
    if (!/(^|\/)manifest\.json$/.test(manifest.path)) continue;
    const head = await headOf(manifest);
    if (!/"artifacts"\s*:/.test(head) || !/"(aws:cloudformation:stack|cdk:[a-z-]+)"/.test(head)) continue;
    const read = async (path: string): Promise<Json> => objectOf(JSON.parse(await byPath.get(path)!.text()) as unknown);
    try {
      const folder = dirname(manifest.path) === '.' ? '' : dirname(manifest.path);
      const inside = (name: unknown): string | undefined => {
        if (typeof name !== 'string') return undefined;
        const path = normalize(join(folder, name));
        return (folder === '' || path.startsWith(`${folder}/`)) && byPath.has(path) ? path : undefined;
      };
      for (const [id, a] of Object.entries(objectOf((await read(manifest.path))['artifacts']))) {
        const artifact = objectOf(a);
        if (artifact['type'] !== 'aws:cloudformation:stack') continue;
        const properties = objectOf(artifact['properties']);
        const template = inside(properties['templateFile']);
        if (template === undefined) { push(problems, manifest, `the template of stack ${id} is not in the assembly`); continue; }
        const more = inside(artifact['additionalMetadataFile']);
        const metadata = { ...objectOf(artifact['metadata']), ...(more === undefined ? {} : await read(more)) };
        const [, account, region] = /^aws:\/\/([^/]*)\/(.*)$/.exec(String(artifact['environment'] ?? '')) ?? [];
        stacks.push({
          id, template, manifest, files: [manifest, ...[more, normalize(join(folder, '..', 'cdk.json'))].flatMap((p) => (p === undefined ? [] : byPath.get(p) ?? []))],
          ...(/^\d{12}$/.test(account ?? '') && { account: account! }), ...(region && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) && { region }),
          parameters: new Map(Object.entries(objectOf(properties['parameters'])).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v] as const] : []))), traces: tracesOf(metadata),
        });
      }
    } catch (error) {
      push(problems, manifest, error instanceof SyntaxError ? 'the manifest of the assembly is no JSON' : problemOf(error, { source: SOURCE }).message);
    }
  }
  return { stacks, problems };
}

function push(problems: Map<InputFile, Problem[]>, file: InputFile, message: string): void {
  problems.set(file, [...(problems.get(file) ?? []), { code: 'parse-error', message, source: { source: SOURCE, file: file.path, startLine: 1 } }]);
}

function tracesOf(metadata: Json): Map<string, Trace> {
  const out = new Map<string, Trace>();
  for (const [path, list] of Object.entries(metadata)) {
    if (!Array.isArray(list)) continue;
    let frames: string[] = [];
    const properties = new Map<string, string[]>();
    for (const e of list.filter(isObject)) {
      const data = e['data'];
      if (e['type'] === 'aws:cdk:logicalId' && textsOf(e['trace']).length) frames = textsOf(e['trace']);
      else if (e['type'] === 'aws:cdk:creationStack' && frames.length === 0) frames = textsOf(data);
      else if (isObject(data) && typeof data['propertyName'] === 'string' && textsOf(data['stackTrace']).length) properties.set(data['propertyName'], textsOf(data['stackTrace']));
    }
    if (frames.length || properties.size) out.set(path, { frames, properties });
  }
  return out;
}
