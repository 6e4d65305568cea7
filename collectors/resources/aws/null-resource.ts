import { hasHole, stableHash, type Resource, type Value } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { holdCredential } from '../held.ts';
import { at, list, literal, pointer, prop, text } from '../properties.ts';
import { secretIn } from '../secrets.ts';
import { userPoolOf } from './issuer.ts';
import { signsIn } from './pool-password.ts';

/** Commands that a deployment runs, as far as they give a user of a directory a password. */

const SETS_PASSWORD = /(?=\bcognito-idp\s+(?:admin-set-user-password|admin-create-user|sign-up)\b)/;
const HOLE = '\uE000[^\uE001]*\uE001';

/** Value of a command-line flag, without its quotes. */
function flagValue(line: string, name: string): string | undefined {
  const m = new RegExp(`--${name}(?:\\s+|=)(?:"((?:${HOLE}|[^"])*)"|'((?:${HOLE}|[^'])*)'|((?:${HOLE}|[^\\s"';&|])+))`).exec(line);
  return m?.[1] ?? m?.[2] ?? m?.[3];
}

interface Written { value: string; where: string }

/** Where the text of a password stands: in the command, in a variable of its environment, or in a trigger that it reads. */
function written(r: Resource, index: number, value: string): Written | undefined {
  if (!hasHole(value) && !/^\$\{?\w+\}?$/.test(value)) return { value, where: pointer('Provisioner', index, 'command') };
  const variable = /^\$\{?(\w+)\}?$/.exec(value)?.[1];
  const given = variable === undefined ? undefined : literal(prop(r, 'Provisioner', index, 'environment', variable));
  if (given !== undefined) return { value: given, where: pointer('Provisioner', index, 'environment', variable!) };
  const trigger = /\bself\b.*\.(\w+)\uE001$/.exec(value)?.[1];
  const kept = trigger === undefined ? undefined : literal(prop(r, 'Triggers', trigger));
  return kept === undefined ? undefined : { value: kept, where: pointer('Triggers', trigger!) };
}

function mapCommands(r: Resource, ctx: MapContext): void {
  let holder: string | undefined;
  list(prop(r, 'Provisioner')).forEach((provisioner, index) => {
    for (const line of commandsOf(at(provisioner, 'command'))) {
      const value = flagValue(line, '(?:temporary-)?password');
      const found = value === undefined ? undefined : written(r, index, value);
      const secret = found && secretIn('password', found.value);
      if (!found || secret?.literal === undefined) continue;
      const user = flagValue(line, 'username');
      holder ??= ctx.node(r, { kind: 'Artifact', props: { artifactType: 'other' } });
      const whose = user === undefined || hasHole(user) ? `a user#${stableHash(ctx.keyedHash(secret.literal)).slice(0, 6)}` : user;
      const credential = holdCredential(ctx, r, holder, found.where, `password of ${whose}`, secret);
      const pool = userPoolOf(ctx, flagValue(line, 'user-pool-id'));
      if (pool) signsIn(ctx, r, credential, pool, user, found.where);
    }
  });
}

/** Each such command of a script, as one line. */
function commandsOf(command: Value | undefined): string[] {
  return (text(command) ?? '').replace(/\\\r?\n/g, ' ').split('\n').flatMap((line) => line.split(SETS_PASSWORD).filter((part) => part.startsWith('cognito-idp')));
}

export const mappings: readonly ResourceMapping[] = [mapping('Terraform::Commands', mapCommands)];
