import { hasHole, type Problem, type Value } from '../../../schema/index.ts';
import type { Draft } from './inputs.ts';
import type { Names } from './identity.ts';

interface Known { account?: string; region?: string }

/**
 * What is known of provider configurations. A root that configures no provider and lies below one that does is a module nobody calls:
 * it would be deployed by that one, so the two share account and region (a note says so). All other roots stand for themselves.
 */
export class Accounts {
  readonly #known = new Map<string, Known>();
  readonly #homes = new Map<string, string>();

  constructor(drafts: readonly Draft[]) {
    const configured = new Map<string, boolean>();
    for (const { resource: r } of drafts) {
      if (!r.type.startsWith('AWS::')) continue;
      configured.set(r.root, r.provider.unconfigured !== true || (configured.get(r.root) ?? false));
    }
    for (const [root, says] of configured) {
      const above = says ? undefined : foldersAbove(root).find((f) => configured.get(f));
      if (above !== undefined) this.#homes.set(root, above);
    }
    for (const { resource: r } of drafts) this.learn(r.root, r.provider.scope, r.provider);
  }

  /** Root whose provider configuration applies. */
  home(root: string): string { return this.#homes.get(root) ?? root; }
  of(root: string, scope: string): Known { return this.#known.get(this.#key(root, scope)) ?? {}; }

  learn(root: string, scope: string, k: Known): void {
    const there = this.of(root, scope);
    this.#known.set(this.#key(root, scope), { account: there.account ?? k.account, region: there.region ?? k.region });
  }

  notes(): Problem[] {
    return [...this.#homes].map(([root, home]): Problem => ({ code: 'unresolved', message: `${root} configures no provider and nothing calls it: taken as deployed by ${home || '.'}`, subject: root })).sort((a, b) => (a.message < b.message ? -1 : 1));
  }

  #key(root: string, scope: string): string { return `${this.home(root)}\u0000${scope}`; }
}

/** `a/b/c` → `a/b`, `a`, ''. */
function foldersAbove(root: string): string[] {
  const out: string[] = [];
  for (let p = root; p !== '';) { p = p.includes('/') ? p.slice(0, p.lastIndexOf('/')) : ''; out.push(p); }
  return out;
}

/** An ARN with a literal account; its region may be a wildcard or a hole. */
const ARN = /arn:aws[a-z-]*:([a-z0-9-]+):(?:[a-z0-9*-]*|\uE000[^\uE001]*\uE001):(\d{12}):([^\s"',]+)/g;

/**
 * Account of a provider configuration that says none: the one literal account in the ARNs of its root that name resources declared there
 * by their literal name. Several accounts: undecided. Fills `accounts` and the resources; every inference is a note.
 */
export function inferAccounts(drafts: readonly Draft[], names: Names, accounts: Accounts): Problem[] {
  const declared = new Map<string, Set<string>>();
  const open = new Set<string>();
  for (const { resource: r } of drafts) {
    if (accounts.of(r.root, r.provider.scope).account !== undefined || r.mode === 'data') continue;
    const arn = names.arn(r)?.split(':');
    const named = arn && arn.length >= 6 && arn[4] !== '' ? namedBy(arn.slice(5).join(':'), names.name(r)) : undefined;
    if (!named) continue;
    const home = accounts.home(r.root);
    open.add(home);
    const key = `${home}\u0000${arn![2]}\u0000${named}`;
    declared.set(key, (declared.get(key) ?? new Set()).add(r.provider.scope));
  }
  const votes = new Map<string, Map<string, string>>();
  for (const { resource: r } of drafts) {
    const home = accounts.home(r.root);
    if (!open.has(home)) continue;
    eachString(r.properties, (s) => {
      if (!s.includes('arn:aws')) return;
      for (const m of s.matchAll(ARN)) {
        const named = literalPart(m[3]!);
        for (const scope of (named && declared.get(`${home}\u0000${m[1]}\u0000${named}`)) || []) {
          const key = `${home}\u0000${scope}`;
          const seen = votes.get(key) ?? new Map<string, string>();
          votes.set(key, seen.set(m[2]!, r.address));
        }
      }
    });
  }
  const notes: Problem[] = [];
  for (const [key, seen] of votes) {
    const [home = '', scope = ''] = key.split('\u0000');
    if (seen.size !== 1) continue;
    const [account, address] = [...seen][0]!;
    accounts.learn(home, scope, { account });
    notes.push({ code: 'unresolved', message: `account ${account} is inferred for provider ${scope || 'default'} of ${home || '.'}: ${address} names a resource declared here by that account`, subject: address });
  }
  for (const { resource: r } of drafts) {
    const { account = r.provider.account, region = r.provider.region } = accounts.of(r.root, r.provider.scope);
    if (account !== r.provider.account || region !== r.provider.region) r.provider = { ...r.provider, ...(account ? { account } : {}), ...(region ? { region } : {}) };
  }
  return [...accounts.notes(), ...notes.sort((a, b) => (a.message < b.message ? -1 : 1))];
}

/** The part of an ARN that names a resource literally: all of it, or what stands before an id of the provider, name included. */
function namedBy(rest: string, name: string): string | undefined {
  if (!hasHole(rest)) return rest;
  const before = rest.slice(0, rest.indexOf('\uE000'));
  return !hasHole(name) && before.includes(name) ? before : undefined;
}

/** What an ARN in a policy names: all of it, or what stands before a wildcard that only stands for an id (`stack/name/*`, not `user/name*`). */
function literalPart(rest: string): string | undefined {
  const cut = rest.search(/[*?\uE000]/);
  if (cut < 0) return rest;
  return /[/:]$/.test(rest.slice(0, cut)) ? rest.slice(0, cut) : undefined;
}

function eachString(v: Value, f: (s: string) => void): void {
  if (typeof v === 'string') f(v);
  else if (Array.isArray(v)) for (const x of v) eachString(x, f);
  else if (v !== null && typeof v === 'object') for (const x of Object.values(v)) eachString(x, f);
}
