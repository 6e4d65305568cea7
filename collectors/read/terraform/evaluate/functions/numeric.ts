import { type Box, Dict, List, NUMBER, Undecided, undecided } from '../box.ts';
import { isKnown, show } from '../inspect.ts';
import { toNumber } from '../convert.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, integer, lenient, strict } from './define.ts';

export const numeric: readonly FunctionDefinition[] = [
  strict('abs', 1, NUMBER, (a) => Math.abs(a.number(0))),
  strict('ceil', 1, NUMBER, (a) => Math.ceil(a.number(0)) || 0),
  strict('floor', 1, NUMBER, (a) => Math.floor(a.number(0))),
  strict('log', 2, NUMBER, (a) => {
    const result = Math.log(a.number(0)) / Math.log(a.number(1));
    const near = Math.round(result);
    return a.number(1) ** near === a.number(0) ? near : Number.isFinite(result) ? result : fail('the logarithm is not finite');
  }),
  strict('max', [1, Infinity], NUMBER, (a) => Math.max(...a.all.map((_, i) => a.number(i)))),
  strict('min', [1, Infinity], NUMBER, (a) => Math.min(...a.all.map((_, i) => a.number(i)))),
  strict('parseint', 2, NUMBER, (a) => parseInteger(a.text(0), integer(a.number(1), 'the base'))),
  strict('pow', 2, NUMBER, (a) => a.number(0) ** a.number(1)),
  strict('signum', 1, NUMBER, (a) => Math.sign(a.number(0))),
  strict('sum', 1, NUMBER, (a) => {
    const items = a.items(0);
    if (!items.length) return fail('the list is empty');
    return items.reduce((total, b) => add(total, b), 0);
  }),
  strict('range', [1, 3], { kind: 'list', of: NUMBER }, (a) => {
    const start = a.count > 1 ? a.number(0) : 0;
    const limit = a.count > 1 ? a.number(1) : a.number(0);
    const step = a.count > 2 ? a.number(2) : limit < start ? -1 : 1;
    if (step === 0 || (step > 0) !== limit > start) return limit === start ? new List([]) : fail('the step leads away from the limit');
    if (Math.abs((limit - start) / step) > 1024) return fail('more than 1024 values', 'limit');
    const out: Box[] = [];
    for (let n = start; step > 0 ? n < limit : n > limit; n += step) out.push({ data: n });
    return new List(out);
  }),
  lenient('length', 1, NUMBER, (a) => {
    const d = a.box(0).data;
    if (d instanceof List) return d.items.length;
    if (d instanceof Dict) return d.entries.size;
    if (typeof d === 'string' && isKnown(a.box(0))) return [...new Intl.Segmenter('en').segment(d)].length;
    if (typeof d === 'string' || (typeof d === 'object' && d !== null)) return undecided(`length(${show(d)})`, NUMBER);
    return fail('a string or a collection is required');
  }),
];

function add(total: number, b: Box): number {
  const n = toNumber(b);
  return n instanceof Undecided ? fail('a number is not decided') : total + n;
}

function parseInteger(text: string, base: number): number {
  if (base < 2 || base > 62) return fail('the base must be from 2 to 62');
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const [, sign, rest] = /^([+-]?)(.+)$/.exec(text) ?? fail('the text is empty');
  let value = 0;
  for (const c of rest!) {
    const digit = digits.indexOf(base <= 36 ? c.toLowerCase() : c);
    if (digit < 0 || digit >= base) return fail(`"${text}" is not a number of base ${base}`);
    value = value * base + digit;
  }
  return sign === '-' ? -value : value;
}
