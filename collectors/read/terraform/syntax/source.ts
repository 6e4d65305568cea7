/** Half-open range of UTF-16 offsets in one file. */
export interface Span { start: number; end: number }

/** 1-based line, 1-based column in UTF-16 units (what editors and SARIF count by default). */
export interface Position { line: number; column: number }

/** Text of one file and where its lines begin. `path` is relative to the scanned folder. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  #lines: number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  position(offset: number): Position {
    const lines = (this.#lines ??= lineStarts(this.text));
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - lines[low]! + 1 };
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Something the syntax does not allow; the parser goes on after it. */
export interface SyntaxProblem extends Span { message: string }

/** Nesting of expressions and blocks beyond this is refused, so that no input can exhaust the stack. */
export const MAX_DEPTH = 500;
