import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../graph/store/open.ts';
import type { StoredGraph } from '../../graph/store/port.ts';
import type { FixEdit } from '../../schema/index.ts';
import type { Cli } from '../../server/cli/command.ts';
import type { Analysing } from '../../server/service/scan.ts';
import { whatIf, type WhatIfAnswer } from '../../server/service/what-if.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';
import { CHAT } from '../review/chat.ts';

const NOTHING: Analysing = { extraRules: [] };

interface Asked { graph: StoredGraph; place: string; run: (...argv: string[]) => Promise<{ code: number }>; ask: (edits: FixEdit[], more?: Partial<Cli>, knows?: Analysing) => Promise<WhatIfAnswer> }
async function scanned(path: string, files: Record<string, string> = {}): Promise<Asked> {
  const c = commandLine();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(c.cwd, name), text);
  expect((await c.run('scan', path)).code).toBe(0);
  const place = join(c.cwd, '.overreach/graph.db');
  const store = await openStore(place, {});
  const graph = (await store.load())!;
  await store.close();
  const cli: Cli = { out: () => undefined, log: () => undefined, env: {}, cwd: c.cwd, now: () => new Date('2026-06-01T12:00:00Z'), newId: () => 'x', color: false, width: 80, version: '0.0.0-test' };
  return { graph, place, run: c.run, ask: (edits, more = {}, knows = NOTHING) => whatIf({ ...cli, ...more }, { store: place, run: graph.run.id, edits, knows }) };
}
const gone = (node: string): FixEdit => ({ kind: 'edges', remove: [], nodes: [node] });
const comparable = (a: WhatIfAnswer): unknown => ({ ...a.comparison });

test('the stored answer is taken, and what comes out is what two analyses say', async () => {
  const { graph, ask } = await scanned(EXAMPLE);
  const edits = [
    ...['Agent', 'Tool', 'Identity', 'DataStore', 'Endpoint'].flatMap((kind) => graph.nodes.filter((n) => n.kind === kind && n.completeness !== 'none').slice(0, 2).map((n) => gone(n.id))),
    ...graph.edges.filter((e) => e.kind === 'HAS_POLICY').slice(0, 2).map((e): FixEdit => ({ kind: 'edges', remove: [e.id], nodes: [] })),
  ];
  let moved = 0;
  for (const edit of edits.filter((_, i) => i % 4 === 0)) {
    const [taken, anew] = [await ask([edit]), await ask([edit], { version: 'another' })];
    expect([taken.taken, anew.taken]).toEqual([true, false]);
    expect(comparable(taken)).toEqual(comparable(anew));
    moved += taken.comparison.closed.length + taken.comparison.changed.length;
  }
  expect(moved).toBeGreaterThan(0);
}, 120_000);

test('an accepted risk counts on neither side, whenever it was accepted', async () => {
  const s = await scanned('main.tf', { 'main.tf': CHAT });
  const agent = s.graph.nodes.find((n) => n.kind === 'Agent')!;
  const first = await s.ask([gone(agent.id)]);
  expect(first.comparison.closed.length).toBeGreaterThan(0);
  expect((await s.run('accept', first.comparison.closed[0]!.finding.fingerprint, '--owner', 'x', '--reason', 'y', '--until', '2026-12-31')).code).toBe(0);
  const again = await s.ask([gone(agent.id)]);
  expect([again.taken, comparable(again)]).toEqual([true, comparable(first)]);
});

test('what rests on something else is not taken: levels decided since, own words, an end that has passed', async () => {
  const s = await scanned('.', { 'main.tf': CHAT, 'overreach.yaml': 'sensitivity:\n  - match: { kind: DataStore, name: customers }\n    level: public\n    reason: made-up records\n    expires: 2026-08-01\n' });
  const agent = s.graph.nodes.find((n) => n.kind === 'Agent')!;
  expect((await s.ask([gone(agent.id)])).taken).toBe(true);
  expect((await s.ask([gone(agent.id)], { now: () => new Date('2026-07-01T12:00:00Z') })).taken).toBe(true);
  const later = await s.ask([gone(agent.id)], { now: () => new Date('2026-09-01T12:00:00Z') });
  expect(later.taken).toBe(false);
  expect((await s.ask([gone(agent.id)], {}, { ...NOTHING, own: { words: { restricted: ['loyalty'] }, techniques: [] } })).taken).toBe(false);
  const table = s.graph.nodes.find((n) => n.kind === 'DataStore')!;
  const store = await openStore(s.place, {});
  await store.ledger.write({ override: { node: table.id, level: 'restricted', reason: 'real records', by: 'maria', at: '2026-06-01T10:00:00Z' } }, { id: 'e1', at: '2026-06-01T10:00:00Z', who: 'maria', what: 'setOverride', subject: table.id, before: null, after: null });
  await store.close();
  const decided = await s.ask([gone(agent.id)]);
  expect(decided.taken).toBe(false);
  // The level that was decided counts on both sides.
  expect(decided.comparison.closed.map((x) => x.finding.asset.name)).toContain('customers');
}, 60_000);
