import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { syncTickets, type Done } from '../../server/service/tickets.ts';
import type { GithubAuth } from '../../server/trackers/github-auth.ts';
import { githubTracker } from '../../server/trackers/github.ts';
import { metaOf, type Tracker } from '../../server/trackers/tracker.ts';
import { commandLine } from '../helpers/cli.ts';
import { fakeGithub, type FakeGithub } from '../helpers/trackers/github.ts';
import { remediesOf, ticketOptions, withoutFixes } from '../helpers/trackers/remedies.ts';
import { CHAT, SECOND_STORE } from '../review/chat.ts';

let g: FakeGithub;
let said: string[];
let waited: number[];
beforeEach(async () => { g = await fakeGithub(); said = []; waited = []; });
afterEach(() => { g.close(); });

const tracker = (auth: GithubAuth = { token: 't' }, timeoutMs = 20_000): Tracker => githubTracker({ timeoutMs, repository: 'acme/estate', auth, baseUrl: g.url, wait: async (ms) => { waited.push(ms); }, log: (t) => { said.push(t); } });
const ids = (): string[] => g.issues.map((i) => metaOf(i.body)!.fix).sort();
const FIFTY = remediesOf(50).plan.fixes.map((f) => f.id);
const actions = (done: readonly Done[]): string[] => [...new Set(done.map((d) => d.action))];

describe('fifty fixes, exactly fifty tickets', () => {
  test('answers that are lost, limits, failures, broken connections: all in one run', async () => {
    g.fail(({ method }, n) => {
      if (method !== 'POST') return n === 1 ? { status: 502 } : undefined;
      if (n % 11 === 3) return { status: 502, after: true };
      if (n % 13 === 5) return { cut: true, after: true };
      if (n % 7 === 2) return { status: 403, headers: { 'retry-after': '1' } };
      if (n % 17 === 9) return { status: 500 };
      if (n % 19 === 4) return { status: 429, headers: { 'retry-after': new Date(Date.now() + 2_000).toUTCString() } };
      if (n % 23 === 8) return { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } };
      return undefined;
    });
    const o = await ticketOptions();
    const { done, stopped } = await syncTickets(tracker(), remediesOf(50), o);
    expect([stopped, done.filter((d) => d.action !== 'create')]).toEqual([undefined, []]);
    expect(ids()).toEqual(FIFTY);
    expect((await o.store.ledger.tickets()).map((t) => [t.fix, t.state, t.ref !== undefined, t.holder])).toEqual(FIFTY.map((f) => [f, 'open', true, undefined]));
    const before = g.writes();
    expect(actions((await syncTickets(tracker(), remediesOf(50), o)).done)).toEqual(['keep']);
    expect(g.writes()).toBe(before);
  });

  test.each([[401, 'Bad credentials'], [403, 'Resource not accessible'], [404, 'Not Found'], [422, 'Validation Failed'], [410, 'Gone']])('a single %d in the middle costs that one ticket, the next run makes it', async (status, message) => {
    const o = await ticketOptions();
    let hit = true;
    g.fail(({ method }, n) => (hit && method === 'POST' && n >= 20 && n <= (status === 422 ? 21 : 20) ? { status, body: { message } } : undefined));
    const first = await syncTickets(tracker(), remediesOf(50), o);
    expect(first.stopped).toBeUndefined();
    expect(first.done.filter((d) => d.action === 'failed')).toHaveLength(1);
    expect(g.issues.length).toBe(49);
    expect((await o.store.ledger.tickets()).find((t) => t.state === 'intended')!.why).toMatch(/40\d|41\d|422|Validation/);
    hit = false;
    expect((await syncTickets(tracker(), remediesOf(50), o)).done.filter((d) => d.action === 'create')).toHaveLength(1);
    expect(ids()).toEqual(FIFTY);
  });

  test('a token that ends in the middle: three refusals stop the run, nothing is lost or twice', async () => {
    const o = await ticketOptions();
    g.fail(({ method }, n) => (method === 'POST' && n > 22 ? { status: 401 } : undefined));
    const { done, stopped } = await syncTickets(tracker(), remediesOf(50), o);
    expect(stopped).toMatch(/does not accept the sign-in/);
    expect(done.filter((d) => d.action === 'create')).toHaveLength(22);
    expect(done.filter((d) => d.why === 'not tried')).toHaveLength(25);
    g.fail(() => undefined);
    await syncTickets(tracker(), remediesOf(50), o);
    expect(ids()).toEqual(FIFTY);
  });

  test('a limit that lasts longer than anybody waits ends the run at once', async () => {
    g.fail(({ method }, n) => (method === 'POST' && n > 5 ? { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1_800) } } : undefined));
    const { done, stopped } = await syncTickets(tracker(), remediesOf(50), await ticketOptions());
    expect(stopped).toMatch(/limits requests for another (29|30) minutes/);
    expect([done.filter((d) => d.action === 'create').length, waited]).toEqual([5, []]);
  });

  test('the process ends after a ticket was made and before we knew', async () => {
    const o = await ticketOptions();
    let n = 0;
    const dying: Tracker = { ...tracker(), create: async (t) => { await tracker().create(t); if (++n === 23) throw new Error('dead'); return { ref: String(n), open: true }; } };
    // As a killed process leaves it: the intent stays as it was written.
    const ledger = { ...o.store.ledger, tickets: (p?: string) => o.store.ledger.tickets(p), putTicket: async (t: Parameters<typeof o.store.ledger.putTicket>[0], was: string | undefined) => (n >= 23 ? true : o.store.ledger.putTicket(n === 22 ? { ...t, holder: 'gone|1|1' } : t, was)) } as typeof o.store.ledger;
    await syncTickets(dying, { ...remediesOf(50), plan: { ...remediesOf(50).plan, fixes: remediesOf(50).plan.fixes.slice(0, 23) } }, { ...o, ledger });
    expect([g.issues.length, (await o.store.ledger.tickets()).filter((t) => t.state === 'intended').length]).toEqual([23, 1]);
    expect(actions((await syncTickets(tracker(), remediesOf(50), o)).done)).toEqual(['keep', 'create']);
    expect(ids()).toEqual(FIFTY);
    expect((await o.store.ledger.tickets()).every((t) => t.state === 'open')).toBe(true);
  });

  test('two runs at the same time make each ticket once; another store finds them by their hidden id', async () => {
    const o = await ticketOptions();
    await Promise.all([syncTickets(tracker(), remediesOf(20), o), syncTickets(tracker(), remediesOf(20), o), syncTickets(tracker(), remediesOf(20), o)]);
    expect(ids()).toEqual(FIFTY.slice(0, 20));
    const elsewhere = await ticketOptions();
    expect(actions((await syncTickets(tracker(), remediesOf(20), elsewhere)).done)).toEqual(['keep']);
    expect((await elsewhere.store.ledger.tickets()).map((t) => t.ref).sort()).toEqual(g.issues.map((i) => String(i.number)).sort());
  });

  test('an intent of another machine is waited for, then looked up and taken over', async () => {
    let clock = Date.parse('2026-06-01T00:00:00Z');
    const o = await ticketOptions({ now: () => new Date(clock), wait: async (ms) => { clock += ms; } });
    const row = { place: 'here', state: 'intended' as const, holder: 'elsewhere|1|1', at: new Date(clock).toISOString(), title: 't', severity: 'high', due: '2026-06-08', findings: [], sources: [] };
    const r = remediesOf(3);
    await o.store.ledger.putTicket({ ...row, fix: 'fix000', mark: 'a' }, undefined);
    await o.store.ledger.putTicket({ ...row, fix: 'fix001', mark: 'b' }, undefined);
    // The first was made before that machine went away, the second was not.
    await syncTickets(tracker(), { ...r, plan: { ...r.plan, fixes: r.plan.fixes.slice(0, 1) } }, await ticketOptions());
    const { done } = await syncTickets(tracker(), r, o);
    expect(done.map((d) => d.action)).toEqual(['keep', 'create', 'create']);
    expect([ids(), clock - Date.parse('2026-06-01T00:00:00Z') >= 20_000]).toEqual([FIFTY.slice(0, 3), true]);
    expect((await o.store.ledger.tickets()).map((t) => [t.state, t.holder])).toEqual(Array.from({ length: 3 }, () => ['open', undefined]));
  });

  test('a text that somebody rewrote, and a ticket that somebody removed', async () => {
    const o = await ticketOptions();
    await syncTickets(tracker(), remediesOf(3), o);
    g.issues[0]!.body = 'we talked about it';
    g.issues.splice(1, 1);
    const { done } = await syncTickets(tracker(), remediesOf(3), o);
    expect(done.map((d) => [d.action, d.why])).toEqual([['keep', undefined], ['create', '2 is gone'], ['keep', undefined]]);
    expect(g.issues.map((i) => i.number)).toEqual([1, 3, 3]);
  });
});

describe('refusals', () => {
  test.each([[401, /sign-in/], [403, /may not read or write/], [404, /not there/]])('%d to the listing: nothing is written, said in words', async (status, says) => {
    g.fail(({ method }) => (method === 'GET' ? { status } : undefined));
    const { done, stopped } = await syncTickets(tracker(), remediesOf(3), await ticketOptions());
    expect([stopped, done, g.issues]).toEqual([expect.stringMatching(says), [], []]);
  });

  test('an assignee and a label that do not exist: opened without the one that was named, and said', async () => {
    const o = await ticketOptions({ assignee: 'nobody', labels: ['overreach', 'forbidden'] });
    await syncTickets(tracker(), remediesOf(1), o);
    expect(g.issues.map((i) => [i.labels, i.assignees])).toEqual([[[], []]]);
    expect(said).toEqual([expect.stringContaining('assignees refused'), expect.stringContaining('labels refused')]);
    await syncTickets(tracker(), remediesOf(2), { ...o, labels: ['overreach'] });
    expect(g.issues[1]!.labels.map((l) => l.name)).toEqual(['overreach', 'severity:critical']);
  });

  test('an id copied into an issue of an outsider is not ours', async () => {
    const o = await ticketOptions();
    await syncTickets(tracker(), remediesOf(1), o);
    g.issues.unshift({ ...g.issues[0]!, number: 99, user: { login: 'mallory', type: 'User' }, author_association: 'NONE' });
    expect(actions((await syncTickets(tracker(), remediesOf(1), await ticketOptions())).done)).toEqual(['keep']);
    expect(g.issues.map((i) => i.state)).toEqual(['open', 'open']);
  });
});

test('a GitHub App signs in with its key and gets a token of its own', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  await syncTickets(tracker({ appId: '7', privateKey, installationId: '42' }), remediesOf(2), await ticketOptions());
  expect(g.issues.map((i) => i.user.login)).toEqual(['overreach[bot]', 'overreach[bot]']);
  expect(g.asked.filter((a) => a.path === '/app/installations/42/access_tokens')).toHaveLength(1);
});

describe('closing and coming back', () => {
  test('closes when the paths are gone and the source was read, not otherwise; reopens; keeps its due date while open', async () => {
    const o = await ticketOptions();
    const r = remediesOf(2);
    await syncTickets(tracker(), r, o);
    const none = withoutFixes(r);
    const why = async (x: typeof r): Promise<unknown[]> => (await syncTickets(tracker(), x, o)).done.map((d) => [d.action, d.why]);
    expect(await why(none)).toEqual([['keep', 'its paths are still there'], ['keep', 'its paths are still there']]);
    const gone = { ...none, findings: [] };
    for (const status of ['failed', 'recognised-not-read', 'skipped'] as const) expect((await why({ ...gone, coverage: r.coverage.map((c) => ({ ...c, status })) }))[0]).toEqual(['keep', 'main.tf was not read this time']);
    expect((await why({ ...gone, coverage: [] }))[0]).toEqual(['keep', 'main.tf was not read this time']);
    expect((await why({ ...gone, coverage: r.coverage.map((c) => ({ ...c, status: 'partial' as const })), files: new Set<string>() }))[0]).toEqual(['keep', 'main.tf was not read this time']);
    expect((await why({ ...gone, coverage: r.coverage.map((c) => ({ ...c, problems: [{ code: 'hcl-parse', message: 'x', source: { source: 'terraform', file: 'main.tf' } }] })) as never }))[0]).toEqual(['keep', 'main.tf was not read this time']);
    expect((await why({ ...gone, scope: 'another' }))[0]).toEqual(['keep', 'it is about acme, which was not read this time']);
    expect(g.issues.map((i) => i.state)).toEqual(['open', 'open']);
    expect(await why(gone)).toEqual([['close', 'the paths are gone'], ['close', 'the paths are gone']]);
    expect(g.issues.map((i) => [i.state, i.state_reason, i.comments])).toEqual([['closed', 'completed', ['Closed: the paths are gone.']], ['closed', 'completed', ['Closed: the paths are gone.']]]);
    expect(await why(gone)).toEqual([]);
    expect(metaOf(g.issues[0]!.body)!.due).toBe('2026-06-08');
    const later = { ...o, today: new Date('2026-07-01T00:00:00Z') };
    expect((await syncTickets(tracker(), r, later)).done.map((d) => [d.action, d.why])).toEqual([['reopen', 'the path is back'], ['reopen', 'the path is back']]);
    expect(g.issues.map((i) => [i.state, metaOf(i.body)!.due])).toEqual([['open', '2026-07-08'], ['open', '2026-07-08']]);
    const changed = { ...r, plan: { ...r.plan, fixes: r.plan.fixes.map((f) => ({ ...f, text: `${f.text}, now` })) } };
    expect(actions((await syncTickets(tracker(), changed, { ...o, today: new Date('2026-08-01T00:00:00Z') })).done)).toEqual(['update']);
    expect(metaOf(g.issues[0]!.body)!.due).toBe('2026-07-08');
  });

  test('the same file name in another folder of the checkout closes nothing', async () => {
    const o = await ticketOptions();
    const at = (folder: string) => ({ ...remediesOf(1), scope: `acme//${folder}` });
    await syncTickets(tracker(), at('infra/a/'), o);
    const gone = (folder: string) => syncTickets(tracker(), { ...withoutFixes(at(folder)), findings: [] }, o);
    expect((await gone('infra/b/')).done.map((d) => [d.action, d.why])).toEqual([['keep', 'it is about acme//infra/a/, which was not read this time']]);
    expect((await gone('infra/a/')).done.map((d) => d.action)).toEqual(['close']);
  });

  test('an accepted risk closes its ticket, the end of the acceptance opens it', async () => {
    const o = await ticketOptions();
    const r = remediesOf(1);
    await syncTickets(tracker(), r, o);
    await syncTickets(tracker(), { ...withoutFixes(r), findings: r.findings.map((f) => ({ ...f, state: 'accepted' as const })) }, o);
    expect(g.issues.map((i) => [i.state, i.state_reason])).toEqual([['closed', 'not_planned']]);
    expect((await syncTickets(tracker(), r, o)).done.map((d) => d.why)).toEqual(['its acceptance has ended']);
    g.issues[0]!.state = 'closed';
    expect((await syncTickets(tracker(), r, o)).done.map((d) => d.why)).toEqual(['somebody closed it, and its paths are still there']);
  });

  test('of two tickets with one fix the later is closed', async () => {
    const o = await ticketOptions();
    await syncTickets(tracker(), remediesOf(1), o);
    g.issues.push({ ...g.issues[0]!, number: 2, comments: [] });
    expect((await syncTickets(tracker(), remediesOf(1), o)).done.map((d) => [d.action, d.why])).toEqual([['close', 'the same fix as 1'], ['keep', undefined]]);
  });

  test('a dry run asks and writes nothing, to the tracker or the store', async () => {
    const o = await ticketOptions();
    const dry = await syncTickets(tracker(), remediesOf(3), { ...o, dryRun: true });
    expect([actions(dry.done), g.writes(), await o.store.ledger.tickets()]).toEqual([['create'], 0, []]);
  });
});

test('no answer at all in the middle: the ticket that was made is found, not made again', async () => {
  g.fail(({ method }, n) => (method === 'POST' && (n === 7 || n === 8) ? { after: n === 7, stall: true } : method === 'GET' && n === 3 ? { stall: true } : undefined));
  const { done } = await syncTickets(tracker(undefined, 1_000), remediesOf(12), await ticketOptions());
  expect([actions(done), ids()]).toEqual([['create'], FIFTY.slice(0, 12)]);
});

test('overreach ticket: exit codes and the words at the end', async () => {
  const cli = commandLine({ GITHUB_TOKEN: 't', GITHUB_API_URL: g.url });
  mkdirSync(join(cli.cwd, 'code'));
  writeFileSync(join(cli.cwd, 'code', 'main.tf'), CHAT + SECOND_STORE);
  const run = (...more: string[]) => cli.run('ticket', 'code', '--tracker', 'github', '--to', 'acme/estate', ...more);
  const dry = await run();
  expect([dry.code, dry.out.split('\n').filter((l) => l.startsWith('create')).length > 1, g.writes()]).toEqual([0, true, 0]);
  g.fail(({ method }) => (method === 'POST' && g.issues.length >= 1 ? { status: 422 } : undefined));
  const some = await run('--apply');
  expect([some.code, g.issues.length]).toEqual([4, 1]);
  expect(some.log).toMatch(/exit 4: \d+ tickets? could not be written; run again to finish/);
  expect(some.out).toMatch(/^failed .*Validation|^failed .*fault/m);
  g.fail(() => undefined);
  const rest = await run('--apply', '--format', 'json');
  expect([rest.code, (JSON.parse(rest.out) as { done: Done[] }).done.every((d) => ['keep', 'create'].includes(d.action))]).toEqual([0, true]);
  expect(new Set(ids()).size).toBe(g.issues.length);
  g.fail(() => ({ status: 401 }));
  const refused = await run('--apply');
  expect([refused.code, refused.log]).toEqual([4, expect.stringContaining('does not accept the sign-in')]);
  expect([refused.out, refused.log, some.out, some.log].join('').includes('Bearer')).toBe(false);
  expect((await cli.run('ticket', 'nowhere', '--tracker', 'github', '--to', 'acme/estate')).code).toBe(3);
});
