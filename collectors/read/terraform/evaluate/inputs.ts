import { parseExpressionText, parseFile } from '../syntax/parse.ts';
import { parseJsonValues } from '../syntax/parse-json.ts';
import { SourceFile } from '../syntax/source.ts';
import { type Box, box, Dict, List, type Type } from './box.ts';
import { readSource } from './declarations.ts';
import { EvaluationFailure, fail } from './failure.ts';
import { evaluate } from './expression.ts';
import type { Names, Scope, Session } from './scope.ts';
import type { Inputs } from './variable.ts';

/** How values are given from outside: `-var`, `-var-file` (relative to the scanned folder), and `TF_VAR_` of the environment. */
export interface Given {
  variables: Readonly<Record<string, string>>;
  varFiles: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** Values of the root module's variables; the later of environment, terraform.tfvars, *.auto.tfvars, -var-file, -var wins. */
export function rootInputs(session: Session, root: string, given: Given): Inputs {
  const values = new Map<string, Box>();
  const inRoot = (name: string): string => (root ? `${root}/${name}` : name);
  const names = session.files.names(root || '.');
  const automatic = names.filter((n) => n.endsWith('.auto.tfvars') || n.endsWith('.auto.tfvars.json'));
  for (const name of [...['terraform.tfvars', 'terraform.tfvars.json'].filter((n) => names.includes(n)), ...automatic]) readValues(session, inRoot(name), values);
  for (const path of given.varFiles) {
    try {
      readValues(session, session.files.resolve('', path), values);
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure)) throw failure;
      session.problem(failure.code, failure.message, undefined, path);
    }
  }
  const text = (name: string): string | undefined => given.variables[name] ?? (values.has(name) ? undefined : given.env[`TF_VAR_${name}`]);
  return {
    input(name, type) {
      const written = text(name);
      return written === undefined ? values.get(name) : fromText(session, name, written, type);
    },
  };
}

function readValues(session: Session, path: string, into: Map<string, Box>): void {
  const file = readSource(session, path);
  if (!file) return;
  const { tree, problems } = path.endsWith('.json') ? parseJsonValues(file) : parseFile(file);
  for (const p of problems) session.problem('parse-error', p.message, { file, start: p.start, end: p.end });
  for (const a of tree.attributes) {
    try {
      into.set(a.name, { ...evaluate(a.value, closed(session, file)), at: { file, start: a.start, end: a.end } });
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure)) throw failure;
      session.failure(failure, file, a.value, `var.${a.name}`);
    }
  }
}

/** Text from a command line: taken as it is for a string, read as an expression for anything else. */
function fromText(session: Session, name: string, text: string, type: Type): Box {
  if (type.kind === 'string' || (type.kind === 'any' && !/^\s*[[{]/.test(text))) return box(text);
  const file = new SourceFile(`-var ${name}`, text);
  const { tree } = parseExpressionText(file);
  if (!tree) return type.kind === 'any' ? box(text) : fail(`the value given for "${name}" cannot be read`);
  return unplaced(evaluate(tree, closed(session, file)));
}

/** A command line is no place in the code. */
function unplaced(b: Box): Box {
  const d = b.data;
  if (d instanceof List) return { data: new List(d.items.map(unplaced), d.set) };
  if (d instanceof Dict) return { data: new Dict(new Map([...d.entries].map(([k, v]) => [k, unplaced(v)]))) };
  return { data: d };
}

/** Values in files and on command lines refer to nothing. */
function closed(session: Session, file: SourceFile): Scope {
  const nothing = (): never => fail('a value given from outside may not refer to anything');
  const names: Names = { address: '', session, variable: nothing, local: nothing, module: nothing, resource: nothing, path: nothing };
  return { file, names, owner: '', isolated: true };
}
