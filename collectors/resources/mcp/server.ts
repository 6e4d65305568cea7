import type { EffectClass, Resource, Value } from '../../../schema/index.ts';
import { knownPackage, knownUrl, type KnownServer, type KnownTool } from '../../../knowledge/tools/index.ts';
import type { MapContext } from '../../define.ts';
import { holdNamed } from '../held.ts';
import { partOf } from '../nodes.ts';
import { fields, flag, known, list, pointer, prop, text, texts } from '../properties.ts';
import { isReference, secretName } from '../secrets.ts';
import { clientOf, type Client } from './client.ts';
import { readLaunch, type Launch } from './launch.ts';

/** A server of a client configuration: who publishes it, with whose authority it acts, its tools, and the secrets written beside it. */
export function mapServer(r: Resource, ctx: MapContext): void {
  const name = text(prop(r, 'name')) ?? r.address;
  const command = text(prop(r, 'command'));
  const launch = command === undefined || command === '' ? undefined : readLaunch(command, texts(prop(r, 'args')));
  const url = text(prop(r, 'url')) ?? (launch?.package === 'mcp-remote' || launch?.package === 'supergateway' ? launch.rest.find((a) => /^https?:/.test(a)) : undefined);
  const entry = (launch?.package && knownPackage(launch.package)) || (url === undefined ? undefined : knownUrl(url));
  const transport = text(prop(r, 'type')) ?? (launch ? 'stdio' : 'http');
  const server = ctx.node(r, {
    kind: 'ToolServer', type: 'mcp.server', name,
    props: known({
      serverType: 'mcp', transport, url: url && withoutSecrets(url), command: launch?.program, package: launch?.package, version: launch?.version, pinned: launch?.pinned,
      publisher: publisherOf(launch, url, entry), listing: 'dynamic', catalogue: entry?.id, disabled: flag(prop(r, 'disabled')) === true ? true : undefined,
    }),
  });
  const client = clientOf(r, ctx);
  const remote = launch === undefined || url !== undefined;
  if (client && !remote) {
    ctx.edge({ kind: 'RUNS_AS', from: server, to: client.user, discriminator: 'tool', props: { for: 'tool' }, evidence: ctx.evidence(r, '/command', 'a local server runs as the person who starts the client') });
    ctx.edge({ kind: 'IMPLEMENTED_BY', from: server, to: client.workstation, evidence: ctx.evidence(r, '/command') });
  }
  settings(r, server, remote, ctx);
  argumentsOf(r, server, ctx);
  cloudIdentity(r, server, ctx);
  tools(r, server, entry, client, launch, ctx);
}

const PRIVATE_HOST = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|host\.docker\.internal|[^.]+$)|\.(local|internal|lan|corp|intranet)$/i;

function publisherOf(launch: Launch | undefined, url: string | undefined, entry: KnownServer | undefined): string {
  if (entry) return entry.publisher;
  const host = url === undefined ? undefined : /^[a-z]+:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url)?.[1];
  if (host !== undefined) return PRIVATE_HOST.test(host) ? 'own' : 'third_party';
  return launch === undefined ? 'unknown' : launch.origin === 'local' ? 'own' : 'third_party';
}

/** An address may carry a password or a token in its query. */
const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');

/** Environment and headers: literals are held, references are only used. A remote server receives what its headers carry. */
function settings(r: Resource, server: string, remote: boolean, ctx: MapContext): void {
  for (const key of ['env', 'headers', 'http_headers']) {
    for (const [name, value] of Object.entries(fields(prop(r, key)) ?? {})) {
      const written = text(value);
      if (written === undefined) continue;
      const where = pointer(key, name);
      const held = holdNamed(ctx, r, server, where, name, written);
      if (held === undefined && !(secretName(name) && isReference(written))) continue;
      if (held !== undefined && !remote) continue;
      const to = held ?? ctx.node(r, {
        kind: 'Credential', nativeId: partOf(server, `reference/${name}`), type: 'literal.reference', name, sources: [ctx.source(r, where)].filter((s) => s !== undefined),
        props: { credType: 'token', exposedLiteral: false, location: name, heldBy: 'us' },
      });
      ctx.edge({ kind: 'USES_CREDENTIAL', from: server, to, props: { delegation: 'service' }, evidence: ctx.evidence(r, where, name) });
    }
  }
  const url = text(prop(r, 'url'));
  if (url !== undefined) holdNamed(ctx, r, server, '/url', 'url', url);
}

/** `--api-key value`, `--token=value`, addresses with a password. */
function argumentsOf(r: Resource, server: string, ctx: MapContext): void {
  const args = list(prop(r, 'args')).map((a) => text(a) ?? '');
  args.forEach((arg, i) => {
    const [flagName, inline] = arg.startsWith('-') && arg.includes('=') ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [undefined, undefined];
    const before = args[i - 1];
    const named = /^(-e|--env)$/.test(before ?? '') && arg.includes('=') ? { name: arg.slice(0, arg.indexOf('=')), value: arg.slice(arg.indexOf('=') + 1) }
      : flagName !== undefined ? { name: flagName, value: inline! }
        : { name: before?.startsWith('-') ? before : `argument ${i + 1}`, value: arg };
    const name = named.name.replace(/^-+/, '');
    holdNamed(ctx, r, server, pointer('args', i), name, named.value);
  });
}

/** A named profile of the cloud's command line: which rights it has stands on the workstation. */
function cloudIdentity(r: Resource, server: string, ctx: MapContext): void {
  for (const [key, credType] of [['AWS_PROFILE', 'aws_profile'], ['CLOUDSDK_ACTIVE_CONFIG_NAME', 'gcloud_configuration'], ['KUBECONFIG', 'kubeconfig']] as const) {
    const profile = text(prop(r, 'env', key));
    if (profile === undefined) continue;
    const credential = ctx.node(r, {
      kind: 'Credential', nativeId: partOf(server, `profile/${key}`), type: credType.replaceAll('_', '.'), name: profile, sources: [ctx.source(r, pointer('env', key))].filter((s) => s !== undefined),
      props: { credType, exposedLiteral: false, heldBy: 'us', location: key },
    });
    ctx.edge({ kind: 'USES_CREDENTIAL', from: server, to: credential, discriminator: key, props: { delegation: 'service' }, evidence: ctx.evidence(r, pointer('env', key)) });
  }
}

function tools(r: Resource, server: string, entry: KnownServer | undefined, client: Client | undefined, launch: Launch | undefined, ctx: MapContext): void {
  const stores = entry?.store && launch ? storesOf(r, server, entry.store, ctx) : [];
  const listed = [...texts(prop(r, 'tools')), ...texts(prop(r, 'includeTools')), ...texts(prop(r, 'allowedTools'))].filter((t) => t !== '*');
  const left = new Set([...texts(prop(r, 'excludeTools')), ...texts(prop(r, 'disabledTools'))]);
  const offered = entry ? entry.tools.flatMap((t) => t.names.map((name) => ({ name, tool: t as KnownTool | undefined }))) : [];
  const named = listed.filter((name) => !offered.some((o) => o.name === name)).map((name) => ({ name, tool: undefined }));
  const shown = [...offered.filter((o) => listed.length === 0 || listed.includes(o.name)), ...named].filter((o) => !left.has(o.name));
  for (const { name, tool } of shown.length > 0 || entry ? shown : [{ name: `tools of ${text(prop(r, 'name')) ?? r.address}`, tool: undefined }]) {
    const id = ctx.node(r, { kind: 'Tool', nativeId: partOf(server, `tool/${name}`), type: 'mcp.tool', name, sources: [ctx.source(r)].filter((s) => s !== undefined), props: { ...contract(tool), operation: name, ...(stores.length > 0 && tool && { resources: stores }) } });
    ctx.edge({ kind: 'PROVIDED_BY', from: id, to: server, evidence: entry ? ctx.evidence(r, '', `listed by ${entry.source}`).map((e) => ({ ...e, basis: 'declared' as const, document: entry.source })) : ctx.evidence(r) });
    if (tool?.class === 'code_exec' && client) ctx.edge({ kind: 'EXECUTES_IN', from: id, to: client.workstation, evidence: ctx.evidence(r, '/command') });
    if (tool?.untrusted) outsiders(r, server, tool.untrusted, client, ctx);
    if (client) offer(r, client, id, name, listed.length > 0, ctx);
  }
}

function contract(t: KnownTool | undefined): Record<string, unknown> {
  if (!t) return { toolClass: 'undeclared', contract: 'undeclared', argumentBinding: 'model_chosen' };
  return known({ toolClass: t.class, contract: t.all ? 'all' : 'declared', effects: t.effects as EffectClass[] | undefined, egress: t.egress, recipients: t.recipients, argumentBinding: 'model_chosen' });
}

/** The client asks its user before a call unless the configuration waives that. */
function offer(r: Resource, client: Client, tool: string, name: string, selected: boolean, ctx: MapContext): void {
  const waived = flag(prop(r, 'trust')) === true || flag(prop(r, 'autoApprove')) === true || texts(prop(r, 'autoApprove')).some((a) => a === '*' || a === name);
  const where = waived ? (prop(r, 'trust') !== undefined ? '/trust' : '/autoApprove') : '';
  ctx.edge({
    kind: 'HAS_TOOL', from: client.agent, to: tool, evidence: ctx.evidence(r, where),
    props: { gates: waived ? [] : [client.approval], enabled: flag(prop(r, 'disabled')) !== true, selection: selected ? 'listed' : 'wildcard' },
  });
}

/** Text of outsiders comes back with the answers. */
function outsiders(r: Resource, server: string, entry: string, client: Client | undefined, ctx: MapContext): void {
  if (!client || flag(prop(r, 'disabled')) === true) return;
  const channel = ctx.node(r, { kind: 'Channel', nativeId: partOf(server, `answers/${entry}`), type: 'mcp.answers', name: `content behind ${text(prop(r, 'name')) ?? r.address}`, sources: [ctx.source(r)].filter((s) => s !== undefined), props: { channelType: 'tool_output', writableBy: [entry] } });
  ctx.edge({ kind: 'FEEDS', from: channel, to: client.agent, discriminator: 'on_query', props: { mode: 'on_query' }, evidence: ctx.evidence(r) });
}

/** Folders and addresses among the arguments of a server whose tools work on them. */
function storesOf(r: Resource, server: string, storeType: string, ctx: MapContext): string[] {
  return list(prop(r, 'args')).flatMap((a: Value, i) => {
    const arg = text(a) ?? '';
    if (!(/^(\/|~|[A-Za-z]:\\|\.{1,2}(\/|$)|\$\{)/.test(arg) || /^[a-z][a-z0-9+]*:\/\//i.test(arg))) return [];
    const name = withoutSecrets(arg);
    return [ctx.node(r, { kind: 'DataStore', nativeId: partOf(server, `store/${name}`), type: `local.${storeType.replaceAll('_', '')}`, name, sources: [ctx.source(r, pointer('args', i))].filter((s) => s !== undefined), props: { storeType, location: name } })];
  });
}
