import { box, List, STRING } from '../box.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, integer, strict } from './define.ts';
import { STRINGS } from './pattern.ts';

/** An address prefix. `bits` is 32 or 128; host bits are kept in `address`. */
interface Prefix { address: bigint; length: number; bits: 32 | 128 }

function parsePrefix(text: string): Prefix {
  const [address, length] = text.split('/');
  const v6 = address!.includes(':');
  const bits = v6 ? 128 : 32;
  const n = Number(length);
  if (length === undefined || !/^\d+$/.test(length) || n > bits) return fail(`"${text}" is not a CIDR block`);
  return { address: v6 ? parseV6(address!) : parseV4(address!), length: n, bits };
}

function parseV4(text: string): bigint {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) return fail(`"${text}" is not an IPv4 address`);
  return parts.reduce((n, p) => (n << 8n) | BigInt(p), 0n);
}

function parseV6(text: string): bigint {
  let source = text;
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(source);
  if (v4) {
    const n = parseV4(v4[2]!);
    source = `${v4[1]}${(n >> 16n).toString(16)}:${(n & 0xffffn).toString(16)}`;
  }
  const halves = source.split('::').map((h) => (h === '' ? [] : h.split(':')));
  const groups = halves.length === 2 ? [...halves[0]!, ...Array.from({ length: 8 - halves[0]!.length - halves[1]!.length }, () => '0'), ...halves[1]!] : halves[0]!;
  if (halves.length > 2 || groups.length !== 8 || groups.some((g) => !/^[0-9a-fA-F]{1,4}$/.test(g))) return fail(`"${text}" is not an IPv6 address`);
  return groups.reduce((n, g) => (n << 16n) | BigInt(`0x${g}`), 0n);
}

function showAddress(n: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((s) => (n >> s) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (!zeros) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`;
}

const network = (p: Prefix): bigint => (p.address >> BigInt(p.bits - p.length)) << BigInt(p.bits - p.length);

function subnet(p: Prefix, newBits: number, number: bigint): Prefix {
  const length = p.length + integer(newBits, 'the number of bits');
  if (newBits < 0 || length > p.bits) return fail(`${newBits} more bits do not fit into a prefix of ${p.length}`);
  if (number < 0n || number >= 1n << BigInt(newBits)) return fail(`${newBits} bits hold no network ${number}`);
  return { ...p, address: network(p) | (number << BigInt(p.bits - length)), length };
}

const showPrefix = (p: Prefix): string => `${showAddress(p.address, p.bits)}/${p.length}`;

export const networks: readonly FunctionDefinition[] = [
  strict('cidrhost', 2, STRING, (a) => {
    const p = parsePrefix(a.text(0));
    const size = 1n << BigInt(p.bits - p.length);
    const wanted = BigInt(integer(a.number(1), 'the host number'));
    const host = wanted < 0n ? size + wanted : wanted;
    return host < 0n || host >= size ? fail(`the prefix holds no host ${wanted}`) : showAddress(network(p) | host, p.bits);
  }),
  strict('cidrnetmask', 1, STRING, (a) => {
    const p = parsePrefix(a.text(0));
    if (p.bits !== 32) return fail('an IPv6 prefix has no netmask');
    return showAddress(((1n << BigInt(p.length)) - 1n) << BigInt(32 - p.length), 32);
  }),
  strict('cidrsubnet', 3, STRING, (a) => showPrefix(subnet(parsePrefix(a.text(0)), a.number(1), BigInt(integer(a.number(2), 'the network number'))))),
  strict('cidrsubnets', [1, Infinity], STRINGS, (a) => {
    const p = parsePrefix(a.text(0));
    const end = network(p) + (1n << BigInt(p.bits - p.length));
    let next = network(p);
    return new List(a.all.slice(1).map((_, i) => {
      const length = p.length + integer(a.number(i + 1), 'the number of bits');
      if (length <= p.length || length > p.bits) return fail('that many bits do not fit');
      const size = 1n << BigInt(p.bits - length);
      const address = ((next + size - 1n) / size) * size;
      next = address + size;
      return next > end ? fail('there is not enough room') : box(showPrefix({ ...p, address, length }));
    }));
  }),
];
