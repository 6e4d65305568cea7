import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf, isKeptJson } from '../../input-file.ts';
import type { Answer } from './answers/answer.ts';
import { answerIn, readAnswer } from './answers/index.ts';
import { readDetails } from './read-details.ts';

const isDetails = (head: string): boolean => /"(User|Group|Role)DetailList"\s*:/.test(head) || (/"Policies"\s*:/.test(head) && /"PolicyVersionList"\s*:/.test(head));

/** Answers of the AWS command line or API, kept as files. */
export const awsDump: Reader = {
  name: 'aws-dump',
  says: 'answers of the AWS command line: get-account-authorization-details, and list, describe and get answers',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) {
      if (!isKeptJson(file)) continue;
      const head = await headOf(file);
      const answer = isDetails(head) ? undefined : answerIn(head, file.path);
      if (isDetails(head) || answer) groups.push({ input: file.path, files: [file], reader: 'aws-dump', detail: { answer } });
    }
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const answer = group.detail?.answer as Answer | undefined;
    yield* answer ? readAnswer(file, answer) : readDetails(file);
  },
};
