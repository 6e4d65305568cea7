import { type Family, whole } from './operator.ts';

const unpadded = (s: string): string => s.replace(/\s+/g, '').replace(/=+$/, '');

/** `BinaryEquals` compares the bytes of base64 text. */
export const binaries: Family = { binaryequals: { compare: whole((p, v) => unpadded(p) === unpadded(v)), negated: false } };
