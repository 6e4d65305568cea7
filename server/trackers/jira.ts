import type { Severity } from '../../schema/index.ts';
import { jiraCalls, JiraRefusedFields, type JiraAuth, type JiraCall } from './jira-http.ts';
import type { Wait } from './retry.ts';
import { adfOf, adfText } from './text/adf.ts';
import { fit, plain, type Block } from './text/document.ts';
import { wikiOf } from './text/wiki.ts';
import { MARKER, marker, metaOf, TrackerRefused, type Found, type Known, type Ticket, type Tracker } from './tracker.ts';

export interface JiraOptions { base: string; project: string; issueType: string; auth: JiraAuth; wait: Wait; log: (text: string) => void }
interface Issue { key: string; fields: { status?: { statusCategory?: { key?: string } }; description?: unknown } }
interface Transition { id: string; name: string; to?: { statusCategory?: { key?: string } } }

/** Characters of a description that Jira takes. */
const BODY = 32_000;
const TITLE = 250;
const PRIORITY: Record<Severity, string> = { critical: 'Highest', high: 'High', medium: 'Medium', low: 'Low', info: 'Lowest' };
/** Fields that a ticket can do without. */
const OPTIONAL: readonly string[] = ['labels', 'assignee', 'priority', 'duedate'];

/** Jira Cloud (version 3 of its API, document format) or Server and Data Center (version 2, wiki notation). */
export function jiraTracker(o: JiraOptions): Tracker {
  const version = 'pat' in o.auth ? '2' : '3';
  const call = jiraCalls(o.base, version, o.auth, o.wait);
  const render = (t: Ticket) => (blocks: readonly Block[]): string => (version === '3' ? adfOf(blocks, marker(t.meta)) : wikiOf(blocks, marker(t.meta)));
  const description = (t: Ticket): unknown => { const text = fit(t.blocks, render(t), BODY); return version === '3' ? JSON.parse(text) : text; };
  const found = (i: Issue): Found => ({ ref: i.key, open: i.fields.status?.statusCategory?.key !== 'done', url: `${o.base}/browse/${i.key}` });
  const jql = `project = "${o.project}" AND description ~ "${MARKER}" ORDER BY created ASC`;
  const find = async (): Promise<Known[]> => {
    const all = await listed(call, version, jql).catch((e: unknown) => { throw e instanceof JiraRefusedFields ? new TrackerRefused(e.message) : e; });
    return all.flatMap((i) => { const meta = metaOf(adfText(i.fields.description) || String(i.fields.description ?? '')); return meta ? [{ ...found(i), meta }] : []; });
  };
  const person = async (who: string): Promise<object | undefined> => {
    if (version === '2') return { name: who };
    const people = await call<{ accountId: string }[]>('GET', `/user/assignable/search?project=${encodeURIComponent(o.project)}&query=${encodeURIComponent(who)}`);
    return people.length === 1 ? { accountId: people[0]!.accountId } : undefined;
  };
  const move = async (key: string, done: boolean): Promise<void> => {
    const path = `/issue/${key}/transitions`;
    const { transitions } = await call<{ transitions: Transition[] }>('GET', path);
    const fitting = transitions.filter((t) => (t.to?.statusCategory?.key === 'done') === done);
    if (fitting.length === 0) throw new Error(`${key}: its workflow has no step to ${done ? 'a done' : 'an open'} status that this sign-in may take`);
    const best = fitting.find((t) => (done ? /^(done|resolve|fixed)/i : /^(re-?open|to ?do|open|backlog)/i).test(t.name)) ?? fitting[0]!;
    const isThere = async (): Promise<true | undefined> => ((await call<Issue>('GET', `/issue/${key}?fields=status`)).fields.status?.statusCategory?.key === 'done') === done || undefined;
    await call<unknown>('POST', path, { transition: { id: best.id } }, isThere);
  };
  const edit = (k: Known, t: Ticket): Promise<void> => call('PUT', `/issue/${k.ref}`, { fields: { summary: summary(t), description: description(t) } });
  return {
    name: 'jira', find,
    async get(ref) {
      try { return found(await call<Issue>('GET', `/issue/${ref}?fields=status`)); } catch (e) {
        if (e instanceof TrackerRefused && e.message.includes('(404)')) return undefined;
        throw e;
      }
    },
    async create(t) {
      const who = t.assignee === undefined ? undefined : await person(t.assignee);
      if (t.assignee !== undefined && !who) o.log(`${t.title}: ${t.assignee} is nobody, or several, whom Jira can assign; opened without`);
      let fields: Record<string, unknown> = {
        project: { key: o.project }, issuetype: { name: o.issueType }, summary: summary(t), description: description(t),
        labels: t.labels.map((l) => l.replace(/\s+/g, '-')), priority: { name: PRIORITY[t.severity] }, duedate: t.meta.due, ...(who && { assignee: who }),
      };
      for (;;) {
        try {
          const made = await call<{ key: string }>('POST', '/issue', { fields }, async () => { const k = (await find()).find((x) => x.meta.fix === t.fixId); return k && { key: k.ref }; });
          return { ref: made.key, open: true, url: `${o.base}/browse/${made.key}` };
        } catch (e) {
          const drop = e instanceof JiraRefusedFields ? e.fields.filter((f) => OPTIONAL.includes(f) && f in fields) : [];
          if (drop.length === 0) throw e;
          o.log(`${t.title}: ${drop.join(' and ')} refused, opened without`);
          fields = Object.fromEntries(Object.entries(fields).filter(([f]) => !drop.includes(f)));
        }
      }
    },
    update: edit,
    async reopen(k, t) { await move(k.ref, false); await edit(k, t); },
    async close(k, why) {
      await move(k.ref, true);
      const text = `Closed: ${why}.`;
      // Once at most: a comment cannot be told from its repeat.
      await call<unknown>('POST', `/issue/${k.ref}/comment`, { body: version === '3' ? { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] } : text }, async () => null).catch(() => undefined);
    },
  };
}

const summary = (t: Ticket): string => plain(t.title).slice(0, TITLE);

/** Cloud pages by token, Server by number. */
async function listed(call: JiraCall, version: '2' | '3', jql: string): Promise<Issue[]> {
  const out: Issue[] = [];
  const query = `jql=${encodeURIComponent(jql)}&fields=status,description&maxResults=100`;
  for (let next = ''; ;) {
    const page = version === '3'
      ? await call<{ issues: Issue[]; nextPageToken?: string }>('GET', `/search/jql?${query}${next && `&nextPageToken=${encodeURIComponent(next)}`}`)
      : await call<{ issues: Issue[]; total: number; nextPageToken?: string }>('GET', `/search?${query}&startAt=${out.length}`).then((p) => ({ ...p, ...(p.issues.length > 0 && out.length + p.issues.length < p.total && { nextPageToken: 'more' }) }));
    out.push(...page.issues);
    if (page.nextPageToken === undefined) return out;
    next = page.nextPageToken;
  }
}
