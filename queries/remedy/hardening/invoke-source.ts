import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, sourceOf, statementKey, statementsOf, type Candidate, type FixGraph, type HardeningKind } from '../fix-kind.ts';
import { namedAt } from '../refs.ts';

/** A function that admits the agent platform: only on behalf of the agent whose tool it is. */
export const hardening: HardeningKind = {
  name: 'invoke-source',
  edits: 'SourceArn of a function permission',
  rule: 'AGT-027',
  at: (hop, _where, g) => (hop.fact === 'TOOL' ? g.out(hop.node.id, 'IMPLEMENTED_BY').flatMap((e) => admitted(e.to, g)) : []),
  row: (row, g) => admitted(row.node.id, g),
};

function admitted(fn: string, g: FixGraph): Candidate[] {
  const agents = [...new Set(g.in(fn, 'IMPLEMENTED_BY').flatMap((e) => g.in(e.from, 'HAS_TOOL')).map((e) => e.from))].flatMap((id) => g.nodes.get(id) ?? []).filter((a) => a.kind === 'Agent');
  return g.out(fn, 'HAS_POLICY').flatMap((e) => {
    const policy = g.nodes.get(e.to);
    return policy?.props['policyType'] !== 'resource' ? [] : statementsOf(policy).flatMap((statement, index) => {
      const source = sourceOf({ policy, index, statement });
      const platform = (statement.principals?.['Service'] ?? []).some((s) => s.startsWith('bedrock'));
      const keys = Object.values(statement.conditions ?? {}).flatMap(Object.keys).map((k) => k.toLowerCase());
      if (!source || statement.effect !== 'Allow' || !platform || keys.includes('aws:sourcearn')) return [];
      const agent = agents.length === 1 ? agents[0]! : undefined;
      const value = agent && namedAt(agent, source);
      const conditions = { ...statement.conditions, ArnLike: { ...statement.conditions?.['ArnLike'], 'AWS:SourceArn': [String(agent?.props['arn'] ?? 'arn:aws:bedrock:*:*:agent/*')] } };
      return [candidate(['invoke-source', policy.id, statementKey(policy, index)], {
        op: 'narrow', what: 'resource policy', node: nodeRef(g.nodes.get(e.from)!), property: 'SourceArn', source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { conditions } },
        ...(value ? { changes: [{ in: 'block' as const, at: source, path: ['SourceArn'], to: value }] } : { noPatch: agent ? `${showHoles(agent.name)} is written elsewhere: pass its ARN in as SourceArn` : 'more than one agent calls it: write one permission for each, with its SourceArn' }),
        text: `admit ${agent ? showHoles(agent.name) : 'its agents'} only to ${g.name(e.from)}: SourceArn`, effect: 'narrows who may invoke the tool', mightBreak: ['other agents that call this function'],
      }, 0.5)];
    });
  });
}
