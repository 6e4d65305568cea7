import type { RawResource } from '../../../schema/index.ts';
import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { readGraph, type Node } from './graph.ts';
import { accountOf, bucketPolicy, shapeOf, type Shape } from './shapes.ts';

const TELLS = /"(type)"\s*:\s*"node"[^\n]*"labels"\s*:\s*\[[^\]]*"AWS|"labels"\s*:\s*\[[^\]]*"AWS[^\n]*"type"\s*:\s*"node"/;

/** A graph that Cartography filled, as JSON lines. */
export const cartography: Reader = {
  name: 'cartography',
  says: 'a Cartography graph as JSON lines (apoc.export.json), or taken from its Neo4j by `overreach import`',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) if (/\.jsonl?$/i.test(file.path) && TELLS.test(await headOf(file))) groups.push({ input: file.path, files: [file], reader: 'cartography' });
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const graph = await readGraph(file);
    const resources = graph.nodes.filter((n) => !n.labels.some((l) => l.startsWith('Overreach'))).flatMap((n) => [shapeOf(n), n.labels.some((l) => l.endsWith('S3Bucket')) ? bucketPolicy(n) : undefined].flatMap((s) => (s ? [resource(n, s, file.path)] : [])));
    const accounts = new Set(resources.flatMap((r) => r.provider.account ?? []));
    yield {
      source: 'cartography', input: group.input, status: graph.problems.some((p) => p.code === 'parse-error') ? 'partial' : 'read', resources, problems: graph.problems,
      missing: ['login-profiles', 'permissions-boundaries', 'resource-policies', 'rcp', 'scp', 'trust-conditions'], ...(accounts.size === 1 && { account: [...accounts][0]! }),
    };
  },
};

function resource(n: Node, { type, properties }: Shape, file: string): RawResource {
  const account = accountOf(n);
  return {
    dialect: 'canonical', type, address: `/${n.id}${type === 'AWS::S3::BucketPolicy' ? '/policy' : ''}`, root: file, properties, documents: new Map(),
    sources: new Map([['', { source: 'cartography', file, startLine: n.line, address: n.labels.join(':') }]]), provider: { scope: '', ...(account && { account }) }, references: [], mode: 'live', state: 'live',
  };
}
