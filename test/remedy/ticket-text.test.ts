import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syncTickets } from '../../server/service/tickets.ts';
import { ticketOf, type TextOptions } from '../../server/service/ticket-text.ts';
import { adfOf, adfText } from '../../server/trackers/text/adf.ts';
import { fit, type Block } from '../../server/trackers/text/document.ts';
import { markdownOf } from '../../server/trackers/text/markdown.ts';
import { wikiOf } from '../../server/trackers/text/wiki.ts';
import { hidden, marker, metaOf } from '../../server/trackers/tracker.ts';
import { webhookTracker } from '../../server/trackers/webhook.ts';
import { commandLine } from '../helpers/cli.ts';
import { remediesOf, ticketOptions, withoutFixes } from '../helpers/trackers/remedies.ts';
import { faulty, type Faults } from '../helpers/trackers/server.ts';
import { CHAT, CLOSED_DOOR, edit, SECOND_STORE } from '../review/chat.ts';

const options: TextOptions = { today: new Date('2026-06-01T00:00:00Z'), linkBase: 'https://git.example/acme/estate/blob/HEAD/', labels: ['overreach'] };
const EVIL = '--> @everyone @acme/team ](javascript:x) <img src=x onerror=y> <!-- `` #123 acme/estate#5 GH-7 https://evil.example www.evil.example [~admin] {noformat} {html} !http://x/a.png! &#64;all &lt;b \n# h\n- li \u202egpj.exe';

/** The ticket of a fix whose names, sentences, paths and lines are all written by an attacker. */
function evilTicket(): ReturnType<typeof ticketOf> {
  const r = remediesOf(1);
  r.findings[0] = JSON.parse(JSON.stringify(r.findings[0]!, (k, v: unknown) => (['name', 'says', 'title', 'owner', 'why'].includes(k) ? EVIL : k === 'file' ? `${EVIL.replace(/\n/g, ' ')}.tf` : k === 'requires' ? [EVIL] : v))) as typeof r.findings[number];
  r.plan.fixes[0] = { ...r.plan.fixes[0]!, text: EVIL, mightBreak: [EVIL], node: r.findings[0]!.subject };
  return ticketOf(r.plan.fixes[0], { ...r, diffs: new Map([['fix000', `-x = "\`\`\`"\n+y ${EVIL} {noformat}\n`]]) }, options);
}

describe('names of the estate', () => {
  test('become no markup, mention, reference, link or end of the hidden id in Markdown', () => {
    const t = evilTicket();
    const text = markdownOf(t.blocks);
    const fenced = /(`{4,})diff\n[\s\S]*?\n\1\n/;
    expect(text).toMatch(fenced);
    const outside = text.replace(fenced, '').replace(/`[^`\n]*`/g, 'CODE').replace(/\]\(https:\/\/git\.example\/[^)\s]*\)/g, ']');
    expect(outside).not.toMatch(/@[a-z]|(?<!\\)[<>]|(?<!\\)!\[|\]\(|#\d|GH-\d|:\/\/|www\.|(?<!\\)&|javascript:x\)(?!.)|\u202e/i);
    expect(outside).not.toMatch(/^(# h|- li)/m);
    expect(outside).not.toContain('-->');
    expect(metaOf(`${text}\n${hidden(t.meta)}`)).toEqual(t.meta);
    expect(t.title).not.toMatch(/[\n\u202e]|@[a-z]/);
  });

  test('are text nodes in the document format, and nothing of them is a node', () => {
    const t = evilTicket();
    const doc = JSON.parse(adfOf(t.blocks, marker(t.meta))) as { content: unknown };
    const types = new Set<string>();
    JSON.stringify(doc, (k, v: unknown) => { if (k === 'type') types.add(String(v)); return v; });
    expect([...types].filter((x) => !['doc', 'heading', 'paragraph', 'text', 'strong', 'code', 'link', 'bulletList', 'orderedList', 'listItem', 'codeBlock', 'expand'].includes(x))).toEqual([]);
    expect(JSON.stringify(doc).match(/"href":"[^"]*"/g)!.every((h) => h.startsWith('"href":"https://git.example/'))).toBe(true);
    expect(metaOf(adfText(doc))).toEqual(t.meta);
  });

  test('are escaped in wiki notation', () => {
    const t = evilTicket();
    const text = wikiOf(t.blocks, marker(t.meta));
    const outside = text.replace(/\{noformat\}\n[\s\S]*?\n\{noformat\}/, '').replace(/\|https:\/\/git\.example\/[^\]]*\]/g, ']');
    expect(text.match(/\{noformat\}/g)).toHaveLength(2);
    expect(outside).not.toMatch(/(?<!\\)\[~|(?<!\\)\{html|(?<!\\)!http|@[a-z]|:\/\//);
    expect(metaOf(text)).toEqual(t.meta);
  });

  test('no text ends a code span or a fence, or hides another id behind ours', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', '\n', '<', '!', '-', '>', ' ', 'a', '|', '~', '@', '#', '1', '[', ']', '(', ')', '\\') }), { minLength: 1, maxLength: 4 }), (words) => {
      const blocks: Block[] = [{ paragraph: words.flatMap((w) => [w, { code: w }]) }, { source: words.join('\n'), language: 'diff' }];
      const lines = markdownOf(blocks).split('\n');
      const open = lines.findIndex((l) => /^`{3,}diff$/.test(l));
      const fence = lines[open]!.replace('diff', '');
      expect(lines.slice(open + 1).filter((l) => l.trimEnd() === fence)).toHaveLength(1);
      // Paragraph: one line, each code span closed by one backtick.
      expect(open).toBe(2);
      expect((lines[0]!.replace(/\\`/g, '').match(/`/g) ?? []).length % 2).toBe(0);
      const m = { fix: 'f', hash: 'h', due: 'd', findings: words, sources: [] };
      expect(metaOf(`${words.join('')}<!-- overreach-fix e30 -->${hidden(m)}`)).toEqual(m);
    }), { numRuns: 200 });
  });
});

test('a text too long for the tracker loses its patch, then the ends of its lists, never its beginning', () => {
  const long: Block[] = [{ paragraph: ['why'] }, { source: 'x'.repeat(70_000), language: 'diff' }, { bullets: Array.from({ length: 400 }, (_, i) => [`${'y'.repeat(300)} ${i}`]) }];
  const text = fit(long, markdownOf, 60_000);
  expect(text.length).toBeLessThan(60_000);
  expect(text).toMatch(/^why\n\nThe patch is too long for this ticket[\s\S]*… and 390 more/);
  expect(fit(long.slice(0, 1), markdownOf, 10)).toBe('why');
});

test('links name the line and the calls; without a base there is none', () => {
  const r = remediesOf(1);
  const source = { source: 'terraform', file: 'a (1)/m.tf', startLine: 3, endLine: 4, moduleChain: [{ name: 'x', file: 'main.tf', startLine: 9 }] };
  const fix = { ...r.plan.fixes[0]!, source };
  expect(markdownOf(ticketOf(fix, r, options).blocks)).toContain('at [`a (1)/m.tf:3`](https://git.example/acme/estate/blob/HEAD/a%20%281%29/m.tf#L3), called at [`main.tf:9`](https://git.example/acme/estate/blob/HEAD/main.tf#L9)');
  expect(markdownOf(ticketOf(fix, r, { ...options, linkBase: '' }).blocks)).not.toContain('](');
});

test('webhook: signed with its time, a key per change, and it is told what closed', async () => {
  let faults: Faults = (_, n) => (n === 1 ? { status: 503 } : undefined);
  const hook = await faulty(() => ({ status: 204 }), () => faults);
  try {
    const o = await ticketOptions();
    const w = webhookTracker(`${hook.url}/hook`, 'secret', async () => undefined, () => new Date(1_700_000_000_000));
    const key = (i: number): string => String(hook.asked[i]!.headers['idempotency-key']);
    await syncTickets(w, remediesOf(1), o);
    expect([hook.asked.length, key(0) === key(1)]).toEqual([2, true]);
    const { headers, body } = hook.asked[1]!;
    expect(headers['x-overreach-timestamp']).toBe('1700000000');
    expect(headers['x-overreach-signature-256']).toBe(`sha256=${createHmac('sha256', 'secret').update(`1700000000.${body}`).digest('hex')}`);
    expect(JSON.parse(body)).toMatchObject({ version: 1, action: 'upsert', fix: 'fix000', severity: 'critical', due: '2026-06-08', findings: ['f0'] });
    expect((await syncTickets(w, remediesOf(1), o)).done.map((d) => d.action)).toEqual(['keep']);
    const gone = { ...withoutFixes(remediesOf(1)), findings: [] };
    expect((await syncTickets(w, gone, o)).done.map((d) => d.action)).toEqual(['close']);
    expect((await syncTickets(w, remediesOf(1), { ...o, now: () => new Date('2026-06-02T00:00:00Z') })).done.map((d) => d.action)).toEqual(['reopen']);
    expect(hook.asked.slice(2).map((a) => (JSON.parse(a.body) as { action: string }).action)).toEqual(['close', 'upsert']);
    expect(new Set([0, 2, 3].map(key)).size).toBe(3);
    faults = () => ({ status: 401 });
    expect(await syncTickets(w, remediesOf(9), await ticketOptions())).toMatchObject({ stopped: 'the webhook answers 401' });
  } finally {
    hook.close();
  }
});

test('overreach ticket --tracker file: dry first, one file per fix, again no change, closed when it lands, accepted risks are none', async () => {
  const cli = commandLine();
  const code = join(cli.cwd, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'main.tf'), CHAT + SECOND_STORE);
  const run = (...more: string[]) => cli.run('ticket', 'code', '--tracker', 'file', '--to', 'tickets', ...more);
  const dry = await run();
  expect(dry.out).toContain('nothing was written');
  expect(readdirSync(cli.cwd)).toEqual(['code']);
  expect((await run('--apply')).code).toBe(0);
  const files = readdirSync(join(cli.cwd, 'tickets'));
  const states = (): string[] => readdirSync(join(cli.cwd, 'tickets')).map((f) => /^State: .*/m.exec(readFileSync(join(cli.cwd, 'tickets', f), 'utf8'))![0]);
  expect(files.length).toBeGreaterThan(0);
  const text = readFileSync(join(cli.cwd, 'tickets', files[0]!), 'utf8');
  expect(text).toMatch(/State: open[\s\S]*\*\*Due\*\* 2026-[\s\S]*## What to change[\s\S]*`main\.tf:\d+[\s\S]*## The worst path[\s\S]*## Proof[\s\S]*overreach accept/);
  expect((await run('--apply')).out.split('\n').filter((l) => l && !/^keep|done$/.test(l))).toEqual([]);

  await cli.run('scan', 'code');
  const found = JSON.parse((await cli.run('scan', 'code', '--format', 'json')).out) as { findings: { fingerprint: string }[] };
  for (const f of found.findings) await cli.run('accept', f.fingerprint, '--owner', 'maria', '--reason', 'known', '--until', '2026-07-01');
  expect((await run('--apply')).code).toBe(0);
  expect(states()).toEqual(files.map(() => 'State: closed, accepted as a risk'));
  for (const f of found.findings) await cli.run('accept', f.fingerprint, '--remove');
  expect((await run('--apply')).out).toMatch(/^reopen .*its acceptance has ended/m);
  expect(states()).toEqual(files.map(() => 'State: open'));

  writeFileSync(join(code, 'main.tf'), edit(CHAT, CLOSED_DOOR, ['"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:DescribeTable"']));
  expect((await run('--apply')).code).toBe(0);
  expect(states()).toEqual(files.map(() => 'State: closed, the paths are gone'));
  expect((await cli.run('ticket', 'code', '--tracker', 'jira', '--to', 'x')).code).toBe(3);
  expect((await cli.run('ticket', 'code', '--tracker', 'post', '--to', 'x')).code).toBe(3);
  expect((await cli.run('ticket', 'code', '--tracker', 'webhook', '--to', 'http://example.com/x')).code).toBe(3);
}, 60_000);
