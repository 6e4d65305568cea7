import { parseFile } from '../syntax/parse.ts';
import { parseJsonFile } from '../syntax/parse-json.ts';
import type { SourceFile } from '../syntax/source.ts';
import type { Attribute, Block } from '../syntax/tree.ts';
import { EvaluationFailure } from './failure.ts';
import type { Session } from './scope.ts';

/** A block and the file it stands in. `over` are blocks of override files: their arguments win. */
export interface Declared { file: SourceFile; block: Block; over: Declared[] }
export interface Located<T> { file: SourceFile; node: T }

/** All that the files of one module folder declare. */
export interface Declarations {
  folder: string;
  variables: Map<string, Declared>;
  locals: Map<string, Located<Attribute>>;
  outputs: Map<string, Declared>;
  modules: Map<string, Declared>;
  /** By `type.name`. */
  resources: Map<string, Declared>;
  data: Map<string, Declared>;
  providers: Declared[];
  terraform: Declared[];
}

export const isConfiguration = (name: string): boolean => (name.endsWith('.tf') || name.endsWith('.tf.json')) && !name.startsWith('.');
const isOverride = (name: string): boolean => /(^|_)override\.tf(\.json)?$/.test(name);

/** Reads a module folder; broken files leave located problems and whatever of them could be read. */
export function loadFolder(session: Session, folder: string): Declarations {
  const out: Declarations = { folder, variables: new Map(), locals: new Map(), outputs: new Map(), modules: new Map(), resources: new Map(), data: new Map(), providers: [], terraform: [] };
  const names = session.files.names(folder || '.').filter(isConfiguration);
  for (const name of [...names.filter((n) => !isOverride(n)), ...names.filter(isOverride)]) {
    const file = readSource(session, folder ? `${folder}/${name}` : name);
    if (!file) continue;
    const { tree, problems } = name.endsWith('.json') ? parseJsonFile(file) : parseFile(file);
    for (const p of problems) session.problem('parse-error', p.message, { file, start: p.start, end: p.end });
    for (const block of tree.blocks) declare(session, out, { file, block, over: [] }, isOverride(name));
  }
  return out;
}

export function readSource(session: Session, path: string): SourceFile | undefined {
  try {
    return session.files.text(path);
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    session.problems.push({ code: failure.code === 'unresolved' ? 'unreadable' : failure.code, message: failure.message, source: { source: 'terraform', file: path } });
    return undefined;
  }
}

const LABELS: Record<string, number> = { variable: 1, output: 1, module: 1, resource: 2, data: 2, provider: 1 };

function declare(session: Session, into: Declarations, d: Declared, override: boolean): void {
  const { block, file } = d;
  const needed = LABELS[block.type];
  if (needed !== undefined && block.labels.length !== needed) {
    session.problem('parse-error', `block "${block.type}" needs ${needed} labels`, { file, start: block.start, end: block.start + block.type.length });
    return;
  }
  const name = block.labels.map((l) => l.text).join('.');
  switch (block.type) {
    case 'locals':
      for (const a of block.body.attributes) {
        if (into.locals.has(a.name) && !override) session.problem('parse-error', `local "${a.name}" is declared twice`, { file, start: a.start, end: a.end });
        into.locals.set(a.name, { file, node: a });
      }
      return;
    case 'variable': return add(session, into.variables, name, d, override);
    case 'output': return add(session, into.outputs, name, d, override);
    case 'module': return add(session, into.modules, name, d, override);
    case 'resource': return add(session, into.resources, name, d, override);
    case 'data': return add(session, into.data, name, d, override);
    case 'provider': into.providers.push(d); return;
    case 'terraform': into.terraform.push(d); return;
    case 'check':
      for (const inner of block.body.blocks) if (inner.type === 'data' && inner.labels.length === 2) add(session, into.data, inner.labels.map((l) => l.text).join('.'), { file, block: inner, over: [] }, false);
      return;
    case 'moved': case 'import': case 'removed': case 'ephemeral': case 'action': case 'language': return;
    default: session.problem('parse-error', `"${block.type}" is not a block of the language`, { file, start: block.start, end: block.start + block.type.length });
  }
}

function add(session: Session, map: Map<string, Declared>, name: string, d: Declared, override: boolean): void {
  const known = map.get(name);
  if (!known) map.set(name, d);
  else if (override) known.over.push(d);
  else session.problem('parse-error', `${d.block.type} "${name}" is declared twice`, { file: d.file, start: d.block.start, end: d.block.labels.at(-1)?.end ?? d.block.end });
}

/** Arguments of a block after overriding, by name. */
export function argumentsOf(d: Declared): Map<string, Located<Attribute>> {
  const out = new Map<string, Located<Attribute>>();
  for (const layer of [d, ...d.over]) for (const node of layer.block.body.attributes) out.set(node.name, { file: layer.file, node });
  return out;
}

export const argumentOf = (d: Declared, name: string): Located<Attribute> | undefined => {
  for (const layer of [d, ...d.over].reverse()) {
    const node = layer.block.body.attributes.find((a) => a.name === name);
    if (node) return { file: layer.file, node };
  }
  return undefined;
};

/** Nested blocks after overriding: a type that an override file names is taken from there. */
export function blocksOf(d: Declared): Located<Block>[] {
  let out: Located<Block>[] = [];
  const nameOf = (b: Block): string => (b.type === 'dynamic' ? b.labels[0]?.text ?? '' : b.type);
  for (const layer of [d, ...d.over]) {
    const mine = layer.block.body.blocks.map((node) => ({ file: layer.file, node }));
    const types = new Set(mine.map((b) => nameOf(b.node)));
    if (layer !== d) out = out.filter((b) => !types.has(nameOf(b.node)));
    out.push(...mine);
  }
  return out;
}
