import { createHash } from 'node:crypto';
import { STRING, undecided } from '../box.ts';
import { fail } from '../failure.ts';
import { type Arguments, type CallContext, type FunctionDefinition, lenient, strict } from './define.ts';

const NAMESPACES: Record<string, string> = {
  dns: '6ba7b810-9dad-11d1-80b4-00c04fd430c8', url: '6ba7b811-9dad-11d1-80b4-00c04fd430c8', oid: '6ba7b812-9dad-11d1-80b4-00c04fd430c8', x500: '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
};

const digest = (name: string, algorithm: string, encoding: 'hex' | 'base64'): FunctionDefinition =>
  strict(name, 1, STRING, (a) => createHash(algorithm).update(a.text(0)).digest(encoding));

/** A value that differs at every call: equal to itself, unknown otherwise. */
const impure = (name: string, arity: number): FunctionDefinition =>
  lenient(name, arity, STRING, (_: Arguments, { scope, call }: CallContext) => undecided(`${name}() at ${scope.file.path}:${call.start} in ${scope.owner || scope.names.address}`, STRING));

export const hash: readonly FunctionDefinition[] = [
  digest('md5', 'md5', 'hex'), digest('sha1', 'sha1', 'hex'), digest('sha256', 'sha256', 'hex'), digest('sha512', 'sha512', 'hex'),
  digest('base64sha256', 'sha256', 'base64'), digest('base64sha512', 'sha512', 'base64'),
  impure('uuid', 0),
  lenient('bcrypt', [1, 2], STRING, (_, { scope, call }) => undecided(`bcrypt() at ${scope.file.path}:${call.start} in ${scope.owner || scope.names.address}`, STRING)),
  lenient('rsadecrypt', 2, STRING, (_, { scope, call }) => undecided(`rsadecrypt() at ${scope.file.path}:${call.start} in ${scope.owner || scope.names.address}`, STRING)),
  strict('uuidv5', 2, STRING, (a) => {
    const space = NAMESPACES[a.text(0)] ?? a.text(0);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(space)) return fail('the namespace is not a UUID');
    const bytes = createHash('sha1').update(Buffer.from(space.replace(/-/g, ''), 'hex')).update(a.text(1)).digest().subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x50;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }),
];

export { impure };
