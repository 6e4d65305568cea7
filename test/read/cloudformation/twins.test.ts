import { beforeAll, describe, expect, it } from 'vitest';
import { fillHoles, type AnalysisResult, type Batch } from '../../../schema/index.ts';
import { analyzeText } from '../../helpers/analyze.ts';
import { collectText } from '../../helpers/scan.ts';
import { CLOUDFORMATION, TERRAFORM } from './twins.ts';

/** Addresses, files and ids differ by declaration; what a thing is called and what it may do must not. */
const DECLARED = new Set(['sources', 'source', 'id', 'scope', 'aliases', 'sourceType', 'completeness']);


/** Nodes by kind, type and name, edges by their ends, each with its properties. What only the provider knows reads `?`. */
function plain(batch: Batch): { nodes: string[]; edges: string[] } {
  const label = new Map(batch.nodes.map((n) => [n.id, `${n.kind} ${n.type} ${nameOf(n)}`]));
  const clean = (v: unknown): unknown => {
    if (typeof v === 'string') return label.get(v) ?? fillHoles(v, () => '?').replace(/\$\{[^}]*\}/g, '?');
    if (Array.isArray(v)) return v.map(clean);
    return typeof v === 'object' && v !== null ? Object.fromEntries(Object.entries(v).filter(([k]) => !DECLARED.has(k)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, x]) => [k, clean(x)])) : v;
  };
  const nodes = batch.nodes.map((n) => `${label.get(n.id)} ${JSON.stringify(clean(n.props))}`);
  const edges = batch.edges.map((e) => `${e.kind} ${e.verdict} ${label.get(e.from)} -> ${label.get(e.to)} ${JSON.stringify(clean(e.props))}`);
  return { nodes: nodes.sort(), edges: edges.sort() };
}

/** Resources without a physical name are called by their address, which is declared to differ. */
const nameOf = (n: Batch['nodes'][number]): string => (n.kind === 'Scope' ? 'account' : /^(Integration|Route|FrontPermission|ToolPermission)$|^aws_/.test(n.name) ? '?' : fillHoles(n.name, () => '?'));

const finding = (f: AnalysisResult['findings'][number]): string => JSON.stringify([f.rules, f.severity, f.verdict, f.effect]);

const principal = (p: AnalysisResult['principals'][number]): string => JSON.stringify([p.identity.name, p.isAdmin.value, p.canBecomeAdmin.value]);

describe('twins: one estate in Terraform and in CloudFormation', () => {
  let batches: Batch[];
  let results: AnalysisResult[];
  beforeAll(async () => {
    batches = [await collectText({ 'main.tf': TERRAFORM }), await collectText({ 'template.yaml': CLOUDFORMATION })];
    results = [await analyzeText({ 'main.tf': TERRAFORM }), await analyzeText({ 'template.yaml': CLOUDFORMATION })];
  }, 60_000);

  it('gives the same nodes', () => {
    const [terraform, cloudformation] = batches.map(plain);
    expect(terraform!.nodes.length).toBeGreaterThan(20);
    expect(cloudformation!.nodes).toEqual(terraform!.nodes);
  });

  it('gives the same edges', () => {
    const [terraform, cloudformation] = batches.map(plain);
    expect(terraform!.edges.length).toBeGreaterThan(40);
    expect(cloudformation!.edges).toEqual(terraform!.edges);
  });

  it('gives the same findings and principals', () => {
    const [terraform, cloudformation] = results;
    expect(terraform!.findings.length).toBeGreaterThan(0);
    expect(cloudformation!.findings.map(finding).sort()).toEqual(terraform!.findings.map(finding).sort());
    expect(cloudformation!.findings.map((f) => f.title).sort()).toEqual(terraform!.findings.map((f) => f.title).sort());
    expect(cloudformation!.principals.map(principal).sort()).toEqual(terraform!.principals.map(principal).sort());
  });

  it('every finding of the template has lines in it', () => {
    for (const f of results[1]!.findings) expect(JSON.stringify(f)).toContain('template.yaml');
  });
});

