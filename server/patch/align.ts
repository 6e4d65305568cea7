/** A line of HCL as the formatter sees it: what stands before the equals sign, the assignment, the comment behind. Offsets into the line. */
interface Cells { line: string; assign: number; assignEnd: number; comment: number; skip: boolean }

/**
 * Equals signs and comments of neighbouring lines below each other, as `terraform fmt` writes them; nothing but white space in front of them
 * changes, and no line comes or goes. A line whose brackets stay open has no assignment of its own; a heredoc counts as its first line.
 */
export function alignLines(text: string): string {
  const lines = cellsOf(text.split('\n'));
  chains(lines, (c) => c.assign >= 0, (c) => columns(c.line.slice(0, c.assign).trimEnd()), (c, at) => {
    const lead = c.line.slice(0, c.assign).trimEnd();
    const line = lead + ' '.repeat(at - columns(lead) + 1) + c.line.slice(c.assign);
    const moved = line.length - c.line.length;
    Object.assign(c, { line, assign: c.assign + moved, assignEnd: c.assignEnd + moved, comment: c.comment < 0 ? -1 : c.comment + moved });
  });
  chains(lines, (c) => c.comment >= 0, (c) => columns(c.line.slice(0, c.comment).trimEnd()), (c, at) => {
    const lead = c.line.slice(0, c.comment).trimEnd();
    c.line = lead + ' '.repeat(at - columns(lead) + 1) + c.line.slice(c.comment);
  });
  return lines.map((c) => c.line).join('\n');
}

function chains(lines: readonly Cells[], has: (c: Cells) => boolean, width: (c: Cells) => number, place: (c: Cells, widest: number) => void): void {
  let chain: Cells[] = [];
  const close = (): void => { const widest = Math.max(0, ...chain.map(width)); for (const c of chain) place(c, widest); chain = []; };
  for (const c of lines) {
    if (c.skip) continue;
    if (has(c)) chain.push(c);
    else close();
  }
  close();
}

const columns = (s: string): number => [...s].length;

function cellsOf(lines: readonly string[]): Cells[] {
  const out: Cells[] = [];
  let heredoc: string | undefined;
  let inComment = false;
  for (const line of lines) {
    const none: Cells = { line, assign: -1, assignEnd: -1, comment: -1, skip: false };
    if (heredoc !== undefined) {
      out.push({ ...none, skip: true });
      if (line.trim() === heredoc) heredoc = undefined;
      continue;
    }
    if (inComment) { out.push(none); inComment = !line.includes('*/'); continue; }
    const s = scan(line);
    heredoc = s.heredoc;
    inComment = s.openComment;
    out.push({ ...none, assign: s.brackets === 0 ? s.assign : -1, comment: s.comment > 0 && line.slice(0, s.comment).trim() !== '' ? s.comment : -1 });
  }
  return out;
}

/** First lone equals sign with the brackets that it leaves open, a comment to the end of the line, a heredoc that begins. */
function scan(line: string): { assign: number; brackets: number; comment: number; heredoc: string | undefined; openComment: boolean } {
  const out = { assign: -1, brackets: 0, comment: -1, heredoc: undefined as string | undefined, openComment: false };
  /** Open templates of the line: true inside a string, false inside `${…}`. */
  const modes: boolean[] = [];
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (modes.at(-1) === true) {
      if (c === '\\') i++;
      else if (c === '"') modes.pop();
      else if ((c === '$' || c === '%') && line[i + 1] === '{') { if (line[i - 1] !== c) { modes.push(false); i++; } }
      continue;
    }
    if (c === '"') modes.push(true);
    else if (c === '#' || (c === '/' && line[i + 1] === '/')) { out.comment = i; break; }
    else if (c === '/' && line[i + 1] === '*') {
      const end = line.indexOf('*/', i + 2);
      if (end < 0) { out.openComment = true; break; }
      i = end + 1;
    } else if (modes.length > 0) {
      if (c === '{') modes.push(false);
      else if (c === '}') modes.pop();
    } else if ('([{'.includes(c)) { if (out.assign >= 0) out.brackets++; } else if (')]}'.includes(c)) { if (out.assign >= 0) out.brackets--; } else if (c === '=' && out.assign < 0 && line.slice(0, i).trim() !== '' && !/[=!<>]/.test(line[i - 1] ?? '') && !/[=>]/.test(line[i + 1] ?? '')) out.assign = i;
    else if (c === '<' && line[i + 1] === '<') {
      const m = /^<<-?([A-Za-z_][\w-]*)\s*$/.exec(line.slice(i));
      if (m) { out.heredoc = m[1]; break; }
    }
  }
  return out;
}
