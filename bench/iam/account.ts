import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { parsePolicyDocument } from '../../knowledge/policy-document/parse.ts';
import { nodeId, type EdgeRecord, type NodeRecord, type Value } from '../../schema/index.ts';
import { ACCOUNT, type Estate, random } from './generate.ts';

const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const roles = (pattern: string): string => `arn:aws:iam::${ACCOUNT}:role/${pattern}`;
const users = (pattern: string): string => `arn:aws:iam::${ACCOUNT}:user/${pattern}`;

/** Rights that lead on to other principals, as teams hand them out: most bound to the names of a team, a few wide. */
function rights(team: string): Value[] {
  return [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roles(`${team}*`) },
    { Effect: 'Allow', Action: ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: '*' },
    { Effect: 'Allow', Action: ['iam:PassRole'], Resource: roles(`${team}*`) },
    { Effect: 'Allow', Action: ['ec2:RunInstances', 'ecs:RunTask', 'ecs:RegisterTaskDefinition', 'glue:CreateDevEndpoint', 'cloudformation:CreateStack'], Resource: '*' },
    { Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:UpdateLoginProfile'], Resource: users(`${team}*`) },
    { Effect: 'Allow', Action: ['iam:AttachUserPolicy', 'iam:PutUserPolicy'], Resource: users(`${team}*`), Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
    { Effect: 'Allow', Action: ['iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy'], Resource: roles(`${team}*`) },
    { Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' },
    { Effect: 'Allow', Action: 'lambda:UpdateFunctionCode', Resource: '*' },
    { Effect: 'Allow', Action: ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'], Resource: `arn:aws:iam::${ACCOUNT}:policy/${team}*` },
  ];
}

/**
 * An estate whose principals can become one another: every role has a trust policy, users are in groups of which one in ten leads on, one principal in twenty holds a policy with
 * rights over others, one in a hundred is admin.
 */
export function withAccount(estate: Estate, seed: number): Estate {
  const rnd = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rnd() * list.length)]!;
  const { snapshot } = estate;
  const nodes: NodeRecord[] = [];
  const edges: EdgeRecord[] = [];
  let statements = 0;
  const link = (kind: EdgeRecord['kind'], from: string, to: string, props: Record<string, unknown>): void => { edges.push({ id: `account-e${edges.length}`, kind, from, to, discriminator: '', verdict: 'proven', requires: [], evidence: [], props }); };
  const node = (kind: NodeRecord['kind'], name: string, props: Record<string, unknown>): NodeRecord => {
    const n: NodeRecord = { id: nodeId(kind, 'aws', `account-${name}`), kind, type: `aws.${kind.toLowerCase()}`, name, provider: 'aws', scope: 'bench', environment: 'unknown', tags: {}, state: 'live', completeness: 'full', sources: [{ source: 'aws-dump', file: 'account.json', startLine: nodes.length + 1 }], aliases: [], props };
    nodes.push(n);
    return n;
  };
  const policy = (name: string, list: Value[], policyType: string): NodeRecord => {
    const parsed = parsePolicyDocument({ Version: '2012-10-17', Statement: list });
    statements += parsed.statements.length;
    return node('Policy', name, { policyType, statements: parsed.statements, parse: parsed.parse });
  };
  const principals = snapshot.ofKind('Identity');
  const arn = (n: NodeRecord): string => String(n.props.arn);
  const teams = [...new Set(principals.map((p) => arn(p).split('/')[1]!.split('-')[0]!))].sort();

  const trusts = ['lambda.amazonaws.com', 'ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'].map((s) => policy(`trust-${s}`, [{ Effect: 'Allow', Principal: { Service: s }, Action: 'sts:AssumeRole' }], 'trust'));
  trusts.push(policy('trust-account', [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole' }], 'trust'));
  const lists = teams.flatMap((t) => rights(t).map((_, i) => policy(`rights-${t}-${i}`, rights(t).filter((__, k) => k === i || rnd() < 0.15), 'identity')));
  const admin = policy('admin', [{ Effect: 'Allow', Action: '*', Resource: '*' }], 'identity');
  const ordinary = snapshot.ofKind('Policy').filter((p) => p.name.startsWith('managed-'));
  const groups = Array.from({ length: 40 }, (_, i) => {
    const g = node('Identity', `group-${i}`, { identityType: 'group', arn: `arn:aws:iam::${ACCOUNT}:group/g${i}`, account: ACCOUNT });
    link('HAS_POLICY', g.id, (i < 4 ? pick(lists) : pick(ordinary)).id, { as: 'identity' });
    return g;
  });
  for (const p of principals) {
    if (p.props.identityType === 'role') {
      const named = rnd() < 0.12 ? policy(`trust-${p.name}`, [{ Effect: 'Allow', Principal: { AWS: [arn(pick(principals)), arn(pick(principals))] }, Action: 'sts:AssumeRole' }], 'trust') : pick(trusts);
      link('HAS_POLICY', p.id, named.id, { as: 'trust' });
    } else if (rnd() < 0.3) link('MEMBER_OF', p.id, pick(groups).id, {});
    const x = rnd();
    if (x < 0.01) link('HAS_POLICY', p.id, admin.id, { as: 'identity' });
    else if (x < 0.06) link('HAS_POLICY', p.id, pick(lists).id, { as: 'identity' });
  }
  return { ...estate, snapshot: new GraphSnapshot([...snapshot.nodes, ...nodes], [...snapshot.edges, ...edges]), statements: estate.statements + statements, attachments: estate.attachments + edges.filter((e) => e.kind === 'HAS_POLICY').length };
}
