import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { openStore } from '../../graph/store/open.ts';
import { COMMAND_LIST } from '../../server/cli/commands.gen.ts';
import { serve } from '../../server/graphql/http.ts';
import { createService } from '../../server/service/service.ts';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** The part of the Compose Specification that our file may use; a key outside it is refused, as Compose does. */
const Duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);
const Service = z.strictObject({
  image: z.string().regex(/^[a-z0-9./-]+:\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$/, 'an exact tag').optional(),
  build: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'on this machine only')).optional(),
  volumes: z.array(z.string().regex(/^[\w./-]+:\/[\w./-]+(:ro)?$/)).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_started', 'service_completed_successfully']) })).optional(),
  healthcheck: z.strictObject({ test: z.tuple([z.literal('CMD')]).rest(z.string()), interval: Duration, timeout: Duration, start_period: Duration.optional(), retries: z.number().int().positive() }).optional(),
  read_only: z.literal(true).optional(), tmpfs: z.array(z.string().startsWith('/')).optional(),
  cap_drop: z.array(z.string()).optional(), security_opt: z.array(z.string()).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(), stop_grace_period: Duration.optional(),
}).refine((s) => (s.image === undefined) !== (s.build === undefined), 'either an image or a build');
const Compose = z.strictObject({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()).optional() });
const compose = Compose.parse(parse(read('docker-compose.yml')));

test('the compose file: known keys, exact images, health before dependence, named volumes, no secret inside', () => {
  for (const [name, s] of Object.entries(compose.services)) {
    for (const [on, { condition }] of Object.entries(s.depends_on ?? {})) expect([name, on, condition === 'service_healthy' ? compose.services[on]?.healthcheck !== undefined : on in compose.services]).toEqual([name, on, true]);
    for (const v of s.volumes ?? []) if (!v.startsWith('.')) expect(Object.keys(compose.volumes ?? {})).toContain(v.split(':')[0]);
    for (const [k, v] of Object.entries(s.environment ?? {})) if (/PASSWORD|AUTH/.test(k)) expect([k, v]).toEqual([k, expect.stringMatching(/\$\{NEO4J_PASSWORD:\?[^}]+\}$/)]);
  }
  const lasting = Object.entries(compose.services).filter(([, s]) => s.profiles === undefined);
  expect(lasting.filter(([, s]) => s.healthcheck === undefined).map(([name]) => name)).toEqual([]);
  expect(compose.services['serve']).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
});

test('the image: exact base, nothing of the build tools, not root, the program of package.json', () => {
  const file = read('Dockerfile');
  const stages = file.split(/^(?=FROM )/m).filter((s) => s.startsWith('FROM '));
  for (const s of stages) expect(s).toMatch(/^FROM [a-z]+:\d+\.\d+\.\d+-[a-z-]+( AS \w+)?\n/);
  const last = stages.at(-1)!;
  expect(last.indexOf('USER node')).toBeGreaterThan(0);
  expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('ENTRYPOINT'));
  expect(last).not.toMatch(/npm (ci|install)|apt-get|ADD /);
  const bin = (JSON.parse(read('package.json')) as { bin: { overreach: string } }).bin.overreach;
  expect(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(last)![1]!)).toEqual(['node', `/app/${bin}`]);
});

test('what the containers are told to do, the command line knows', () => {
  for (const [name, s] of Object.entries(compose.services)) {
    if (s.build === undefined) continue;
    const [command, ...argv] = s.command!;
    const entry = COMMAND_LIST.find((c) => c.name === command);
    expect([name, command, entry?.name]).toEqual([name, command, command]);
    const c = entry!.define(new Command(command).exitOverride().configureOutput({ writeErr: () => undefined }));
    expect(() => c.parse(argv, { from: 'user' })).not.toThrow();
    expect(c.opts()['store']).toMatch(/^bolt:\/\/neo4j:7687$/);
  }
});

test('the health check says yes of a service that runs, and no when it is gone', async () => {
  const [, program, ...argv] = compose.services['serve']!.healthcheck!.test;
  const store = await openStore(':memory:');
  const running = await serve(createService(store, { env: {}, now: () => new Date(), newId: () => 'x', progress: () => undefined, version: 't' }, () => undefined), { host: '127.0.0.1', port: 0, introspection: true });
  const check = (): Promise<number> => promisify(execFile)(program!, argv.map((a) => a.replace(/127\.0\.0\.1:\d+/, new URL(running.url).host))).then(() => 0, (e: { code: number }) => e.code);
  expect(await check()).toBe(0);
  await running.close();
  expect(await check()).toBe(1);
  await store.close();
}, 60_000);
