import { mapping, type ResourceMapping } from '../../define.ts';
import { mapClient } from './client.ts';
import { mapServer } from './server.ts';

/** Configurations of MCP clients. */
export const mappings: readonly ResourceMapping[] = [mapping('MCP::Client', mapClient), mapping('MCP::Server', mapServer)];
