import type { Resource, Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { partOf } from '../nodes.ts';
import { at, fields, flag, known, list, literal, pointer, prop, text, texts } from '../properties.ts';

/** Agent cards of the Agent2Agent protocol: an agent, how it is called, and whom it says it lets in. */

type Auth = { auth: string; authDetail?: Record<string, unknown> };

/** Weakest first: what the protocol calls a scheme in words of the model. Older cards nest a scheme below its kind. */
const ORDER = ['none', 'api-key', 'unknown', 'session', 'oauth2', 'jwt', 'mtls'];

function schemeAuth(scheme: Value | undefined): Auth {
  const nested = Object.entries(fields(scheme) ?? {}).find(([k]) => k.endsWith('SecurityScheme'));
  const kind = (literal(at(scheme, 'type')) ?? nested?.[0] ?? '').toLowerCase();
  const body = nested ? nested[1] : scheme;
  if (kind.startsWith('apikey')) return { auth: 'api-key' };
  if (kind.startsWith('oauth2')) return { auth: 'oauth2' };
  if (kind.startsWith('openidconnect')) return { auth: 'jwt', authDetail: known({ issuer: text(at(body, 'openIdConnectUrl')) }) };
  if (kind.startsWith('mutualtls') || kind.startsWith('mtls')) return { auth: 'mtls' };
  if (kind.startsWith('http')) return { auth: literal(at(body, 'scheme'))?.toLowerCase() === 'bearer' ? 'jwt' : 'session' };
  return { auth: 'unknown' };
}

/** The alternatives a card names; an empty one lets anyone in, all schemes of one alternative are needed together. */
function inbound(r: Resource): Auth {
  const schemes = fields(prop(r, 'securitySchemes')) ?? {};
  const required = list(prop(r, 'security') ?? prop(r, 'securityRequirements'));
  if (required.length === 0) {
    const offered = Object.values(schemes).map(schemeAuth);
    return offered.sort((a, b) => ORDER.indexOf(a.auth) - ORDER.indexOf(b.auth))[0] ?? { auth: 'none' };
  }
  const alternatives = required.map((alternative): Auth => {
    const names = Object.keys(fields(at(alternative, 'schemes')) ?? fields(alternative) ?? {});
    const needed = names.map((n) => (schemes[n] === undefined ? { auth: 'unknown' } : schemeAuth(schemes[n])));
    return needed.sort((a, b) => ORDER.indexOf(b.auth) - ORDER.indexOf(a.auth))[0] ?? { auth: 'none' };
  });
  return alternatives.sort((a, b) => ORDER.indexOf(a.auth) - ORDER.indexOf(b.auth))[0]!;
}

const PRIVATE_HOST = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|[^.]+$)|\.(local|internal|lan|corp|intranet|svc|cluster\.local)$/i;

function networkScope(url: string): 'public' | 'private' | 'unknown' {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url)?.[1];
  return host === undefined ? 'unknown' : PRIVATE_HOST.test(host) ? 'private' : 'public';
}

function mapCard(r: Resource, ctx: MapContext): void {
  const name = text(prop(r, 'name')) ?? r.root;
  const skills = list(prop(r, 'skills'));
  const agent = ctx.node(r, {
    kind: 'Agent', type: 'a2a.agent', name,
    props: known({
      platform: 'a2a', status: 'declared', autonomy: 'interactive', deterministic: false, relaysReply: true, protocol: 'A2A', skillCount: skills.length,
      skills: skills.flatMap((s) => text(at(s, 'name')) ?? text(at(s, 'id')) ?? []), provider: text(prop(r, 'provider', 'organization')), signed: list(prop(r, 'signatures')).length > 0,
    }),
  });
  const auth = inbound(r);
  const places: { url: string; where: string; protocol: string | undefined }[] = [
    ...texts(prop(r, 'url')).map((url) => ({ url, where: '/url', protocol: text(prop(r, 'preferredTransport')) })),
    ...['additionalInterfaces', 'supportedInterfaces'].flatMap((key) => list(prop(r, key)).flatMap((v, i) => {
      const url = text(at(v, 'url'));
      return url === undefined ? [] : [{ url, where: pointer(key, i), protocol: text(at(v, 'transport')) ?? text(at(v, 'protocolBinding')) }];
    })),
  ];
  for (const [url, { where, protocol }] of new Map(places.map((p) => [p.url, p] as const))) {
    const endpoint = ctx.node(r, {
      kind: 'Endpoint', nativeId: partOf(agent, `endpoint/${url}`), type: 'a2a.endpoint', name: url, sources: [ctx.source(r, prop(r, 'security') === undefined ? where : '/security'), ctx.source(r, where)].filter((s) => s !== undefined),
      props: known({ protocol: protocol ?? 'JSONRPC', url, networkScope: networkScope(url), repliesToCaller: true, forwardsText: true, ...auth }),
    });
    ctx.edge({ kind: 'ROUTES_TO', from: endpoint, to: agent, props: { forwardsText: true, relaysReply: true }, evidence: ctx.evidence(r, where) });
  }
  if (flag(prop(r, 'capabilities', 'pushNotifications')) === true) push(r, agent, ctx);
}

/** The agent calls back an address that the caller names. */
function push(r: Resource, agent: string, ctx: MapContext): void {
  const hook = ctx.node(r, {
    kind: 'Channel', nativeId: partOf(agent, 'push'), type: 'a2a.push', name: `push notifications of ${text(prop(r, 'name')) ?? r.root}`, sources: [ctx.source(r, '/capabilities')].filter((s) => s !== undefined),
    props: { channelType: 'webhook', recipients: 'free' },
  });
  ctx.edge({ kind: 'WRITES_TO', from: agent, to: hook, evidence: ctx.evidence(r, '/capabilities/pushNotifications') });
}

export const mappings: readonly ResourceMapping[] = [mapping('A2A::AgentCard', mapCard)];
