import type { Resource } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, list, literal, pointer, prop, text } from '../../properties.ts';
import { label, partOf, platformEvidence, runsAs } from '../shared.ts';

const RETRIEVE_DOCUMENT = 'https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permission.html (read 2026-10)';

/**
 * Knowledge bases of an agent: their content enters the context when a query matches, and the agent may ask for it, as its own role.
 * A knowledge base over SQL is a query tool that runs as the knowledge base's role, not retrieval.
 */
export function mapKnowledgeAssociations(r: Resource, agent: string, role: string | undefined, ctx: MapContext): void {
  list(prop(r, 'KnowledgeBases')).forEach((entry, i) => {
    if (literal(at(entry, 'KnowledgeBaseState')) === 'DISABLED') return;
    const path = ['KnowledgeBases', i, 'KnowledgeBaseId'];
    const value = prop(r, ...path);
    const base = ctx.resource(value, ['AWS::Bedrock::KnowledgeBase']);
    const store = ctx.resolve(value, ['AWS::Bedrock::KnowledgeBase'], { kind: 'DataStore', type: 'aws.bedrock.knowledgebase' });
    if (!store) return;
    const evidence = ctx.evidence(r, pointer(...path));
    ctx.edge({ kind: 'FEEDS', from: store, to: agent, discriminator: 'on_query', props: { mode: 'on_query' }, evidence });
    const name = base ? label(base) : text(at(entry, 'Description'))?.slice(0, 60) ?? `knowledge base ${i + 1}`;
    const sources = [ctx.source(r, pointer('KnowledgeBases', i))].filter((s) => s !== undefined);
    const sql = base !== undefined && literal(prop(base, 'KnowledgeBaseConfiguration', 'Type')) === 'SQL';
    const tool = ctx.node(r, {
      kind: 'Tool', nativeId: partOf(agent, `knowledge/${i}`), type: 'aws.bedrock.agentknowledge', name: `${sql ? 'query' : 'retrieve'} ${name}`, sources,
      props: sql
        ? { toolClass: 'sql_generic', contract: 'all', argumentBinding: 'model_chosen' }
        : { toolClass: 'retrieval', contract: 'declared', effects: ['read'], resources: [store], argumentBinding: 'model_chosen' },
    });
    ctx.edge({ kind: 'HAS_TOOL', from: agent, to: tool, props: { gates: [], enabled: true, selection: 'listed' }, evidence });
    if (sql) runsAs(ctx, base, tool, ['RoleArn'], 'tool');
    else if (role) {
      ctx.edge({
        kind: 'RUNS_AS', from: tool, to: role, discriminator: 'tool', props: { for: 'tool' },
        evidence: platformEvidence(ctx, r, '/AgentResourceRoleArn', 'the agent queries its knowledge bases as its own role', RETRIEVE_DOCUMENT),
      });
    }
  });
}
