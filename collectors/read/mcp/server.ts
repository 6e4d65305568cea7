import type { Value } from '../../../schema/index.ts';

type Fields = { [key: string]: Value };
const fields = (v: Value | undefined): Fields | undefined => (v !== undefined && v !== null && typeof v === 'object' && !Array.isArray(v) ? (v as Fields) : undefined);

/** Same thing, other name: of one client or another. */
const RENAMES: Record<string, string> = { serverUrl: 'url', httpUrl: 'url', endpoint: 'url', environment: 'env', alwaysAllow: 'autoApprove', auto_approve: 'autoApprove', workingDirectory: 'cwd', http_headers: 'headers' };

export interface ServerShape {
  properties: Fields;
  /** Pointer into `properties` → pointer into the entry as written, where they differ. */
  moved: Map<string, string>;
}

/**
 * The entry of one server in one shape, whatever client wrote it: `command` is the program, `args` a list, `type` is stdio, http or sse,
 * `disabled` is said positively. Other properties stay as they are.
 */
export function serverShape(name: string, entry: Value): ServerShape {
  const moved = new Map<string, string>();
  const out: Fields = { name };
  const written = fields(entry);
  if (!written) return { properties: out, moved };
  for (const [key, value] of Object.entries(written)) {
    const to = RENAMES[key] ?? key;
    if (to !== key && to in written) continue;
    if (to !== key) moved.set(`/${to}`, `/${key}`);
    out[to] = value;
  }
  const launch = fields(out.command);
  if (launch) {
    const { path, args, env } = launch;
    if (path !== undefined) { out.command = path; moved.set('/command', '/command/path'); }
    if (args !== undefined) { out.args = args; moved.set('/args', '/command/args'); }
    if (env !== undefined) { out.env = env; moved.set('/env', '/command/env'); }
  } else if (Array.isArray(out.command)) {
    const [program, ...args] = out.command;
    out.args = [...args, ...(Array.isArray(out.args) ? out.args : [])];
    args.forEach((_, i) => moved.set(`/args/${i}`, `/command/${i + 1}`));
    moved.set('/command', '/command/0');
    out.command = program ?? '';
  }
  if (out.enabled === false && out.disabled === undefined) { out.disabled = true; moved.set('/disabled', '/enabled'); }
  const type = transport(out, 'httpUrl' in written);
  if (type) {
    if (!('type' in written)) moved.set('/type', typeof out.command === 'string' ? '/command' : (moved.get('/url') ?? '/url'));
    out.type = type;
  }
  return { properties: out, moved };
}

function transport(entry: Fields, streaming: boolean): string | undefined {
  const said = typeof entry.type === 'string' ? entry.type.toLowerCase() : typeof entry.transport === 'string' ? entry.transport.toLowerCase() : '';
  if (/^(stdio|local)$/.test(said)) return 'stdio';
  if (/sse/.test(said)) return 'sse';
  if (/http|remote|ws/.test(said)) return 'http';
  if (typeof entry.command === 'string' && entry.command) return 'stdio';
  if (streaming || typeof entry.url === 'string') return 'http';
  return undefined;
}
