import { UserError } from '../../schema/index.ts';

/**
 * What a caller may see: an account (or subscription, project), what a team owns, or what the files of a folder define.
 * Several scopes add up.
 */
export interface Scope { kind: 'account' | 'team' | 'path'; value: string }

const FORMS: Record<Scope['kind'], RegExp> = {
  account: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  team: /^[^\s\p{C}][^\p{C}]{0,199}$/u,
  path: /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\p{C}\\]{1,500}$/u,
};

/** `account:123456789012`, `team:payments`, `path:infra/payments`. Throws UserError for anything else. */
export function parseScope(text: string): Scope {
  const m = /^(account|team|path):(.+)$/su.exec(text.trim());
  const kind = m?.[1] as Scope['kind'] | undefined;
  const value = kind === 'path' ? m![2]!.replace(/\/+$/, '') : (m?.[2] ?? '');
  if (!kind || !FORMS[kind].test(value)) throw new UserError(`scope ${text.slice(0, 80)}: write account:<id>, team:<owner> or path:<folder below the scanned one>`);
  return { kind, value };
}

/** The scopes as kept with a token: checked, each once, in order. */
export const normalScopes = (texts: readonly string[]): string[] => [...new Set(texts.map((t) => { const s = parseScope(t); return `${s.kind}:${s.value}`; }))].sort();
