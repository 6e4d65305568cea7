import { Agent, request } from 'node:http';

export interface Load { count: number; rate: number; p50: number; p99: number; errors: number }

/** Sends the bodies round and round over `clients` connections for some seconds (Infinity: each body once). Answers are read to their end. */
export async function load(url: string, bodies: readonly string[], clients: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const once = (body: string): Promise<boolean> => new Promise((ok) => {
    const r = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (res) => { res.on('data', () => undefined); res.on('end', () => { ok(res.statusCode === 200); }); });
    r.on('error', () => { ok(false); });
    r.end(body);
  });
  const times: number[] = [];
  let [next, errors] = [0, 0];
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < until && (seconds !== Infinity || next < bodies.length)) {
      const t = performance.now();
      if (!(await once(bodies[next++ % bodies.length]!))) errors++;
      times.push(performance.now() - t);
    }
  }));
  const took = (performance.now() - begun) / 1_000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  return { count: times.length, rate: times.length / took, p50: at(0.5), p99: at(0.99), errors };
}
