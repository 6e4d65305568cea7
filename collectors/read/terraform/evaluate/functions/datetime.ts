import { STRING } from '../box.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, strict } from './define.ts';
import { impure } from './hash.ts';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i;
const UNIT: Record<string, number> = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

interface Moment { local: Date; instant: number; zone: string }

/** Date and time of RFC 3339 with its zone kept. */
function moment(text: string): Moment {
  const m = RFC3339.exec(text) ?? fail(`"${text}" is not a time of RFC 3339`);
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const zone = m[8]!.toUpperCase();
  const offset = zone === 'Z' ? 0 : (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * (zone[0] === '-' ? -60_000 : 60_000);
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, Number(`0.${m[7] ?? 0}`) * 1000));
  if (month < 1 || month > 12 || local.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) return fail(`"${text}" is not a valid time`);
  return { local, instant: local.getTime() - offset, zone };
}

const two = (n: number): string => String(n).padStart(2, '0');

function stamp(local: Date, zone: string): string {
  return `${String(local.getUTCFullYear()).padStart(4, '0')}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}T${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}${zone === '+00:00' ? 'Z' : zone}`;
}

function duration(text: string): number {
  const m = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!m && text !== '0') return fail(`"${text}" is not a duration`);
  let total = 0;
  for (const part of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(part[1]) * UNIT[part[2]!]!;
  return text.startsWith('-') ? -total : total;
}

function formatPart(token: string, { local, zone }: Moment): string {
  const hour = local.getUTCHours();
  const half = hour % 12 || 12;
  const parts: Record<string, () => string> = {
    YYYY: () => String(local.getUTCFullYear()).padStart(4, '0'), YY: () => two(local.getUTCFullYear() % 100),
    MMMM: () => MONTHS[local.getUTCMonth()]!, MMM: () => MONTHS[local.getUTCMonth()]!.slice(0, 3), MM: () => two(local.getUTCMonth() + 1), M: () => String(local.getUTCMonth() + 1),
    DD: () => two(local.getUTCDate()), D: () => String(local.getUTCDate()),
    EEEE: () => DAYS[local.getUTCDay()]!, EEE: () => DAYS[local.getUTCDay()]!.slice(0, 3),
    hh: () => two(hour), h: () => String(hour), HH: () => two(half), H: () => String(half),
    AA: () => (hour < 12 ? 'AM' : 'PM'), aa: () => (hour < 12 ? 'am' : 'pm'),
    mm: () => two(local.getUTCMinutes()), m: () => String(local.getUTCMinutes()), ss: () => two(local.getUTCSeconds()), s: () => String(local.getUTCSeconds()),
    ZZZZZ: () => (zone === 'Z' ? '+00:00' : zone), ZZZZ: () => (zone === 'Z' ? '+0000' : zone.replace(':', '')), ZZZ: () => (zone === 'Z' || zone.endsWith('00:00') ? 'UTC' : zone.replace(':', '')), Z: () => (/^[+-]00:00$/.test(zone) ? 'Z' : zone),
  };
  return (parts[token] ?? (() => fail(`"${token}" is not a part of a date format`)))();
}

export const datetime: readonly FunctionDefinition[] = [
  impure('timestamp', 0),
  impure('plantimestamp', 0),
  strict('formatdate', 2, STRING, (a) => {
    const at = moment(a.text(1));
    return a.text(0).replace(/'((?:[^']|'')*)'|([A-Za-z])\2*|'/g, (part: string, quoted: string | undefined) => {
      if (part === "'") return fail('a quote is not closed');
      return quoted !== undefined ? quoted.replace(/''/g, "'") : formatPart(part, at);
    });
  }),
  strict('timeadd', 2, STRING, (a) => {
    const { local, zone } = moment(a.text(0));
    return stamp(new Date(local.getTime() + duration(a.text(1))), zone);
  }),
  strict('timecmp', 2, { kind: 'number' }, (a) => Math.sign(moment(a.text(0)).instant - moment(a.text(1)).instant)),
];
