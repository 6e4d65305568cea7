import { dirname } from 'node:path/posix';
import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { problemOf, ProblemError } from '../../problem.ts';
import type { RawResource, SourceRef, Value } from '../../../schema/index.ts';
import { walkJson } from '../json-lines.ts';
import { piecesOf } from '../json-stream.ts';
import { withoutSensitive } from '../sensitive.ts';
import { marksOf } from './sensitive-paths.ts';

const SOURCE = 'terraform-state';
const NOT_A_THING = new Set(['aws_caller_identity', 'aws_region', 'aws_partition', 'aws_iam_policy_document', 'aws_availability_zones']);
const RESOURCES_PER_RESULT = 256;

/** State files, version 4 (as `terraform state pull` prints them). Their attributes are what the provider last saw. */
export const terraformState: Reader = {
  name: SOURCE,
  says: 'Terraform state, version 4',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) if (/\.(tfstate|json)$/i.test(file.path) && !file.path.includes('.terraform/') && (file.path.endsWith('.tfstate') || isState(await headOf(file)))) groups.push({ input: file.path, files: [file], reader: SOURCE });
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const result = (status: ReadResult['status'], more: Partial<ReadResult> = {}): ReadResult => ({ source: SOURCE, input: group.input, status, resources: [], problems: [], missing: ['rcp', 'scp'], ...more });
    const accounts = new Set<string>();
    let resources: RawResource[] = [];
    try {
      for await (const piece of piecesOf(file, SOURCE, (path) => (path.length === 0 || (path.length === 1 && path[0] === 'resources') ? 'enter' : path[0] === 'resources' || path[0] === 'version' ? 'take' : 'skip'))) {
        const value = JSON.parse(piece.text) as unknown;
        if (piece.path[0] === 'version') checkVersion(value, file.path, piece.line);
        else resources.push(...resourcesOf(value as StateResource, piece.text, piece.line, file.path, `/resources/${piece.path[1]}`, accounts));
        if (resources.length >= RESOURCES_PER_RESULT) { yield result('read', { resources }); resources = []; }
      }
      yield result('read', { resources, ...(accounts.size === 1 && { account: [...accounts][0]! }) });
    } catch (error) {
      yield result(resources.length ? 'partial' : 'failed', { resources, problems: [problemOf(error, { source: SOURCE, file: file.path })] });
    }
  },
};

const isState = (head: string): boolean => /"version"\s*:\s*\d/.test(head) && /"(lineage|terraform_version)"\s*:/.test(head) && /"resources"\s*:/.test(head) && !/"format_version"/.test(head);

function checkVersion(version: unknown, file: string, startLine: number): void {
  if (version !== 4) throw new ProblemError('not-read', `state version ${String(version)} is not read, only version 4 (Terraform 0.12 and later)`, { source: SOURCE, file, startLine });
}

interface StateResource { module?: string; mode?: string; type?: string; name?: string; instances?: { index_key?: string | number; attributes?: { [key: string]: Value }; sensitive_attributes?: unknown; dependencies?: string[] }[] }

function resourcesOf(r: StateResource, text: string, line: number, file: string, pointer: string, accounts: Set<string>): RawResource[] {
  if (typeof r?.type !== 'string' || typeof r.name !== 'string' || !Array.isArray(r.instances)) return [];
  const data = r.mode === 'data';
  if (data && r.type === 'aws_caller_identity') for (const i of r.instances) if (typeof i.attributes?.account_id === 'string') accounts.add(i.attributes.account_id);
  if (data && NOT_A_THING.has(r.type)) return [];
  const lines = linesOf(text, line);
  const base = [r.module, data ? 'data' : '', r.type, r.name].filter(Boolean).join('.');
  return r.instances.map((instance, i) => {
    const key = instance.index_key === undefined ? '' : `[${JSON.stringify(instance.index_key)}]`;
    const at = `${pointer}/instances/${i}`;
    const place = (below: string, property?: string): SourceRef => ({ source: SOURCE, file, startLine: nearest(lines, `/instances/${i}${below}`) ?? line, address: base + key, jsonPointer: at + below, ...(property && { property }) });
    const attributes = instance.attributes ?? {};
    const sources = new Map<string, SourceRef>([['', place('')]]);
    for (const p of lines.keys()) {
      const prefix = `/instances/${i}/attributes`;
      if (p.startsWith(`${prefix}/`)) sources.set(p.slice(prefix.length), place(p.slice(`/instances/${i}`.length), p.slice(prefix.length + 1).split('/')[0]));
    }
    const arn = attributes.arn;
    const account = typeof arn === 'string' ? arn.split(':')[4] : undefined;
    return {
      dialect: 'terraform', type: r.type!, address: base + key, root: dirname(file) === '.' ? '' : dirname(file), sources, documents: new Map(),
      properties: withoutSensitive(attributes, marksOf(instance.sensitive_attributes), () => false) as { [key: string]: Value },
      provider: { scope: '', ...(account && /^\d{12}$/.test(account) && { account }) }, references: [...(instance.dependencies ?? [])].sort(), mode: data ? 'data' : 'live', state: 'live',
    };
  });
}

function linesOf(text: string, line: number): Map<string, number> {
  const lines = new Map<string, number>();
  walkJson(text, line, (path, at) => {
    if (path.length > 0 && path[0] !== 'instances') return false;
    if (path.length > 2 && path[2] !== 'attributes') return false;
    lines.set(path.map((p) => `/${String(p).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), at);
    return path.length < 8;
  });
  return lines;
}

function nearest(lines: ReadonlyMap<string, number>, pointer: string): number | undefined {
  for (let p = pointer; p; p = p.slice(0, p.lastIndexOf('/'))) {
    const l = lines.get(p);
    if (l !== undefined) return l;
  }
  return undefined;
}
