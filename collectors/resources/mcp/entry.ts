import type { KnownServer } from '../../../knowledge/tools/index.ts';
import type { Resource, SourceRef } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
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

/** The line of the entry at a JSON pointer, where it is known. */
export const sourcesAt = (e: Entry, where: string, ctx: MapContext): SourceRef[] => [ctx.source(e.r, where)].filter((s) => s !== undefined);
