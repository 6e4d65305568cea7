import type { IncomingMessage } from 'node:http';

/** What some route of ours answers in. */
const OFFERED = ['application/graphql-response+json', 'application/json', 'text/html', 'text/event-stream', '*/*'];
const TYPE = /^[\w.+*!#$&^-]+\/[\w.+*!#$&^-]+$/;

/**
 * The one media type of an Accept header that is wanted most and that we have. Clients send lists with weights, and anybody may send
 * anything; what is behind us is asked with one plain type, so that no header can make it fail.
 */
export function wanted(accept: string): string {
  const asked = accept.slice(0, 2_000).split(',').flatMap((part, at) => {
    const [type = '', ...parameters] = part.trim().toLowerCase().split(';');
    if (!TYPE.test(type.trim())) return [];
    const q = Number(/^\s*q=([\d.]+)\s*$/.exec(parameters.find((p) => p.trim().startsWith('q=')) ?? '')?.[1] ?? 1);
    return [{ type: type.trim(), q: Number.isFinite(q) ? q : 0, at }];
  }).sort((a, b) => b.q - a.q || a.at - b.at);
  // A single type we do not have is passed on: its sender is told so.
  return asked.find((a) => OFFERED.includes(a.type) && a.q > 0)?.type ?? asked[0]?.type ?? '*/*';
}

export function oneMediaType(req: IncomingMessage, _: unknown, next: () => void): void {
  if (req.headers.accept !== undefined) req.headers.accept = wanted(req.headers.accept);
  next();
}
