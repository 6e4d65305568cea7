/** Serves generated findings; argv: compiled (true or false), how many. Tells its parent the address and, whenever asked, the CPU time spent so far in milliseconds. */
import { openStore } from '../../graph/store/open.ts';
import { serve } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';
import { finding, storeFindings } from '../../test/helpers/findings.ts';

const store = await openStore(':memory:');
await storeFindings(store, 'run', Array.from({ length: Number(process.argv[3]) }, (_, i) => finding(i, 6)));
const service = createService(store, { env: {}, now: () => new Date(), newId: () => 'x', progress: () => undefined, version: 'bench' }, () => undefined, { freshForMs: 250 });
const running = await serve(service, { host: '127.0.0.1', port: 0, introspection: false, perMinute: 1_000_000_000, compiled: process.argv[2] === 'true' });
process.send!(running.url);
process.on('message', () => { const { user, system } = process.cpuUsage(); process.send!((user + system) / 1_000); });
process.once('SIGTERM', () => { void running.close().then(() => { process.exit(0); }); });
