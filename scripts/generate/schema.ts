import { z } from 'zod';
import { AnalysisResult, EDGES, KINDS } from '../../schema/index.ts';

const typeOf = (s: { type?: string; enum?: unknown[]; anyOf?: unknown[]; items?: unknown; additionalProperties?: unknown }): string =>
  s.enum ? s.enum.map(String).join(' \\| ')
    : s.type === 'array' ? `${typeOf((s.items ?? {}) as never)}[]`
      : s.anyOf ? s.anyOf.map((x) => typeOf(x as never)).join(' \\| ')
        : s.type ?? 'any';

const rows = (schema: z.ZodObject): string[] => {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' }) as { properties?: Record<string, { description?: string }> };
  return Object.entries(json.properties ?? {}).map(([name, p]) => `| \`${name}\` | ${typeOf(p as never)} | ${p.description ?? ''} |`);
};

function reference(): string {
  const out = ['# Model reference', '', 'Generated from `schema/`. Node and edge kinds of the graph, with the properties each may carry.', '', '## Node kinds', ''];
  for (const d of KINDS.values()) out.push(`### ${d.kind}`, '', `${d.says}.`, '', '| property | type | meaning |', '|---|---|---|', ...rows(d.props), '');
  out.push('## Edge kinds', '');
  for (const d of EDGES.values()) {
    out.push(`### ${d.kind}`, '', `${d.meaning}. ${d.derived === 'yes' ? 'Derived.' : d.derived === 'both' ? 'Inventory or derived.' : 'Inventory.'}`, '');
    for (const [from, to] of d.ends) out.push(`- ${from.length === KINDS.size ? 'any' : from.join(', ')} → ${to.length === KINDS.size ? 'any' : to.join(', ')}`);
    const props = rows(d.props);
    if (props.length > 0) out.push('', '| property | type | meaning |', '|---|---|---|', ...props);
    out.push('');
  }
  return out.join('\n');
}

/** JSON Schema of the result, and the reference page of the model. */
export async function generate(): Promise<Record<string, string>> {
  return {
    'schema/generated/result.schema.json': JSON.stringify(z.toJSONSchema(AnalysisResult, { unrepresentable: 'any' }), null, 1) + '\n',
    'schema/generated/model-reference.md': reference(),
  };
}
