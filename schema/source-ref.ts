import { z } from 'zod';

/** One module call on the way from the root to a resource. */
export const ModuleCall = z.object({ name: z.string(), file: z.string(), startLine: z.number().int() });

/**
 * The one form of file:line in the product. `file` is relative to the scanned folder, with forward slashes.
 * Code has lines; a dump has `jsonPointer` and `startLine`; an API answer has `call` and `field`.
 */
export const SourceRef = z.object({
  source: z.string().describe('reader that produced it: terraform, terraform-plan, aws-dump, mcp, overreach-yaml, …'),
  file: z.string().optional(),
  startLine: z.number().int().optional().describe('1-based'),
  endLine: z.number().int().optional(),
  startColumn: z.number().int().optional().describe('1-based'),
  address: z.string().optional().describe('Terraform address, logical id or JSON pointer of the block'),
  property: z.string().optional().describe('property path inside the block, in the source’s own names'),
  moduleChain: z.array(ModuleCall).optional(),
  jsonPointer: z.string().optional(),
  call: z.string().optional(),
  field: z.string().optional(),
  collectedAt: z.string().optional(),
  certainty: z.enum(['exact', 'block', 'file']).optional(),
});
export type SourceRef = z.infer<typeof SourceRef>;

/** Why an edge or node exists: a line, a statement, or platform behaviour documented by the vendor. */
export const Evidence = z.object({
  source: SourceRef.optional(),
  text: z.string().optional().describe('statement or field, as shown to a person; never a secret'),
  basis: z.enum(['code', 'dump', 'platform', 'declared', 'inferred']).default('code'),
  document: z.string().optional().describe('vendor document for basis platform, with date'),
});
export type Evidence = z.infer<typeof Evidence>;

export const Verdict = z.enum(['proven', 'conditional', 'unknown']);
export type Verdict = z.infer<typeof Verdict>;

const RANK: Record<Verdict, number> = { proven: 0, conditional: 1, unknown: 2 };
export const worstVerdict = (a: Verdict, b: Verdict): Verdict => (RANK[a] >= RANK[b] ? a : b);
export const bestVerdict = (a: Verdict, b: Verdict): Verdict => (RANK[a] <= RANK[b] ? a : b);
export const verdictRank = (v: Verdict): number => RANK[v];

/** `main.tf:12`, or `main.tf:12-20`, or the API field. */
export function showSource(s: SourceRef | undefined): string {
  if (!s) return '';
  if (!s.file) return [s.call, s.field].filter(Boolean).join(' ');
  return s.startLine ? `${s.file}:${s.startLine}` : s.jsonPointer ? `${s.file}#${s.jsonPointer}` : s.file;
}
