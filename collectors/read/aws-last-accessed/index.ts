import type { Node } from 'jsonc-parser';
import type { Problem, RawResource } from '../../../schema/index.ts';
import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf, isKeptJson } from '../../input-file.ts';
import { problemOf } from '../../problem.ts';
import { escapePointer } from '../json-lines.ts';
import { childOf, entriesOf, parseJsonTree } from '../json-tree.ts';
import { readReport, type Report } from './report.ts';

const SOURCE = 'aws-last-accessed';
const NAMES_SERVICES = /"ServicesLastAccessed"\s*:/;
/** A job that failed or is still running has no services; its type tells it from the jobs of other calls. */
const NAMES_JOB = /"JobType"\s*:\s*"(SERVICE|ACTION)_LEVEL"/;

/**
 * Answers of `aws iam get-service-last-accessed-details`: one answer, the same with the principal added as `"Arn"` at its top, a list
 * of such, or an object that has an answer under the ARN of each principal.
 */
export const awsLastAccessed: Reader = {
  name: SOURCE,
  says: 'last use of services and actions: iam get-service-last-accessed-details',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) {
      if (!isKeptJson(file)) continue;
      const head = await headOf(file);
      if (NAMES_SERVICES.test(head) || NAMES_JOB.test(head)) groups.push({ input: file.path, files: [file], reader: SOURCE });
    }
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const base = { source: SOURCE, input: file.path, missing: [] };
    try {
      const { root, problems, lineOf } = parseJsonTree(await file.text(), { source: SOURCE, file: file.path });
      if (!root) return yield { ...base, status: 'failed', resources: [], problems };
      const read = reports(root).map((r) => readReport(r, { source: SOURCE, file: file.path }, lineOf));
      const found: Problem[] = read.flatMap((r) => r.problems);
      const resources: RawResource[] = read.flatMap((r) => r.resource ?? []);
      yield { ...base, status: found.some((p) => p.code !== 'unresolved') ? 'partial' : 'read', resources, problems: found };
    } catch (error) {
      yield { ...base, status: 'failed', resources: [], problems: [problemOf(error, { source: SOURCE, file: file.path })] };
    }
  },
};

/** The answers in a document, with the principal they are said to be of. */
function reports(root: Node, pointer = ''): Report[] {
  if (root.type === 'array') return (root.children ?? []).flatMap((n, i) => reports(n, `${pointer}/${i}`));
  if (root.type !== 'object' || ['ServicesLastAccessed', 'JobStatus', 'JobType'].some((key) => childOf(root, key))) {
    const arn = childOf(root, 'Arn');
    return [{ node: root, pointer, ...(arn && { of: arn, says: arn.value as unknown }) }];
  }
  return entriesOf(root).map(([arn, node, key]) => ({ node, pointer: `${pointer}/${escapePointer(arn)}`, of: key, says: arn }));
}
