import { dirname } from 'node:path/posix';
import type { InputFile, InputGroup, Reader, ReadOptions, ReadResult } from '../../define.ts';
import { headOf, isKeptJson } from '../../input-file.ts';
import { problemOf } from '../../problem.ts';
import type { Problem } from '../../../schema/index.ts';
import { readPlanParts } from './changes.ts';
import { planResources } from './resources.ts';

/** Layers a plan cannot hold: it knows what Terraform manages, nothing beside it. */
const MISSING = ['rcp', 'scp'];

const isPlan = (head: string): boolean => /^\s*\{/.test(head) && /"format_version"\s*:/.test(head) && /"(planned_values|resource_changes|terraform_version|values)"\s*:/.test(head) && !/"provider_schemas"\s*:/.test(head) && !/"diagnostics"\s*:/.test(head.slice(0, 400));

/** `terraform show -json` of a plan or of a state. */
export const terraformPlan: Reader = {
  name: 'terraform-plan',
  says: 'terraform show -json, of a plan or a state',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const found: InputFile[] = [];
    for (const file of files) if (isKeptJson(file) && isPlan(await headOf(file))) found.push(file);
    // A plan stands for its folder, so that its addresses are those of the code there; several in one folder stand for themselves.
    return found.map((file) => ({ input: file.path, files: [file], reader: 'terraform-plan', detail: { root: found.some((f) => f !== file && dirname(f.path) === dirname(file.path)) ? file.path : folderOf(file.path) } }));
  },
  async *read(group: InputGroup, options: ReadOptions): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const problems: Problem[] = [];
    const result = (status: ReadResult['status'], resources: ReadResult['resources'], account?: string): ReadResult => ({ source: 'terraform-plan', input: group.input, status, resources, problems, missing: MISSING, ...(account && { account }) });
    try {
      const parts = await readPlanParts(file, options.plan);
      for (const { line, why } of parts.open) problems.push({ code: 'not-read', message: why, source: { source: 'terraform-plan', file: file.path, startLine: line } });
      const account = parts.accounts.size === 1 ? [...parts.accounts][0] : undefined;
      yield result(problems.length ? 'partial' : 'read', planResources(parts, file.path, String(group.detail?.root ?? '')), account);
    } catch (error) {
      problems.push(problemOf(error, { source: 'terraform-plan', file: file.path }));
      yield result('failed', []);
    }
  },
};

const folderOf = (path: string): string => (dirname(path) === '.' ? '' : dirname(path));
