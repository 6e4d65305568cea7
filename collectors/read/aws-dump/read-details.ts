import { closeSync, openSync, readSync } from 'node:fs';
import type { InputFile, ReadResult } from '../../define.ts';
import { problemOf } from '../../problem.ts';
import type { Problem, RawResource, SourceRef } from '../../../schema/index.ts';
import { escapePointer } from '../json-lines.ts';
import type { JsonPath, Taken } from '../json-splitter.ts';
import { piecesOf } from '../json-stream.ts';
import { accountRecord, DETAIL_LISTS, type DetailList } from './account-details.ts';

/** What the call does not answer: unknown, never absent. */
export const NOT_IN_DETAILS = ['access-keys', 'login-profiles', 'mfa', 'oidc-providers', 'resource-policies', 'rcp', 'saml-providers', 'scp'];

const LISTS: ReadonlySet<string | number | undefined> = new Set(DETAIL_LISTS);
const RECORDS_PER_RESULT = 32;

/** Streams an answer of get-account-authorization-details, or several pages of it in one file (one after the other, or as a list). */
export async function* readDetails(file: InputFile): AsyncIterable<ReadResult> {
  const reading = new Reading(file);
  let failed: Problem | undefined;
  try {
    for await (const piece of piecesOf(file, 'aws-dump', (path) => chooseIn(inPage(path)))) {
      reading.piece(piece);
      if (reading.full) yield reading.flush('read');
    }
  } catch (error) {
    failed = problemOf(error, { source: 'aws-dump', file: file.path });
    reading.problems.push(failed);
  }
  yield reading.last(failed !== undefined);
}

const inPage = (path: JsonPath): JsonPath => (typeof path[0] === 'number' ? path.slice(1) : path);
const chooseIn = (path: JsonPath): 'enter' | 'take' | 'skip' => {
  if (path.length === 0) return 'enter';
  if (LISTS.has(path[0])) return path.length === 1 ? 'enter' : 'take';
  return path[0] === 'IsTruncated' ? 'take' : 'skip';
};

/** `bytes` is 0 for what stands inside the record of something else. */
interface Place { line: number; offset: number; bytes: number }

/** The file is looked at again for the few records whose ARN comes twice, so that nothing of the others has to be kept. */
function textAt(file: InputFile, { offset, bytes }: Place): string {
  const buffer = Buffer.allocUnsafe(bytes);
  const handle = openSync(file.absolute, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(handle, buffer, 0, bytes, offset));
  } finally {
    closeSync(handle);
  }
}

class Reading {
  readonly problems: Problem[] = [];
  readonly #file: InputFile;
  readonly #accounts = new Set<string>();
  /** ARN → where its record stands, to tell a repeated record from two that contradict each other. */
  readonly #seen = new Map<string, Place>();
  readonly #lists = new Set<string>();
  #resources: RawResource[] = [];
  #truncatedAt = 0;
  #partial = false;
  #records = 0;

  constructor(file: InputFile) { this.#file = file; }

  get full(): boolean { return this.#resources.length >= RECORDS_PER_RESULT; }

  piece(taken: Taken): void {
    const { path, text, line, document } = taken;
    const inside = inPage(path);
    if (inside[0] === 'IsTruncated') { this.#truncatedAt = text === 'true' ? line : 0; return; }
    const list = inside[0] as DetailList;
    this.#noteRepeatedList(list, path, line, document);
    const pointer = path.map((p) => `/${escapePointer(String(p))}`).join('');
    let record;
    try {
      record = accountRecord(list, taken, this.#file.path, pointer);
    } catch (error) {
      this.problems.push({ code: 'parse-error', message: `an entry of ${list} is not valid JSON: ${(error as Error).message.split(' in JSON')[0]}`, source: this.#at(line, pointer) });
      return;
    }
    this.#records++;
    this.problems.push(...record.problems);
    for (const [i, r] of record.resources.entries()) if (this.#isNew(r, { line, offset: taken.offset, bytes: i === 0 ? taken.bytes : 0 }, text, pointer)) this.#resources.push(r);
  }

  /** False for a record that was read before: profiles repeat under every role, pages may overlap. */
  #isNew(r: RawResource, place: Place, text: string, pointer: string): boolean {
    const arn = r.properties.Arn;
    if (typeof arn !== 'string') return true;
    const account = r.provider.account;
    if (account) this.#accounts.add(account);
    const before = this.#seen.get(arn);
    if (!before) { this.#seen.set(arn, place); return true; }
    if (before.bytes === place.bytes && (place.bytes === 0 || textAt(this.#file, before) === text)) return false;
    this.problems.push({ code: 'unresolved', message: `${arn} is described a second time with other content (first at line ${before.line}); both are read`, source: this.#at(place.line, pointer), subject: arn });
    return true;
  }

  /** A JSON parser would silently keep only the last of two lists with one name. */
  #noteRepeatedList(list: DetailList, path: JsonPath, line: number, document: number): void {
    if (path.at(-1) !== 0) return;
    const key = `${document}/${path.slice(0, -1).join('/')}`;
    if (this.#lists.has(key)) this.problems.push({ code: 'unresolved', message: `${list} appears more than once in the file; the records of all of them are read`, source: this.#at(line, `/${list}`) });
    this.#lists.add(key);
  }

  #at(startLine: number, jsonPointer: string): SourceRef { return { source: 'aws-dump', file: this.#file.path, startLine, jsonPointer }; }

  flush(status: ReadResult['status']): ReadResult {
    const resources = this.#resources;
    if (this.problems.length > 0) this.#partial = true;
    this.#resources = [];
    const account = this.#accounts.size === 1 ? [...this.#accounts][0] : undefined;
    return { source: 'aws-dump', input: this.#file.path, status, resources, problems: this.problems.splice(0), missing: NOT_IN_DETAILS, ...(account && { account }) };
  }

  last(cut: boolean): ReadResult {
    if (this.#truncatedAt) this.problems.push({ code: 'not-read', message: 'IsTruncated is true: this is not the last page, principals and policies of the account are missing', source: this.#at(this.#truncatedAt, '/IsTruncated') });
    if (this.#accounts.size > 1) this.problems.push({ code: 'unresolved', message: `principals of ${this.#accounts.size} accounts in one file: ${[...this.#accounts].sort().slice(0, 5).join(', ')}`, source: this.#at(1, '') });
    const partial = this.#partial || this.problems.length > 0;
    return this.flush(cut && this.#records === 0 ? 'failed' : partial ? 'partial' : 'read');
  }
}
