import { splitHoles } from '../../../schema/index.ts';

/** Text or pattern as numbers: a code unit, a wildcard, or a hole (numbered from HOLE_BASE; equal holes have equal numbers). */
export type Tokens = readonly number[];
export const STAR = -1;
export const ONE = -2;
export const COLON = 58;
const SLASH = 47;
const HOLE_BASE = 0x200000;
/** Characters that are not known but are exactly one each: below HOLE_BASE, above every code unit. */
const CHARACTER_BASE = 0x110000;
/** Secrets Manager ends every ARN with six letters or digits of its own. */
const SUFFIX_LENGTH = 6;

type Accepts = (code: number) => boolean;
const digits: Accepts = (c) => c >= 48 && c <= 57;
const segment: Accepts = (c) => c !== COLON && c !== SLASH;
const anything: Accepts = () => true;

const numbers = new Map<string, number>();
const accepts: Accepts[] = [];
let characters = 0;
/** By hole: the resource it belongs to, the type and attribute it names, and whether the provider made it up. */
const owners: ({ address: string; attribute: string; generated: boolean } | undefined)[] = [];
/** Outputs of modules and looked-up things have names that somebody chose. */
const CHOSEN = /(?:^|[.#])(?:module\.[^.]+|data\.[^.]+\.[^.]+)$/;
const TYPE = /(?:^|\.)([A-Za-z0-9_:]+)\.[^.[\]]+(?:\[[^\]]*\])?$/;

function ownerOf(h: Exclude<ReturnType<typeof splitHoles>[number], string>): (typeof owners)[number] {
  return h.kind === 'ref' ? { address: h.address, attribute: `${TYPE.exec(h.address)?.[1] ?? h.address}|${h.attribute}`, generated: h.attribute === 'name' && !CHOSEN.test(h.address) } : undefined;
}

/** The same attribute (id, ARN, name) of two different resources of one type: whatever they are, they are not the same text. */
export const areDistinct = (a: number, b: number): boolean => {
  const x = owners[a - HOLE_BASE];
  const y = owners[b - HOLE_BASE];
  return x !== undefined && y !== undefined && x.attribute === y.attribute && x.address !== y.address;
};

/**
 * Names of two different resources that nobody gave one: the provider ends each with characters of its own, so neither is the other, nor begins
 * with it (CloudFormation user guide, “Name type”; Terraform SDK, prefixed unique ids). A name that is given stands in the text, whatever it is.
 */
export const areGenerated = (a: number, b: number): boolean => {
  const x = owners[a - HOLE_BASE];
  const y = owners[b - HOLE_BASE];
  return x?.generated === true && y?.generated === true && x.address !== y.address;
};

/** A hole that stands for a pseudo parameter can only hold what such a parameter holds. */
function holeToken(text: string, pseudo: string | undefined, owner: (typeof owners)[number]): number {
  let n = numbers.get(text);
  if (n === undefined) {
    n = HOLE_BASE + accepts.length;
    numbers.set(text, n);
    owners.push(owner);
    accepts.push(pseudo === 'account' ? digits : pseudo === undefined ? anything : segment);
  }
  return n;
}

/** One character of a text that has a known length and nothing else known. */
export const isCharacterHole = (t: number): boolean => t >= CHARACTER_BASE && t < HOLE_BASE;
export const isLetterOrDigit = (c: number): boolean => digits(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);

function suffixTokens(text: string): number[] {
  let n = numbers.get(text);
  if (n === undefined) numbers.set(text, (n = CHARACTER_BASE + characters++ * SUFFIX_LENGTH));
  return Array.from({ length: SUFFIX_LENGTH }, (_, i) => n! + i);
}

export const isHoleToken = (t: number): boolean => t >= HOLE_BASE;
/** Whether the text of a hole may hold this token of the other side. Another hole and a wildcard always may. */
export const mayHold = (hole: number, other: number): boolean => other < 0 || other >= HOLE_BASE || accepts[hole - HOLE_BASE]!(other);
/** A hole that may contain a colon: where the fields of an ARN are is then not known. */
export const isWideHole = (t: number): boolean => t >= HOLE_BASE && accepts[t - HOLE_BASE] === anything;

/** Appends plain text with holes; no character is a wildcard. */
export function pushText(out: number[], s: string): void {
  for (const part of splitHoles(s)) {
    if (typeof part === 'string') for (let i = 0; i < part.length; i++) out.push(part.charCodeAt(i));
    else if (part.kind === 'ref' && part.attribute === 'suffix') out.push(...suffixTokens(JSON.stringify(part)));
    else out.push(holeToken(JSON.stringify(part), part.kind === 'pseudo' ? part.name : undefined, ownerOf(part)));
  }
}

const texts = new Map<string, Tokens>();
export function textTokens(s: string): Tokens {
  let t = texts.get(s);
  if (!t) {
    const out: number[] = [];
    pushText(out, s);
    if (texts.size > 50_000) texts.clear();
    texts.set(s, (t = out));
  }
  return t;
}
