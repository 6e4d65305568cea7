import type { InputFile } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { localPath } from './files.ts';

const DATA = /\.(ya?ml|json|template|tpl|cfn)$/i;
/** Files of other tools in which resources of this kind stand too, and folders of other readers. */
const OTHERS = /(^|\/)(serverless\.(ya?ml|json)|\.github\/|node_modules\/|\.terraform\/)/i;
const FORMAT = /^\s*["']?AWSTemplateFormatVersion["']?\s*:|"AWSTemplateFormatVersion"\s*:/m;
const TRANSFORM = /^\s*["']?Transform["']?\s*:\s*\[?\s*["']?AWS::(Serverless|LanguageExtensions)/m;
const RESOURCES = /^["']?Resources["']?\s*:|^\s*\{?\s*"Resources"\s*:/m;
const TYPE = /["']?Type["']?\s*:\s*["']?(AWS|Alexa|Custom)::\w+/;

/** Told by the first lines: the format version, the transform, or resources with types of the provider. */
export function looksLikeTemplate(path: string, head: string): boolean {
  if (!DATA.test(path) || OTHERS.test(path)) return false;
  if (FORMAT.test(head)) return /Resources|Transform|Parameters|Mappings|Outputs|Conditions/.test(head) || head.length < 4_000;
  return TYPE.test(head) && (RESOURCES.test(head) || TRANSFORM.test(head));
}

/** A template of the input, and the local files it names. */
export interface Found { file: InputFile; names: string[]; nests: string[]; imports: boolean; exports: boolean }

const LOCATION = /["']?(TemplateURL|Location|DefinitionUri|DefinitionS3Location|BodyS3Location|TemplateBody)["']?\s*:\s*["']?((?:file:\/\/|\.{0,2}\/)?[\w@%+=.,/-]+\.(?:ya?ml|json|template|yml|tpl|cfn|asl\.json))["']?\s*,?\s*(?:#.*)?$/gim;

export async function findTemplates(files: readonly InputFile[]): Promise<Found[]> {
  const paths = new Map(files.map((f) => [f.path, f]));
  const out: Found[] = [];
  for (const file of files) {
    if (!DATA.test(file.path) || OTHERS.test(file.path) || !looksLikeTemplate(file.path, await headOf(file))) continue;
    let text = '';
    try {
      text = await file.text();
    } catch { /* said when it is read */ }
    const names: string[] = [];
    const nests: string[] = [];
    for (const m of text.matchAll(LOCATION)) {
      const path = localPath(file.path, m[2]!);
      if (path === undefined || path === file.path || !paths.has(path)) continue;
      (/^Template/i.test(m[1]!) || (/^Location$/i.test(m[1]!) && looksLikeTemplate(path, await headOf(paths.get(path)!))) ? nests : names).push(path);
    }
    out.push({ file, names, nests, imports: text.includes('ImportValue'), exports: /["']?Export["']?\s*:/.test(text) && /["']?Outputs["']?\s*:/.test(text) });
  }
  return out;
}

/** The template and every file it reaches, itself first. */
export function reachable(start: Found, all: ReadonlyMap<string, Found>, files: ReadonlyMap<string, InputFile>): InputFile[] {
  const seen = new Set<string>([start.file.path]);
  const open = [start];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const path of [...next.nests, ...next.names]) {
      if (seen.has(path)) continue;
      seen.add(path);
      const found = all.get(path);
      if (found) open.push(found);
    }
  }
  return [...seen].flatMap((p) => files.get(p) ?? []);
}

/** Templates that no other names, with what they reach; of templates that name each other in a circle, one. */
export function rootsOf(found: readonly Found[], all: ReadonlyMap<string, Found>, byPath: ReadonlyMap<string, InputFile>): { root: Found; files: InputFile[] }[] {
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
