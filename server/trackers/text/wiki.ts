import { plain, type Block, type Inline } from './document.ts';

/** Everything that the wiki notation of Jira reads as markup, a mention (`[~name]`), an issue key or an address is taken apart or escaped. */
const escape = (s: string): string => plain(s).replace(/[\\*_?{}[\]()+^~!|#<>&-]/g, (c) => (c === '\\' || c === '&' || c === '<' || c === '>' ? `&#${c.charCodeAt(0)};` : `\\${c}`)).replace(/:\/\//g, ':\u200b//').replace(/@/g, '@\u200b');
const code = (s: string): string => `{{${escape(s) || ' '}}}`;
const inline = (parts: readonly Inline[]): string => parts.map((p) => (typeof p === 'string' ? escape(p) : 'strong' in p ? `*${escape(p.strong)}*` : p.href === undefined ? code(p.code) : `[${escape(p.code)}|${p.href.replace(/[|\]\s]/g, encodeURIComponent)}]`)).join('');

/** The notation of Jira Server and Data Center. The macro of a patch cannot be ended by the patch. */
export const wikiOf = (blocks: readonly Block[], marker: string): string => [...blocks.map((b) => {
  if ('heading' in b) return `h2. ${escape(b.heading)}`;
  if ('paragraph' in b) return inline(b.paragraph);
  if ('bullets' in b) return b.bullets.map((x) => `* ${inline(x)}`).join('\n');
  if ('numbered' in b) return b.numbered.map((x) => `# ${inline(x)}`).join('\n');
  return `{noformat}\n${b.source.replace(/\{noformat\}/g, '{noformat\u200b}').trimEnd()}\n{noformat}`;
}), `{color:#999999}${marker}{color}`].join('\n\n');
