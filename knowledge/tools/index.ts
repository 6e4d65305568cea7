import type { EffectClass, EntryClass } from '../../schema/index.ts';
import { CATALOGUE } from './catalogue.gen.ts';

/** One kind of tool of a known server. `effects` absent with `all` = whatever its identity may do. */
export interface KnownTool {
  names: readonly string[];
  class: string;
  effects?: readonly EffectClass[];
  all?: boolean;
  egress?: boolean;
  untrusted?: EntryClass;
  recipients?: 'free' | 'fixed' | 'reply_only';
}

/** A published MCP server. `store`: what the paths and addresses among its arguments are. `cloud`: it acts with a local cloud identity. */
export interface KnownServer {
  id: string;
  publisher: 'third_party';
  source: string;
  packages: readonly string[];
  urls: readonly string[];
  store?: string;
  cloud?: string;
  tools: readonly KnownTool[];
}

const byPackage = new Map<string, KnownServer>();
const urls: [pattern: RegExp, server: KnownServer][] = [];
for (const server of CATALOGUE) {
  for (const p of server.packages) byPackage.set(p.toLowerCase(), server);
  for (const u of server.urls) urls.push([new RegExp(`^${u.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i'), server]);
}

/** The known server of a package or image name, without its version. */
export const knownPackage = (name: string): KnownServer | undefined => byPackage.get(name.toLowerCase());

/** The known server at an address. */
export const knownUrl = (url: string): KnownServer | undefined => urls.find(([pattern]) => pattern.test(url))?.[1];

export const knownServers = (): readonly KnownServer[] => CATALOGUE;
