import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decideDocuments, type DocumentRequest } from '../../queries/policy/decide-documents.ts';
import type { CaseResult, RunCase } from './findings.ts';

/** A table of single requests with the documents that have a say: one answer per entry. */
export function decisions(run: RunCase, base: string): CaseResult {
  const findings = run.input.flatMap((file) => (JSON.parse(readFileSync(join(base, run.dir, file), 'utf8')) as DocumentRequest[])
    .map((entry, index) => ({ kind: 'policy-decision', index, decision: decideDocuments(entry).decision })));
  return { status: 'ok', errors: [], findings };
}
