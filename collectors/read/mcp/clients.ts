/** Client programs by the end of the path of their configuration First match counts. */
const CLIENTS: readonly (readonly [end: RegExp, client: string])[] = [
  [/claude_desktop_config\.json$/, 'claude-desktop'],
  [/(^|\/)\.claude\.json$|(^|\/)\.claude\/settings(\.local)?\.json$/, 'claude-code'],
  [/(^|\/)\.cursor\/mcp\.json$/, 'cursor'],
  [/(^|\/)\.copilot\/mcp-config\.json$/, 'copilot-cli'],
  [/(^|\/)\.vscode\/(mcp|settings)\.json$/, 'vscode'],
  [/windsurf\/mcp_config\.json$/, 'windsurf'],
  [/cline_mcp_settings\.json$/, 'cline'],
  [/(^|\/)\.roo\/mcp\.json$/, 'roo-code'],
  [/(^|\/)\.gemini\/settings\.json$/, 'gemini-cli'],
  [/(^|\/)\.kiro\/settings\/mcp\.json$/, 'kiro'],
  [/(^|\/)\.amazonq\/mcp\.json$/, 'amazon-q'],
  [/(^|\/)\.junie\/mcp\/mcp\.json$/, 'junie'],
  [/(^|\/)\.?zed\/settings\.json$/, 'zed'],
  [/(^|\/)\.codex\/config\.toml$/, 'codex'],
  [/(^|\/)opencode\.jsonc?$/, 'opencode'],
  [/(^|\/)\.mcp\.json$/, 'project'],
];

export const clientOf = (path: string): string | undefined => CLIENTS.find(([end]) => end.test(path))?.[1];

/** Names that mean an MCP configuration whatever stands inside. */
export const isMcpName = (path: string): boolean => /(^|\/)(\.mcp|mcp|mcp[-_]config|mcp[-_]servers?|mcp[-_]settings|cline_mcp_settings|claude_desktop_config)\.jsonc?$/i.test(path);
