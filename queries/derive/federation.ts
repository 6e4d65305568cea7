import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { askedOf, TECHNIQUES } from '../../knowledge/techniques/index.ts';
import type { EdgeRecord, Evidence, NodeRecord } from '../../schema/index.ts';
import { verdictOf, type Access, type Request } from '../policy/types.ts';
import { bestOf, definedBy, derivedEdge } from './edge.ts';
import { arnOf, arnParts } from './escalate/arn.ts';
import { statementsOf } from './policies-of.ts';
import { idsOf, sessionId } from './sessions.ts';

const COGNITO = 'cognito-identity.amazonaws.com';
const ANYWHERE = 'rolesanywhere.amazonaws.com';
const PODS = 'pods.eks.amazonaws.com';

/**
 * CAN_ASSUME by services that hand out roles to others: identity pools, pod identities, certificates, and assignments of permission sets.
 * The service's own list says which role, the role's trust policy decides with what the service puts into the request.
 */
export function deriveFederation(snapshot: GraphSnapshot, access: Access): EdgeRecord[] {
  const out: EdgeRecord[] = [];
  /** `by`: whoever hands it out, where that is not the one who obtains it. */
  const give = (from: NodeRecord, roleId: string, request: Omit<Request, 'resource' | 'target'>, listed: readonly Evidence[], by: NodeRecord = from): void => {
    const role = snapshot.node(roleId);
    const resource = role && arnOf(role);
    if (!role || role.completeness === 'none' || resource === undefined) return;
    const d = access.decide({ ...request, resource, target: role, position: 'direct' });
    const verdict = verdictOf(d.outcome);
    if (!verdict) return;
    const because = d.because.filter((b) => b.effect === 'Allow' && b.match !== 'no').flatMap((b) => b.evidence);
    const to = (id: string, requires: readonly string[]): void => { out.push(derivedEdge('CAN_ASSUME', from.id, id, { verdict, requires: [...d.requires, ...requires], evidence: [...because, ...listed], discriminator: `federation ${request.action}`, props: { via: 'federation', sets: because.length > 0 ? [because.map((_, i) => i)] : [] } })); };
    const session = snapshot.node(sessionId(by.id, roleId));
    if (!session) return to(roleId, []);
    to(session.id, []);
    // A session of its own has no techniques: where its policies may leave some, they are looked for with the role.
    if (mayEscalate(access, session)) to(roleId, [`the session policy of ${by.name} leaves it`]);
  };
  const anchors: NodeRecord[] = [];
  const profiles: NodeRecord[] = [];
  for (const n of snapshot.ofKind('Identity')) {
    if (typeof n.props['branch'] === 'string') {
      const pool = arnParts(arnOf(n) ?? String(n.props['poolArn'] ?? ''))?.resource.replace(/^identitypool\//, '');
      const context = { [`${COGNITO}:amr`]: [n.props['branch']], ...(pool ? { [`${COGNITO}:aud`]: [pool] } : {}) };
      for (const role of idsOf(n, 'poolRoles')) give(n, role, { principal: n, action: 'sts:AssumeRoleWithWebIdentity', context }, definedBy(n, 'the identity pool hands it out'));
    }
    const [own, target] = idsOf(n, 'podIdentityRoles');
    const first = own === undefined ? undefined : snapshot.node(own);
    // With a policy that stands for the second role, pods obtain its session alone.
    if (own !== undefined && target !== undefined && first && snapshot.node(sessionId(n.id, target))) give(n, target, { principal: first, action: 'sts:AssumeRole' }, definedBy(n, 'pod identity of the service account'));
    else if (own !== undefined) give(n, own, { service: PODS, action: 'sts:AssumeRole' }, definedBy(n, 'pod identity of the service account'));
    if (typeof n.props['sessionService'] === 'string') for (const role of idsOf(n, 'sessionRoles')) give(n, role, { service: n.props['sessionService'], action: 'sts:AssumeRole' }, definedBy(n, 'the service hands the role out'));
    if (n.props['anywhere'] === 'anchor') anchors.push(n);
    else if (n.props['anywhere'] === 'profile') profiles.push(n);
    for (const e of snapshot.out(n.id, 'HAS_POLICY')) {
      if (e.props['as'] !== 'trust' || !Array.isArray(e.props['principals'])) continue;
      for (const who of e.props['principals'] as string[]) out.push(derivedEdge('CAN_ASSUME', who, n.id, { evidence: e.evidence, discriminator: 'federation assignment', props: { via: 'federation', sets: [] } }));
    }
  }
  for (const p of profiles) {
    for (const a of anchors) {
      if (a.scope !== p.scope) continue;
      const arn = arnOf(a);
      for (const role of idsOf(p, 'profileRoles')) give(a, role, { service: ANYWHERE, action: 'sts:AssumeRole', ...(arn ? { context: { 'aws:SourceArn': [arn] } } : {}) }, [...definedBy(p, 'the profile lists the role'), ...definedBy(a, 'trust anchor')], p);
    }
  }
  return bestOf(out);
}

/** Whether an identity may do all that some technique asks for, or assume roles. */
const mayEscalate = (access: Access, p: NodeRecord): boolean => {
  const may = (action: string): boolean => access.decide({ principal: p, action, resource: '*', position: 'direct' }).outcome !== 'denied';
  return may('sts:AssumeRole') || [...TECHNIQUES.values()].some((t) => {
    const asked = askedOf(t);
    return asked.length > 0 && asked.every((x) => may(x.action));
  });
};

/**
 * Providers that trust policies name and the input does not hold (no account dump does): each is an external identity of its own. Plain names
 * are providers that the platform knows by itself. A pool of identities that the input holds stands for itself.
 */
export function externalProviders(snapshot: GraphSnapshot): NodeRecord[] {
  const known = new Set(snapshot.ofKind('Identity').flatMap((n) => arnOf(n) ?? []));
  const pools = snapshot.ofKind('Identity').some((n) => typeof n.props['branch'] === 'string');
  const out = new Map<string, NodeRecord>();
  for (const role of snapshot.ofKind('Identity')) {
    if (role.props['identityType'] !== 'role' || role.completeness === 'none' || role.type.startsWith('aws.sso.')) continue;
    for (const e of snapshot.out(role.id, 'HAS_POLICY')) {
      if (e.props['as'] !== 'trust') continue;
      for (const s of statementsOf(snapshot.node(e.to)!)) {
        for (const text of s.effect === 'Allow' ? (s.principals?.['Federated'] ?? []) : []) {
          if (known.has(text) || text.includes('\uE000') || text === '*' || (text === COGNITO && pools)) continue;
          const id = `ovr:identity:aws:provider:${text}`;
          out.set(id, {
            id, kind: 'Identity', type: 'aws.iam.external', name: text.slice(text.indexOf('-provider/') < 0 ? 0 : text.indexOf('-provider/') + 10), provider: 'aws', scope: role.scope, environment: 'unknown', tags: {}, state: 'declared',
            completeness: 'none', sources: [], aliases: [], props: { identityType: 'external', arn: text, ...(text.startsWith('arn:') ? {} : { issuer: text }) },
          });
        }
      }
    }
  }
  return [...out.values()];
}
