/** Ingests a second run in small batches and reports each step on stdout, so that a test can kill it in between. */
import { openStore } from '../../graph/store/open.ts';
import type { NodeRecord } from '../../schema/index.ts';

const [where, id, size] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4])];
const node = (i: number): NodeRecord => ({
  id: `ovr:identity:aws:n${String(i).padStart(6, '0')}`, kind: 'Identity', type: 'aws.iam.role', name: `n${i}`, provider: 'aws', scope: 's', environment: 'unknown', tags: {},
  state: 'declared', completeness: 'full', sources: [], aliases: [], props: { run: id, filler: 'x'.repeat(400) },
});
const say = (s: string): void => { process.stdout.write(s + '\n'); };
const store = await openStore(where);
await store.beginRun({ id, startedAt: 't', status: 'running', scope: 's', inputs: [], version: '0' });
say('begun');
for (let b = 0; b < 10; b++) {
  await store.applyBatch(id, { source: 't', scope: 's', covers: `part${b}`, complete: true, coverage: [], edges: [], nodes: Array.from({ length: size }, (_, i) => node(b * size + i)) });
  say(`applied ${b}`);
}
say('completing');
await store.completeRun(id, 't', `hash-${id}`);
say('complete');
await store.close();
