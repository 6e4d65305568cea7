import type { KnownTool } from '../../../knowledge/tools/index.ts';
import type { MapContext } from '../../define.ts';
import { partOf } from '../nodes.ts';
import { flag, known, prop, texts } from '../properties.ts';
import type { Client } from './client.ts';
import type { Entry } from './entry.ts';
import { worksOn } from './opened.ts';
import { effectsIn, isReadOnly } from './read-only.ts';

type Offered = { name: string; tool: KnownTool | undefined };

/** Tools of a server: those of the catalogue and of the configuration's own lists; of a server nobody knows, one of unknown contract. */
export function mapTools(e: Entry, opened: ReadonlyMap<string, readonly string[]>, ctx: MapContext): void {
  const { r, server, client } = e;
  const listed = [...texts(prop(r, 'tools')), ...texts(prop(r, 'includeTools')), ...texts(prop(r, 'allowedTools'))].filter((t) => t !== '*');
  const left = new Set([...texts(prop(r, 'excludeTools')), ...texts(prop(r, 'disabledTools'))]);
  const offered = offeredBy(e);
  const named = listed.filter((name) => !offered.some((o) => o.name === name)).map((name): Offered => ({ name, tool: undefined }));
  const shown = [...offered.filter((o) => listed.length === 0 || listed.includes(o.name)), ...named].filter((o) => !left.has(o.name));
  for (const { name, tool } of shown.length > 0 || e.catalogue ? shown : [{ name: `tools of ${e.name}`, tool: undefined }]) {
    const id = ctx.node(r, { kind: 'Tool', nativeId: partOf(server, `tool/${name}`), type: 'mcp.tool', name, sources: [ctx.source(r)].filter((s) => s !== undefined), props: { ...contract(e, tool, opened), operation: name } });
    ctx.edge({ kind: 'PROVIDED_BY', from: id, to: server, evidence: e.catalogue ? ctx.evidence(r, '', `listed by ${e.catalogue.source}`).map((x) => ({ ...x, basis: 'declared' as const, document: e.catalogue!.source })) : ctx.evidence(r) });
    if (tool?.class === 'code_exec' && client) ctx.edge({ kind: 'EXECUTES_IN', from: id, to: client.workstation, evidence: ctx.evidence(r, '/command') });
    if (tool?.untrusted && client) outsiders(e, tool.untrusted, client, ctx);
    if (client) offer(e, client, id, name, listed.length > 0, ctx);
  }
}

/** What the catalogue says a server offers in the mode it is started in. */
function offeredBy(e: Entry): Offered[] {
  const readOnly = isReadOnly(e.r);
  return (e.catalogue?.tools ?? []).flatMap((tool) => {
    if (!readOnly || tool.all) return tool.names.map((name) => ({ name, tool: readOnly ? { ...tool, all: false, effects: effectsIn(['list', 'read'], true) } : tool }));
    const effects = effectsIn(tool.effects ?? [], true);
    return effects.length === 0 && (tool.effects ?? []).length > 0 ? [] : tool.names.map((name) => ({ name, tool: { ...tool, effects } }));
  });
}

/** A known tool works on what its server opens and on nothing else that its identity may reach. */
function contract(e: Entry, t: KnownTool | undefined, opened: ReadonlyMap<string, readonly string[]>): Record<string, unknown> {
  if (!t) return { toolClass: 'undeclared', contract: 'undeclared', argumentBinding: 'model_chosen' };
  const resources = [...opened].flatMap(([id, nodes]) => (worksOn(t, id) ? nodes : []));
  return known({ toolClass: t.class, contract: t.all ? 'all' : 'declared', effects: t.effects, egress: t.egress, recipients: t.recipients, argumentBinding: 'model_chosen', resources });
}

/** The client asks its user before a call unless the configuration waives that. */
function offer({ r, disabled }: Entry, client: Client, tool: string, name: string, selected: boolean, ctx: MapContext): void {
  const waived = flag(prop(r, 'trust')) === true || flag(prop(r, 'autoApprove')) === true || texts(prop(r, 'autoApprove')).some((a) => a === '*' || a === name);
  const where = waived ? (prop(r, 'trust') !== undefined ? '/trust' : '/autoApprove') : '';
  ctx.edge({ kind: 'HAS_TOOL', from: client.agent, to: tool, evidence: ctx.evidence(r, where), props: { gates: waived ? [] : [client.approval], enabled: !disabled, selection: selected ? 'listed' : 'wildcard' } });
}

/** Text of outsiders comes back with the answers. */
function outsiders({ r, server, name, disabled }: Entry, by: string, client: Client, ctx: MapContext): void {
  if (disabled) return;
  const channel = ctx.node(r, { kind: 'Channel', nativeId: partOf(server, `answers/${by}`), type: 'mcp.answers', name: `content behind ${name}`, sources: [ctx.source(r)].filter((s) => s !== undefined), props: { channelType: 'tool_output', writableBy: [by] } });
  ctx.edge({ kind: 'FEEDS', from: channel, to: client.agent, discriminator: 'on_query', props: { mode: 'on_query' }, evidence: ctx.evidence(r) });
}
