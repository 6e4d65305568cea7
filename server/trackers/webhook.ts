import { createHash, createHmac } from 'node:crypto';
import { limited, retried, retryAfterOf, type Wait } from './retry.ts';
import { markdownOf } from './text/markdown.ts';
import { TrackerRefused, type Known, type Ticket, type Tracker } from './tracker.ts';

/**
 * POSTs each change of a ticket as JSON. The receiver cannot be asked what it has, so it is told what makes a repeat: `Idempotency-Key` is the same
 * for the same change. With a secret, `X-Overreach-Signature-256: sha256=<hmac of "<X-Overreach-Timestamp>.<body>">`; the time is that of sending,
 * in Unix seconds, so that an old message can be refused.
 */
export function webhookTracker(url: string, secret: string | undefined, wait: Wait, now: () => Date = () => new Date()): Tracker {
  const post = async (action: string, fix: string, key: readonly string[], content: object): Promise<void> => {
    const body = JSON.stringify({ version: 1, action, fix, ...content });
    const idempotency = createHash('sha256').update(JSON.stringify([action, fix, ...key])).digest('hex').slice(0, 32);
    await retried(async () => {
      const at = String(Math.floor(now().getTime() / 1000));
      const r = await fetch(url, {
        method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(20_000),
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotency, 'x-overreach-timestamp': at, ...(secret && { 'x-overreach-signature-256': `sha256=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}` }) },
      });
      await r.arrayBuffer();
      if (r.ok) return;
      const after = retryAfterOf(r.headers.get('retry-after'));
      if (r.status === 401 || r.status === 403 || r.status === 404) throw new TrackerRefused(`the webhook answers ${r.status}`);
      throw r.status === 429 && after !== undefined ? limited('the webhook', after) : Object.assign(new Error(`the webhook answers ${r.status}`), { status: r.status, ...(after !== undefined && { retryAfter: Math.min(after, 60) }) });
    }, wait);
  };
  const upsert = (t: Ticket, since: string): Promise<void> => post('upsert', t.fixId, [t.meta.hash, since], { title: t.title, body: markdownOf(t.blocks), severity: t.severity, due: t.meta.due, labels: t.labels, assignee: t.assignee, findings: t.meta.findings });
  return {
    name: 'webhook', find: () => Promise.resolve(undefined),
    create: async (t) => { await upsert(t, ''); return { ref: t.fixId, open: true }; },
    update: (k, t) => upsert(t, k.since ?? ''),
    reopen: (k, t) => upsert(t, k.since ?? ''),
    close: (k: Known, why) => post('close', k.meta.fix, [k.since ?? ''], { why, findings: k.meta.findings }),
  };
}
