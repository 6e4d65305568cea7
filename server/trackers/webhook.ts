import { createHmac } from 'node:crypto';
import { retried, type Wait } from './retry.ts';
import { TrackerRefused, type Known, type Ticket, type Tracker } from './tracker.ts';

/**
 * POSTs each ticket as JSON. `Idempotency-Key` is the fix id with a hash of the text: the receiver tells a repeat by it, since it cannot be asked
 * what it has. With a secret, `X-Overreach-Signature-256: sha256=<hmac of the body>`.
 */
export function webhookTracker(url: string, secret: string | undefined, wait: Wait): Tracker {
  const post = async (action: string, t: Ticket): Promise<Known> => {
    const body = JSON.stringify({ version: 1, action, fix: t.fixId, title: t.title, body: t.body, severity: t.severity, due: t.meta.due, labels: t.labels, assignee: t.assignee, findings: t.meta.findings });
    await retried(async () => {
      const r = await fetch(url, {
        method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(20_000),
        headers: { 'content-type': 'application/json', 'idempotency-key': `${t.fixId}-${t.meta.hash}`, ...(secret && { 'x-overreach-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }) },
      });
      await r.arrayBuffer();
      if (r.status === 401 || r.status === 403 || r.status === 404) throw new TrackerRefused(`the webhook answers ${r.status}`);
      if (!r.ok) throw Object.assign(new Error(`the webhook answers ${r.status}`), { status: r.status, retryAfter: Number(r.headers.get('retry-after')) || undefined });
    }, wait);
    return { ref: t.fixId, open: true, meta: t.meta };
  };
  return {
    name: 'webhook', find: () => Promise.resolve(undefined), create: (t) => post('upsert', t), update: async (_, t) => { await post('upsert', t); }, reopen: async (_, t) => { await post('upsert', t); },
    close: () => Promise.reject(new Error('a webhook cannot be asked what is open')),
  };
}
