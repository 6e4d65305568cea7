import { UserError } from '../../schema/index.ts';
import type { GraphStore } from './port.ts';

export interface StoreOptions {
  user?: string; password?: string; database?: string;
  /** File with the certificate, or that of its authority, which an encrypted server must show; default: the authorities of the system. */
  certificate?: string;
}

/**
 * Opens the store that `where` names: a file path (or `:memory:`) is the embedded store, `neo4j://`, `neo4j+s://`, `bolt://`, `bolt+s://` a Neo4j.
 * Credentials come from the options, never from the address.
 */
export async function openStore(where: string, options: StoreOptions = {}): Promise<GraphStore> {
  let store: GraphStore;
  if (/^(neo4j|bolt)(\+s|\+ssc)?:\/\//.test(where)) {
    if (/\/\/[^/]*@/.test(where)) throw new UserError('give Neo4j credentials by NEO4J_USERNAME and NEO4J_PASSWORD (or NEO4J_PASSWORD_FILE), not inside the address');
    const { Neo4jStore } = await import('./neo4j/store.ts');
    store = new Neo4jStore(where, options);
  } else if (/^[a-z0-9+]+:\/\//i.test(where)) {
    throw new UserError(`unknown store ${where}: give a file path or a neo4j:// or bolt:// address`);
  } else {
    const { EmbeddedStore } = await import('./embedded/store.ts');
    store = new EmbeddedStore(where);
  }
  await store.open();
  return store;
}
