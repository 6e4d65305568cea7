import type { Resource } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { idOf, partOf } from '../nodes.ts';
import { number, prop, text } from '../properties.ts';

/** Nodes of a client configuration: the agent, where it runs, who it works for, and the question it asks before a call. */
export interface Client { agent: string; workstation: string; user: string; approval: string }

const TYPE = 'MCP::Client';

/** A program on somebody's machine that lets a model call tools, with that person's rights at hand. */
export function mapClient(r: Resource, ctx: MapContext): void {
  const client = text(prop(r, 'name')) ?? 'unknown';
  const who = client === 'unknown' || client === 'project' ? `MCP client of ${text(prop(r, 'file')) ?? r.root}` : client;
  const agent = ctx.node(r, {
    kind: 'Agent', type: 'mcp.client', name: who,
    props: { platform: 'mcp-client', client, status: 'declared', autonomy: 'interactive', deterministic: false, relaysReply: true, servers: number(prop(r, 'servers')) ?? 0 },
  });
  const { workstation, user, approval } = parts(agent);
  const at = ctx.evidence(r);
  ctx.node(r, { kind: 'Compute', nativeId: nativeOf(workstation), type: 'mcp.workstation', name: `workstation of ${who}`, props: { computeType: 'workstation', egress: 'open', metadataService: 'none' } });
  ctx.node(r, { kind: 'Identity', nativeId: nativeOf(user), type: 'mcp.user', name: `user of ${who}`, props: { identityType: 'population' } });
  ctx.node(r, {
    kind: 'Control', nativeId: nativeOf(approval), type: 'mcp.approval', name: `${who} asks before a tool call`,
    props: { controlType: 'approval', mode: 'enforce', approver: client === 'unknown' ? 'unknown' : 'session_user', enforcedBy: 'client', enforcedOutsideCompute: false },
  });
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: agent, to: workstation, evidence: at });
  ctx.edge({ kind: 'RUNS_AS', from: workstation, to: user, discriminator: 'code', props: { for: 'code' }, evidence: at });
}

const nativeOf = (id: string): string => id.split(':').slice(3).join(':');
const parts = (agent: string): Omit<Client, 'agent'> => ({
  workstation: `ovr:compute:mcp:${partOf(agent, 'workstation')}`, user: `ovr:identity:mcp:${partOf(agent, 'user')}`, approval: `ovr:control:mcp:${partOf(agent, 'approval')}`,
});

/** The client that a server entry belongs to. */
export function clientOf(server: Resource, ctx: MapContext): Client | undefined {
  const client = ctx.resource(prop(server, 'client'), [TYPE]);
  const agent = client && idOf(ctx, client);
  return agent ? { agent, ...parts(agent) } : undefined;
}
