import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../schema/index.ts';
import { ALGORITHMS, isSafeUrl, type OidcOptions } from '../auth/oidc.ts';
import { ROLES } from '../auth/roles.ts';
import { normalScopes } from '../auth/scopes.ts';
import { TrackerConfig } from './tracker-config.ts';

const UNITS: Record<string, number> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9 };
/** `500 MB`, `1GB` or plain bytes. */
const Bytes = z.union([z.number(), z.string()]).transform((v, ctx) => {
  const m = /^(\d+) ?(KB|MB|GB|)$/i.exec(String(v));
  if (!m) { ctx.addIssue({ code: 'custom', message: 'write a size as 500MB or 1GB' }); return z.NEVER; }
  return Number(m[1]) * UNITS[m[2]!.toUpperCase()]!;
});
const int = (min: number, max: number) => z.coerce.number('a number').int('a whole number').min(min, `at least ${min}`).max(max, `at most ${max}`);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((v) => v === 'true')], 'true or false');
const folder = z.string().refine((p) => existsSync(p) && statSync(p).isDirectory(), 'is not a folder');

/** A list in a file, or words with commas between. */
const words = <T extends z.ZodType<string>>(item: T) => z.preprocess((v) => (typeof v === 'string' ? v.split(',').map((x) => x.trim()).filter((x) => x !== '') : v), z.array(item).min(1, 'at least one'));
/** A mapping in a file, or JSON. */
const mapping = <T extends z.ZodType>(value: T) => z.preprocess((v) => { try { return typeof v === 'string' ? JSON.parse(v) as unknown : v; } catch { return v; } }, z.record(z.string(), value, 'a mapping is expected'));
const url = z.string().refine(isSafeUrl, 'an https address (http on this machine only)');
const scopeText = z.string().refine((t) => { if (t === '*') return true; try { normalScopes([t]); return true; } catch { return false; } }, 'account:<id>, team:<owner>, path:<folder> or *');

/** Settings of `overreach serve`. A flag wins over the environment, the environment over the file. */
export const ServeConfig = z.strictObject({
  store: z.string().default('.overreach/graph.db'),
  host: z.string().regex(/^[A-Za-z0-9.:-]+$/, 'an address or host name').default('127.0.0.1'),
  port: int(0, 65_535).default(4310),
  auth: z.enum(['auto', 'token', 'none'], 'auto, token or none').default('auto'),
  introspection: flag.default(true),
  requestsPerMinute: int(1, 1_000_000).default(6_000),
  ingestRoot: folder.optional(),
  spool: folder.optional(),
  uploadLimit: Bytes.default(1e9),
  keepRuns: int(1, 1_000).default(10),
  leaseSeconds: int(1, 3_600).default(60),
  rules: words(folder).optional(),
  oidcIssuer: url.optional(),
  oidcAudience: words(z.string().min(1)).optional(),
  oidcJwksUri: url.optional(),
  oidcAlgorithms: words(z.enum(ALGORITHMS, `one of ${ALGORITHMS.join(', ')}`)).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  oidcClockSkew: int(0, 300).default(30),
  oidcRoleClaim: z.string().min(1).default('roles'),
  oidcRoles: mapping(z.enum(ROLES, `one of ${ROLES.join(', ')}`)).default({}),
  oidcScopeClaim: z.string().min(1).optional(),
  oidcScopes: mapping(z.array(scopeText)).default({}),
  trackers: mapping(TrackerConfig).default({}),
});
export type ServeConfig = z.infer<typeof ServeConfig>;

type Key = keyof ServeConfig;
const KEYS = Object.keys(ServeConfig.shape) as Key[];
/** ingestRoot → OVERREACH_INGEST_ROOT */
export const envName = (key: string): string => `OVERREACH_${key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

function fromFile(path: string, wrong: string[]): Record<string, unknown> {
  if (!existsSync(path)) { wrong.push(`--config ${path} does not exist`); return {}; }
  const doc = parseDocument(readFileSync(path, 'utf8'));
  if (doc.errors.length > 0) { wrong.push(...doc.errors.map((e) => `${path}:${e.linePos?.[0].line ?? 1}: ${e.message.split('\n')[0]}`)); return {}; }
  const v: unknown = doc.toJS({ maxAliasCount: 10 });
  if (v === null || v === undefined) return {};
  if (typeof v !== 'object' || Array.isArray(v)) { wrong.push(`${path}: a mapping of settings is expected`); return {}; }
  return v as Record<string, unknown>;
}

/** Reads all settings; everything that is wrong is said at once, each with where it was given. */
export function serveConfig(flags: Record<string, unknown>, env: Record<string, string | undefined>, cwd: string): ServeConfig {
  const wrong: string[] = [];
  const file = (flags['config'] as string | undefined) ?? env['OVERREACH_CONFIG'];
  const path = file === undefined ? undefined : resolve(cwd, file);
  const given: Record<string, unknown> = {};
  const where: Record<string, string> = {};
  const take = (key: string, value: unknown, name: string): void => { if (value !== undefined) { given[key] = value; where[key] = name; } };
  for (const [key, value] of Object.entries(path === undefined ? {} : fromFile(path, wrong))) take(key, value, `${file}: ${key}`);
  for (const key of KEYS) take(key, env[envName(key)], envName(key));
  for (const key of KEYS) if (!(key === 'introspection' && flags[key] === true)) take(key, flags[key], flagName(key));
  for (const key of ['ingestRoot', 'spool']) if (typeof given[key] === 'string') given[key] = resolve(cwd, given[key]);
  if (given['rules'] !== undefined) given['rules'] = (Array.isArray(given['rules']) ? given['rules'] : String(given['rules']).split(',')).map((p) => resolve(cwd, String(p).trim()));
  const parsed = ServeConfig.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') wrong.push(...issue.keys.map((k) => `${where[k] ?? k}: there is no such setting (known: ${KEYS.join(', ')})`));
    else { const key = String(issue.path[0]); wrong.push(`${where[key] ?? key} ${JSON.stringify(given[key])}: ${issue.message}`); }
  }
  if (given['oidcIssuer'] !== undefined && given['oidcAudience'] === undefined) wrong.push('oidcAudience: is needed with an issuer');
  for (const key of ['oidcAudience', 'oidcJwksUri', 'oidcScopeClaim']) if (given['oidcIssuer'] === undefined && given[key] !== undefined) wrong.push(`${where[key]!}: means nothing without oidcIssuer`);
  if (wrong.length > 0 || !parsed.data) throw new UserError(`the service cannot start:\n${wrong.map((w) => `  ${w}`).join('\n')}`);
  return parsed.data;
}

/** The part about the issuer of signed tokens, where there is one. */
export const oidcOf = (c: ServeConfig): OidcOptions | undefined => (c.oidcIssuer === undefined ? undefined : {
  issuer: c.oidcIssuer, audience: c.oidcAudience!, algorithms: c.oidcAlgorithms, clockSkew: c.oidcClockSkew, roleClaim: c.oidcRoleClaim, roles: c.oidcRoles, scopes: c.oidcScopes,
  ...(c.oidcJwksUri === undefined ? {} : { jwksUri: c.oidcJwksUri }), ...(c.oidcScopeClaim === undefined ? {} : { scopeClaim: c.oidcScopeClaim }),
});
