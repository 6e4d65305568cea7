import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../schema/index.ts';
import { Refused } from '../errors.ts';
import { ARCHIVE_LIMITS, ArchiveGuard, broken, type ArchiveLimits } from './guard.ts';
import { Target } from './target.ts';

const KINDS = [[/\.zip$/i, 'zip'], [/\.tar$/i, 'tar'], [/\.(tar\.gz|tgz)$/i, 'tgz']] as const;
const kindOf = (name: string): (typeof KINDS)[number][1] | undefined => KINDS.find(([end]) => end.test(name))?.[1];
export const isArchive = (name: string): boolean => kindOf(name) !== undefined;

/**
 * Unpacks an archive into a folder that must not exist yet, or leaves nothing behind. Archives inside are files like others.
 * Throws Refused: ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE, ARCHIVE_BROKEN, DISK_FULL.
 */
export async function unpack(file: string, into: string, limits: Partial<ArchiveLimits> = {}): Promise<{ files: number; bytes: number }> {
  const guard = new ArchiveGuard({ ...ARCHIVE_LIMITS, ...limits });
  await mkdir(into, { mode: 0o700 });
  try {
    const target = new Target(into);
    const kind = kindOf(file);
    if (kind === 'zip') await (await import('./zip.ts')).unpackZip(file, guard, target);
    else await (await import('./tar.ts')).unpackTar(file, kind === 'tgz', guard, target);
    if (guard.files === 0) throw broken();
    return { files: guard.files, bytes: guard.bytes };
  } catch (e) {
    await rm(into, { recursive: true, force: true });
    if (e instanceof Refused) throw e;
    const code = (e as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Refused('DISK_FULL', 'there is no space left to unpack the archive');
    if (code === 'EACCES' || code === 'EROFS' || code === 'EMFILE') throw e;
    throw broken();
  }
}

/** Runs `work` with the folder that an archive among the paths unpacks to. It stands alone: what is beside it would decide its file names. */
export async function withUnpacked<T>(paths: readonly string[], work: (paths: string[]) => Promise<T>): Promise<T> {
  const archive = paths.find(isArchive);
  if (archive === undefined) return work([...paths]);
  if (paths.length > 1) throw new UserError(`${archive}: an archive is scanned alone`);
  const spool = await mkdtemp(join(tmpdir(), 'overreach-archive-'));
  try {
    await unpack(archive, join(spool, 'content'));
    return await work([join(spool, 'content')]);
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}
