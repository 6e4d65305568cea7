import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked { method: string; path: string; url: URL; headers: IncomingMessage['headers']; body: string }
/** `after`: the work is done first. `cut`: the connection breaks. `stall`: no answer ever comes. */
export interface Fault { status?: number; headers?: Record<string, string>; body?: unknown; after?: boolean; cut?: boolean; stall?: boolean }
export type Faults = (asked: Asked, nth: number) => Fault | undefined;
export interface Answer { status: number; body?: unknown; headers?: Record<string, string> }

/** An HTTP server on loopback that answers by `work` and spoils what `faults` says. `nth` counts per method. */
export async function faulty(work: (asked: Asked) => Answer | Promise<Answer>, faults: () => Faults): Promise<{ url: string; asked: Asked[]; close: () => void }> {
  const count: Record<string, number> = {};
  const asked: Asked[] = [];
  const send = (s: ServerResponse, a: Answer): void => { s.writeHead(a.status, { 'content-type': 'application/json; charset=utf-8', ...a.headers }); s.end(a.body === undefined ? '' : JSON.stringify(a.body)); };
  const server: Server = createServer((q, s) => void (async () => {
    let body = '';
    for await (const c of q) body += String(c);
    const url = new URL(q.url!, 'http://x');
    const a: Asked = { method: q.method!, path: url.pathname, url, headers: q.headers, body };
    asked.push(a);
    const f = faults()(a, (count[a.method] = (count[a.method] ?? 0) + 1));
    const answer = !f || f.after ? await work(a) : undefined;
    if (f?.stall) return;
    if (f?.cut) q.socket.destroy();
    else if (f?.status !== undefined) send(s, { status: f.status, body: f.body ?? { message: 'fault' }, ...(f.headers && { headers: f.headers }) });
    else send(s, answer!);
  })().catch(() => { q.socket.destroy(); }));
  await new Promise<void>((ok) => { server.listen(0, '127.0.0.1', ok); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => { server.closeAllConnections(); server.close(); } };
}
