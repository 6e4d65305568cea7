import { type Box, box, List, numberText, STRING, textData, Undecided, undecided } from '../box.ts';
import { isKnown, show } from '../inspect.ts';
import { toBool, toNumber, toText } from '../convert.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, lenient } from './define.ts';
import { encodeJson } from './json.ts';
import { STRINGS } from './pattern.ts';

const VERB = /%(%|([-+ #0]*)(\d+|\*)?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))/g;
const MAX_WIDTH = 10_000;

export const format: readonly FunctionDefinition[] = [
  lenient('format', [1, Infinity], STRING, (a) => {
    const text = formatText(a.text(0), a.all.slice(1));
    return text === undefined ? undecided(`format(${a.shown})`, STRING) : textData(text);
  }),
  lenient('formatlist', [1, Infinity], STRINGS, (a) => {
    const args = a.all.slice(1);
    if (args.some((b) => b.data instanceof Undecided && (b.data.type.kind === 'list' || b.data.type.kind === 'any'))) return undecided(`formatlist(${a.shown})`, STRINGS);
    const lists = args.map((b) => (b.data instanceof List ? b.data.items : undefined));
    const lengths = new Set(lists.filter((l) => l !== undefined).map((l) => l.length));
    if (lengths.size > 1) return fail('the lists differ in length');
    const rows = [...lengths][0] ?? 1;
    return new List(Array.from({ length: rows }, (_, i) => {
      const row = args.map((b, n) => lists[n]?.[i] ?? b);
      const text = formatText(a.text(0), row);
      return box(text === undefined ? undecided(`format(${a.text(0)}, ${row.map((b) => show(b)).join(', ')})`, STRING) : textData(text));
    }));
  }),
];

/** Text after the verbs of the language; undefined when an undecided argument meets a verb that would have to look inside. */
function formatText(pattern: string, args: readonly Box[]): string | undefined {
  let next = 0;
  let undecidedVerb = false;
  let used = 0;
  const text = pattern.replace(VERB, (_, verbText: string, flags: string | undefined, width: string | undefined, precision: string | undefined, position: string | undefined, verb: string | undefined) => {
    if (verbText === '%') return '%';
    if (width === '*') return fail('width from an argument is not allowed');
    const index = position === undefined ? next : Number(position) - 1;
    next = index + 1;
    used = Math.max(used, next);
    const arg = args[index] ?? fail(`there is no argument ${index + 1}`);
    const plain = !flags && width === undefined && precision === undefined;
    const open = !isKnown(arg);
    if (open && !(plain && (verb === 's' || verb === 'v' || (verb === 'd' && arg.data instanceof Undecided)) && (typeof arg.data === 'string' || arg.data instanceof Undecided))) {
      undecidedVerb = true;
      return '';
    }
    if (open) return toText(arg);
    return pad(one(verb!, arg, flags ?? '', precision), flags ?? '', Number(width ?? 0), verb!);
  });
  if (used < args.length && !/\[\d+\]/.test(pattern)) fail('too many arguments');
  return undecidedVerb ? undefined : text;
}

function pad(text: string, flags: string, width: number, verb: string): string {
  if (width > MAX_WIDTH) return fail('the width is too large', 'limit');
  if (flags.includes('-')) return text.padEnd(width);
  if (flags.includes('0') && !'sqv'.includes(verb)) {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(width - sign.length, '0');
  }
  return text.padStart(width);
}

function one(verb: string, arg: Box, flags: string, precision: string | undefined): string {
  const number = (): number => {
    const n = toNumber(arg);
    return n instanceof Undecided ? fail('not decided') : n;
  };
  const signed = (text: string): string => (text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text);
  const digits = precision === undefined ? 6 : Math.min(100, Number(precision));
  const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');
  switch (verb) {
    case 's': {
      const text = toText(arg);
      return precision === undefined ? text : [...text].slice(0, Number(precision)).join('');
    }
    case 'v': return flags.includes('#') || arg.data === null || arg.data instanceof Object ? encodeJson(arg) : typeof arg.data === 'number' ? signed(numberText(arg.data)) : toText(arg);
    case 'q': return JSON.stringify(toText(arg));
    case 't': return String(toBool(arg));
    case 'd': return signed(String(BigInt(Math.trunc(number()))));
    case 'b': return signed(BigInt(Math.trunc(number())).toString(2));
    case 'o': return signed(BigInt(Math.trunc(number())).toString(8));
    case 'x':
    case 'X': {
      const text = typeof arg.data === 'string' && Number.isNaN(Number(arg.data)) ? Buffer.from(arg.data).toString('hex') : signed(BigInt(Math.trunc(number())).toString(16));
      return verb === 'X' ? text.toUpperCase() : text;
    }
    case 'f':
    case 'F': return signed(number().toFixed(digits));
    case 'e': return signed(exponent(number().toExponential(digits)));
    case 'E': return signed(exponent(number().toExponential(digits)).toUpperCase());
    case 'g':
    case 'G': {
      const n = number();
      const text = precision === undefined ? (Math.abs(n) >= 1e21 || (n !== 0 && Math.abs(n) < 1e-4) ? exponent(n.toExponential()) : numberText(n)) : exponent(String(Number(n.toPrecision(Math.max(1, digits)))));
      return signed(verb === 'G' ? text.toUpperCase() : text);
    }
    default: return fail(`%${verb} is not a verb`);
  }
}
