import type { KnownServer } from '../../../knowledge/tools/index.ts';
import type { Resource } from '../../../schema/index.ts';
import type { Client } from './client.ts';
import type { Launch } from './launch.ts';

/** A server entry while it is mapped. `server`: its node. `remote`: it runs elsewhere. `catalogue`: what is known of it, if it is a published one. */
export interface Entry {
  r: Resource;
  server: string;
  name: string;
  disabled: boolean;
  remote: boolean;
  launch: Launch | undefined;
  catalogue: KnownServer | undefined;
  client: Client | undefined;
}
