import { normalize } from 'node:path/posix';
import type { Problem, Value } from '../../../schema/index.ts';
import type { InputFile, ReadOptions } from '../../define.ts';
import { problemOf } from '../../problem.ts';
import { entriesOf, get, itemsOf, textOf } from './syntax/node.ts';
import { parseTemplate, SOURCE } from './syntax/parse.ts';

export interface GivenParameters { values: ReadonlyMap<string, Value>; problems: Problem[]; files: InputFile[] }

/**
 * Parameter values from outside: files named by `--var-file` (relative to the scanned folder) in the list form of the AWS command line
 * (`ParameterKey`, `ParameterValue`) or as a map, then single values; the later wins.
 */
export async function givenParameters(files: readonly InputFile[], options: Pick<ReadOptions, 'variables' | 'varFiles'>): Promise<GivenParameters> {
  const values = new Map<string, Value>();
  const problems: Problem[] = [];
  const used: InputFile[] = [];
  for (const path of options.varFiles) {
    if (!/\.(json|ya?ml)$/i.test(path) || /\.tfvars\.json$/i.test(path)) continue;
    const file = files.find((f) => f.path === normalize(path));
    if (!file) continue;
    try {
      const { root, problems: found } = parseTemplate(await file.text(), file.path);
      problems.push(...found);
      used.push(file);
      const list = root?.kind === 'list' ? root.items : [];
      for (const item of list) {
        const name = textOf(get(item, 'ParameterKey'));
        const value = textOf(get(item, 'ParameterValue'));
        if (name !== undefined && value !== undefined) values.set(name, value);
        else if (item.kind === 'scalar' && typeof item.value === 'string' && item.value.includes('=')) values.set(item.value.slice(0, item.value.indexOf('=')), item.value.slice(item.value.indexOf('=') + 1));
      }
      for (const { key, value } of entriesOf(get(root, 'Parameters') ?? root)) {
        const text = value.kind === 'list' ? itemsOf(value).map((i) => textOf(i) ?? '').join(',') : textOf(value);
        if (text !== undefined) values.set(key, text);
      }
    } catch (error) {
      problems.push(problemOf(error, { source: SOURCE, file: file.path }));
    }
  }
  for (const [name, text] of Object.entries(options.variables)) values.set(name, commaList(text));
  return { values, problems, files: used };
}

/** A list that came as JSON is what the service knows as text with commas. */
function commaList(text: string): string {
  if (!/^\s*\[/.test(text)) return text;
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) ? list.map(String).join(',') : text;
  } catch {
    return text;
  }
}
