import type { RawResource, SourceRef } from '../../schema/index.ts';
import type { InputFile } from '../define.ts';

export interface IgnoreComment {
  rule: string;
  file: string;
  /** 1-based line of the comment. */
  line: number;
  /** First line below that is neither blank nor a comment: where the ignored block begins. 0 when there is none. */
  blockLine: number;
  reason?: string;
  until?: string;
}

const MARK = 'overreach:ignore';
const COMMENT = /^\s*(?:#|\/\/|\/\*)\s*overreach:ignore\s+(.+?)\s*(?:\*\/)?\s*$/;
const RULES = /^[A-Z][A-Z0-9]*-\d{3}(?:\s*,\s*[A-Z][A-Z0-9]*-\d{3})*/;

/** Comments `# overreach:ignore AGT-021 reason=… until=…` above a block (also `//`); a value with spaces stands in quotes or runs to the next key. */
export function findIgnores(text: string, file: string): IgnoreComment[] {
  if (!text.includes(MARK)) return [];
  const lines = text.split(/\r?\n/);
  return lines.flatMap((written, i) => {
    const body = COMMENT.exec(written)?.[1];
    const rules = body && RULES.exec(body)?.[0];
    if (!rules) return [];
    const rest = body.slice(rules.length);
    const reason = field(rest, 'reason');
    const until = field(rest, 'until');
    let below = i + 1;
    while (below < lines.length && (lines[below]!.trim() === '' || /^\s*(#|\/\/|\/\*)/.test(lines[below]!))) below++;
    return rules.split(',').map((rule) => ({ rule: rule.trim(), file, line: i + 1, blockLine: below < lines.length ? below + 1 : 0, ...(reason && { reason }), ...(until && { until }) }));
  });
}

function field(text: string, name: string): string | undefined {
  const m = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)'|(.*?)(?=\\s+(?:reason|until)=|$))`).exec(text);
  return (m?.[1] ?? m?.[2] ?? m?.[3])?.trim() || undefined;
}

const COMMENTED = /\.(tf|ya?ml|hcl)$/i;

/** The ignore comments of all files in languages with comments. A file that cannot be read is its reader's problem, not ours. */
export async function readIgnores(files: readonly InputFile[]): Promise<RawResource[]> {
  const out: RawResource[] = [];
  for (const file of files) {
    if (!COMMENTED.test(file.path)) continue;
    const text = await file.text().catch(() => '');
    for (const c of findIgnores(text, file.path)) out.push(asResource(c));
  }
  return out;
}

function asResource(c: IgnoreComment): RawResource {
  const source: SourceRef = { source: 'ignore-comments', file: c.file, startLine: c.line };
  const { rule, file, line, blockLine, reason, until } = c;
  return {
    dialect: 'canonical', type: 'Overreach::Ignore', address: `${file}:${line}:${rule}`, root: '',
    properties: { rule, file, line, blockLine, ...(reason && { reason }), ...(until && { until }) },
    sources: new Map([['', source]]), documents: new Map(), provider: { scope: '' }, references: [], mode: 'managed', state: 'declared',
  };
}
