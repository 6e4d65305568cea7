import { basename, dirname } from 'node:path';
import { parseTemplate } from '../../syntax/parse.ts';
import { SourceFile } from '../../syntax/source.ts';
import { BOOL, type Box, box, STRING, undecided } from '../box.ts';
import { toSet } from '../convert.ts';
import { EvaluationFailure, fail } from '../failure.ts';
import type { Loop, Scope } from '../scope.ts';
import { evaluateTemplate } from '../template.ts';
import { type Arguments, type CallContext, type FunctionDefinition, lenient, strict } from './define.ts';
import { globPattern } from './glob.ts';

/** Files of the scanned folder, as the paths in code name them: relative to the root module. */
const open = (a: Arguments, { scope }: CallContext) => {
  const { files } = scope.names.session;
  return { files, path: files.resolve(scope.names.path('run'), a.text(0)) };
};

const digest = (name: string, algorithm: string, encoding: 'hex' | 'base64'): FunctionDefinition =>
  strict(name, 1, STRING, (a, c) => {
    const { files, path } = open(a, c);
    return files.hash(path, algorithm).toString(encoding);
  });

/** The template's text with these variables and no other names. */
function render(file: SourceFile, a: Arguments, { scope, at }: CallContext): Box {
  const { tree, problems } = parseTemplate(file);
  const first = problems[0];
  if (first) return fail(`${file.path}:${file.position(first.start).line}: ${first.message}`);
  const entries = a.maybeEntries(1);
  if (!entries) return box(undecided(`template ${file.path} with ${a.shown}`, STRING), at);
  let loop: Loop | undefined;
  for (const [name, value] of entries) loop = { name, value, outer: loop };
  const inner: Scope = { file, names: scope.names, owner: scope.owner, loop, isolated: true };
  try {
    const result = evaluateTemplate(tree, inner);
    return { ...result, at };
  } catch (failure) {
    if (failure instanceof EvaluationFailure && failure.span) throw new EvaluationFailure(`${file.path}:${file.position(failure.span.start).line}: ${failure.message}`, failure.code);
    throw failure;
  }
}

/** Whole text of a file, each character at its place. */
function fileText(file: SourceFile, at: Box['at']): Box {
  const origin = { file, start: 0, end: file.text.length };
  return { data: file.text, at, segments: [{ at: 0, origin, exact: true }] };
}

export const filesystem: readonly FunctionDefinition[] = [
  strict('file', 1, STRING, (a, c) => {
    const { files, path } = open(a, c);
    return fileText(files.text(path), c.at);
  }),
  strict('filebase64', 1, STRING, (a, c) => {
    const { files, path } = open(a, c);
    return files.bytes(path).toString('base64');
  }),
  strict('fileexists', 1, BOOL, (a, c) => {
    const { files, path } = open(a, c);
    return files.isFile(path);
  }),
  strict('fileset', 2, { kind: 'set', of: STRING }, (a, c) => {
    const { files, path } = open(a, c);
    const pattern = globPattern(a.text(1));
    return toSet(files.walk(path).filter((name) => pattern.test(name)).map((name) => box(name)));
  }),
  lenient('templatefile', 2, STRING, (a, c): Box => {
    if (typeof a.box(0).data !== 'string' || a.text(0).includes('\uE000')) return box(undecided(`templatefile(${a.shown})`, STRING), c.at);
    const { files, path } = open(a, c);
    return render(files.text(path), a, c);
  }),
  lenient('templatestring', 2, STRING, (a, c): Box => {
    const text = a.box(0).data;
    if (typeof text !== 'string') return box(undecided(`templatestring(${a.shown})`, STRING), c.at);
    return render(new SourceFile(c.scope.file.path, text), a, c);
  }),
  digest('filemd5', 'md5', 'hex'), digest('filesha1', 'sha1', 'hex'), digest('filesha256', 'sha256', 'hex'), digest('filesha512', 'sha512', 'hex'),
  digest('filebase64sha256', 'sha256', 'base64'), digest('filebase64sha512', 'sha512', 'base64'),
  strict('basename', 1, STRING, (a) => basename(a.text(0)) || (a.text(0).startsWith('/') ? '/' : '.')),
  strict('dirname', 1, STRING, (a) => (a.text(0).endsWith('/') ? a.text(0).replace(/\/+$/, '') || '/' : dirname(a.text(0)))),
  strict('pathexpand', 1, STRING, (a) => (a.text(0).startsWith('~') ? undecided(`pathexpand(${a.shown})`, STRING) : a.text(0))),
  strict('abspath', 1, STRING, (a) => (a.text(0).startsWith('/') ? a.text(0) : undecided(`abspath(${a.shown})`, STRING))),
];

