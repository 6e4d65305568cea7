import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';

const git = (path: string, ...args: string[]): string => execFileSync('git', args, { cwd: path, stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();

/** A folder within its checkout, '' = the whole of it; undefined where there is no checkout. */
export function folderWithin(path: string): string | undefined {
  try { return statSync(path).isDirectory() ? git(path, 'rev-parse', '--show-prefix') : undefined; } catch { return undefined; }
}

/**
 * Address before the paths of a scan: where the remote of the folder's checkout shows its files, and the folder within it. '' when it is no
 * checkout or its remote is nowhere that has pages.
 */
export function linkBaseOf(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return '';
    const remote = /^(?:https?:\/\/(?:[^@/]+@)?|ssh:\/\/(?:[^@/]+@)?|[\w.-]+@)([\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?\/?$/.exec(git(path, 'config', '--get', 'remote.origin.url'));
    if (!remote) return '';
    const [, host, project] = remote;
    return `https://${host}/${encodeURI(project!)}/${host!.includes('gitlab') ? '-/' : ''}blob/HEAD/${encodeURI(git(path, 'rev-parse', '--show-prefix'))}`;
  } catch {
    return '';
  }
}
