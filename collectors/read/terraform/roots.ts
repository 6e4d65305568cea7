import { dirname } from 'node:path/posix';
import type { InputFile, ReadOptions } from '../../define.ts';
import { isConfiguration } from './evaluate/declarations.ts';
import { EvaluationFailure } from './evaluate/failure.ts';
import type { Files } from './evaluate/files.ts';
import { isLocalSource } from './evaluate/module-sources.ts';
import { parseFile } from './syntax/parse.ts';
import { parseJsonFile } from './syntax/parse-json.ts';
import { SourceFile } from './syntax/source.ts';
import { attributeOf, literalText } from './syntax/tree.ts';

export interface Root { folder: string; files: InputFile[] }

const folderOf = (path: string): string => (dirname(path) === '.' ? '' : dirname(path));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isValues = (name: string): boolean => /\.tfvars(\.json)?$/.test(name);

/**
 * Root folders and the files each of them reads: folders with configuration that no module call names, or those that were given.
 * Folders that only call each other in a circle have one root among them, so that none is left out.
 */
export async function findRoots(all: readonly InputFile[], files: Files, options: ReadOptions): Promise<Root[]> {
  const byFolder = new Map<string, InputFile[]>();
  for (const file of all) {
    if (!isConfiguration(nameOf(file.path)) && !isValues(file.path)) continue;
    const folder = folderOf(file.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const candidates = [...byFolder].filter(([folder, list]) => !/(^|\/)\.terraform(\/|$)/.test(folder) && list.some((f) => isConfiguration(nameOf(f.path)))).map(([folder]) => folder);
  const calls = new Map<string, string[]>();
  for (const folder of candidates) calls.set(folder, await calledFolders(folder, byFolder.get(folder)!, files));
  const given = options.roots.map((r) => r.replace(/^\.\/|\/+$/g, '')).map((r) => (r === '.' ? '' : r));
  const called = new Set([...calls].flatMap(([folder, to]) => to.filter((t) => t !== folder)));
  const folders = given.length ? given.filter((g) => byFolder.has(g)) : candidates.filter((c) => !called.has(c));
  const reached = new Set<string>();
  const roots = folders.map((folder) => root(folder, calls, byFolder, reached));
  if (!given.length) for (const folder of candidates) if (!reached.has(folder)) roots.push(root(folder, calls, byFolder, reached));
  return roots;
}

function root(folder: string, calls: ReadonlyMap<string, string[]>, byFolder: ReadonlyMap<string, InputFile[]>, reached: Set<string>): Root {
  const mine = new Set<string>();
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (mine.has(next)) continue;
    mine.add(next);
    reached.add(next);
    open.push(...(calls.get(next) ?? []));
  }
  return { folder, files: [...mine].flatMap((f) => byFolder.get(f) ?? []) };
}

/** Local folders that the module calls of a folder name. */
async function calledFolders(folder: string, list: readonly InputFile[], files: Files): Promise<string[]> {
  const out: string[] = [];
  for (const file of list) {
    if (!isConfiguration(nameOf(file.path))) continue;
    let text: string;
    try {
      text = await file.text();
    } catch {
      continue;
    }
    if (!/\bmodule\b/.test(text)) continue;
    const source = new SourceFile(file.path, text);
    const { tree } = file.path.endsWith('.json') ? parseJsonFile(source) : parseFile(source);
    for (const block of tree.blocks) {
      const value = block.type === 'module' ? attributeOf(block.body, 'source')?.value : undefined;
      const text = value && literalText(value);
      if (text === undefined || !isLocalSource(text)) continue;
      try {
        out.push(files.resolve(folder, text).replace(/\/+$/, ''));
      } catch (failure) {
        if (!(failure instanceof EvaluationFailure)) throw failure;
      }
    }
  }
  return out;
}
