import { SourceFile } from '../../collectors/read/terraform/syntax/source.ts';
import { quoted, type Layout, type Naming } from './print.ts';
import { readHcl } from './read-hcl.ts';
import { readJson, readTemplate } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { walk, type Entry, type Item, type MapItem, type Style } from './tree.ts';

export type Language = 'hcl' | 'json' | 'yaml';

/** One file of code, open for changes. `root` is absent when it cannot be parsed. */
export class Document {
  readonly path: string;
  readonly file: SourceFile;
  readonly language: Language;
  readonly root: Item | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.file = new SourceFile(path, text);
    this.language = path.endsWith('.tf') ? 'hcl' : /^\s*(\{|\[|\/\/|\/\*|%\{)/.test(text) && !/\.ya?ml$/.test(path) ? 'json' : 'yaml';
    this.root = this.language === 'hcl' ? readHcl(this.file) : this.language === 'json' ? (/\.(tpl|tftpl)$/.test(path) ? readTemplate(text) : readJson(text)) : readYaml(text);
  }

  get text(): string { return this.file.text; }
  line(offset: number): number { return this.file.position(offset).line; }

  /** Blocks of a Terraform file, or entries of a document, that begin on a line. */
  topAt(line: number): Entry | undefined { return this.root?.kind === 'map' ? this.root.entries.find((e) => e.block && this.line(e.start) === line) : undefined; }

  /** Maps that lie within lines, outermost first, with what they stand in. */
  * mapsWithin(startLine: number, endLine: number): Generator<{ map: MapItem; above: readonly (Item | Entry)[] }> {
    if (!this.root) return;
    for (const { item, above } of walk(this.root)) if (item.kind === 'map' && above.length > 0 && this.line(item.start) >= startLine && this.line(item.end) <= endLine) yield { map: item, above };
  }

  layout(style: Style, naming: Naming, oneLine = false): Layout {
    return { style, indent: '', unit: this.language === 'json' ? this.#unit() : '  ', newline: this.text.includes('\r\n') ? '\r\n' : '\n', oneLine, naming };
  }

  #unit(): string { return /\n([ \t]+)\S/.exec(this.text)?.[1] ?? '  '; }
}

/** Terraform that is written as JSON: blocks are maps below their type and name. */
export const isTerraformJson = (doc: Document): boolean => doc.path.endsWith('.tf.json');

/** Names plain texts only. */
export const literalNaming: Naming = (text, style) => (text.includes('\uE000') ? undefined : quoted(text, style));
