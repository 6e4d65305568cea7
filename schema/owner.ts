/**
 * Who answers for a thing: the first of these that names somebody. The last committer of its file is only a hint, and what a thing runs in
 * (its compute, its account) answers where nothing names its own.
 */
export const OWNER_SOURCES = ['overreach.yaml', 'tag', 'CODEOWNERS'] as const;
export type OwnerSource = (typeof OWNER_SOURCES)[number];

/** Tags that name an owner, first that has a value; letter case and separators aside. */
const OWNER_TAGS = ['owner', 'team', 'contact', 'maintainer', 'ownedby'];

export function ownerTag(tags: Readonly<Record<string, string>>): { key: string; value: string } | undefined {
  const found = new Map(Object.entries(tags).filter(([, v]) => v.trim() !== '').map(([k, v]) => [k.toLowerCase().replace(/[-_. ]/g, ''), { key: k, value: v }]));
  for (const key of OWNER_TAGS) { const hit = found.get(key); if (hit) return hit; }
  return undefined;
}

/** `maria@acme.example` and `@maria` are people; `@acme/payments`, `@@maintainers` and a bare word are teams. */
export const ownerKind = (owner: string): 'person' | 'team' => (/^[^@\s]+@[^@\s]+$/.test(owner) || /^@[^@/\s]+$/.test(owner) ? 'person' : 'team');
