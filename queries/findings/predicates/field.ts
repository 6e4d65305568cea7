import { z } from 'zod';
import { worstVerdict, type Verdict } from '../../../schema/index.ts';
import { findPath, parsePath } from '../language/path.ts';
import { many, PathText } from '../language/texts.ts';
import { labelled, predicate, type Match } from '../predicate.ts';
import { over, walks } from '../walks.ts';

const Params = z.strictObject({
  /** Paths whose last node (or edge) is looked at; properties in braces are the test. */
  subject: many(PathText),
  /** Property of the last node, or of the edge to it → pattern that one of its values must match. */
  is: z.record(z.string(), z.string()).default({}),
  /** Patterns of the last node's name or location that make it harmless. */
  unless: z.array(z.string()).default([]),
  detail: z.string().default(''),
});

/** Nodes (with what leads to them) whose properties are as the rule says. Labels the findings that walk over them or act as what they open. */
export const field = predicate('properties of a node', Params, (p, input) => {
  const { snapshot } = input.estate;
  const matches: Match[] = [];
  const tests = Object.entries(p.is).map(([k, v]) => [k, new RegExp(v, 'i')] as const);
  const harmless = p.unless.map((u) => new RegExp(u, 'i'));
  for (const path of p.subject)
    for (const f of findPath(parsePath(path), input.estate, input.agentFacts)) {
      const last = f.nodes.at(-1)!;
      const values = (k: string): string[] => { const v = last.props[k] ?? f.edges.at(-1)?.props[k]; return (Array.isArray(v) ? v : v === undefined ? [] : [v]).map(String); };
      if (!tests.every(([k, re]) => values(k).some((v) => re.test(v)))) continue;
      if (harmless.some((re) => re.test(last.name) || values('location').some((v) => re.test(v)))) continue;
      const opens = snapshot.out(last.id, 'AUTHENTICATES_AS').map((e) => e.to);
      const verdict = f.edges.reduce<Verdict>((w, e) => worstVerdict(w, e.verdict), 'proven');
      matches.push({
        node: f.nodes[0]!, verdict, requires: [...new Set(f.edges.flatMap((e) => e.requires))].sort(),
        evidence: [...f.edges.flatMap((e) => e.evidence), ...last.sources.slice(0, 1).map((source) => ({ source, basis: 'code' as const }))],
        detail: [...new Set([p.detail, f.nodes.length > 1 ? last.name : '', ...values('location')])].filter(Boolean).join(': '),
        facts: { kind: f.nodes[0]!.kind, opens: opens.length > 0, prompt: f.nodes[0]!.props['artifactType'] === 'prompt' }, passes: [last.id, ...opens, ...(f.nodes.length === 1 ? [] : [f.nodes[0]!.id])],
      });
    }
  if (matches.length === 0) return { labels: new Map(), matches };
  const opened = new Set(matches.flatMap((m) => m.passes!.slice(0, -1)));
  return { labels: opened.size === 0 ? new Map() : labelled(walks([...input.starts.keys()], [over(opened)], [], input).map((r) => r.key)), matches };
});
