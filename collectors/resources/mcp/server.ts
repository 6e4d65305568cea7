import type { Resource } from '../../../schema/index.ts';
import { knownPackage, knownUrl, type KnownServer } from '../../../knowledge/tools/index.ts';
import type { MapContext } from '../../define.ts';
import { flag, known, prop, text, texts } from '../properties.ts';
import { accountOf } from './account.ts';
import { clientOf } from './client.ts';
import { credentialsOf } from './credentials.ts';
import type { Entry } from './entry.ts';
import { readLaunch, type Launch } from './launch.ts';
import { openedBy } from './opened.ts';
import { mapTools } from './tools.ts';
import { withoutSecrets } from './addresses.ts';

/** A server of a client configuration: who publishes it, with whose authority it acts, what that opens, its tools, and the secrets written beside it. */
export function mapServer(r: Resource, ctx: MapContext): void {
  const name = text(prop(r, 'name')) ?? r.address;
  const command = text(prop(r, 'command'));
  const launch = command === undefined || command === '' ? undefined : readLaunch(command, texts(prop(r, 'args')));
  const url = text(prop(r, 'url')) ?? (launch?.package === 'mcp-remote' || launch?.package === 'supergateway' ? launch.rest.find((a) => /^https?:/.test(a)) : undefined);
  const catalogue = (launch?.package && knownPackage(launch.package)) || (url === undefined ? undefined : knownUrl(url));
  const transport = text(prop(r, 'type')) ?? (launch ? 'stdio' : 'http');
  const disabled = flag(prop(r, 'disabled')) === true;
  const server = ctx.node(r, {
    kind: 'ToolServer', type: 'mcp.server', name,
    props: known({
      serverType: 'mcp', transport, url: url && withoutSecrets(url), command: launch?.program, package: launch?.package, version: launch?.version, pinned: launch?.pinned,
      publisher: publisherOf(launch, url, catalogue), listing: 'dynamic', catalogue: catalogue?.id, disabled: disabled ? true : undefined,
    }),
  });
  const e: Entry = { r, server, name, disabled, remote: launch === undefined || url !== undefined, launch, catalogue, client: clientOf(r, ctx) };
  if (e.client && !e.remote) {
    ctx.edge({ kind: 'RUNS_AS', from: server, to: e.client.user, discriminator: 'tool', props: { for: 'tool' }, evidence: ctx.evidence(r, '/command', 'a local server runs as the person who starts the client') });
    ctx.edge({ kind: 'IMPLEMENTED_BY', from: server, to: e.client.workstation, evidence: ctx.evidence(r, '/command') });
  }
  const account = accountOf(e, credentialsOf(e, ctx), ctx);
  mapTools(e, openedBy(e, account, ctx), ctx);
}

const PRIVATE_HOST = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|host\.docker\.internal|[^.]+$)|\.(local|internal|lan|corp|intranet)$/i;

function publisherOf(launch: Launch | undefined, url: string | undefined, entry: KnownServer | undefined): string {
  if (entry) return entry.publisher;
  const host = url === undefined ? undefined : /^[a-z]+:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url)?.[1];
  if (host !== undefined) return PRIVATE_HOST.test(host) ? 'own' : 'third_party';
  return launch === undefined ? 'unknown' : launch.origin === 'local' ? 'own' : 'third_party';
}
