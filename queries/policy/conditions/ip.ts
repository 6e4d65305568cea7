import { type Family, pair, whole } from './operator.ts';

/** An address as bits; version 4 and 6 never meet. undefined: not an address. */
function address(s: string): { bits: bigint; width: 32 | 128 } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(s)) {
    const parts = s.split('.').map(Number);
    return parts.every((n) => n <= 255) ? { bits: parts.reduce((a, n) => (a << 8n) | BigInt(n), 0n), width: 32 } : undefined;
  }
  if (!s.includes(':')) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(s);
  const v4 = tail ? address(tail[2]!) : undefined;
  const text = tail && v4 ? `${tail[1]}${(v4.bits >> 16n).toString(16)}:${(v4.bits & 0xffffn).toString(16)}` : s;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const words = (h: string): string[] => (h === '' ? [] : h.split(':'));
  const head = words(halves[0]!);
  const rest = halves.length === 2 ? words(halves[1]!) : [];
  const gap = 8 - head.length - rest.length;
  if (halves.length === 2 ? gap < 0 : gap !== 0) return undefined;
  const all = [...head, ...Array.from({ length: halves.length === 2 ? gap : 0 }, () => '0'), ...rest];
  if (!all.every((x) => /^[0-9a-f]{1,4}$/i.test(x))) return undefined;
  return { bits: all.reduce((a, x) => (a << 16n) | BigInt(`0x${x}`), 0n), width: 128 };
}

function inRange(range: string, value: string): boolean {
  const [base = '', length] = range.trim().split('/');
  const a = address(base);
  const v = address(value.trim());
  if (!a || !v || a.width !== v.width) return false;
  const n = length === undefined ? a.width : Number(length);
  if (!Number.isInteger(n) || n < 0 || n > a.width) return false;
  const shift = BigInt(a.width - n);
  return a.bits >> shift === v.bits >> shift;
}

/** CIDR ranges of version 4 and 6; an address without length is one host. */
export const ips: Family = pair('ipaddress', 'notipaddress', whole(inRange));
