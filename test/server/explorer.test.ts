import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { GraphStore } from '../../graph/store/port.ts';
import { READY } from '../../server/graphql/explorer.ts';
import { serve, type Running } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

/** A browser of this machine; none: the tests say so and are passed over. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const found = process.env['CHROMIUM'] ?? (process.env['PATH'] ?? '').split(delimiter).flatMap((d) => NAMES.map((n) => join(d, n))).find((p) => existsSync(p));
if (found === undefined) console.warn('NO BROWSER: the page at /graphql is not tested (install chromium, or name one by CHROMIUM)');
const withBrowser = test.skipIf(found === undefined);

let store: GraphStore;
let running: Running;
let browser: Browser;
let token: string;
beforeAll(async () => {
  if (found === undefined) return;
  const c = commandLine();
  await c.run('scan', EXAMPLE);
  store = await openStore(join(c.cwd, '.overreach', 'graph.db'));
  const service = createService(store, { env: {}, now: () => new Date(), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined);
  token = (await service.decisions.createToken({ who: 'test' }, { role: 'viewer', label: 'page' })).text;
  running = await serve(service, { host: '127.0.0.1', port: 0, introspection: true });
  browser = await chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}, 180_000);
afterAll(async () => { if (found === undefined) return; await browser.close(); await running.close(); await store.close(); });

/** The page, cut off from every other host; `asked` holds what it wanted all the same, `wrong` what the browser complained about. */
async function open(): Promise<{ page: Page; asked: string[]; wrong: string[] }> {
  const page = await browser.newPage();
  const asked: string[] = [];
  const wrong: string[] = [];
  await page.route('**/*', (route) => { const url = route.request().url(); if (new URL(url).origin === new URL(running.url).origin) return route.continue(); asked.push(url); return route.abort(); });
  page.on('console', (m) => { if (m.type() === 'error') wrong.push(m.text()); });
  page.on('pageerror', (e) => { wrong.push(e.message); });
  await page.goto(running.url);
  return { page, asked, wrong };
}
const answer = async (page: Page): Promise<any> => { await page.waitForFunction(() => document.querySelector('#a')!.textContent!.startsWith('{')); return JSON.parse((await page.locator('#a').textContent())!); };

withBrowser('the page works with no other host, and each ready query shows its answer', async () => {
  const { page, asked, wrong } = await open();
  expect(await page.getByRole('navigation', { name: 'Ready queries' }).getByRole('button').allTextContents()).toEqual(READY.map((r) => r.title));
  await page.getByLabel('Access token').fill(token);
  for (const { title, query } of READY) {
    await page.evaluate(() => { document.querySelector('#a')!.textContent = ''; });
    await page.getByRole('button', { name: title }).click();
    const a = await answer(page);
    expect([title, a.errors, Object.keys(a.data).length > 0]).toEqual([title, undefined, true]);
    expect(await page.getByLabel('Query').inputValue()).toBe(query);
  }
  await page.evaluate(() => { document.querySelector('#a')!.textContent = ''; });
  await page.getByLabel('Query').fill('{ viewer { role } }');
  await page.getByRole('button', { name: 'Run' }).click();
  expect(await answer(page)).toEqual({ data: { viewer: { role: 'viewer' } } });
  expect([asked, wrong]).toEqual([[], []]);
  await page.close();
}, 120_000);

withBrowser('without a token the page says so; what an answer holds is shown as text; its policy lets no other script run', async () => {
  const { page, asked } = await open();
  await page.getByRole('button', { name: 'Run' }).click();
  expect((await answer(page)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  await page.getByLabel('Access token').fill(token);
  await page.evaluate(() => { document.querySelector('#a')!.textContent = ''; });
  await page.getByLabel('Query').fill('{ dataStores(name: "<img src=x onerror=document.title=1>") { totalCount } nope: __typename @skip(if: "<script>document.title=2</script>") }');
  await page.getByRole('button', { name: 'Run' }).click();
  await answer(page);
  const injected = await page.evaluate(() => {
    const s = document.createElement('script');
    s.textContent = 'document.title = "3"';
    document.body.append(s);
    const remote = document.createElement('script');
    remote.src = 'https://elsewhere.example/x.js';
    document.body.append(remote);
    return [document.title, document.querySelectorAll('img').length, getComputedStyle(document.querySelector('#a')!).overflow];
  });
  expect(injected).toEqual(['Overreach GraphQL', 0, 'auto']);
  expect(asked).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length)).toBe(0);
  await page.close();
}, 60_000);
