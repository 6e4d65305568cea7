import { brotliDecompressSync } from 'node:zlib';
import { EFFECT_CLASSES, type EffectClass } from '../../schema/index.ts';
import { TABLE } from './table.gen.ts';

export type AccessLevel = 'List' | 'Read' | 'Write' | 'Permissions management' | 'Tagging';

/** One published action. `effects` are our classes; an action without any changes nothing an attacker wants by itself. */
export interface ActionInfo {
  /** `s3:GetObject`, as published. */
  name: string;
  service: string;
  level: AccessLevel;
  effects: readonly EffectClass[];
  /** Reads or changes settings or tags around a thing, not its content or definition, or makes a new thing. */
  settingsOnly: boolean;
  /** Does nothing alone; completes another right (`iam:PassRole`, `kms:Decrypt`, `sts:AssumeRole`). */
  enabler: boolean;
  /** Resource types it names; empty: the resource of a request is `*`. */
  resources: readonly { type: ResourceType; required: boolean }[];
  conditionKeys: readonly string[];
}

/** A resource type of a service; `arn` is the published template (`arn:${Partition}:s3:::${BucketName}`). */
export interface ResourceType { service: string; name: string; arn: string }

export interface ServiceTable { service: string; types: readonly ResourceType[]; actions: ReadonlyMap<string, ActionInfo> }

interface Packed { service: string; types: [string, string][]; keys: string[]; actions: [string, number, number, number, number[], number[]][] }

const LEVELS: readonly AccessLevel[] = ['List', 'Read', 'Write', 'Permissions management', 'Tagging'];

let lines: ReadonlyMap<string, string> | undefined;
const decoded = new Map<string, ServiceTable>();

function index(): ReadonlyMap<string, string> {
  if (lines) return lines;
  const text = brotliDecompressSync(Buffer.from(TABLE, 'base64')).toString('utf8');
  const map = new Map<string, string>();
  for (const line of text.split('\n')) map.set(line.slice(12, line.indexOf('"', 12)), line);
  return (lines = map);
}

/** Prefixes of all services, sorted. */
export const services = (): readonly string[] => [...index().keys()];

/** Table of one service, decoded on first use; undefined for a prefix that AWS does not publish. */
export function serviceTable(service: string): ServiceTable | undefined {
  const known = decoded.get(service);
  if (known) return known;
  const line = index().get(service);
  if (line === undefined) return undefined;
  const packed = JSON.parse(line) as Packed;
  const types = packed.types.map(([name, arn]): ResourceType => ({ service, name, arn }));
  const actions = new Map<string, ActionInfo>();
  for (const [name, level, bits, flags, resources, keys] of packed.actions) {
    actions.set(name.toLowerCase(), {
      name: `${service}:${name}`, service, level: LEVELS[level]!,
      effects: EFFECT_CLASSES.filter((_, i) => bits & (1 << i)),
      settingsOnly: (flags & 1) !== 0, enabler: (flags & 2) !== 0,
      resources: resources.map((r) => ({ type: types[r < 0 ? -1 - r : r]!, required: r >= 0 })),
      conditionKeys: keys.map((k) => packed.keys[k]!),
    });
  }
  const table: ServiceTable = { service, types, actions };
  decoded.set(service, table);
  return table;
}
