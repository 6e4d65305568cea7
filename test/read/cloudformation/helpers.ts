import { hole, type RawResource, type Value } from '../../../schema/index.ts';
import type { ReadOptions, ReadResult } from '../../../collectors/define.ts';
import { discover } from '../../../collectors/discovery.ts';
import { cloudformation } from '../../../collectors/read/cloudformation/index.ts';
import { readAll } from '../../../collectors/read-all.ts';
import { readOptions } from '../../helpers/read.ts';
import { withFiles } from '../../helpers/scan.ts';

export interface ReadTemplateResult { result: ReadResult; results: ReadResult[]; get: (address: string) => RawResource; ids: string[]; messages: string[] }

/** Reads a folder of files; the first result is that of the first root template. */
export async function readStack(files: string | Record<string, string>, options: Partial<ReadOptions> = {}): Promise<ReadTemplateResult> {
  const all = typeof files === 'string' ? { 'template.yaml': files } : files;
  const results = await withFiles(all, async (folder) => {
    const out: ReadResult[] = [];
    for await (const { result } of readAll([cloudformation], (await discover(folder, folder)).files, { ...readOptions(folder), ...options })) out.push(result);
    return out;
  });
  const resources = results.flatMap((r) => r.resources);
  const byAddress = new Map(resources.map((r) => [r.address, r]));
  return {
    result: results[0]!, results, ids: resources.map((r) => r.address), messages: results.flatMap((r) => r.problems.map((p) => `${p.code} ${p.source?.file}:${p.source?.startLine} ${p.message}`)),
    get: (address) => { const r = byAddress.get(address); if (!r) throw new Error(`${address} is not among ${[...byAddress.keys()].join(', ')}`); return r; },
  };
}

export const ref = (address: string, attribute = ''): string => hole({ kind: 'ref', address, attribute });
export const pseudo = (name: string, scope = ''): string => hole({ kind: 'pseudo', name, scope });
export const open = (key: string): string => hole({ kind: 'unknown', key });

/** Value of an expression, as the only property of a resource beside some others to refer to. */
export async function valueOf(expression: string, more = '', options: Partial<ReadOptions> = {}): Promise<Value | undefined> {
  const { get } = await readStack(`AWSTemplateFormatVersion: '2010-09-09'\n${more}\nResources:\n  Other:\n    Type: AWS::SQS::Queue\n  Subject:\n    Type: AWS::S3::Bucket\n    Properties:\n      V: ${expression}\n`, options);
  return get('Subject').properties['V'];
}
