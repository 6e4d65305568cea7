/**
 * Visits the values of a JSON text, outermost first, with the line each begins on; `visit` says whether to look inside.
 * `path` is reused between calls. The text must already have been parsed: no error is looked for here.
 */
export function walkJson(text: string, firstLine: number, visit: (path: readonly (string | number)[], line: number) => boolean): void {
  new Walker(text, firstLine, visit).value();
}

/** Lines by JSON pointer, down to `depth` levels. */
export function linesByPointer(text: string, firstLine: number, depth = Infinity): Map<string, number> {
  const lines = new Map<string, number>();
  walkJson(text, firstLine, (path, line) => {
    lines.set(pointerOf(path), line);
    return path.length < depth;
  });
  return lines;
}

export const pointerOf = (path: readonly (string | number)[]): string => path.map((p) => `/${escapePointer(String(p))}`).join('');
export const escapePointer = (key: string): string => (/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key);

const MAX_DEPTH = 256;

class Walker {
  readonly #text: string;
  readonly #visit: (path: readonly (string | number)[], line: number) => boolean;
  readonly #path: (string | number)[] = [];
  #at = 0;
  #line: number;

  constructor(text: string, firstLine: number, visit: (path: readonly (string | number)[], line: number) => boolean) {
    this.#text = text;
    this.#visit = visit;
    this.#line = firstLine;
  }

  value(): void {
    const c = this.#space();
    const inside = this.#visit(this.#path, this.#line) && this.#path.length < MAX_DEPTH;
    if ((c === '{' || c === '[') && !inside) this.#pass();
    else if (c === '{') this.#object();
    else if (c === '[') this.#array();
    else if (c === '"') this.#string();
    else while (this.#at < this.#text.length && !',}] \n\r\t'.includes(this.#text[this.#at]!)) this.#at++;
  }

  #object(): void {
    this.#at++;
    while (this.#at < this.#text.length && this.#space() !== '}') {
      if (this.#text[this.#at] === ',') { this.#at++; continue; }
      const from = this.#at;
      this.#string();
      const key = this.#text.slice(from + 1, this.#at - 1);
      this.#space();
      this.#at++;
      this.#path.push(key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key);
      this.value();
      this.#path.pop();
    }
    this.#at++;
  }

  #array(): void {
    this.#at++;
    for (let i = 0; this.#at < this.#text.length && this.#space() !== ']'; ) {
      if (this.#text[this.#at] === ',') { this.#at++; continue; }
      this.#path.push(i++);
      this.value();
      this.#path.pop();
    }
    this.#at++;
  }

  /** Passes over an object or list without looking inside. */
  #pass(): void {
    for (let depth = 0; this.#at < this.#text.length; ) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x22) { this.#string(); continue; }
      if (c === 0x0a) this.#line++;
      this.#at++;
      if (c === 0x7b || c === 0x5b) depth++;
      else if ((c === 0x7d || c === 0x5d) && --depth === 0) return;
    }
  }

  #string(): void {
    this.#at++;
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x5c) this.#at++;
      else if (c === 0x22) break;
    }
    this.#at++;
  }

  #space(): string {
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x0a) this.#line++;
      else if (c !== 0x20 && c !== 0x0d && c !== 0x09) break;
    }
    return this.#text[this.#at] ?? '';
  }
}
