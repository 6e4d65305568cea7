import { type Problem, type Value } from '../../../schema/index.ts';
import type { Draft } from './inputs.ts';
import type { Names, Providers } from './identity.ts';

/** Region: text, wildcard or hole. */
const ARN = /arn:aws[a-z-]*:([a-z0-9-]+):(?:\uE000[^\uE001]*\uE001|[a-z0-9*-]*):(\d{12}):([^\s"',]+)/g;

/**
 * The resource part of an ARN as far as it names one thing literally: whole, or up to an id after the name that only the provider
 * knows (`stack/name/…`). Undefined when a name itself is a pattern or not known; the path of an IAM name is no name.
 */
function literalName(service: string, rest: string): string | undefined {
  const cut = rest.search(/[*?\uE000]/);
  if (cut < 0) return rest;
  const head = rest.slice(0, cut);
  return service !== 'iam' && /^[^/:]+[/:][^/:]+[/:]$/.test(head) ? head : undefined;
}

/** Provider configurations of the inputs, as far as the resources themselves say. */
export function providersOf(drafts: readonly Draft[]): Map<string, Providers> {
  const roots = new Map<string, Providers>();
  for (const { resource: r } of drafts) {
    let scopes = roots.get(r.root);
    if (!scopes) roots.set(r.root, scopes = new Map());
    const known = scopes.get(r.provider.scope) ?? {};
    scopes.set(r.provider.scope, { account: known.account ?? r.provider.account, region: known.region ?? r.provider.region });
  }
  return roots;
}

/**
 * Account of a provider configuration that says none: the one literal account in the ARNs of its root that name resources declared there
 * by their literal name. Several accounts: undecided. Fills `providers` and the resources; every inference is a note.
 */
export function inferAccounts(drafts: readonly Draft[], names: Names, providers: Map<string, Providers>): Problem[] {
  const declared = new Map<string, Set<string>>();
  const open = new Set<string>();
  for (const { resource: r } of drafts) {
    if (r.provider.account !== undefined || r.mode === 'data') continue;
    const arn = names.arn(r)?.split(':');
    if (!arn || arn.length < 6 || arn[4] === '') continue;
    const rest = literalName(arn[2]!, arn.slice(5).join(':'));
    if (rest === undefined) continue;
    open.add(r.root);
    const key = `${r.root}\u0000${arn[2]}\u0000${rest}`;
    declared.set(key, (declared.get(key) ?? new Set()).add(r.provider.scope));
  }
  const votes = new Map<string, Map<string, string>>();
  for (const { resource: r } of drafts) {
    if (!open.has(r.root)) continue;
    eachString(r.properties, (s) => {
      if (!s.includes('arn:aws')) return;
      for (const m of s.matchAll(ARN)) {
        const rest = literalName(m[1]!, m[3]!);
        for (const scope of rest === undefined ? [] : (declared.get(`${r.root}\u0000${m[1]}\u0000${rest}`) ?? [])) {
          const key = `${r.root}\u0000${scope}`;
          const seen = votes.get(key) ?? new Map<string, string>();
          votes.set(key, seen.set(m[2]!, r.address));
        }
      }
    });
  }
  const notes: Problem[] = [];
  for (const [key, accounts] of votes) {
    const [root = '', scope = ''] = key.split('\u0000');
    if (accounts.size !== 1) continue;
    const [account, address] = [...accounts][0]!;
    const scopes = providers.get(root)!;
    if (scopes.get(scope)?.account) continue;
    scopes.set(scope, { ...scopes.get(scope), account });
    notes.push({ code: 'unresolved', message: `account ${account} is inferred for provider ${scope || 'default'} of ${root || '.'}: ${address} names a resource declared here by that account`, subject: address });
  }
  for (const { resource: r } of drafts) {
    const known = providers.get(r.root)?.get(r.provider.scope);
    if (known?.account && r.provider.account === undefined) r.provider = { ...r.provider, account: known.account };
    if (known?.region && r.provider.region === undefined) r.provider = { ...r.provider, region: known.region };
  }
  return notes.sort((a, b) => (a.message < b.message ? -1 : 1));
}

function eachString(v: Value, f: (s: string) => void): void {
  if (typeof v === 'string') f(v);
  else if (Array.isArray(v)) for (const x of v) eachString(x, f);
  else if (v !== null && typeof v === 'object') for (const x of Object.values(v)) eachString(x, f);
}
