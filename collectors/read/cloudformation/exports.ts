import { fillHoles, hasHole, hole, mapStrings, splitHoles, type Value } from '../../../schema/index.ts';
import type { InputFile } from '../../define.ts';
import { Exhausted, type Surroundings } from './intrinsics/session.ts';
import { asText, same, type Result } from './intrinsics/text.ts';
import { Loaded } from './files.ts';
import { openTemplate, type TemplateInput } from './read-template.ts';
import { entriesOf, get } from './syntax/node.ts';

interface Export { name: string; value: Value; file: string }

/** A root template that exports, with the files it reaches, itself first. */
export interface Exporter { files: readonly InputFile[]; parts(loaded: Loaded): Pick<TemplateInput, 'given' | 'placement' | 'nestedPath'> }

/** What the templates of the input export, worked out when the first of them imports something. Trees are not kept. */
export class Exports {
  readonly #exporters: readonly Exporter[];
  #found: Export[] | undefined;

  constructor(exporters: readonly Exporter[]) { this.#exporters = exporters; }

  async load(): Promise<void> {
    if (this.#found) return;
    this.#found = [];
    const importing: Exporter[] = [];
    for (const e of this.#exporters) if (!(await this.#read(e, true))) importing.push(e);
    for (const e of importing) await this.#read(e, false);
  }

  /** The only export of this name, or the only one whose name may be it. */
  imported(name: string, root: string): { value: Result; note?: string } | undefined {
    const others = (this.#found ?? []).filter((x) => x.file !== root);
    const sure = others.filter((x) => x.name === name && !onlyOpen(name));
    const fits = sure.length > 0 ? sure : others.filter((x) => same(x.name, name) !== false && shareText(x.name, name));
    const first = fits[0];
    if (!first || fits.length > 1 && !fits.every((x) => x.name === first.name && x.file === first.file)) return undefined;
    return { value: first.value, ...(sure.length === 0 && { note: `the import is taken from ${first.file}, the only template that exports such a name` }) };
  }

  /** False when the template itself imports and `first` is set: it waits for the others. */
  async #read({ files, parts }: Exporter, first: boolean): Promise<boolean> {
    const root = files[0]!.path;
    const loaded = new Loaded();
    await loaded.load(files);
    if (first && /ImportValue/.test(loaded.text(root) ?? '')) return false;
    const { scope, session } = openTemplate({ root, tree: (p) => loaded.tree(p), locate: (f, l) => loaded.locate(f, l), around: surroundings(loaded, this), ...parts(loaded) });
    if (!scope) return true;
    try {
      for (const { key, value } of entriesOf(get(scope.template, 'Outputs'))) {
        const named = get(get(value, 'Export'), 'Name');
        const name = named && asText(scope.evaluation(key).value(named));
        const v = name === undefined ? undefined : scope.output(key);
        if (name !== undefined && v !== undefined) this.#found!.push({ name: elsewhere(name, root) as string, value: elsewhere(v, root), file: root });
        session.begin();
      }
    } catch (failure) {
      if (!(failure instanceof Exhausted)) throw failure;
    }
    return true;
  }
}

/** Holes of another template, so that they mean the same here: its resources, its unknowns, its stack. Account and region are shared. */
function elsewhere(v: Value, root: string): Value {
  return mapStrings(v, (s) => fillHoles(s, (h) => {
    if (h.kind === 'ref') return h.address.includes('#') ? undefined : hole({ ...h, address: `${root}#${h.address}` });
    if (h.kind === 'unknown') return h.key.includes('#') ? undefined : hole({ ...h, key: `${root}#${h.key}` });
    return h.name.startsWith('stack-') && !h.scope.includes('#') ? hole({ ...h, scope: `${root}#${h.scope}` }) : undefined;
  }));
}

const literals = (s: string): string[] => splitHoles(s).filter((p): p is string => typeof p === 'string');
const onlyOpen = (s: string): boolean => hasHole(s) && literals(s).length === 0;
/** Two names that are open share at least a literal end: a hole alone fits everything and says nothing. */
const shareText = (a: string, b: string): boolean => { const [x, y] = [literals(a).at(-1), literals(b).at(-1)]; return x !== undefined && y !== undefined && x.length > 1 && (x.endsWith(y) || y.endsWith(x)); };

export function surroundings(loaded: Loaded, exports: Exports): Surroundings {
  return {
    include(from, location) {
      const file = loaded.locate(from, location);
      if (file === undefined) return undefined;
      const parsed = loaded.tree(file)!;
      return { file, node: parsed.root, text: loaded.text(file) ?? '', problems: parsed.problems };
    },
    imported: (name, root) => exports.imported(name, root),
  };
}

