import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../schema/index.ts';
import type { GithubAuth } from './github-auth.ts';
import type { JiraAuth } from './jira-http.ts';
import type { Wait } from './retry.ts';
import type { Tracker } from './tracker.ts';

export const TRACKERS = ['file', 'webhook', 'github', 'jira'] as const;
export type TrackerName = (typeof TRACKERS)[number];
/** Where tickets go. `to`: folder, address, owner/repository, or the address of a Jira. Nothing of a sign-in is in it. */
export interface TrackerPlace { tracker: TrackerName; to: string; project?: string | undefined; issueType?: string | undefined }
export interface TrackerWorld { env: Record<string, string | undefined>; cwd: string; wait: Wait; log: (text: string) => void }

const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/;

/** The name under which the store keeps what it knows of tickets there. */
export const placeName = (p: TrackerPlace, cwd: string): string => `${p.tracker} ${p.tracker === 'file' ? resolve(cwd, p.to) : p.tracker === 'github' ? p.to.toLowerCase() : p.to.replace(/\/+$/, '')}${p.project === undefined ? '' : ` ${p.project}`}`;

/** Sign-ins come from the environment, each also as the path of a file that holds it (`GITHUB_TOKEN_FILE`). */
export async function openTracker(p: TrackerPlace, w: TrackerWorld): Promise<Tracker> {
  const secret = (name: string): string | undefined => secretOf(w, name);
  switch (p.tracker) {
    case 'file': return (await import('./file.ts')).fileTracker(resolve(w.cwd, p.to));
    case 'webhook': {
      demandHttps(p.to, 'a webhook');
      return (await import('./webhook.ts')).webhookTracker(p.to, secret('OVERREACH_WEBHOOK_SECRET'), w.wait);
    }
    case 'github': {
      if (!/^[\w.-]+\/[\w.-]+$/.test(p.to)) throw new UserError('--to: owner/repository');
      const baseUrl = w.env['GITHUB_API_URL'];
      if (baseUrl) demandHttps(baseUrl, 'GITHUB_API_URL');
      return (await import('./github.ts')).githubTracker({ repository: p.to, auth: githubAuth(secret), ...(baseUrl && { baseUrl: baseUrl.replace(/\/+$/, '') }), wait: w.wait, log: w.log });
    }
    case 'jira': {
      demandHttps(p.to, 'Jira');
      if (!/^[A-Z][A-Z0-9_]{1,49}$/.test(p.project ?? '')) throw new UserError('--project: the key of a Jira project, as SEC');
      return (await import('./jira.ts')).jiraTracker({ base: p.to.replace(/\/+$/, ''), project: p.project!, issueType: p.issueType ?? 'Task', auth: jiraAuth(secret), wait: w.wait, log: w.log });
    }
  }
}

function demandHttps(url: string, what: string): void {
  const u = URL.canParse(url) ? new URL(url) : undefined;
  if (!u || u.username !== '' || u.password !== '' || (u.protocol !== 'https:' && !LOCAL.test(url))) throw new UserError(`${what} needs an https address, without a sign-in in it`);
}

function secretOf(w: TrackerWorld, name: string): string | undefined {
  const file = w.env[`${name}_FILE`];
  if (file === undefined) return w.env[name] || undefined;
  try { return readFileSync(resolve(w.cwd, file), 'utf8').trim(); } catch (e) { throw new UserError(`${name}_FILE: ${(e as Error).message}`); }
}

function githubAuth(secret: (name: string) => string | undefined): GithubAuth {
  const [appId, privateKey, installationId] = ['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_APP_INSTALLATION_ID'].map(secret);
  if (appId === undefined && privateKey === undefined && installationId === undefined) { const token = secret('GITHUB_TOKEN'); return token === undefined ? undefined : { token }; }
  if (appId === undefined || privateKey === undefined || installationId === undefined) throw new UserError('a GitHub App needs all of GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY_FILE and GITHUB_APP_INSTALLATION_ID');
  return { appId, privateKey, installationId };
}

function jiraAuth(secret: (name: string) => string | undefined): JiraAuth {
  const [pat, email, token] = ['JIRA_PAT', 'JIRA_EMAIL', 'JIRA_API_TOKEN'].map(secret);
  if (pat !== undefined) return { pat };
  if (email === undefined || token === undefined) throw new UserError('Jira needs JIRA_EMAIL with JIRA_API_TOKEN (Cloud), or JIRA_PAT (Server, Data Center)');
  return { email, token };
}
