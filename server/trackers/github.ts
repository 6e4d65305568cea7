import { octokitFor, type GithubAuth } from './github-auth.ts';
import { limited, retried, retryAfterOf, type Wait } from './retry.ts';
import { fit } from './text/document.ts';
import { markdownOf } from './text/markdown.ts';
import { hidden, metaOf, TrackerRefused, type Found, type Known, type Ticket, type Tracker } from './tracker.ts';

export interface GithubOptions { repository: string; auth: GithubAuth; baseUrl?: string; wait: Wait; log: (text: string) => void; /** Milliseconds an answer may take. */ timeoutMs?: number }
interface Issue { number: number; state: string; body?: string | null; html_url?: string; pull_request?: unknown; author_association?: string; user?: { login?: string; type?: string } | null }
interface HttpError { status?: number; message: string; response?: { headers?: Record<string, string | number | undefined>; data?: { message?: string; errors?: { field?: string }[] } } }

/** Characters of an issue's text that GitHub takes. */
const BODY = 65_000;
const TIMEOUT_MS = 20_000;
/** GitHub asks for a second between writes. */
const PACE_MS = 1_000;
const OUTSIDERS: ReadonlySet<string> = new Set(['NONE', 'CONTRIBUTOR', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN']);

/** GitHub Issues. All issues are listed to find ours: search lags behind, and a label may have been refused. */
export function githubTracker(o: GithubOptions): Tracker {
  const [owner, repo] = o.repository.split('/') as [string, string];
  const octokit = octokitFor(o.auth, o.baseUrl);
  const at = { owner, repo };
  const call = <T>(work: () => Promise<T>, done?: () => Promise<T | undefined>): Promise<T> => retried(() => work().catch((e: unknown) => { throw explained(e, o.repository); }), o.wait, done);
  const timeout = (): { request: { signal: AbortSignal } } => ({ request: { signal: AbortSignal.timeout(o.timeoutMs ?? TIMEOUT_MS) } });
  let written = 0;
  const pace = async (): Promise<void> => {
    const rest = written + PACE_MS - performance.now();
    if ((o.baseUrl === undefined || /\/\/api\.github\.com/.test(o.baseUrl)) && written > 0 && rest > 0) await o.wait(rest);
    written = performance.now();
  };
  const found = (i: Issue): Found => ({ ref: String(i.number), open: i.state === 'open', ...(i.html_url && { url: i.html_url }) });
  /** Anybody may open an issue in a public repository and copy our id into it: such a one is not ours, unless we are that somebody. */
  let me: Promise<string | undefined> | undefined;
  const ours = async (i: Issue): Promise<boolean> => {
    if (i.user?.type === 'Bot' || !OUTSIDERS.has(i.author_association ?? '')) return true;
    me ??= call(() => octokit.rest.users.getAuthenticated(timeout())).then((r) => r.data.login, (e: unknown) => (/404/.test((e as Error).message) ? i.user?.login : undefined));
    return (await me) === i.user?.login;
  };
  const find = async (): Promise<Known[]> => {
    const out: Known[] = [];
    for (let page = 1; ; page++) {
      const { data } = await call(() => octokit.rest.issues.listForRepo({ ...at, state: 'all', sort: 'created', direction: 'asc', per_page: 100, page, ...timeout() }));
      for (const i of data as Issue[]) {
        const meta = i.pull_request ? undefined : metaOf(i.body ?? '');
        if (meta && (await ours(i))) out.push({ ...found(i), meta });
      }
      if (data.length < 100) return out;
    }
  };
  const bodyOf = (t: Ticket): string => { const id = `\n\n${hidden(t.meta)}\n`; return fit(t.blocks, markdownOf, BODY - id.length) + id; };
  const put = async (known: Known, t: Ticket, more: { state?: 'open' }): Promise<void> => {
    await pace();
    await call(() => octokit.rest.issues.update({ ...at, issue_number: Number(known.ref), title: t.title, body: bodyOf(t), ...more, ...timeout() }));
  };
  return {
    name: 'github', find,
    async get(ref) {
      try {
        return found((await call(() => octokit.rest.issues.get({ ...at, issue_number: Number(ref), ...timeout() }))).data as Issue);
      } catch (e) {
        if (e instanceof TrackerRefused && /\((404|410)\)/.test(e.message)) return undefined;
        throw e;
      }
    },
    async create(t) {
      await pace();
      let extra: { labels?: string[]; assignees?: string[] } = { labels: t.labels, ...(t.assignee && { assignees: [t.assignee] }) };
      for (;;) {
        try {
          return await call(async () => found((await octokit.rest.issues.create({ ...at, title: t.title, body: bodyOf(t), ...extra, ...timeout() })).data as Issue), async () => (await find()).find((k) => k.meta.fix === t.fixId));
        } catch (e) {
          const without = (e as HttpError).status === 422 ? lessThan(extra, e as HttpError) : undefined;
          if (!without) throw e;
          o.log(`${t.title}: ${Object.keys(extra).filter((k) => !(k in without)).join(' and ')} refused, opened without`);
          extra = without;
        }
      }
    },
    update: (k, t) => put(k, t, {}),
    reopen: (k, t) => put(k, t, { state: 'open' }),
    async close(k, why) {
      await pace();
      await call(() => octokit.rest.issues.update({ ...at, issue_number: Number(k.ref), state: 'closed', state_reason: why.startsWith('accepted') || why.startsWith('the same') ? 'not_planned' : 'completed', ...timeout() }));
      // Once at most: a comment cannot be told from its repeat.
      await octokit.rest.issues.createComment({ ...at, issue_number: Number(k.ref), body: `Closed: ${why}.`, ...timeout() }).catch(() => undefined);
    },
  };
}

/** Without what the answer names; without both when it names neither. undefined: there is nothing left to leave out. */
function lessThan(extra: { labels?: string[]; assignees?: string[] }, e: HttpError): typeof extra | undefined {
  const named = new Set((e.response?.data?.errors ?? []).map((x) => x.field));
  const keys = Object.keys(extra) as (keyof typeof extra)[];
  const drop = keys.filter((k) => named.has(k) || named.has(k.slice(0, -1)));
  if (keys.length === 0) return undefined;
  return Object.fromEntries(Object.entries(extra).filter(([k]) => drop.length > 0 && !drop.includes(k as keyof typeof extra)));
}

/** Limits are worth waiting for; other refusals are not. */
function explained(e: unknown, repository: string): unknown {
  const { status, response } = e as HttpError;
  const header = (name: string): string | number | undefined => response?.headers?.[name];
  if (status === 403 || status === 429) {
    const after = retryAfterOf(header('retry-after'));
    const spent = String(header('x-ratelimit-remaining')) === '0';
    const reset = Number(header('x-ratelimit-reset')) - Date.now() / 1000;
    if (after !== undefined) return limited('GitHub', after);
    if (spent) return limited('GitHub', Number.isFinite(reset) ? Math.max(1, Math.ceil(reset)) : 30);
    if (status === 429 || /secondary rate limit|abuse/i.test(response?.data?.message ?? '')) return limited('GitHub', 30);
  }
  if (status === 401) return new TrackerRefused('GitHub does not accept the sign-in (401): set GITHUB_TOKEN, or the id, key and installation of an app');
  if (status === 403) return new TrackerRefused(`the sign-in may not read or write issues of ${repository} (403)`);
  if (status === 404 || status === 410) return new TrackerRefused(`${repository} or the issue is not there, its issues are off, or the sign-in does not see it (${status})`);
  // A request that was cut off has no answer: status 500 is what the client makes of it.
  return e;
}
