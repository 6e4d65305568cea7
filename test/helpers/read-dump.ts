import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { inputFile } from '../../collectors/input-file.ts';
import { awsDump } from '../../collectors/read/aws-dump/index.ts';

/** Reads one dump in a process of its own and prints what it saw, the peak of its memory, and processor time. */
const path = process.argv[2]!;
const file = inputFile(basename(path), path, statSync(path).size);
const options = { base: '.', variables: {}, varFiles: [], roots: [], workspace: 'default', env: {}, progress: () => {} };
let roles = 0, statements = 0;
const before = process.cpuUsage();
for (const group of await awsDump.recognise([file], options)) for await (const result of awsDump.read(group, options)) {
  for (const r of result.resources) {
    roles++;
    // Every hundredth is looked at in full, so that lines are worked out under the same memory.
    if (roles % 100 === 0) for (const pointer of r.sources.keys()) if (/\/Statement\/\d+$/.test(pointer)) statements++;
  }
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ roles, statements, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), mbPerCpuSecond: Math.round(file.size / (user + system)) }));
