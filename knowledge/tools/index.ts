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
  /** Ids of what its server opens; absent = all of it. */
  on?: readonly string[];
}

/** A store or channel behind the account of a server, or behind each path and address among its arguments. */
export interface Opened {
  id: string;
  /** What people call it; default: the id. */
  says?: string;
  store?: string;
  channel?: string;
  at?: 'arguments';
  writableBy?: readonly EntryClass[];
  /** Absent = not known who reads it. */
  readableBy?: readonly EntryClass[];
  recipients?: 'free' | 'fixed' | 'reply_only';
  /** How its content gets into the context of whoever mounts the server. */
  feeds?: 'auto' | 'on_query' | 'on_user_action' | 'memory';
  recovery?: readonly string[];
}

/** A published MCP server. `cloud`: it acts with an identity of that cloud. */
export interface KnownServer {
  id: string;
  publisher: 'third_party';
  source: string;
  packages: readonly string[];
  urls: readonly string[];
  opens: readonly Opened[];
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
