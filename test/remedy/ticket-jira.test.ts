import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { syncTickets, type Done } from '../../server/service/tickets.ts';
import { jiraTracker } from '../../server/trackers/jira.ts';
import { openTracker } from '../../server/trackers/open.ts';
import { adfText } from '../../server/trackers/text/adf.ts';
import { metaOf, type Tracker } from '../../server/trackers/tracker.ts';
import { fakeJira, type FakeJira } from '../helpers/trackers/jira.ts';
import { remediesOf, ticketOptions, withoutFixes } from '../helpers/trackers/remedies.ts';

let j: FakeJira;
let said: string[];
beforeEach(async () => { j = await fakeJira(); said = []; });
afterEach(() => { j.close(); });

const AUTH = { cloud: { email: 'bot@acme.example', token: 'api' }, server: { pat: 'pat' } };
const actions = (done: readonly Done[]): string[] => [...new Set(done.map((d) => d.action))];
const textOf = (d: unknown): string => (typeof d === 'string' ? d : adfText(d));

describe.each(['cloud', 'server'] as const)('jira %s', (kind) => {
  const tracker = (project = 'SEC', issueType = 'Task'): Tracker => jiraTracker({ base: j.url, project, issueType, auth: AUTH[kind], wait: async () => undefined, log: (t) => { said.push(t); } });

  test('fifty fixes, answers that are lost, limits and failures: exactly fifty; again nothing', async () => {
    j.fail(({ method }, n) => {
      if (method !== 'POST') return n === 1 ? { status: 503 } : undefined;
      if (n % 11 === 3) return { status: 502, after: true, body: '<html>' };
      if (n % 13 === 5) return { cut: true, after: true };
      if (n % 7 === 2) return { status: 429, headers: { 'retry-after': '2' } };
      return undefined;
    });
    const o = await ticketOptions();
    const { done, stopped } = await syncTickets(tracker(), remediesOf(50), o);
    expect([stopped, done.filter((d) => d.action !== 'create')]).toEqual([undefined, []]);
    expect(j.issues.map((i) => metaOf(textOf(i.fields.description))!.fix).sort()).toEqual(remediesOf(50).plan.fixes.map((f) => f.id));
    const before = j.writes();
    expect(actions((await syncTickets(tracker(), remediesOf(50), o)).done)).toEqual(['keep']);
    // Another store: found by what is hidden in them, over all pages.
    expect(actions((await syncTickets(tracker(), remediesOf(50), await ticketOptions())).done)).toEqual(['keep']);
    expect(j.writes()).toBe(before);
  });

  test('closes and opens by the steps of its workflow, with a comment', async () => {
    const o = await ticketOptions();
    await syncTickets(tracker(), remediesOf(1), o);
    await syncTickets(tracker(), { ...withoutFixes(remediesOf(1)), findings: [] }, o);
    expect([j.issues[0]!.category, textOf(j.issues[0]!.comments[0])]).toEqual(['done', 'Closed: the paths are gone.']);
    expect((await syncTickets(tracker(), remediesOf(1), o)).done.map((d) => [d.action, d.url])).toEqual([['reopen', `${j.url}/browse/SEC-1`]]);
    expect(j.issues[0]!.category).toBe('new');
  });

  test('a priority, label or assignee that does not exist: opened without, and said', async () => {
    await syncTickets(tracker(), remediesOf(1), await ticketOptions({ assignee: 'nobody', labels: ['two words'] }));
    expect(j.issues[0]!.fields).toMatchObject({ labels: ['two-words', 'severity:critical'], duedate: '2026-06-08', issuetype: { name: 'Task' } });
    expect([j.issues[0]!.fields['priority'], j.issues[0]!.fields['assignee']]).toEqual([undefined, undefined]);
    expect(said.join()).toMatch(/priority/);
    expect(said.join()).toMatch(/nobody|assignee/);
  });

  test('what is wrong with the place or the sign-in is said, nothing is written', async () => {
    const run = async (t: Tracker) => syncTickets(t, remediesOf(4), await ticketOptions());
    expect((await run(tracker('NOPE'))).stopped).toMatch(/does not exist for the field 'project'/);
    expect((await run(tracker('SEC', 'Epos'))).done[0]).toMatchObject({ action: 'failed', why: expect.stringContaining('valid issue type') });
    expect((await run(jiraTracker({ base: j.url, project: 'SEC', issueType: 'Task', auth: { pat: 'wrong' }, wait: async () => undefined, log: () => undefined }))).stopped).toMatch(/sign-in \(401\)/);
    expect(j.issues).toEqual([]);
  });
});

test('an assignee of Cloud is looked up', async () => {
  await syncTickets(jiraTracker({ base: j.url, project: 'SEC', issueType: 'Task', auth: AUTH.cloud, wait: async () => undefined, log: () => undefined }), remediesOf(1), await ticketOptions({ assignee: 'maria@acme.example' }));
  expect(j.issues[0]!.fields['assignee']).toEqual({ accountId: '5b10a' });
});

test('sign-ins come from the environment or files of it, never from the place', async () => {
  const world = (env: Record<string, string>) => ({ env, cwd: '/', wait: async () => undefined, log: () => undefined });
  const place = { tracker: 'jira' as const, to: j.url, project: 'SEC' };
  await expect(openTracker(place, world({}))).rejects.toThrow(/JIRA_EMAIL with JIRA_API_TOKEN/);
  await expect(openTracker({ ...place, project: 'sec" OR 1' }, world({ JIRA_PAT: 'x' }))).rejects.toThrow(/--project/);
  await expect(openTracker({ ...place, to: 'https://u:p@jira.example' }, world({ JIRA_PAT: 'x' }))).rejects.toThrow(/https address/);
  await expect(openTracker({ ...place, to: 'http://jira.example' }, world({ JIRA_PAT: 'x' }))).rejects.toThrow(/https address/);
  await expect(openTracker(place, world({ JIRA_PAT_FILE: '/nowhere' }))).rejects.toThrow(/JIRA_PAT_FILE/);
  await expect(openTracker({ tracker: 'github', to: 'a/b' }, world({ GITHUB_APP_ID: '1' }))).rejects.toThrow(/needs all of/);
  expect((await openTracker(place, world({ JIRA_PAT: 'x' }))).name).toBe('jira');
});
