import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { KINDS } from './kinds.ts';

/** Files that matter and that no reader understands yet: each is counted, so that silence never looks like safety. */
export const recognised: Reader = {
  name: 'recognised',
  says: 'recognised and counted, not read yet: Kubernetes, workflows, Terragrunt, Compose, …',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) {
      if (file.path.includes('.terraform/')) continue;
      const source = await kindOf(file);
      if (source) groups.push({ input: file.path, files: [file], reader: 'recognised', detail: { source } });
    }
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    yield { source: String(group.detail?.source), input: group.input, status: 'recognised-not-read', resources: [], problems: [], missing: [] };
  },
};

async function kindOf(file: InputFile): Promise<string | undefined> {
  for (const kind of KINDS) {
    if (!kind.path.test(file.path)) continue;
    const head = kind.head ? await headOf(file) : '';
    if (!kind.head || kind.head.every((h) => h.test(head))) return kind.source;
  }
  return undefined;
}
