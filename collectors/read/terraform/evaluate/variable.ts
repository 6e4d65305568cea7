import { ANY, type Box, box, Dict, type Origin, STRING, type Type, undecided } from './box.ts';
import { isKnown } from './inspect.ts';
import { convert } from './convert.ts';
import { argumentOf, type Declared } from './declarations.ts';
import { EvaluationFailure } from './failure.ts';
import { evaluate } from './expression.ts';
import { originOf, type Scope } from './scope.ts';
import { readType } from './type-expression.ts';

/** Values that a module is given. `origin` is the call, undefined for the root module. */
export interface Inputs {
  input(name: string, type: Type): Box | undefined;
  origin?: Origin;
}

/** Numbers and names that tell who someone is open nothing, also when a variable is marked as sensitive. */
const IDENTIFIER = /^(\d{12}|arn:.*|[a-z]{2}(-[a-z]+)+-\d)$/s;

/** Value of a variable: what is given, else its default, converted to its type. Without either it is a hole of its name. */
export function variableValue(d: Declared, name: string, key: string, inputs: Inputs, scope: Scope): Box {
  const { session } = scope.names;
  const at = originOf(d, { start: d.block.start, end: d.block.body.start });
  const argument = (which: string): Box | undefined => {
    const a = argumentOf(d, which);
    return a && evaluate(a.node.value, { ...scope, file: a.file });
  };
  try {
    const typeArgument = argumentOf(d, 'type');
    const type = typeArgument ? readType(typeArgument.node.value, (e) => evaluate(e, { ...scope, file: typeArgument.file })) : ANY;
    let value = inputs.input(name, type);
    if (!value || (value.data === null && argument('nullable')?.data === false)) value = argument('default');
    if (!value) {
      session.problem('missing-variable', `variable "${name}" has no value`, inputs.origin ?? at, key);
      return box(undecided(key, type), at);
    }
    const converted = convert(value, type, name);
    return !value.at && argument('sensitive')?.data === true ? hidden(converted, key) : converted;
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    session.problem(failure.code, failure.message, failure.span ? { file: scope.file, ...failure.span } : at, key);
    return box(undecided(key), at);
  }
}

/** The texts of a sensitive value as holes: what comes from a command line or the environment. What stands in the code is there to be found. */
function hidden(b: Box, key: string): Box {
  if (typeof b.data === 'string') return b.data === '' || IDENTIFIER.test(b.data) || !isKnown(b) ? b : { data: undecided(key, STRING), at: b.at };
  if (b.data instanceof Dict) return { ...b, data: new Dict(new Map([...b.data.entries].map(([k, v]) => [k, hidden(v, `${key}.${k}`)]))) };
  return b;
}
