import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Remedies } from '../../server/service/remedies.ts';
import { syncTickets, ticketOf, type TicketOptions } from '../../server/service/tickets.ts';
import { githubTracker } from '../../server/trackers/github.ts';
import { metaOf, TrackerRefused, type Tracker } from '../../server/trackers/tracker.ts';
import { webhookTracker } from '../../server/trackers/webhook.ts';
import { commandLine } from '../helpers/cli.ts';
import { analyzeText } from '../helpers/analyze.ts';
import { CHAT, CLOSED_DOOR, edit, SECOND_STORE } from '../review/chat.ts';

const options: TicketOptions = { today: new Date('2026-06-01T00:00:00Z'), linkBase: '', labels: ['overreach'], dryRun: false, log: () => undefined };
const result = await analyzeText({ 'main.tf': CHAT });

/** A plan of n fixes, each for the finding that the estate really has. */
function remedies(n: number): Remedies {
  const finding = result.findings[0]!;
  const findings = Array.from({ length: n }, (_, i) => ({ ...finding, fingerprint: `f${i}` }));
  const fixes = findings.map((f, i) => ({
    id: `fix${String(i).padStart(3, '0')}`, op: 'narrow' as const, what: 'CAN', text: `change number ${i}`, node: finding.subject, edit: { kind: 'auth' as const, endpoint: `e${i}`, from: 'none', to: 'aws-iam' },
    rules: finding.rules, closes: [f.fingerprint], weakens: [], adds: [f.fingerprint], mightBreak: [],
  }));
  return { plan: { fixes, alternatives: [], remaining: [], closedTogether: [], runs: 1, truncated: false }, findings, patched: new Map(), coverage: result.coverage };
}

interface Issue { number: number; title: string; body: string; state: string; labels: string[] }
type Fault = (method: string, nth: number) => { status: number; headers?: Record<string, string>; after?: boolean; cut?: boolean } | undefined;
let server: Server | undefined;
afterEach(() => { server?.closeAllConnections(); server?.close(); server = undefined; });

const read = async (m: IncomingMessage): Promise<string> => { let s = ''; for await (const c of m) s += String(c); return s; };

/** The part of the GitHub REST API that issues need, with faults before or after the work is done. */
async function github(fault: Fault = () => undefined): Promise<{ issues: Issue[]; tracker: Tracker; writes: () => number }> {
  const issues: Issue[] = [];
  const count: Record<string, number> = {};
  let writes = 0;
  server = createServer((q, s) => void (async () => {
    const body = await read(q);
    const method = q.method!;
    const f = fault(method, (count[method] = (count[method] ?? 0) + 1));
    const answer = (status: number, value: unknown, headers = {}): void => { s.writeHead(status, { 'content-type': 'application/json', ...headers }); s.end(JSON.stringify(value)); };
    if (f && !f.after) return f.cut ? void q.socket.destroy() : answer(f.status, { message: 'fault' }, f.headers);
    const url = new URL(q.url!, 'http://x');
    const number = Number(/issues\/(\d+)/.exec(url.pathname)?.[1]);
    let value: unknown = {};
    if (method === 'GET') { const page = Number(url.searchParams.get('page') ?? 1); value = issues.slice((page - 1) * 100, page * 100); }
    else if (method === 'POST' && url.pathname.endsWith('/issues')) { const d = JSON.parse(body) as Issue; writes++; issues.push({ ...d, number: issues.length + 1, state: 'open' }); value = issues.at(-1); }
    else if (method === 'PATCH') { writes++; value = Object.assign(issues.find((i) => i.number === number)!, JSON.parse(body)); }
    if (f?.cut) return void q.socket.destroy();
    answer(f ? f.status : method === 'POST' ? 201 : 200, f ? { message: 'fault' } : value, f?.headers);
  })());
  await new Promise<void>((ok) => { server!.listen(0, '127.0.0.1', ok); });
  const { port } = server.address() as AddressInfo;
  return { issues, writes: () => writes, tracker: githubTracker({ repository: 'acme/estate', token: 't', baseUrl: `http://127.0.0.1:${port}`, wait: () => Promise.resolve(), log: () => undefined }) };
}
const ids = (issues: readonly Issue[]): string[] => issues.map((i) => metaOf(i.body)!.fix).sort();
const FIFTY = remedies(50).plan.fixes.map((f) => f.id);

test('fifty fixes, answers that are lost, limits and failures: exactly fifty tickets', async () => {
  const g = await github((method, n) => {
    if (method !== 'POST') return undefined;
    if (n % 11 === 3) return { status: 502, after: true };
    if (n % 13 === 5) return { status: 0, cut: true, after: true };
    if (n % 7 === 2) return { status: 403, headers: { 'retry-after': '1' } };
    if (n % 17 === 9) return { status: 500 };
    return undefined;
  });
  const done = await syncTickets(g.tracker, remedies(50), options);
  expect(done.filter((d) => d.action === 'failed')).toEqual([]);
  expect(ids(g.issues)).toEqual(FIFTY);
  const before = g.writes();
  expect((await syncTickets(g.tracker, remedies(50), options)).every((d) => d.action === 'keep')).toBe(true);
  expect(g.writes()).toBe(before);
});

test('killed in the middle, after a ticket was made and before we knew: run again, exactly fifty', async () => {
  const g = await github();
  let made = 0;
  const dying: Tracker = { ...g.tracker, create: async (t) => { const k = await g.tracker.create(t); if (++made === 23) throw new TrackerRefused('killed'); return k; } };
  await expect(syncTickets(dying, remedies(50), options)).rejects.toThrow('killed');
  expect(g.issues).toHaveLength(23);
  await syncTickets(g.tracker, remedies(50), options);
  expect(ids(g.issues)).toEqual(FIFTY);
});

test('one that stays broken is said, the rest is done; the next run finishes', async () => {
  let bad = true;
  const g = await github((method, n) => (bad && method === 'POST' && n >= 5 && n <= 8 ? { status: 500 } : undefined));
  const done = await syncTickets(g.tracker, remedies(10), options);
  expect(done.filter((d) => d.action === 'failed')).toHaveLength(1);
  expect(g.issues).toHaveLength(9);
  bad = false;
  await syncTickets(g.tracker, remedies(10), options);
  expect(ids(g.issues)).toEqual(FIFTY.slice(0, 10));
});

test.each([[401, /token/], [403, /may not write/], [404, /not there/]])('%d stops with words', async (status, says) => {
  const g = await github((method) => (method === 'POST' ? { status } : undefined));
  await expect(syncTickets(g.tracker, remedies(3), options)).rejects.toThrow(says);
  expect(g.issues).toEqual([]);
});

test('a label or assignee that is refused does not stop the ticket', async () => {
  const g = await github((method, n) => (method === 'POST' && n === 1 ? { status: 422 } : undefined));
  await syncTickets(g.tracker, remedies(1), { ...options, assignee: 'nobody' });
  expect(g.issues).toHaveLength(1);
  expect(g.issues[0]!.labels).toBeUndefined();
});

test('closes when the paths are gone and the source was read, not otherwise; reopens; keeps its due date', async () => {
  const g = await github();
  const r = remedies(2);
  await syncTickets(g.tracker, r, options);
  const none = { ...r, plan: { ...r.plan, fixes: [] } };
  expect((await syncTickets(g.tracker, none, options)).map((d) => d.why)).toEqual(['its paths are still there', 'its paths are still there']);
  const unread = { ...none, findings: [], coverage: r.coverage.map((c) => ({ ...c, status: 'failed' as const })) };
  expect((await syncTickets(g.tracker, unread, options)).every((d) => d.action === 'keep' && d.why!.includes('was not read'))).toBe(true);
  await syncTickets(g.tracker, { ...none, findings: [] }, options);
  expect(g.issues.map((i) => i.state)).toEqual(['closed', 'closed']);
  const later = await syncTickets(g.tracker, r, { ...options, today: new Date('2026-07-01T00:00:00Z') });
  expect(later.map((d) => d.action)).toEqual(['reopen', 'reopen']);
  expect(g.issues.map((i) => i.state)).toEqual(['open', 'open']);
  const changed = { ...r, plan: { ...r.plan, fixes: r.plan.fixes.map((f) => ({ ...f, text: `${f.text}, now` })) } };
  const due = metaOf(g.issues[0]!.body)!.due;
  expect((await syncTickets(g.tracker, changed, { ...options, today: new Date('2026-08-01T00:00:00Z') })).map((d) => d.action)).toEqual(['update', 'update']);
  expect(metaOf(g.issues[0]!.body)!.due).toBe(due);
});

test('names become no markup, mention or end of the hidden id', () => {
  const evil = '--> @everyone ](javascript:x) <img src=x> `` \n# h';
  const r = remedies(1);
  r.findings[0] = JSON.parse(JSON.stringify(r.findings[0], (k, v: unknown) => (k === 'name' || k === 'says' || k === 'title' ? evil : v))) as never;
  r.plan.fixes[0] = { ...r.plan.fixes[0]!, text: evil, mightBreak: [evil] };
  const t = ticketOf(r.plan.fixes[0], { ...r, diffs: new Map([['fix000', '-x = "```"\n+y\n']]) }, options);
  expect(t.body).not.toMatch(/@everyone|(?<!\\)\]\(javascript|(?<!\\)<img|^# h/m);
  expect(t.body).toContain('````diff\n');
  expect(t.title).not.toContain('\n');
});

test('webhook: signed, with a key that tells a repeat', async () => {
  const got: { headers: IncomingMessage['headers']; body: string }[] = [];
  server = createServer((q, s) => void (async () => { got.push({ headers: q.headers, body: await read(q) }); s.writeHead(got.length === 1 ? 503 : 204); s.end(); })());
  await new Promise<void>((ok) => { server!.listen(0, '127.0.0.1', ok); });
  await syncTickets(webhookTracker(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, 'secret', () => Promise.resolve()), remedies(1), options);
  expect(got).toHaveLength(2);
  expect(new Set(got.map((x) => x.headers['idempotency-key'])).size).toBe(1);
  expect(got[1]!.headers['x-overreach-signature-256']).toBe(`sha256=${createHmac('sha256', 'secret').update(got[1]!.body).digest('hex')}`);
});

test('overreach ticket --tracker file: dry first, one file per fix, again no change, closed when it lands', async () => {
  const cli = commandLine();
  const code = join(cli.cwd, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'main.tf'), CHAT + SECOND_STORE);
  const run = (...more: string[]) => cli.run('ticket', 'code', '--tracker', 'file', '--to', 'tickets', ...more);
  expect((await run()).out).toContain('nothing was written');
  expect((await run('--apply')).code).toBe(0);
  const files = readdirSync(join(cli.cwd, 'tickets'));
  expect(files.length).toBeGreaterThan(0);
  const text = readFileSync(join(cli.cwd, 'tickets', files[0]!), 'utf8');
  expect(text).toMatch(/State: open[\s\S]*Due 2026-[\s\S]*## What to change[\s\S]*`main\.tf:\d+[\s\S]*## The worst path[\s\S]*Proof:/);
  expect((await run('--apply')).out.split('\n').filter((l) => l && !/^keep|done$/.test(l))).toEqual([]);
  writeFileSync(join(code, 'main.tf'), edit(CHAT, CLOSED_DOOR, ['"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:DescribeTable"']));
  expect((await run('--apply')).code).toBe(0);
  expect(readdirSync(join(cli.cwd, 'tickets')).map((f) => /^State: .*/m.exec(readFileSync(join(cli.cwd, 'tickets', f), 'utf8'))![0])).toEqual(files.map(() => 'State: closed, the paths are gone'));
  expect((await cli.run('ticket', 'code', '--tracker', 'jira', '--to', 'x')).code).toBe(3);
}, 60_000);
