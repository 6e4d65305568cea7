import type { InputFile, InputGroup, Reader, ReadResult } from '../../define.ts';
import { headOf } from '../../input-file.ts';
import { problemOf } from '../../problem.ts';
import { parseJsonTree } from '../json-tree.ts';
import { isMcpName } from './clients.ts';
import { readConfig } from './read-config.ts';
import { parseTomlTree } from './toml.ts';

const SPEAKS_OF_SERVERS = /"(mcpServers|context_servers|mcp_servers)"\s*:|"mcp"\s*:\s*\{|"chat\.mcp\.[\w.]+"\s*:/;

/** Configurations of MCP clients: the servers a model may call on somebody's machine. */
export const mcp: Reader = {
  name: 'mcp',
  says: 'MCP client configurations (JSON with comments, TOML)',
  async recognise(files: readonly InputFile[]): Promise<InputGroup[]> {
    const groups: InputGroup[] = [];
    for (const file of files) if (await isConfig(file)) groups.push({ input: file.path, files: [file], reader: 'mcp' });
    return groups;
  },
  async *read(group: InputGroup): AsyncIterable<ReadResult> {
    const file = group.files[0]!;
    const base = { source: 'mcp', input: group.input, missing: ['tool-lists'] };
    try {
      const text = await file.text();
      const tree = file.path.endsWith('.toml') ? parseTomlTree(text, file.path) : parseJsonTree(text, { source: 'mcp', file: file.path });
      const { resources, problems } = readConfig(tree, file.path, isMcpName(file.path));
      yield { ...base, status: tree.root ? (problems.length ? 'partial' : 'read') : 'failed', resources, problems: [...tree.problems, ...problems] };
    } catch (error) {
      yield { ...base, status: 'failed', resources: [], problems: [problemOf(error, { source: 'mcp', file: file.path })] };
    }
  },
};

async function isConfig(file: InputFile): Promise<boolean> {
  if (file.path.includes('.terraform/')) return false;
  if (file.path.endsWith('.toml')) return /^\s*\[\s*mcp_servers\b/m.test(await headOf(file));
  if (!/\.jsonc?$/i.test(file.path)) return false;
  if (isMcpName(file.path)) return true;
  return SPEAKS_OF_SERVERS.test(await headOf(file));
}
