import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack, type Header } from 'tar-stream';
import { afterAll, describe, expect, test } from 'vitest';
import { Refused } from '../../server/service/errors.ts';
import { ArchiveGuard, ARCHIVE_LIMITS, type ArchiveLimits } from '../../server/service/archive/guard.ts';
import { unpack } from '../../server/service/archive/unpack.ts';
import { Uploads } from '../../server/service/uploads.ts';
import { commandLine } from '../helpers/cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'overreach-archives-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
let n = 0;

interface Item { name: string; content?: string | Buffer; mode?: number; flags?: number; stated?: number; type?: Header['type']; linkname?: string }
/** A zip written by hand, so that it can say what no tool would. */
function zip(items: Item[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const i of items) {
    const content = Buffer.from(i.content ?? '');
    const [data, name] = [deflateRawSync(content), Buffer.from(i.name)];
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0); fixed.writeUInt16LE(i.flags ?? 0x800, 2); fixed.writeUInt16LE(8, 4); fixed.writeUInt32LE(crc32(content), 10);
    fixed.writeUInt32LE(data.length, 14); fixed.writeUInt32LE(i.stated ?? content.length, 18); fixed.writeUInt16LE(name.length, 22);
    local.push(Buffer.from('PK\x03\x04'), fixed, name, data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((i.mode ?? 0o100644) << 16) >>> 0, 6); tail.writeUInt32LE(at, 10);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fixed, tail, name);
    at += 30 + name.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(items.length, 4); end.writeUInt16LE(items.length, 6); end.writeUInt32LE(directory.length, 8); end.writeUInt32LE(at, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}
async function tar(items: Item[]): Promise<Buffer> {
  const p = pack();
  const chunks: Buffer[] = [];
  const done = (async () => { for await (const c of p) chunks.push(c as Buffer); })();
  for (const i of items) {
    const header = { name: i.name, type: i.type ?? 'file', ...(i.linkname ? { linkname: i.linkname } : {}) };
    if (header.type === 'file') p.entry(header, Buffer.from(i.content ?? '')); else p.entry(header);
  }
  p.finalize();
  await done;
  return Buffer.concat(chunks);
}
const FORMS: Record<string, (items: Item[]) => Promise<Buffer>> = { zip: async (i) => zip(i), tar, tgz: async (i) => gzipSync(await tar(i)), 'tar.gz': async (i) => gzipSync(await tar(i)) };

interface Outcome { code?: string; message?: string; left: string[]; files: Record<string, string> }
async function tried(name: string, bytes: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<Outcome> {
  const place = join(dir, String(n++));
  const file = `${place}-${name}`;
  writeFileSync(file, bytes);
  const left = (): string[] => readdirSync(dir).filter((f) => f.startsWith(`${place.split('/').at(-1)}`) && !f.endsWith(name));
  try {
    await unpack(file, place, limits);
    const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(place.length + 1));
    return { left: left(), files: Object.fromEntries(files.sort().map((f) => [f, readFileSync(join(place, f), 'utf8')])) };
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    expect(e.message).not.toMatch(/\/tmp|\.ts:\d/);
    return { code: e.code, message: e.message, left: left(), files: {} };
  }
}

describe.each(Object.keys(FORMS))('%s', (form) => {
  const make = FORMS[form]!;
  const put = async (items: Item[], limits?: Partial<ArchiveLimits>): Promise<Outcome> => tried(`a.${form}`, await make(items), limits);

  test('gives the files it holds, private, whatever modes it names', async () => {
    expect((await put([{ name: 'a/', ...(form === 'zip' ? { mode: 0o040777 } : { type: 'directory' }) }, { name: './a/main.tf', content: 'x', mode: 0o106777 }, { name: 'b/c/ü.json', content: '{}' }, { name: 'empty' }])).files).toEqual({ 'a/main.tf': 'x', 'b/c/ü.json': '{}', empty: '' });
  });

  test.each(['../out', 'a/../../out', '/etc/passwd', 'a/..', '..', 'C:/x', 'c:x', 'a\\..\\..\\x', '\\\\host\\x', 'a\u0000b', 'a\nb', `${'x'.repeat(300)}`])('refuses the name %j whole', async (name) => {
    const r = await put([{ name: 'good.tf', content: 'x' }, { name, content: 'y' }, { name: 'later', content: 'z' }]);
    // A tar header ends a name at NUL: there the name is another, harmless one.
    if (form !== 'zip' && name.includes('\u0000')) return;
    expect([r.code, r.left]).toEqual(['ARCHIVE_UNSAFE', []]);
  });

  test('refuses what is neither file nor folder', async () => {
    const odd: Item[] = form === 'zip' ? [0o120777, 0o060644, 0o020644, 0o010644, 0o140644].map((mode) => ({ name: 'odd', content: '/etc/passwd', mode }))
      : (['symlink', 'link', 'character-device', 'block-device', 'fifo'] as const).map((type) => ({ name: 'odd', type, linkname: '/etc/passwd' }));
    for (const item of odd) expect([item.mode ?? item.type, (await put([{ name: 'good', content: 'x' }, item])).code]).toEqual([item.mode ?? item.type, 'ARCHIVE_UNSAFE']);
  });

  test('refuses names that are one file elsewhere, and a file that is also a folder', async () => {
    for (const pair of [['a/Main.tf', 'a/main.TF'], ['A/x', 'a/y'], ['same', 'same'], ['a', 'a/b'], ['a/b', 'a'], ['\u00e9', 'e\u0301']]) expect([pair, (await put(pair.map((name) => ({ name, content: 'x' })))).code]).toEqual([pair, 'ARCHIVE_UNSAFE']);
  });

  test('stops at its limits, with nothing left', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ name: `f${i}`, content: 'x'.repeat(100) }));
    for (const limits of [{ entries: 29 }, { bytes: 2_999 }] satisfies Partial<ArchiveLimits>[]) expect(await put(many, limits)).toMatchObject({ code: 'ARCHIVE_TOO_LARGE', left: [] });
    expect(await put([{ name: `${'d/'.repeat(65)}x`, content: 'x' }])).toMatchObject({ code: 'ARCHIVE_TOO_LARGE', left: [] });
    expect((await put(many, { entries: 30, bytes: 3_000 })).code).toBeUndefined();
  });

  test('refuses what grows a thousandfold', async () => {
    const r = await put([{ name: 'bomb', content: Buffer.alloc(form === 'tar' ? 1 : 60_000_000) }]);
    expect(r).toMatchObject(form === 'tar' ? {} : { code: 'ARCHIVE_TOO_LARGE', left: [] });
  });

  test('refuses what is cut off, damaged or something else', async () => {
    const whole = await make([{ name: 'a', content: 'x'.repeat(5_000) }, { name: 'b', content: 'y'.repeat(5_000) }]);
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.from('not an archive'), Buffer.alloc(0), Buffer.alloc(600, 7)]) expect((await tried(`a.${form}`, bytes)).code).toBe('ARCHIVE_BROKEN');
  });
});

test('an encrypted zip, and one whose sizes are lies', async () => {
  expect((await tried('a.zip', zip([{ name: 'a', content: 'x', flags: 0x801 }]))).code).toBe('ARCHIVE_UNSAFE');
  for (const stated of [1, 5_000_000]) expect((await tried('a.zip', zip([{ name: 'a', content: 'x'.repeat(2_000), stated }]))).code).toBe('ARCHIVE_BROKEN');
});

test('an archive in an archive stays one', async () => {
  const inner = zip([{ name: '../x', content: 'x' }]);
  const r = await tried('a.zip', zip([{ name: 'inner.zip', content: inner }, { name: 'a.tf', content: 'x' }]));
  expect(Object.keys(r.files)).toEqual(['a.tf', 'inner.zip']);
});

test('whatever the name, a place is below the folder or there is none', () => {
  const piece = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', 'a', 'A', 'C:', '\u0000', '~', '%2e%2e', '\u202e', '．．'), fc.string({ maxLength: 6 }));
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('/', '\\', ''), (parts, sep) => {
    const guard = new ArchiveGuard(ARCHIVE_LIMITS);
    let place: string | undefined;
    try { place = guard.place(parts.join(sep), false); } catch (e) { expect(e).toBeInstanceOf(Refused); return; }
    expect(join('/spool/x', place!).startsWith('/spool/x/')).toBe(true);
    expect(dirname(place!).split('/')).not.toContain('..');
  }), { numRuns: 2_000 });
});

test('an uploaded archive is a folder of files, counted unpacked; one that is refused leaves nothing', async () => {
  const spool = mkdtempSync(join(dir, 'spool-'));
  const uploads = new Uploads(spool, 100_000);
  const send = (name: string, bytes: Buffer) => uploads.receive(Readable.from([bytes]), name, 'me');
  const up = await send('repo.zip', zip([{ name: 'repo/main.tf', content: 'x'.repeat(1_000) }, { name: 'repo/b.tf', content: 'y' }]));
  expect(up).toMatchObject({ name: 'repo.zip', bytes: 1_001, files: 2 });
  expect(readdirSync(uploads.folder(up.id, 'me'), { recursive: true }).sort()).toEqual(['repo', 'repo/b.tf', 'repo/main.tf']);
  const held = (): number => readdirSync(join(spool, readdirSync(spool)[0]!)).length;
  for (const bytes of [zip([{ name: '../x' }]), Buffer.from('x'), zip([{ name: 'big', content: Buffer.alloc(500_000, 'ab') }])]) {
    await expect(send('b.zip', bytes)).rejects.toBeInstanceOf(Refused);
    expect(held()).toBe(1);
  }
  await uploads.remove(up.id);
  expect(held()).toBe(0);
  uploads.close();
});

test('scan reads an archive as the folder it holds', async () => {
  const c = commandLine();
  writeFileSync(join(c.cwd, 'code.tgz'), gzipSync(await tar([{ name: 'main.tf', content: 'resource "aws_s3_bucket" "b" {\n  bucket = "payroll"\n}\n' }])));
  writeFileSync(join(c.cwd, 'evil.zip'), zip([{ name: '../x', content: 'x' }]));
  const r = await c.run('scan', 'code.tgz', '--format', 'json');
  expect([r.code, (JSON.parse(r.out) as { coverage: { input: string; status: string; resources: number }[] }).coverage.filter((x) => x.status === 'read').map((x) => x.resources)]).toEqual([0, [1]]);
  const bad = await c.run('scan', 'evil.zip');
  expect([bad.code, bad.log]).toEqual([3, expect.stringContaining('leads out of it')]);
  expect((await c.run('scan', 'code.tgz', '.')).code).toBe(3);
});
