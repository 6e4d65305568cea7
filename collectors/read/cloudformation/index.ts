import { isFatalInput, type Problem, type Value } from '../../../schema/index.ts';
import type { InputFile, InputGroup, Reader, ReadOptions, ReadResult } from '../../define.ts';
import { Exports, surroundings } from './exports.ts';
import { Loaded } from './files.ts';
import { MAX_TEMPLATE_BYTES } from './limits.ts';
import { givenParameters, type GivenParameters } from './parameter-files.ts';
import { readTemplate } from './read-template.ts';
import { findTemplates, reachable, type Found } from './recognise.ts';
import { SOURCE } from './syntax/parse.ts';

/** Layers that a template cannot hold. */
const MISSING = ['scp', 'rcp', 'live-state'];

/** What a root template needs to be read, worked out once for all of them. */
interface Detail { nested: string[]; imports: boolean; exports: Exports; given: GivenParameters; [key: string]: unknown }

/** CloudFormation templates and SAM applications. One result per root template; nested stacks belong to the one that names them. */
export const cloudformation: Reader = {
  name: SOURCE,
  says: 'CloudFormation templates (YAML, JSON) and SAM applications, with conditions, nested stacks and imports evaluated',

  async recognise(files, options) {
    const found = await findTemplates(files);
    if (found.length === 0) return [];
    const given = await givenParameters(files, options);
    const byPath = new Map(files.map((f) => [f.path, f]));
    const all = new Map(found.map((f) => [f.file.path, f]));
    const exports = new Exports(found.filter((f) => f.exports).map((f) => reachable(f, all, byPath)), () => given.values);
    return rootsOf(found, all, byPath).map(({ root, files: mine }): InputGroup => {
      const detail: Detail = { nested: mine.filter((f) => f !== root.file && all.has(f.path)).map((f) => f.path), imports: mine.some((f) => all.get(f.path)?.imports), exports, given };
      return { input: root.file.path, files: [...mine, ...given.files], reader: SOURCE, detail };
    });
  },

  async *read(group, options) {
    const detail = group.detail as unknown as Detail;
    const loaded = new Loaded();
    await loaded.load(group.files);
    if (detail.imports) await detail.exports.load();
    const first = one(group.files[0]!, loaded, detail, options);
    yield first.result;
    // A parent that cannot be read says nothing about its children: they are read as they stand.
    if (!first.opened) for (const path of detail.nested) yield one(group.files.find((f) => f.path === path)!, loaded, detail, options).result;
  },
};

function one(file: InputFile, loaded: Loaded, detail: Detail, _options: ReadOptions): { result: ReadResult; opened: boolean } {
  const { resources, problems: found, opened, stopped } = readTemplate({
    root: file.path, tree: (p) => loaded.tree(p), locate: (from, location) => loaded.locate(from, location), around: surroundings(loaded, detail.exports),
    given: detail.given.values as ReadonlyMap<string, Value>, placement: {},
  });
  const problems: Problem[] = [...detail.given.problems, ...found];
  if (file.size > MAX_TEMPLATE_BYTES) problems.push({ code: 'limit', message: 'the template is larger than the service takes', source: { source: SOURCE, file: file.path, startLine: 1 } });
  const partial = stopped || problems.some((p) => isFatalInput(p) || p.code === 'missing-module');
  return { result: { source: SOURCE, input: file.path, status: !opened ? 'failed' : partial ? 'partial' : 'read', resources, problems, missing: MISSING }, opened };
}

/** Templates that no other names, with what they reach; of templates that name each other in a circle, one. */
function rootsOf(found: readonly Found[], all: ReadonlyMap<string, Found>, byPath: ReadonlyMap<string, InputFile>): { root: Found; files: InputFile[] }[] {
  const named = new Set(found.flatMap((f) => f.nests));
  const reached = new Set<string>();
  const out: { root: Found; files: InputFile[] }[] = [];
  const take = (root: Found): void => {
    const files = reachable(root, all, byPath);
    for (const f of files) reached.add(f.path);
    out.push({ root, files });
  };
  for (const f of found) if (!named.has(f.file.path)) take(f);
  for (const f of found) if (!reached.has(f.file.path)) take(f);
  return out;
}
