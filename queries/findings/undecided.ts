import { showHoles, type CoverageEntry, type Finding, type NodeRecord, type Undecided } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { nodeRef } from './ref.ts';
import { band } from './score.ts';

const SETTLE: readonly [RegExp, string][] = [
  [/^text forwarded/, 'say `endpoints: - match: … forwardsText: true` (or false) in overreach.yaml'],
  [/contract not declared|contract undeclared/, 'declare the effects of the tool: `tools: - match: … effects: [read]` in overreach.yaml, or an OpenAPI schema'],
  [/is this an agent/, 'name it under `agents:` in overreach.yaml'],
  [/^sensitivity of/, 'tag the store with data-classification, or name it under `sensitivity:` in overreach.yaml'],
  [/who can steer/, 'declare its callers or channels in overreach.yaml'],
  [/configuration does not name/, 'narrow the permission to what is called'],
  [/condition|aws:|sts:/i, 'give the value that the condition compares, or narrow the statement'],
];

/** “Decide these first”: facts whose answer would change findings, those with most findings first. */
export function undecidedOf(findings: readonly Finding[], estate: Estate, coverage: readonly CoverageEntry[]): Undecided[] {
  const out: Undecided[] = [];
  const stores = new Map<string, { node: NodeRecord; findings: number }>();
  const facts = new Map<string, { what: string; node?: Undecided['node']; source?: Undecided['source']; findings: number }>();
  for (const f of findings) {
    for (const id of new Set([f.asset.id, ...(f.assetGroup?.members ?? []).map((m) => m.id)])) {
      const n = estate.snapshot.node(id);
      if (!n || (n.kind !== 'DataStore' && n.kind !== 'Secret') || n.props['any'] === true || (estate.sensitivity.get(id)?.level ?? 'unknown') !== 'unknown') continue;
      const before = stores.get(id);
      if (changesBand(f)) stores.set(id, { node: n, findings: (before?.findings ?? 0) + 1 });
    }
    const seen = new Set<string>();
    for (const what of f.requires) {
      if (/^sensitivity of .* undecided$/.test(what)) continue;
      const hop = f.path.hops.find((h) => h.requires.includes(what));
      const key = `${what}|${hop?.node.id ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const before = facts.get(key);
      const source = hop?.evidence.find((e) => e.source?.file)?.source ?? hop?.node.definedAt;
      facts.set(key, { what, findings: (before?.findings ?? 0) + 1, ...(hop ? { node: hop.node } : {}), ...(source ? { source } : {}) });
    }
  }
  for (const { node, findings: n } of stores.values()) {
    const ref = nodeRef(node);
    out.push({ what: `sensitivity of ${ref.name}`, node: ref, ...(ref.definedAt ? { source: ref.definedAt } : {}), findings: n, settleBy: SETTLE[3]![1] });
  }
  for (const f of facts.values()) out.push({ ...f, what: showHoles(f.what), settleBy: SETTLE.find(([re]) => re.test(f.what))?.[1] ?? 'read the source that decides it, or state it in overreach.yaml' });
  for (const c of coverage)
    for (const p of c.problems) if (p.code === 'missing-module' || p.code === 'missing-variable') out.push({ what: showHoles(p.message), ...(p.source ? { source: p.source } : {}), findings: 0, settleBy: p.code === 'missing-module' ? 'run `terraform init` so that the module is under .terraform/modules' : 'give the variable a value by --var or a tfvars file' });
  const distinct = new Map(out.map((u) => [`${u.what}|${u.node?.id ?? ''}|${u.source?.file ?? ''}|${u.source?.startLine ?? 0}`, u]));
  return [...distinct].sort(([ka, a], [kb, b]) => b.findings - a.findings || (ka < kb ? -1 : 1)).map(([, u]) => u);
}

/** Would the finding stand in another band if the store were public? */
function changesBand(f: Finding): boolean {
  const asset = f.score.factors.find((x) => x.name.startsWith('asset:'));
  return asset?.scoreIfFixed === undefined || band(asset.scoreIfFixed) !== band(f.score.value);
}
