import { limited, retried, retryAfterOf, type Wait } from './retry.ts';
import { TrackerRefused } from './tracker.ts';

/** Cloud: an account and its API token. Server and Data Center: a personal access token. */
export type JiraAuth = { email: string; token: string } | { pat: string };
export interface JiraError { errorMessages?: string[]; errors?: Record<string, string> }

/** A 400 names the fields that were wrong. */
export class JiraRefusedFields extends Error {
  readonly status = 400;
  readonly fields: readonly string[];
  constructor(message: string, fields: readonly string[]) {
    super(message);
    this.fields = fields;
  }
}

const TIMEOUT_MS = 20_000;

export type JiraCall = <T>(method: string, path: string, body?: unknown, done?: () => Promise<T | undefined>) => Promise<T>;

/** Requests to one Jira, `path` below `/rest/api/<version>`, tried again where that may help. */
export function jiraCalls(base: string, version: '2' | '3', auth: JiraAuth, wait: Wait): JiraCall {
  const authorization = 'pat' in auth ? `Bearer ${auth.pat}` : `Basic ${Buffer.from(`${auth.email}:${auth.token}`).toString('base64')}`;
  return <T>(method: string, path: string, body?: unknown, done?: () => Promise<T | undefined>) => retried<T>(async () => {
    const r = await fetch(`${base}/rest/api/${version}${path}`, {
      method, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json', 'x-atlassian-token': 'no-check' },
    });
    const text = await r.text();
    if (r.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw failure(r, text);
  }, wait, done);
}

function failure(r: Response, text: string): Error {
  let said: JiraError = {};
  try { said = JSON.parse(text) as JiraError; } catch { /* a proxy in front answers in words of its own */ }
  const fields = Object.keys(said.errors ?? {});
  const words = [...(said.errorMessages ?? []), ...Object.entries(said.errors ?? {}).map(([k, v]) => `${k}: ${v}`)].join('; ').slice(0, 300);
  const after = retryAfterOf(r.headers.get('retry-after'));
  if (r.status === 429 || (r.status === 403 && after !== undefined)) return limited('Jira', after ?? 10);
  if (r.status === 401) return new TrackerRefused('Jira does not accept the sign-in (401): JIRA_EMAIL with JIRA_API_TOKEN, or JIRA_PAT');
  if (r.status === 403) return new TrackerRefused(`the sign-in may not do this in Jira (403)${words && `: ${words}`}`);
  if (r.status === 404) return new TrackerRefused(`Jira has no such project or issue, or the sign-in does not see it (404)${words && `: ${words}`}`);
  if (r.status === 400) return new JiraRefusedFields(`Jira refused the request (400)${words && `: ${words}`}`, fields);
  return Object.assign(new Error(`Jira answers ${r.status}${words && `: ${words}`}`), { status: r.status, ...(after !== undefined && { retryAfter: Math.min(after, 60) }) });
}
