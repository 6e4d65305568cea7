import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { problemOf } from '../../problem.ts';
import type { RawResource, Value } from '../../../schema/index.ts';
import { parseJsonTree, sourcesBelow, valueOf } from '../json-tree.ts';

/** Agent cards of the Agent2Agent protocol (specification 0.2 to 1.0: `url`, or `supportedInterfaces`). */
export const a2a: Reader = {
  name: 'a2a',
  says: 'A2A agent cards',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) if (await isCard(file)) groups.push({ input: file.path, files: [file], reader: 'a2a' });
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const base = { source: 'a2a', input: group.input, missing: [] };
    try {
      const tree = parseJsonTree(await file.text(), { source: 'a2a', file: file.path });
      const properties = tree.root ? valueOf(tree.root) : null;
      if (!tree.root || properties === null || typeof properties !== 'object' || Array.isArray(properties)) {
        yield { ...base, status: 'failed', resources: [], problems: tree.problems.length ? tree.problems : [{ code: 'parse-error', message: 'an agent card is a JSON object', source: { source: 'a2a', file: file.path, startLine: 1 } }] };
        return;
      }
      const card: RawResource = {
        dialect: 'canonical', type: 'A2A::AgentCard', address: '/', root: file.path, properties: properties as { [key: string]: Value },
        sources: sourcesBelow(tree.root, '', { source: 'a2a', file: file.path }, tree.lineOf), documents: new Map(),
        provider: { scope: '' }, references: [], mode: 'managed', state: 'declared',
      };
      yield { ...base, status: 'read', resources: [card], problems: [] };
    } catch (error) {
      yield { ...base, status: 'failed', resources: [], problems: [problemOf(error, { source: 'a2a', file: file.path })] };
    }
  },
};

async function isCard(file: InputFile): Promise<boolean> {
  if (!/\.json$/i.test(file.path)) return false;
  const head = await headOf(file);
  const keys = ['skills', 'capabilities', 'url', 'supportedInterfaces', 'protocolVersion', 'defaultInputModes'].filter((k) => new RegExp(`"${k}"\\s*:`).test(head));
  if (keys.includes('skills') && keys.length >= 3) return true;
  return /(^|\/)(\.well-known\/agent(-card)?|agent[-_]card)\.json$/.test(file.path);
}
