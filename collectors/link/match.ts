import type { NodeRecord } from '../../schema/index.ts';

/** Selector of `overreach.yaml`: everything it names must fit; `*` stands for any text. */
export interface Selector { kind?: string; id?: string; name?: string; address?: string; tags?: Record<string, string> }

export function selects(s: Selector, n: NodeRecord): boolean {
  if (s.kind !== undefined && s.kind !== n.kind) return false;
  if (s.name !== undefined && !glob(s.name, n.name)) return false;
  if (s.id !== undefined && ![n.id, ...n.aliases, String(n.props.arn ?? '')].some((id) => glob(s.id!, id) || glob(`*:${s.id!}`, id))) return false;
  if (s.address !== undefined && !n.sources.some((x) => x.address !== undefined && glob(s.address!, x.address))) return false;
  return Object.entries(s.tags ?? {}).every(([k, v]) => n.tags[k] !== undefined && glob(v, n.tags[k]!));
}

/** Linear in the text: each part between stars is searched once, from where the last one ended. */
export function glob(pattern: string, text: string): boolean {
  const parts = pattern.replace('…', '*').split('*');
  const last = parts.pop()!;
  if (parts.length === 0) return last === text;
  const first = parts.shift()!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
