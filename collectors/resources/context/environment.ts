import type { NodeRecord, Resource, Value } from '../../../schema/index.ts';
import { hasHole, isUnknown } from '../../../schema/index.ts';

const PROD = new Set(['prod', 'production', 'prd', 'live']);
const NONPROD = new Set(['dev', 'development', 'test', 'testing', 'tst', 'staging', 'stage', 'stg', 'qa', 'uat', 'sandbox', 'demo', 'preprod', 'nonprod', 'nonproduction', 'playground', 'lab']);
const KEYS = new Set(['environment', 'env', 'stage', 'tier', 'workspace', 'deploymentenvironment']);

type Environment = NodeRecord['environment'];

/** Tags of a resource, as a plain map: `Tags` lists of Key and Value, tag maps, and provider defaults below them. Undecided values are left out. */
export function tagsOf(r: Resource): Record<string, string> {
  const out: Record<string, string> = {};
  for (const v of [r.provider.defaultTags as Value | undefined, r.properties['TagsAll'], r.properties['Tags']]) {
    if (Array.isArray(v)) {
      for (const t of v) {
        if (typeof t !== 'object' || t === null || Array.isArray(t)) continue;
        const tag = t as { [k: string]: Value };
        put(out, tag['Key'] ?? tag['TagKey'], tag['Value'] ?? tag['TagValue']);
      }
    } else if (typeof v === 'object' && v !== null && !isUnknown(v)) for (const [k, x] of Object.entries(v)) put(out, k, x);
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function put(out: Record<string, string>, key: Value | undefined, value: Value | undefined): void {
  if (typeof key !== 'string') return;
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text === 'string' && !hasHole(text)) out[key] = text;
}

/** Words of a name: `acmeProd-db_2` → acme, prod, db, 2. */
const words = (s: string): string[] => s.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);

function ofWords(list: readonly string[]): Environment {
  const joined = list.join(' ');
  if (/\b(non|pre) prod/.test(joined)) return 'nonprod';
  if (list.some((w) => NONPROD.has(w))) return 'nonprod';
  return list.some((w) => PROD.has(w)) ? 'prod' : 'unknown';
}

/** Production or not: tags that say so first, then words of the name, then of the root folder. */
export function environmentOf(tags: Record<string, string>, name: string, root: string): Environment {
  for (const [k, v] of Object.entries(tags)) {
    if (!KEYS.has(k.toLowerCase().replace(/[^a-z]/g, ''))) continue;
    const e = ofWords(words(v));
    if (e !== 'unknown') return e;
  }
  const named = ofWords(words(hasHole(name) ? '' : name));
  return named === 'unknown' ? ofWords(words(root)) : named;
}
