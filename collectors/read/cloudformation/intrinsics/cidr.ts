/** Blocks that `Fn::Cidr` cuts from a block: `count` of them with `bits` host bits each. Undefined for what is not valid. */
export function cidrBlocks(block: string, count: number, bits: number | undefined): string[] | undefined {
  const m = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(block);
  if (!m || !Number.isInteger(count) || count < 1 || count > 256) return undefined;
  const four = !m[1]!.includes(':');
  const width = four ? 32 : 128;
  const size = bits ?? (four ? 8 : 64);
  const prefix = Number(m[2]);
  const base = four ? parseFour(m[1]!) : parseSix(m[1]!);
  if (base === undefined || !Number.isInteger(size) || size < 1 || prefix > width || size > width - prefix) return undefined;
  const start = (base >> BigInt(width - prefix)) << BigInt(width - prefix);
  if (BigInt(count) << BigInt(size) > 1n << BigInt(width - prefix)) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const address = start + (BigInt(i) << BigInt(size));
    return `${four ? showFour(address) : showSix(address)}/${width - size}`;
  });
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return undefined;
  return parts.reduce((n, p) => n * 256n + BigInt(p), 0n);
}

function parseSix(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const groups = (s: string): string[] => (s === '' ? [] : s.split(':'));
  const [a, b] = [groups(head), groups(tail ?? '')];
  const missing = 8 - a.length - b.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const all = [...a, ...Array.from({ length: missing }, () => '0'), ...b];
  return all.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g)) ? all.reduce((n, g) => (n << 16n) + BigInt(`0x${g}`), 0n) : undefined;
}

const showFour = (n: bigint): string => [24n, 16n, 8n, 0n].map((s) => String((n >> s) & 255n)).join('.');

/** The longest run of zeros is left out, as is customary. */
function showSix(n: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((n >> BigInt((7 - i) * 16)) & 0xffffn).toString(16));
  const runs = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((x, y) => y[0].length - x[0].length);
  const run = runs[0];
  if (!run) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, run.index)}::${text.slice(run.index + run[0].length).replace(/^:/, '')}`;
}
