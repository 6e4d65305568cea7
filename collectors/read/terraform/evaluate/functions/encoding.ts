import { HOLE_OPEN } from '../../../../../schema/index.ts';
import { ANY, type Box, box, Dict, List, STRING, textData, undecided } from '../box.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, lenient, strict } from './define.ts';
import { decodeJson, encodeJson } from './json.ts';
import { yaml } from './yaml.ts';

/** Bytes as text; the language refuses what is not UTF-8. */
export function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('the content is not UTF-8 text');
  }
}

function fromBase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(text) || text.replace(/\s/g, '').length % 4) return fail('not valid base64');
  return Buffer.from(text, 'base64');
}

function decodeText(bytes: Buffer, label: string): string {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(`encoding "${label}" is not known, or the bytes do not follow it`);
  }
}

function encodeText(text: string, label: string): Buffer {
  const name = label.toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return Buffer.from(text);
  if (name === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (name === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = new Map(Array.from({ length: 256 }, (_, i) => [decodeLoose(i, label), i]));
  return Buffer.from([...text].map((c) => table.get(c) ?? fail(`"${c}" does not exist in ${label}`)));
}

function decodeLoose(byte: number, label: string): string {
  try {
    return new TextDecoder(label).decode(Buffer.from([byte]));
  } catch {
    return fail(`encoding "${label}" is not known`);
  }
}

/** Records of RFC 4180 text. */
function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;
  let record: string[] = [];
  for (field.lastIndex = 0; field.lastIndex < text.length || record.length;) {
    const m = field.exec(text) ?? fail('not valid CSV');
    record.push(m[1]!.startsWith('"') ? m[1]!.slice(1, -1).replace(/""/g, '"') : m[1]!);
    if (m[2] === ',') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

export const encoding: readonly FunctionDefinition[] = [
  lenient('jsonencode', 1, STRING, (a) => ({ data: textData(encodeJson(a.box(0))), document: a.box(0) })),
  lenient('jsondecode', 1, ANY, (a, { at }): Box => {
    const source = a.box(0);
    if (source.document) return source.document;
    if (typeof source.data !== 'string') return box(undecided(`jsondecode(${a.shown})`));
    return decodeJson(source.at ? source : { ...source, at }, source.data.includes(HOLE_OPEN));
  }),
  ...yaml,
  strict('base64encode', 1, STRING, (a) => Buffer.from(a.text(0)).toString('base64')),
  strict('base64decode', 1, STRING, (a) => utf8(fromBase64(a.text(0)))),
  strict('base64gzip', 1, STRING, (a) => undecided(`base64gzip(${a.shown})`, STRING)),
  strict('textencodebase64', 2, STRING, (a) => encodeText(a.text(0), a.text(1)).toString('base64')),
  strict('textdecodebase64', 2, STRING, (a) => decodeText(fromBase64(a.text(0)), a.text(1))),
  strict('urlencode', 1, STRING, (a) => encodeURIComponent(a.text(0)).replace(/%20/g, '+').replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)),
  strict('urldecode', 1, STRING, (a) => {
    try {
      return decodeURIComponent(a.text(0).replace(/\+/g, ' '));
    } catch {
      return fail('not valid URL encoding');
    }
  }),
  strict('csvdecode', 1, { kind: 'list', of: ANY }, (a) => {
    const [head, ...rows] = csvRecords(a.text(0));
    if (!head) return fail('a header line is required');
    return new List(rows.map((row) => (row.length === head.length ? box(new Dict(new Map(head.map((name, i) => [name, box(row[i]!)])))) : fail('a line has another number of fields than the header'))));
  }),
];
