import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { readDetails } from './read-details.ts';

const isDetails = (head: string): boolean => /"(User|Group|Role)DetailList"\s*:/.test(head) || (/"Policies"\s*:/.test(head) && /"PolicyVersionList"\s*:/.test(head));

/** Answers of the AWS command line or API, kept as files. */
export const awsDump: Reader = {
  name: 'aws-dump',
  says: 'answers of the AWS command line: get-account-authorization-details',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) {
      if (!/\.json$/i.test(file.path) || file.path.includes('.terraform/')) continue;
      if (isDetails(await headOf(file))) groups.push({ input: file.path, files: [file], reader: 'aws-dump' });
    }
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    yield* readDetails(group.files[0]!);
  },
};
