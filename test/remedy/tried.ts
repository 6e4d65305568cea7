import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect } from '../../collectors/run.ts';
import { analyze } from '../../queries/analyze.ts';
import { candidatesOf, type Candidate } from '../../queries/remedy/candidates.ts';
import { hardeningOf } from '../../queries/remedy/harden.ts';
import { applyEdit } from '../../queries/remedy/edit.ts';
import { problemsOf, proofOf, type Proof } from '../../queries/remedy/prove.ts';
import type { AnalysisResult, Fix } from '../../schema/index.ts';
import type { StoredGraph } from '../../graph/store/port.ts';
import { UNTOUCHED, Workspace } from '../../server/patch/workspace.ts';

export interface Tried {
  graph: StoredGraph; result: AnalysisResult; candidates: Candidate[];
  /** Candidates by what they say. */
  saying: (text: RegExp) => Candidate[];
  /** What the changed graph shows. */
  proof: (c: Candidate) => Proof;
  /** Files after the change, or why there is no patch. */
  patch: (fix: Candidate['fix']) => Record<string, string> | string;
  /** What reading the patched files again shows. */
  reread: (fix: Candidate['fix']) => Promise<Proof>;
  hardening: () => Fix[];
}

const storedOf = async (folder: string): Promise<StoredGraph> => {
  const b = await collect({ paths: [folder], hashKey: 'test', scope: 'test' });
  return { run: { id: 'r', startedAt: '', completedAt: '', status: 'complete', scope: b.scope, inputs: [], version: '0' }, nodes: b.nodes, edges: b.edges, coverage: b.coverage };
};

const folderOf = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'overreach-fix-'));
  for (const [path, text] of Object.entries(files)) { mkdirSync(dirname(join(folder, path)), { recursive: true }); writeFileSync(join(folder, path), text); }
  return folder;
};

/** Every change that is worth trying in some code, to be looked at one by one. */
export async function tried(files: Record<string, string>): Promise<Tried> {
  const folder = folderOf(files);
  const graph = await storedOf(folder);
  const result = analyze(graph);
  const candidates = candidatesOf(result.findings.map((f) => ({ fingerprint: f.fingerprint, effect: f.effect, path: f.path, rules: f.rules })), graph);
  const patch = (fix: Candidate['fix']): Record<string, string> | string => {
    const state = new Workspace(folder).apply(UNTOUCHED, { ...fix, closes: [], weakens: [], adds: [] });
    return typeof state === 'string' ? state : Object.fromEntries([...state.files].map(([path, d]) => [path, d.text]));
  };
  return {
    graph, result, candidates, patch,
    saying: (text) => candidates.filter((c) => text.test(c.fix.text)),
    proof: (c) => proofOf(problemsOf(graph), problemsOf(applyEdit(graph, c.fix.edit))),
    reread: async (fix) => { const p = patch(fix); if (typeof p === 'string') throw new Error(p); return proofOf(problemsOf(graph), problemsOf(await storedOf(folderOf({ ...files, ...p })))); },
    hardening: () => hardeningOf(graph, result, { maxRuns: 20 }),
  };
}

/** A text with replacements, each of which must be there. */
export const swap = (text: string, ...pairs: [from: string, to: string][]): string => pairs.reduce((t, [from, to]) => { if (!t.includes(from)) throw new Error(`the estate does not say ${from}`); return t.replace(from, () => to); }, text);
