import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RawResource } from '../../../schema/index.ts';
import type { ReadResult } from '../../../collectors/define.ts';
import { evaluate } from '../../../collectors/read/terraform/evaluate/expression.ts';
import { EvaluationFailure } from '../../../collectors/read/terraform/evaluate/failure.ts';
import { Files } from '../../../collectors/read/terraform/evaluate/files.ts';
import { rootInputs } from '../../../collectors/read/terraform/evaluate/inputs.ts';
import { ModuleInstance } from '../../../collectors/read/terraform/evaluate/module.ts';
import { ModuleSources } from '../../../collectors/read/terraform/evaluate/module-sources.ts';
import { Session } from '../../../collectors/read/terraform/evaluate/scope.ts';
import { toValue } from '../../../collectors/read/terraform/evaluate/value.ts';
import { readRoot } from '../../../collectors/read/terraform/reader.ts';
import { parseExpressionText } from '../../../collectors/read/terraform/syntax/parse.ts';
import { SourceFile } from '../../../collectors/read/terraform/syntax/source.ts';

export type Texts = Record<string, string>;

/** Runs `work` with a folder that holds these files. */
export function withFolder<T>(texts: Texts, work: (base: string) => T): T {
  const base = mkdtempSync(join(tmpdir(), 'terraform-'));
  try {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(base, path)), { recursive: true });
      writeFileSync(join(base, path), text);
    }
    return work(base);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

export interface Given { variables?: Record<string, string>; varFiles?: string[]; env?: Record<string, string>; workspace?: string; root?: string }

export const read = (texts: Texts, given: Given = {}): ReadResult =>
  withFolder(texts, (base) => readRoot(given.root ?? '', { base, variables: given.variables ?? {}, varFiles: given.varFiles ?? [], env: given.env ?? {}, workspace: given.workspace ?? '' }));

export function resourceAt(result: ReadResult, address: string): RawResource {
  const found = result.resources.find((r) => r.address === address);
  if (!found) throw new Error(`no ${address} among ${result.resources.map((r) => r.address).join(', ')}`);
  return found;
}

/** `file:line` of a property. */
export const lineOf = (r: RawResource, pointer: string): string => `${r.sources.get(pointer)?.file}:${r.sources.get(pointer)?.startLine}`;

/** Values of expressions in a root module with these files; a failure is its message after `error: `. */
export function evaluateAll(expressions: readonly string[], texts: Texts = {}): unknown[] {
  return withFolder(texts, (base) => {
    const files = new Files(base);
    const session = new Session(files, 'default', evaluate);
    const module = new ModuleInstance({ session, root: '', sources: new ModuleSources(files, ''), declarations: new Map() }, '', rootInputs(session, '', { variables: {}, varFiles: [], env: {} }));
    return expressions.map((text) => {
      const file = new SourceFile('console', text);
      const { tree, problems } = parseExpressionText(file);
      if (!tree) return `error: ${problems[0]?.message}`;
      try {
        return toValue(evaluate(tree, { file, names: module, owner: 'console' }));
      } catch (failure) {
        if (failure instanceof EvaluationFailure) return `error: ${failure.message}`;
        throw failure;
      }
    });
  });
}
export const evaluateOne = (expression: string, texts: Texts = {}): unknown => evaluateAll([expression], texts)[0];
