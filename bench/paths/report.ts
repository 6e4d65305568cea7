import type { EstateMeasured } from './attack-estate.ts';
import type { Model } from './generate.ts';
import type { Measured } from './measure.ts';
import type { Neo4jMeasured } from './neo4j.ts';

export interface Row { model: Model; size: number; hash: string; scan: Measured; plain: Measured; paths: Measured; equal: boolean; scaled: number; neo4j?: Neo4jMeasured }

export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const ms = (x: number): string => (x >= 10_000 ? `${(x / 1000).toFixed(1)} s` : x >= 100 ? `${x.toFixed(0)} ms` : `${x.toFixed(1)} ms`);
const range = (list: readonly number[]): string => `${ms(median(list))} (${ms(Math.min(...list))}–${ms(Math.max(...list))})`;
const number = (x: number): string => x.toLocaleString('en-US');
const pad = (rows: string[][]): string => {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows.map((r) => `  ${r.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')}`.trimEnd()).join('\n');
};

/** The report. A row whose answers differ has no times: a fast wrong answer is no answer. */
export function show(rows: readonly Row[], estates: readonly EstateMeasured[], machine: string): string {
  const out: string[] = [`Reach of all agents to all sensitive stores (${machine})`, ''];
  const table = [['graph', 'nodes', 'edges', 'data', 'agents', 'pairs', 'this', 'BFS per agent', 'ratio', 'build', 'bytes/edge', 'Neo4j']];
  for (const r of rows) {
    const head = [`${r.model} ${r.size >= 1e6 ? `${r.size / 1e6}M` : `${r.size / 1e3}k`}`, number(r.scan.n), number(r.scan.m), r.hash, number(r.scan.agentCount), number(r.scan.pairs)];
    if (!r.equal) { table.push([...head, 'ANSWERS DIFFER', '-', '-', '-', '-', '-']); continue; }
    const plain = median(r.plain.ms) * r.scaled;
    const neo = r.neo4j ? (r.neo4j.equal ? `${ms(r.neo4j.msPerAgent * r.scan.agentCount)}* ${((r.neo4j.msPerAgent * r.scan.agentCount) / median(r.scan.ms)).toFixed(0)}x` : 'ANSWERS DIFFER') : '-';
    table.push([...head, range(r.scan.ms), `${ms(plain)}${r.scaled > 1 ? '*' : ''}`, `${(plain / median(r.scan.ms)).toFixed(1)}x`, ms(r.scan.buildMs), (r.scan.peakBytes / r.scan.m).toFixed(1), neo]);
  }
  out.push(pad(table), '', '  * measured on a sample of agents, whose answers were equal, and scaled to all of them', '  bytes/edge: peak resident set over the process before loading, in a process of its own, raw edge lists included', '');
  const growth = growthOf(rows);
  if (growth.length > 0) out.push('Growth exponent (time against nodes + edges)', pad(growth), '');
  const shown = rows.filter((r) => r.equal && r.paths.pathUs && r.paths.pathUs.pairs > 0);
  if (shown.length > 0)
    out.push('Ten chordless paths of a pair, after the reverse search of its target', pad([['graph', 'pairs', 'p50', 'p99', 'reverse search'], ...shown.map((r) => { const p = r.paths.pathUs!; return [`${r.model} ${number(r.size)}`, number(p.pairs), `${p.p50.toFixed(0)} µs`, `${p.p99.toFixed(0)} µs`, ms(p.reverseMs)]; })]), '');
  if (estates.length > 0)
    out.push('Fact digraph of an estate of agents', pad([['nodes', 'edges', 'permission pairs', 'facts', 'transitions', 'build', 'reach, 3 verdicts', 'starts', 'facts/node', 'peak'], ...estates.map((e) => [number(e.nodes), number(e.edges), number(e.pairs), number(e.facts), number(e.transitions), ms(e.buildMs), ms(e.reachMs), number(e.starts), (e.facts / e.nodes).toFixed(1), `${(e.peakBytes / 1e6).toFixed(0)} MB`])]), '');
  if (!rows.some((r) => r.neo4j)) out.push('Not measured: Neo4j (give NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD).', '');
  return `${out.join('\n')}\n`;
}

function growthOf(rows: readonly Row[]): string[][] {
  const found: string[][] = [];
  for (const model of ['seg', 'flat'] as const) {
    const of = rows.filter((r) => r.model === model && r.equal);
    for (let i = 1; i < of.length; i++) {
      const [a, b] = [of[i - 1]!, of[i]!];
      const exponent = Math.log(median(b.scan.ms) / median(a.scan.ms)) / Math.log((b.scan.n + b.scan.m) / (a.scan.n + a.scan.m));
      found.push([`${model} ${number(a.size)} → ${number(b.size)}`, exponent.toFixed(2)]);
    }
  }
  return found;
}
