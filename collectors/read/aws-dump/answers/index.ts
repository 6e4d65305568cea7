import type { InputFile, ReadResult } from '../../../define.ts';
import { problemOf } from '../../../problem.ts';
import type { Problem, RawResource, SourceRef } from '../../../../schema/index.ts';
import { linesByPointer, pointerOf } from '../../json-lines.ts';
import type { JsonPath, Taken } from '../../json-splitter.ts';
import { piecesOf } from '../../json-stream.ts';
import type { Answer, Canonical } from './answer.ts';
import { compute } from './compute.ts';
import { accountOf, data } from './data.ts';
import { lake } from './lake.ts';

const ANSWERS: readonly Answer[] = [...compute, ...data, ...lake];
const MORE = /^"?(NextToken|nextToken|NextMarker|LastEvaluatedTableName)"?$/;
const RESULT_SIZE = 512;

/** The answer a file holds, by its head; an empty list counts when the file is named after its call. */
export function answerIn(head: string, path: string): Answer | undefined {
  if (!/^\s*\{/.test(head)) return undefined;
  const keys = topKeys(head);
  const called = /(^|\/)(list|describe|get)-[a-z-]+(\.[^/]*)?\.json$/.test(path);
  return ANSWERS.find((a) => (a.key === '' || keys.has(a.key)) && (a.tells.test(head) || (called && a.key !== '' && new RegExp(`"${a.key}"\\s*:\\s*\\[\\s*\\]`).test(head))));
}

/** Keys of the outermost object, as far as the head shows them. */
function topKeys(head: string): Set<string> {
  const keys = new Set<string>();
  for (let i = 0, depth = 0; i < head.length; i++) {
    const c = head[i];
    if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (c === '"') {
      const from = i + 1;
      for (i++; i < head.length && head[i] !== '"'; i++) if (head[i] === '\\') i++;
      if (depth === 1 && /^\s*:/.test(head.slice(i + 1, i + 20))) keys.add(head.slice(from, i));
    }
  }
  return keys;
}

/** Streams the records of one answer. What the call does not say is not there; another call may add it. */
export async function* readAnswer(file: InputFile, kind: Answer): AsyncIterable<ReadResult> {
  const problems: Problem[] = [];
  const accounts = new Set<string>();
  let resources: RawResource[] = [];
  let status: ReadResult['status'] = 'read';
  const result = (): ReadResult => ({ source: 'aws-dump', input: file.path, status, resources: resources.splice(0), problems: problems.splice(0), missing: ['rcp', 'resource-policies', 'scp'], ...(accounts.size === 1 && { account: [...accounts][0]! }) });
  try {
    for await (const piece of piecesOf(file, 'aws-dump', (path) => choose(path, kind))) {
      if (MORE.test(String(piece.path[0] ?? ''))) {
        if (piece.text === 'null' || piece.text === '""') continue;
        status = 'partial';
        problems.push({ code: 'not-read', message: `${kind.call}: the answer has a next page, which is not in the file`, source: place(file, piece, '') });
        continue;
      }
      for (const [i, c] of kind.records(JSON.parse(piece.text)).entries()) {
        for (const message of c.problems ?? []) { status = 'partial'; problems.push({ code: 'invalid-policy', message: `${kind.call}: ${message}`, source: place(file, piece, '') }); }
        if (c.type === '') continue;
        const account = accountOf(c.properties);
        if (account) accounts.add(account);
        resources.push(resource(file, piece, c, i, account));
      }
      if (resources.length >= RESULT_SIZE) yield result();
    }
  } catch (error) {
    status = 'partial';
    problems.push(problemOf(error, { source: 'aws-dump', file: file.path }));
  }
  yield result();
}

function choose(path: JsonPath, kind: Answer): 'enter' | 'take' | 'skip' {
  if (path.length === 0) return kind.key === '' ? 'take' : 'enter';
  if (path[0] !== kind.key) return MORE.test(String(path[0])) ? 'take' : 'skip';
  if (path.length > 1) return 'take';
  return SINGLE.has(kind.key) ? 'take' : 'enter';
}
/** Keys that hold the record itself, not a list of records. */
const SINGLE = new Set(['Configuration', 'Policy', 'policy', 'agent', 'knowledgeBase', 'Table', 'KeyMetadata', 'Attributes', 'Organization', 'DataLakeSettings']);

const place = (file: InputFile, piece: Taken, below: string, startLine = piece.line): SourceRef => ({ source: 'aws-dump', file: file.path, startLine, jsonPointer: pointerOf(piece.path) + below });

function resource(file: InputFile, piece: Taken, c: Canonical, i: number, account: string | undefined): RawResource {
  const lines = piece.text.includes('\n') && piece.text.startsWith('{') ? linesByPointer(piece.text, piece.line, 2) : new Map<string, number>();
  const sources = new Map([['', place(file, piece, '')]]);
  for (const key of Object.keys(c.properties)) {
    const from = `/${c.from?.[key] ?? key}`;
    if (lines.has(from)) sources.set(`/${key}`, place(file, piece, from, lines.get(from)));
  }
  return {
    dialect: 'canonical', type: c.type, address: `${pointerOf(piece.path) || '/'}${i ? `#${i}` : ''}`, root: file.path, properties: c.properties, sources, documents: new Map(),
    provider: { scope: '', ...(account && { account }) }, references: [], mode: 'live', state: 'live',
  };
}
