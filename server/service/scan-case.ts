import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GraphStore } from '../../graph/store/port.ts';
import type { AnalysisResult } from '../../schema/index.ts';
import type { RuleFile } from './rule-folder.ts';
import { scan, type ScanRequest, type ScanWorld } from './scan.ts';

/** Writes the files of a case into a folder of its own, scans them through the real readers and a store, and removes them. */
export async function scanCase(store: GraphStore, files: Record<string, string>, extraRules: RuleFile[], world: ScanWorld, before?: Record<string, string>): Promise<AnalysisResult> {
  const baseline = before && (await earlier(store, before, world));
  const dir = mkdtempSync(join(tmpdir(), 'overreach-case-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return await scan(store, { paths: [dir], scope: 'case', roots: [], variables: {}, varFiles: [], workspace: 'default', accounts: [], allRules: true, extraRules, keepRuns: 1, ...(baseline ? { baseline } : {}) }, world);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function earlier(store: GraphStore, files: Record<string, string>, world: ScanWorld): Promise<ScanRequest['baseline']> {
  const result = await scanCase(store, files, [], world);
  const graph = await store.load(result.run.id);
  return graph && { graph, fingerprints: new Set(result.findings.map((f) => f.fingerprint)) };
}
