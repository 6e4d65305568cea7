import { dirname } from 'node:path/posix';
import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { problemOf } from '../../problem.ts';
import { OverreachConfig, type Problem, type RawResource, type SourceRef, type Value } from '../../../schema/index.ts';
import { escapePointer } from '../json-lines.ts';
import { parseYamlTree, type YamlTree } from '../yaml-tree.ts';

const SOURCE = 'overreach-yaml';
const MAX_BYTES = 2 * 1024 * 1024;

/** `overreach.yaml`: what only people know (owners, purpose, sensitivity, channels, ignores). */
export const overreachYaml: Reader = {
  name: SOURCE,
  says: 'overreach.yaml: owners, purpose, sensitivity, channels, ignores',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    return files.filter((f) => /(^|\/)\.?overreach\.ya?ml$/.test(f.path) && !f.path.includes('.terraform/')).map((f) => ({ input: f.path, files: [f], reader: SOURCE }));
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const base = { source: SOURCE, input: group.input, missing: [] };
    try {
      const tree = parseYamlTree(await file.text(MAX_BYTES), { source: SOURCE, file: file.path });
      if (tree.problems.length) yield { ...base, status: 'failed', resources: [], problems: tree.problems };
      else yield { ...base, ...checked(tree, file.path) };
    } catch (error) {
      yield { ...base, status: 'failed', resources: [], problems: [problemOf(error, { source: SOURCE, file: file.path })] };
    }
  },
};

/** A list entry that does not fit is reported and left out; the others count. */
function checked(tree: YamlTree, file: string): Pick<ReadResult, 'status' | 'resources' | 'problems'> {
  const value = tree.value ?? {};
  const problems: Problem[] = [];
  if (typeof value !== 'object' || Array.isArray(value)) return { status: 'failed', resources: [], problems: [{ code: 'bad-config', message: 'a map of settings is expected at the top', source: { source: SOURCE, file, startLine: 1 } }] };
  const place = (pointer: string): SourceRef => ({ source: SOURCE, file, startLine: lineOf(tree, pointer), ...(pointer && { jsonPointer: pointer }) });
  const properties: { [key: string]: unknown } = { ...(value as object) };
  for (const key of Object.keys(properties)) {
    if (key in OverreachConfig.shape) continue;
    problems.push({ code: 'bad-config', message: `unknown setting ${key}; known are ${Object.keys(OverreachConfig.shape).join(', ')}`, source: place(`/${escapePointer(key)}`) });
    delete properties[key];
  }
  const outcome = OverreachConfig.safeParse(properties);
  const refused = new Set<string>();
  for (const issue of outcome.success ? [] : outcome.error.issues) {
    const pointer = issue.path.map((p) => `/${escapePointer(String(p))}`).join('');
    problems.push({ code: 'bad-config', message: `${issue.path.map(String).join('.')}: ${issue.message}`, source: place(pointer) });
    refused.add(issue.path.slice(0, 2).map(String).join('\u0000'));
  }
  for (const [key, list] of Object.entries(properties)) {
    if (refused.has(key)) delete properties[key];
    else if (Array.isArray(list)) properties[key] = list.filter((_, i) => !refused.has(`${key}\u0000${i}`));
  }
  return { status: problems.length ? 'partial' : 'read', resources: [resource(tree, file, properties as { [key: string]: Value }, value as { [key: string]: unknown }, place)], problems };
}

function resource(tree: YamlTree, file: string, properties: { [key: string]: Value }, written: { [key: string]: unknown }, place: (pointer: string) => SourceRef): RawResource {
  const sources = new Map<string, SourceRef>([['', place('')]]);
  for (const [key, value] of Object.entries(properties)) {
    sources.set(`/${key}`, place(`/${key}`));
    const from = written[key];
    // Entries that were left out move the others up.
    if (Array.isArray(value) && Array.isArray(from)) value.forEach((entry, i) => copyBelow(tree, `/${key}/${from.indexOf(entry)}`, `/${key}/${i}`, sources, place));
    else copyBelow(tree, `/${key}`, `/${key}`, sources, place);
  }
  return {
    dialect: 'canonical', type: 'Overreach::Config', address: '/', root: dirname(file) === '.' ? '' : dirname(file), properties, sources, documents: new Map(),
    provider: { scope: '' }, references: [], mode: 'managed', state: 'declared',
  };
}

function copyBelow(tree: YamlTree, from: string, to: string, sources: Map<string, SourceRef>, place: (pointer: string) => SourceRef): void {
  for (const pointer of tree.lines.keys()) if (pointer === from || pointer.startsWith(`${from}/`)) sources.set(to + pointer.slice(from.length), place(pointer));
}

function lineOf(tree: YamlTree, pointer: string): number {
  for (let p = pointer; ; p = p.slice(0, p.lastIndexOf('/'))) {
    const line = tree.lines.get(p);
    if (line !== undefined || p === '') return line ?? 1;
  }
}
