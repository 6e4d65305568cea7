import { PRIVILEGED, showHoles, type EdgeRecord, type EffectClass, type NodeRecord, type SourceChange } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type HardeningKind } from '../fix-kind.ts';

interface Flavour { changes?: SourceChange[]; noPatch?: string; says: string; approver: string; outside: boolean }

/** A tool that changes things: somebody says yes before it is called, in the way its platform has for that. */
export const hardening: HardeningKind = {
  name: 'approval',
  edits: 'approval of a tool call',
  at(hop, { hops, index }, g) {
    const then = hops[index + 1];
    const tool = hop.fact === 'TOOL' && then?.fact === 'EFFECT' && then.effect !== undefined && PRIVILEGED.has(then.effect as EffectClass) ? g.nodes.get(hop.node.id) : undefined;
    const agent = [...hops.slice(0, index)].reverse().find((h) => h.node.kind === 'Agent')?.node.id;
    const has = tool && g.in(tool.id, 'HAS_TOOL').find((e) => e.from === agent);
    if (!tool || !has || approved(has, g.nodes)) return [];
    const f = flavour(tool, has);
    return [candidate(['approval', has.id], {
      op: 'add', what: 'Control{approval}', node: nodeRef(tool), property: 'RequireConfirmation', source: tool.sources[0],
      edit: { kind: 'control', name: `approval of ${tool.name}`, props: { controlType: 'approval', mode: 'enforce', approver: f.approver, enforcedBy: f.outside ? 'platform' : 'client', enforcedOutsideCompute: f.outside }, gates: [has.id], guards: [] },
      ...(f.changes ? { changes: f.changes } : { noPatch: f.noPatch ?? 'it is not written in this code' }),
      text: `${f.says}: ${showHoles(tool.name)}`, effect: `adds Control{approval} to HAS_TOOL.gates, answered by ${f.approver === 'session_user' ? 'the user of the session' : 'somebody else'}`,
      mightBreak: ['calls without a person who answers stop there', ...(f.approver === 'session_user' ? ['it stops nobody who has opened the session himself: for them, narrow the door or the permission'] : [])],
    }, 1)];
  },
};

const approved = (has: EdgeRecord, nodes: ReadonlyMap<string, NodeRecord>): boolean =>
  ((has.props['gates'] as string[] | undefined) ?? []).some((id) => { const c = nodes.get(id); return c?.props['controlType'] === 'approval' && c.props['approver'] !== 'auto' && c.props['approver'] !== 'agent'; });

function flavour(tool: NodeRecord, has: EdgeRecord): Flavour {
  const at = tool.sources[0];
  const user = { approver: 'session_user', outside: true };
  switch (tool.type) {
    case 'aws.bedrock.agentaction': {
      const path = at?.property?.split(/[./]/);
      if (at?.source === 'cloudformation' && path?.includes('Functions')) return { ...user, says: 'let the platform ask the user before the call (RequireConfirmation)', changes: [{ in: 'block', at, path: [...path, 'RequireConfirmation'], to: 'ENABLED' }] };
      if (path?.includes('function_schema')) return { ...user, says: 'let the platform ask the user before the call', noPatch: 'the Terraform provider has no argument for it in a function: describe the action group by an OpenAPI schema with x-requireConfirmation: ENABLED' };
      return { ...user, says: 'let the platform ask the user before the call (x-requireConfirmation: ENABLED on the operation)', noPatch: 'the operation is described in a schema: write x-requireConfirmation: ENABLED there' };
    }
    case 'mcp.tool': {
      const waived = has.evidence[0]?.source;
      const key = waived?.property;
      if (waived && (key === 'trust' || key === 'autoApprove')) return { approver: 'session_user', outside: false, says: `let the client ask before the call again (without ${key})`, changes: [{ in: 'block', at: at ?? waived, path: [key] }] };
      return { approver: 'session_user', outside: false, says: 'let the client ask before the call', noPatch: 'the settings that waive the question are not in this file' };
    }
    case 'aws.bedrockagentcore.gatewaytool': return { approver: 'independent_human', outside: true, says: 'put a policy engine in ENFORCE mode, or an interceptor that waits for an approval, before the gateway', noPatch: 'who approves, and where, is not in the code' };
    default: return { approver: 'independent_human', outside: false, says: 'wait for an approval in an independent channel before the call', noPatch: 'the call is made in the code of the agent, which is not read' };
  }
}
