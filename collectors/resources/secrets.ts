import { hasHole, hole, splitHoles } from '../../schema/index.ts';

/**
 * Telling a secret from a setting, by the form of the value and the name it is given. Nothing here keeps a value: callers hash it.
 */

/** Formats that are secrets whatever they are called. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, 'access_key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'private_key'],
  [/\b(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{8,}|\bgithub_pat_\w{20,}/, 'github_token'],
  [/\bxox[abeprs]-[A-Za-z0-9-]{8,}/, 'slack_token'],
  [/\bsk-(ant-|proj-|or-)?[A-Za-z0-9_-]{16,}|\bsk_live_\w{16,}|\bAIza[\w-]{30,}|\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bhf_\w{20,}/, 'api_key'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./, 'jwt'],
];

const CREDENTIAL_URL = /\b[a-z][a-z0-9+.-]*:\/\/([^\s:/@"']+):([^\s@"']+)@/i;
const BEARER = /^(bearer|basic|token)\s+(\S+)$/i;
const SECRET_WORDS = /(^|_)(password|passwd|passphrase|pwd|pass|secrets?|tokens?|credentials?|apikey|api_key|access_key|secret_key|private_key|auth_key|authkey|signing_key|encryption_key|client_secret|authorization|cookie|connection_string|conn_str|pat|license_key)(_|$)|(^|_)(pg|db|my|mysql|redis|smtp|x)?(password|secret|token)(_|$)/;
/** A name that speaks *about* a secret: where it is, how long it lives, how many tokens a model may spend. */
const ABOUT = /(^|_)(arn|name|names|id|ids|url|uri|endpoint|host|path|file|dir|ttl|expiry|expires|expiration|lifetime|limit|count|max|min|size|length|type|version|region|mode|enabled|rotation|policy|provider|issuer|audience|scopes?|algorithm|header|prefix|profile|store|manager|prompt|completion|input|output|budget|per|window)(_|$)/;
const ACCESS_KEY_ID = /(^|_)access_key(_id)?(_|$)/;

/** `X-Slack-Token`, `dbPassword` → `x_slack_token`, `db_password`. */
const plain = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_').toLowerCase().replace(/^pgpassword$/, 'pg_password');

/** Whether a property of this name is meant to hold a secret. */
export function secretName(name: string): boolean {
  const p = plain(name);
  return SECRET_WORDS.test(p) && !(ABOUT.test(p) && !ACCESS_KEY_ID.test(p));
}

/** Texts that stand for a value given elsewhere: `${VAR}`, `$VAR`, `%VAR%`, `{{var}}`, `<token>`, secret-manager addresses. */
const REFERENCE = /^\s*((bearer|basic|token)\s+)?(\$\{[^}]*\}|\$\(?\w+\)?|%\w+%|\{\{.*\}\}|\{[\w:.-]+\}|<[^>]*>|\[[^\]]*\]|\$env:\w+|(op|vault|env|secret|keychain|ssm|aws-sm|gcp-sm):\/?\/?\S+)\s*$/i;
const SETTING = /^(|true|false|null|none|yes|no|on|off|default|auto|disabled|enabled|\d{1,5}|arn:.*|https?:\/\/[^@]*|\.{0,2}\/[\w./-]*|~\/.*|[A-Z]:\\.*|your[-_ ].*|changeme|change[-_]me|replace[-_ ]?me|placeholder.*|x{3,}|\*+|\.{3,}|todo)$/i;

export const isReference = (value: string): boolean => REFERENCE.test(value);

export interface FoundSecret {
  credType: string;
  /** The secret part of the text; undefined when it is not written here (a reference or an undecided value in a place for secrets). */
  literal: string | undefined;
}

/** The secret that a named value carries; undefined when it is a setting or a reference. */
export function secretIn(name: string, value: string): FoundSecret | undefined {
  for (const [form, credType] of FORMS) if (form.test(value)) return { credType, literal: value };
  const url = CREDENTIAL_URL.exec(flattened(value).text);
  if (url && !isReference(url[2]!)) return { credType: 'password', literal: hasHole(url[2]!) ? undefined : url[2]! };
  if (hasHole(value)) return secretName(name) ? { credType: credTypeOf(name), literal: undefined } : undefined;
  if (isReference(value)) return undefined;
  const bearer = BEARER.exec(value.trim());
  if (bearer && !isReference(bearer[2]!) && !SETTING.test(bearer[2]!)) return { credType: 'token', literal: bearer[2]! };
  return secretName(name) && !SETTING.test(value.trim()) ? { credType: credTypeOf(name), literal: value } : undefined;
}

function credTypeOf(name: string): string {
  const p = plain(name);
  if (/pass|pwd/.test(p)) return 'password';
  if (/access_key|secret_access/.test(p)) return 'access_key';
  if (/private_key/.test(p)) return 'private_key';
  return /key/.test(p) ? 'api_key' : 'token';
}

/** A secret of a script. `references`: the holes of its value, for one that is not written out. */
export interface ScriptSecret { name: string; found: FoundSecret; references: string[] }

/** Assignments, flags, addresses and logins of a script that carry a secret. */
export function secretsInScript(written: string): ScriptSecret[] {
  const { text: script, restore } = flattened(written);
  const out = new Map<string, ScriptSecret>();
  const add = (name: string, found: FoundSecret | undefined, value = ''): void => {
    const key = `${name}\u0000${found?.literal ?? ''}`;
    if (found && !out.has(key)) out.set(key, { name, found, references: referencesIn(restore(value)) });
  };
  const named = (m: RegExpMatchArray): void => {
    const value = m[2] ?? m[3] ?? m[4] ?? '';
    add(m[1]!, secretIn(m[1]!, value), value);
  };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(script)) add('private key', { credType: 'private_key', literal: script.slice(script.indexOf('-----BEGIN')) });
  for (const line of script.split('\n')) {
    for (const m of line.matchAll(/([A-Za-z_][\w.-]*)["']?\s*[=:]\s*(?:"([^"\n]*)"|'([^'\n]*)'|((?:\uE000\d+\uE001|[^\s"';&|,)])+))/g)) named(m);
    for (const m of line.matchAll(/--([\w-]*(?:password|secret|token|api-?key)[\w-]*)[ =]+(?:"([^"\n]*)"|'([^'\n]*)'|(\S+))/gi)) named(m);
    const url = CREDENTIAL_URL.exec(line);
    if (url) add('connection address', secretIn('connection address', url[0]));
    const login = /echo\s+["']?([\w.-]+):([^"'|\n]+?)["']?\s*\|\s*(?:sudo\s+)?chpasswd/.exec(line);
    if (login) add(`password of ${login[1]}`, { credType: 'os_password', literal: hasHole(login[2]!) ? undefined : login[2]! });
    for (const [form, credType] of FORMS) {
      const m = form.exec(line);
      if (m && credType !== 'private_key') add(credType, { credType, literal: m[0] });
    }
  }
  return [...out.values()];
}

/** A text whose holes are numbers, so that what stands in them is not taken for its punctuation. */
function flattened(text: string): { text: string; restore: (part: string) => string } {
  const holes: string[] = [];
  return {
    text: text.replace(/\uE000[^\uE001]*\uE001/g, (h) => `\uE000${holes.push(h) - 1}\uE001`),
    restore: (part) => part.replace(/\uE000(\d+)\uE001/g, (whole, n: string) => holes[Number(n)] ?? whole),
  };
}

/** Every reference hole of a text, as text of its own. */
export const referencesIn = (value: string): string[] => [...new Set(splitHoles(value).flatMap((p) => (typeof p !== 'string' && p.kind === 'ref' ? [hole(p)] : [])))];
