/** Object keys and array positions from the top of the document. */
export type JsonPath = readonly (string | number)[];

/** What to do with the value at a path: look inside it, hand out its text, or pass over it. */
export type Choice = 'enter' | 'take' | 'skip';

export interface Taken {
  path: JsonPath;
  text: string;
  /** 1-based line of its first character. */
  line: number;
  /** Position of its document, when several follow each other in one text. */
  document: number;
  /** Where its bytes are in the text. */
  offset: number;
  bytes: number;
  /** How many keys its objects have as written, those inside it included: fewer in the parsed value means that some stood twice. */
  keys: number;
}

/** The text ends, or stops being JSON, at a known place. Everything handed out before it was whole. */
export class JsonTextError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column: number) {
    super(message);
    this.name = 'JsonTextError';
    this.line = line;
    this.column = column;
  }
}

interface Frame { object: boolean; key: string | number }

const QUOTE = 0x22, BACKSLASH = 0x5c, OPEN = 0x7b, CLOSE = 0x7d, LIST = 0x5b, LIST_END = 0x5d, COMMA = 0x2c, COLON = 0x3a, NEWLINE = 0x0a;
/** What a byte outside of strings means: 1 quote, 2 line, 3 the end of a key, 4 opens, 5 closes, 0 nothing here. */
const KINDS = new Uint8Array(256);
KINDS[QUOTE] = 1;
KINDS[NEWLINE] = 2;
KINDS[COLON] = 3;
KINDS[OPEN] = KINDS[LIST] = 4;
KINDS[CLOSE] = KINDS[LIST_END] = 5;
const SPACE = 0x20, FOUR_SPACES = 0x20202020;
/** None of four bytes is a quote or a backslash. */
const isPlain = (word: number): boolean => (hasZero(word ^ 0x22222222) | hasZero(word ^ 0x5c5c5c5c)) === 0;
const hasZero = (word: number): number => (word - 0x01010101) & ~word & 0x80808080;
const isSpace = (c: number): boolean => c === SPACE || c === NEWLINE || c === 0x0d || c === 0x09;

/**
 * Cuts a JSON text that is too large to parse into the pieces that are wanted, in one pass over the bytes and in constant memory:
 * inside a piece only quotes and brackets are followed. Several documents in one text, as paged answers leave them, are read one after the other.
 */
export class JsonSplitter {
  readonly #choose: (path: JsonPath) => Choice;
  readonly #emit: (taken: Taken) => void;
  readonly #maxBytes: number;
  readonly #frames: Frame[] = [];
  #state: 'value' | 'first' | 'key' | 'colon' | 'next' = 'value';
  #documents = 0;
  #line = 1;
  /** Offset of the byte before the current line, so that column = offset − lineStart. */
  #lineStart = -1;
  #base = 0;

  // The piece being passed over, if any.
  #inside: '' | 'container' | 'string' | 'scalar' = '';
  #purpose: 'take' | 'skip' | 'key' = 'skip';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #parts: Buffer[] = [];
  #size = 0;
  #keys = 0;
  #offset = 0;
  #startLine = 1;

  constructor(choose: (path: JsonPath) => Choice, emit: (taken: Taken) => void, maxBytes = 64 * 1024 * 1024) {
    this.#choose = choose;
    this.#emit = emit;
    this.#maxBytes = maxBytes;
  }

  /** Throws JsonTextError. */
  push(chunk: Buffer): void {
    let i = this.#base === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    const n = chunk.length;
    while (i < n) {
      if (this.#inside) {
        const end = this.#passOver(chunk, i);
        const part = chunk.subarray(i, end);
        // The caller may fill the same buffer again: what goes on in the next chunk is copied.
        if (this.#purpose !== 'skip') this.#keep(this.#isOpen() ? Buffer.from(part) : part);
        if (!this.#isOpen()) this.#finish();
        i = end;
        continue;
      }
      const c = chunk[i]!;
      if (isSpace(c)) {
        if (c === NEWLINE) { this.#line++; this.#lineStart = this.#base + i; }
        i++;
      } else if (this.#structure(c, i)) i++;
    }
    this.#base += n;
  }

  /** Says that the text is complete. Throws JsonTextError when it is not. */
  end(): void {
    if (this.#inside === 'scalar') { this.#inside = ''; this.#finish(); }
    if (this.#inside || this.#frames.length > 0) throw this.#error(`the text ends inside ${this.#where()}: it is cut off`, 0);
    if (this.#documents === 0) throw this.#error('the file is empty', 0);
  }

  /** One structural byte; false when the byte begins a piece and stays to be read. */
  #structure(c: number, i: number): boolean {
    const top = this.#frames.at(-1);
    switch (this.#state) {
      case 'colon':
        if (c !== COLON) throw this.#error('expected ":" after a key', i);
        this.#state = 'value';
        return true;
      case 'next':
        if (c === COMMA) {
          if (top!.object) this.#state = 'key';
          else { (top!.key as number)++; this.#state = 'value'; }
          return true;
        }
        return this.#close(c, i);
      case 'key':
      case 'first':
        if (this.#state === 'first' && (c === CLOSE || c === LIST_END)) return this.#close(c, i);
        if (!top!.object) { this.#state = 'value'; return false; }
        if (c !== QUOTE) throw this.#error('expected a key in double quotes', i);
        this.#begin('string', 'key', i);
        return false;
      case 'value': {
        if (c === CLOSE || c === LIST_END || c === COMMA || c === COLON) throw this.#error('expected a value', i);
        const choice = this.#choose(this.#path());
        const container = c === OPEN || c === LIST;
        if (container && choice === 'enter') {
          if (this.#frames.length >= 512) throw this.#error('nested deeper than 512 levels', i);
          this.#frames.push(c === OPEN ? { object: true, key: '' } : { object: false, key: 0 });
          this.#state = 'first';
          return true;
        }
        this.#begin(container ? 'container' : c === QUOTE ? 'string' : 'scalar', choice === 'take' ? 'take' : 'skip', i);
        return false;
      }
    }
  }

  #close(c: number, i: number): true {
    const top = this.#frames.pop();
    if (!top || c !== (top.object ? CLOSE : LIST_END)) throw this.#error(`expected "," or the end of ${this.#where()}`, i);
    this.#valueDone();
    return true;
  }

  #valueDone(): void {
    if (this.#frames.length === 0) { this.#documents++; this.#state = 'value'; }
    else this.#state = 'next';
  }

  #begin(inside: 'container' | 'string' | 'scalar', purpose: 'take' | 'skip' | 'key', i: number): void {
    this.#offset = this.#base + i;
    this.#inside = inside;
    this.#purpose = purpose;
    this.#depth = 0;
    this.#quoted = false;
    this.#escaped = false;
    this.#parts = [];
    this.#size = 0;
    this.#keys = 0;
    this.#startLine = this.#line;
  }

  /** Moves to the end of the piece or of the chunk; `#inside` is empty when the piece ended. */
  #passOver(chunk: Buffer, from: number): number {
    const n = chunk.length;
    let i = from;
    if (this.#inside === 'scalar') {
      for (; i < n; i++) {
        const c = chunk[i]!;
        if (c === COMMA || c === CLOSE || c === LIST_END || isSpace(c)) { this.#inside = ''; return i; }
      }
      return n;
    }
    const lone = this.#inside === 'string';
    let depth = this.#depth, line = this.#line, lineStart = -1, keys = this.#keys;
    if (this.#escaped && i < n) { i++; this.#escaped = false; }
    let quoted = this.#quoted;
    const words = chunk.byteOffset % 4 === 0 ? new Uint32Array(chunk.buffer, chunk.byteOffset, n >> 2) : undefined;
    for (;;) {
      if (quoted) {
        let c = 0;
        while (i < n && (c = chunk[i]!) !== QUOTE && c !== BACKSLASH) {
          i++;
          if (words && (i & 3) === 0) while (i + 4 <= n && isPlain(words[i >> 2]!)) i += 4;
        }
        if (i >= n) break;
        i++;
        if (c === QUOTE) {
          quoted = false;
          if (lone) { this.#inside = ''; break; }
        } else if (i < n) i++;
        else { this.#escaped = true; break; }
        continue;
      }
      let kind = 0;
      while (i < n && (kind = KINDS[chunk[i]!]!) === 0) i++;
      if (i >= n) break;
      i++;
      if (kind === 1) quoted = true;
      else if (kind === 2) {
        line++;
        lineStart = i - 1;
        // A third of a pretty text is indentation.
        if (words) {
          while ((i & 3) !== 0 && chunk[i] === SPACE) i++;
          if ((i & 3) === 0) while (words[i >> 2] === FOUR_SPACES) i += 4;
        }
      }
      else if (kind === 3) keys++;
      else if (kind === 4) depth++;
      else if (--depth === 0) { this.#inside = ''; break; }
    }
    this.#line = line;
    if (lineStart >= 0) this.#lineStart = this.#base + lineStart;
    this.#quoted = quoted;
    this.#depth = depth;
    this.#keys = keys;
    return i;
  }

  #isOpen(): boolean { return this.#inside !== ''; }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > this.#maxBytes) throw this.#error(`${this.#where()} is larger than ${Math.round(this.#maxBytes / 1024 / 1024)} MB`, 0);
    this.#parts.push(bytes);
  }

  #finish(): void {
    const top = this.#frames.at(-1);
    if (this.#purpose === 'key') {
      top!.key = this.#key(this.#text());
      this.#state = 'colon';
      return;
    }
    if (this.#purpose === 'take') this.#emit({ path: this.#path(), text: this.#text(), line: this.#startLine, document: this.#documents, keys: this.#keys, offset: this.#offset, bytes: this.#size });
    this.#parts = [];
    this.#valueDone();
  }

  #key(text: string): string {
    try {
      return JSON.parse(text) as string;
    } catch {
      throw this.#error('a key is not a valid string', 0);
    }
  }

  #text(): string { return (this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)).toString('utf8'); }
  #path(): JsonPath { return this.#frames.map((f) => f.key); }
  #where(): string { return this.#frames.length ? `/${this.#path().join('/')}` : 'the document'; }
  #error(message: string, i: number): JsonTextError {
    return new JsonTextError(message, this.#line, Math.max(1, this.#base + i - this.#lineStart));
  }
}
