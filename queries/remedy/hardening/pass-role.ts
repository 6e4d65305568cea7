import { showHoles } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, list, sourceOf, statementKey, statementsOf, type Candidate, type FixGraph, type HardeningKind, type Place } from '../fix-kind.ts';

/** Services that a role is handed to by calls of them. */
const HANDED: Record<string, string> = { lambda: 'lambda.amazonaws.com', ecs: 'ecs-tasks.amazonaws.com', ec2: 'ec2.amazonaws.com', glue: 'glue.amazonaws.com', sagemaker: 'sagemaker.amazonaws.com', cloudformation: 'cloudformation.amazonaws.com', codebuild: 'codebuild.amazonaws.com', bedrock: 'bedrock.amazonaws.com', 'bedrock-agentcore': 'bedrock-agentcore.amazonaws.com', states: 'states.amazonaws.com' };

/** PassRole to whatever service: only to those that the same policy calls. */
export const hardening: HardeningKind = {
  name: 'pass-role',
  edits: 'Condition of iam:PassRole',
  at: (hop, _where, g) => g.statementsAt(hop.evidence).flatMap((s) => passes(s, g)),
};

function passes(place: Place, g: FixGraph): Candidate[] {
  const { policy, index, statement: s } = place;
  const source = sourceOf(place);
  const keys = Object.values(s.conditions ?? {}).flatMap(Object.keys).map((k) => k.toLowerCase());
  if (!source || s.effect !== 'Allow' || !s.actions?.every((a) => a.toLowerCase() === 'iam:passrole') || keys.includes('iam:passedtoservice') || policy.props['managedBy'] === 'provider') return [];
  const services = [...new Set(statementsOf(policy).flatMap((x) => x.actions ?? []).map((a) => HANDED[a.split(':')[0]!.toLowerCase()]).filter((x) => x !== undefined))].sort();
  if (services.length === 0) return [];
  const add = { StringEquals: { 'iam:PassedToService': services } };
  return [candidate(['pass-role', policy.id, statementKey(policy, index)], {
    op: 'narrow', what: 'CAN{permission}', node: nodeRef(policy), property: source.property, source, edit: { kind: 'statement', policy: policy.id, statement: index, to: { conditions: { ...s.conditions, StringEquals: { ...s.conditions?.['StringEquals'], ...add.StringEquals } } } },
    changes: [{ in: 'statement', at: source, actions: s.actions, set: { Condition: add } }],
    text: `let ${list(g.holders(policy.id))} hand roles to ${list(services)} only (iam:PassedToService)${s.resources?.includes('*') ? `, and name the roles instead of * in ${showHoles(policy.name)}` : ''}`,
    effect: 'narrows iam:PassRole', mightBreak: ['roles that are handed to other services'],
  }, 0.6)];
}
