import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type HardeningKind } from '../fix-kind.ts';
import { namedAt } from '../refs.ts';

/** An agent that strangers steer: a guardrail that looks for prompt attacks. It lowers the likelihood and closes nothing. */
export const hardening: HardeningKind = {
  name: 'guardrail',
  edits: 'GuardrailConfiguration of an agent',
  rule: 'AGT-019',
  row(row, g) {
    const agent = g.nodes.get(row.node.id);
    if (!agent) return [];
    const at = agent.sources[0];
    const fit = agent.type === 'aws.bedrock.agent' && at ? [...g.nodes.values()].filter((n) => n.kind === 'Control' && n.props['controlType'] === 'guardrail' && n.props['promptAttack'] === true && n.props['mode'] === 'enforce' && n.scope === agent.scope) : [];
    const named = fit.flatMap((c) => { const arn = at && namedAt(c, at); return arn ? [{ c, arn }] : []; });
    const one = named.length === 1 ? named[0]! : undefined;
    const arn = one && one.arn.includes('|arn') ? one.arn.replace('|arn', '|guardrail_arn').replace('|Arn', '|GuardrailArn') : one?.arn;
    return [candidate(['guardrail', agent.id], {
      op: 'add', what: 'Control{guardrail}', node: nodeRef(agent), property: 'guardrail_configuration', source: at,
      edit: { kind: 'control', name: one ? one.c.name : 'guardrail', props: { controlType: 'guardrail', mode: 'enforce', promptAttack: true, surfaces: ['user_input', 'tool_output'], enforcedBy: 'platform', enforcedOutsideCompute: true }, gates: [], guards: [agent.id] },
      ...(arn && at ? { changes: [{ in: 'block' as const, at, path: ['GuardrailConfiguration'], to: { GuardrailIdentifier: arn, GuardrailVersion: 'DRAFT' } }] } : { noPatch: agent.type === 'aws.bedrock.agent' ? (named.length > 1 ? 'more than one guardrail would fit: choose one and name it in guardrail_configuration' : 'no guardrail with a PROMPT_ATTACK filter is written in this module: write one, and name it in guardrail_configuration') : 'the platform of this agent has no property for a guardrail: call it in the code of the agent, or put it before the gateway' }),
      text: `attach a guardrail that looks for prompt attacks to ${showHoles(agent.name)}`, effect: 'adds Control{guardrail}: likelihood only', mightBreak: ['requests that look like an attack are refused'],
    }, 1)];
  },
};
