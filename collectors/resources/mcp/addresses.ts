import type { Resource } from '../../../schema/index.ts';
import { fields, list, pointer, prop, text } from '../properties.ts';
import { isReference } from '../secrets.ts';

/** An address may carry a password, which may hold any character, or a token in its query. */
export const withoutSecrets = (url: string): string => {
  const host = /^https?:/i.test(url) ? url.replace(/\/\/[^/@]*@/, '//') : url.replace(/\/\/\S*@/, '//');
  return host.replace(/\?.*$/, '');
};

/** A folder or address that a server is given to work on, as written and free of secrets. `where`: JSON pointer into the properties. */
export interface Place { name: string; where: string }

const PATH = /^(\/|~|[A-Za-z]:\\|\.{1,2}(\/|$)|\$\{)/;
const ADDRESS = /^[a-z][a-z0-9+]*:\/\//i;
const MOUNT = /^(-v|--volume|--mount)$/;

const NAMED_PLACE = /^--?[\w-]*(?:path|dir|directory|folder|root|repo|repository|db|database|url|uri|dsn)=(.+)$/is;

/** Folders and addresses among the last `own` arguments and the environment. A folder mounted into a container is told by its place on the machine. */
export function placesOf(r: Resource, own: number): Place[] {
  const args = list(prop(r, 'args')).map((a) => text(a) ?? '');
  const mounted = args.flatMap((a, i) => {
    const mount = MOUNT.test(args[i - 1] ?? '') ? a : /^(?:-v|--volume|--mount)=(.*)$/s.exec(a)?.[1];
    return mount === undefined ? [] : [{ name: /(?:^|,)(?:src|source)=([^,]*)/.exec(mount)?.[1] ?? mount.replace(/(?<=.{2}):.*$/s, ''), where: pointer('args', i) }];
  });
  if (mounted.length > 0) return mounted;
  const given = args.flatMap((a, i) => {
    const value = NAMED_PLACE.exec(a)?.[1] ?? a;
    return i >= args.length - own && (PATH.test(value) || ADDRESS.test(value)) ? [{ name: withoutSecrets(value), where: pointer('args', i) }] : [];
  });
  const set = Object.entries(fields(prop(r, 'env')) ?? {}).flatMap(([key, v]) => {
    const value = text(v) ?? '';
    return ADDRESS.test(value) && !/^https?:/i.test(value) && !isReference(value) ? [{ name: withoutSecrets(value), where: pointer('env', key) }] : [];
  });
  return [...given, ...set];
}
