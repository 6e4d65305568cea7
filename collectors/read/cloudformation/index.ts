import { dirname, join, normalize } from 'node:path/posix';
import { isFatalInput, type Problem, type Value } from '../../../schema/index.ts';
import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { assemblyParts, findAssemblies, NESTED_ASSET, Origins, type AssemblyStack } from './assembly/index.ts';
import { Exports, surroundings, type Exporter } from './exports.ts';
import { Loaded } from './files.ts';
import { MAX_TEMPLATE_BYTES } from './limits.ts';
import { givenParameters, type GivenParameters } from './parameter-files.ts';
import { readTemplate, type TemplateInput } from './read-template.ts';
import { findTemplates, rootsOf } from './recognise.ts';
import { SOURCE } from './syntax/parse.ts';

/** Layers that a template cannot hold. */
const MISSING = ['scp', 'rcp', 'live-state'];

/** What a root template needs to be read. What all of them share is worked out once. */
interface Detail { root: InputFile; mine: InputFile[]; nested: InputFile[]; imports: boolean; exports: Exports; given: GivenParameters; stack?: AssemblyStack; origins: Origins; problems: Problem[]; [key: string]: unknown }

/** CloudFormation templates, SAM applications and CDK cloud assemblies. One result per root template; nested stacks belong to the one that names them. */
export const cloudformation: Reader = {
  name: SOURCE,
  says: 'CloudFormation templates (YAML, JSON), SAM applications and CDK cloud assemblies (cdk.out)',

  async recognise(files, options) {
    const assemblies = await findAssemblies(files);
    const found = await findTemplates(files);
    if (found.length + assemblies.stacks.length + assemblies.problems.size === 0) return [];
    const given = await givenParameters(files, options);
    const byPath = new Map(files.map((f) => [f.path, f]));
    const all = new Map(found.map((f) => [f.file.path, f]));
    const origins = new Origins(assemblies.stacks.length ? byPath.keys() : []);
    const exporters: Exporter[] = [];
    const shared = { exports: new Exports(exporters), given, origins };
    const claimed = new Set<string>();
    const groups: InputGroup[] = [];
    const add = (root: InputFile, mine: InputFile[], more: InputFile[], detail: Partial<Detail>): void => {
      for (const f of mine) claimed.add(f.path);
      const own: Detail = { ...shared, root, mine, nested: mine.filter((f) => f !== root && all.has(f.path)), imports: mine.some((f) => all.get(f.path)?.imports), problems: [], ...detail };
      if (all.get(root.path)?.exports) exporters.push({ files: mine, parts: (loaded) => partsOf(own, loaded) });
      groups.push({ input: root.path, files: [...mine, ...more, ...given.files], reader: SOURCE, detail: own });
    };
    for (const stack of assemblies.stacks) {
      const root = byPath.get(stack.template)!;
      add(root, [root, ...await nestedAssets(root, byPath)], stack.files, { stack, problems: assemblies.problems.get(stack.manifest) ?? [] });
    }
    for (const { root, files: mine } of rootsOf(found.filter((f) => !claimed.has(f.file.path)), all, byPath)) add(root.file, mine, [], {});
    for (const [manifest, problems] of assemblies.problems) if (!assemblies.stacks.some((s) => s.manifest === manifest)) groups.push({ input: manifest.path, files: [manifest], reader: SOURCE, detail: { problems, failed: true } });
    return groups;
  },

  async *read(group) {
    const detail = group.detail as unknown as Detail & { failed?: boolean };
    if (detail.failed) {
      yield { source: SOURCE, input: group.input, status: 'failed', resources: [], problems: detail.problems, missing: MISSING };
      return;
    }
    const loaded = new Loaded();
    await loaded.load(detail.mine);
    if (detail.imports) await detail.exports.load();
    const first = one(detail.root, loaded, detail);
    yield first.result;
    // A parent that cannot be read says nothing about its children: they are read as they stand.
    if (!first.opened) for (const file of detail.nested) yield one(file, loaded, detail).result;
  },
};

/** What is given from outside, and what an assembly knows. */
const partsOf = ({ stack, given, origins }: Detail, loaded: Loaded): Pick<TemplateInput, 'given' | 'placement' | 'nestedPath' | 'origin'> => ({
  given: new Map<string, Value>([...(stack?.parameters ?? []), ...given.values]), ...(stack ? assemblyParts(stack, origins, (p) => loaded.has(p)) : { placement: {} }),
});

function one(file: InputFile, loaded: Loaded, detail: Detail): { result: ReadResult; opened: boolean } {
  const { stack } = detail;
  const { resources, problems: found, opened, stopped } = readTemplate({
    root: file.path, tree: (p) => loaded.tree(p), locate: (from, location) => loaded.locate(from, location), around: surroundings(loaded, detail.exports),
    ...partsOf(detail, loaded),
  });
  const problems: Problem[] = [...detail.problems, ...detail.given.problems, ...found];
  if (file.size > MAX_TEMPLATE_BYTES) problems.push({ code: 'limit', message: 'the template is larger than the service takes', source: { source: SOURCE, file: file.path, startLine: 1 } });
  const partial = stopped || problems.some((p) => isFatalInput(p) || p.code === 'missing-module');
  const account = stack?.account;
  return { result: { source: SOURCE, input: file.path, status: !opened ? 'failed' : partial ? 'partial' : 'read', resources, problems, missing: MISSING, ...(account && { account }) }, opened };
}

/** Templates that an assembly nests: named in the template, beside it, and in those again. */
async function nestedAssets(root: InputFile, byPath: ReadonlyMap<string, InputFile>): Promise<InputFile[]> {
  const seen = new Set([root.path]);
  const open = [root];
  const out: InputFile[] = [];
  for (let next = open.pop(); next; next = open.pop()) {
    const text = await next.text().catch(() => '');
    for (const m of text.matchAll(NESTED_ASSET)) {
      const file = byPath.get(normalize(join(dirname(root.path), m[1]!)));
      if (!file || seen.has(file.path)) continue;
      seen.add(file.path);
      out.push(file);
      open.push(file);
    }
  }
  return out;
}
