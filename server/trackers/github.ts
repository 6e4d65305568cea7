import { Octokit } from '@octokit/rest';
import { retried, type Wait } from './retry.ts';
import { hidden, metaOf, TrackerRefused, type Known, type Ticket, type Tracker } from './tracker.ts';

export interface GithubOptions { repository: string; token: string | undefined; baseUrl?: string; wait: Wait; log: (text: string) => void }
interface Issue { number: number; state: string; body?: string | null; html_url?: string; pull_request?: unknown }
interface HttpError { status?: number; response?: { headers?: Record<string, string | number | undefined> } }

/** GitHub Issues. All issues are listed to find ours: search lags behind, and a label may have been refused. */
export function githubTracker(o: GithubOptions): Tracker {
  const [owner, repo] = o.repository.split('/') as [string, string];
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const octokit = new Octokit({ ...(o.token && { auth: o.token }), ...(o.baseUrl && { baseUrl: o.baseUrl }), log: silent });
  const at = { owner, repo };
  const call = <T>(work: () => Promise<T>, done?: () => Promise<T | undefined>): Promise<T> => retried(() => work().catch((e: unknown) => { throw explained(e, o.repository); }), o.wait, done);
  const timeout = (): { request: { signal: AbortSignal } } => ({ request: { signal: AbortSignal.timeout(20_000) } });
  const known = (i: Issue): Known[] => {
    const meta = i.pull_request ? undefined : metaOf(i.body ?? '');
    return meta ? [{ ref: String(i.number), open: i.state === 'open', meta, ...(i.html_url && { url: i.html_url }) }] : [];
  };
  const find = async (): Promise<Known[]> => {
    const out: Known[] = [];
    for (let page = 1; ; page++) {
      const { data } = await call(() => octokit.rest.issues.listForRepo({ ...at, state: 'all', sort: 'created', direction: 'asc', per_page: 100, page, ...timeout() }));
      out.push(...(data as Issue[]).flatMap(known));
      if (data.length < 100) return out;
    }
  };
  const bodyOf = (t: Ticket): string => `${t.body}\n\n${hidden(t.meta)}\n`;
  const put = async (known: Known, t: Ticket, more: { state?: 'open' }): Promise<void> => {
    await call(() => octokit.rest.issues.update({ ...at, issue_number: Number(known.ref), title: t.title, body: bodyOf(t), ...more, ...timeout() }));
  };
  return {
    name: 'github', find,
    async create(t) {
      const create = (extra: object): Promise<Known> => call(
        async () => known((await octokit.rest.issues.create({ ...at, title: t.title, body: bodyOf(t), ...extra, ...timeout() })).data as Issue)[0] ?? { ref: '?', open: true, meta: t.meta },
        async () => (await find()).find((k) => k.meta.fix === t.fixId),
      );
      try {
        return await create({ labels: t.labels, ...(t.assignee && { assignees: [t.assignee] }) });
      } catch (e) {
        if ((e as HttpError).status !== 422) throw e;
        o.log(`${t.title}: labels or assignee were refused, opened without them`);
        return create({});
      }
    },
    update: (k, t) => put(k, t, {}),
    reopen: (k, t) => put(k, t, { state: 'open' }),
    async close(k, why) {
      await call(() => octokit.rest.issues.update({ ...at, issue_number: Number(k.ref), state: 'closed', state_reason: why.startsWith('accepted') || why.startsWith('the same') ? 'not_planned' : 'completed', ...timeout() }));
      await call(() => octokit.rest.issues.createComment({ ...at, issue_number: Number(k.ref), body: `Closed: ${why}.`, ...timeout() })).catch(() => undefined);
    },
  };
}

/** Limits are worth waiting for; other refusals are not. */
function explained(e: unknown, repository: string): unknown {
  const { status, response } = e as HttpError;
  const after = Number(response?.headers?.['retry-after']) || undefined;
  const limited = (status === 403 || status === 429) && (after !== undefined || String(response?.headers?.['x-ratelimit-remaining']) === '0');
  if (limited) return Object.assign(new Error(`GitHub limits requests (${status})`), { status: 429, retryAfter: after ?? 30 });
  if (status === 401) return new TrackerRefused('GitHub does not accept the token (401): set GITHUB_TOKEN');
  if (status === 403) return new TrackerRefused(`the token may not write issues of ${repository} (403)`);
  if (status === 404 || status === 410) return new TrackerRefused(`${repository} is not there, its issues are off, or the token does not see it (${status})`);
  // A request that was cut off has no answer: status 500 is what the client makes of it.
  return e;
}
