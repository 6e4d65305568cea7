import { UserError } from '../../../schema/index.ts';
import { isRole, ROLES } from '../../auth/roles.ts';
import { normalScopes } from '../../auth/scopes.ts';
import { isUsable } from '../../auth/tokens.ts';
import { columns } from '../../text/style.ts';
import { askerOf, decisionsOf } from '../decisions.ts';
import type { CliCommand } from '../command.ts';
import { repeated } from '../option-values.ts';
import { writeText } from '../output.ts';
import { withStoreOptions } from '../scan-options.ts';
import { storeOf } from '../store.ts';

/** `90d` or a date; undefined for `never`. */
function expiry(text: string, now: Date): string | undefined {
  if (text === 'never') return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days !== undefined ? new Date(now.getTime() + Number(days) * 86_400_000) : /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T23:59:59.999Z`) : undefined;
  if (at === undefined || Number.isNaN(at.getTime())) throw new UserError(`--expires ${text}: write 90d, YYYY-MM-DD or never`);
  if (at <= now) throw new UserError(`--expires ${text} is in the past`);
  return at.toISOString();
}

export const command: CliCommand = {
  name: 'token',
  define: (c) => withStoreOptions(c.description('access tokens of the GraphQL service: create, list, revoke').argument('<action>', 'create, list or revoke').argument('[id]', 'of the token to revoke'))
    .option('--role <role>', ROLES.join(', '))
    .option('--scope <scope>', 'account:<id>, team:<owner> or path:<folder>: sees only that (repeatable; default: everything)', repeated)
    .option('--label <text>', 'who or what it is for', '')
    .option('--expires <when>', '90d, YYYY-MM-DD or never', '90d')
    .option('--format <name>', 'of the list: table or json', 'table').option('--output <file>', 'write to a file'),
  async run(cli, [action, id], o) {
    if (!['create', 'list', 'revoke'].includes(action!)) throw new UserError(`token ${action}: one of create, list, revoke`);
    const role = String(o['role'] ?? '');
    if (action === 'create' && !isRole(role)) throw new UserError(`--role ${role || 'is needed'}: one of ${ROLES.join(', ')}`);
    const expires = expiry(String(o['expires']), cli.now());
    const given = o['scope'] as string[] | undefined;
    const scopes = given === undefined ? undefined : normalScopes(given);
    const store = await storeOf(cli, o, action !== 'create');
    try {
      const decisions = decisionsOf(cli, store);
      if (action === 'create' && isRole(role)) {
        const t = await decisions.createToken(askerOf(cli), { role, label: String(o['label']).slice(0, 200), ...(expires === undefined ? {} : { expires }), ...(scopes === undefined ? {} : { scopes }) });
        cli.log(`token ${t.id}, role ${role}, ${scopes === undefined ? 'sees everything' : `sees ${scopes.join(', ')}`}, ${expires === undefined ? 'does not expire' : `until ${expires}`}. It is shown this once:`);
        writeText(cli, `${t.text}\n`, o);
        return 0;
      }
      if (action === 'revoke') {
        if (id === undefined) throw new UserError('token revoke <id>: `overreach token list` shows the ids');
        await decisions.revokeToken(askerOf(cli), id);
        cli.out(`token ${id} is revoked\n`);
        return 0;
      }
      const tokens = (await store.ledger.tokens()).map((t) => { const { hash: _, ...shown } = t; return shown; });
      if (o['format'] === 'json') { writeText(cli, JSON.stringify(tokens, null, 2) + '\n', o); return 0; }
      const now = cli.now().toISOString();
      const state = (t: (typeof tokens)[number]): string => (t.revokedAt !== undefined ? 'revoked' : isUsable({ ...t, hash: '' }, now) ? 'usable' : 'expired');
      writeText(cli, tokens.length === 0 ? 'No tokens.\n' : columns([['id', 'role', 'state', 'scopes', 'expires', 'created', 'by', 'label'], ...tokens.map((t) => [t.id, t.role, state(t), t.scopes?.join(' ') ?? 'everything', t.expires ?? 'never', t.createdAt, t.createdBy, t.label])], [12, 10, 8, 40, 24, 24, 24, 40]).join('\n') + '\n', o);
      return 0;
    } finally {
      await store.close();
    }
  },
};
