import { SENSITIVITY_WORDS as W } from '../../../knowledge/sensitivity.gen.ts';
import { splitHoles, type Sensitivity } from '../../../schema/index.ts';

const LEVELS = ['restricted', 'confidential', 'internal', 'public'] as const;
export type Level = (typeof LEVELS)[number] | 'none';

const PHRASES = new Map<string, Level>(Object.entries(W.phrases).flatMap(([level, list]) => list.map((p) => [p, level as Level] as const)));
const WORDS = new Map<string, Level>(Object.entries(W.words).flatMap(([level, list]) => list.flatMap((w) => [[w, level as Level], [plural(w), level as Level]] as const)));
for (const [level, list] of Object.entries(W.exact)) for (const w of list) WORDS.set(w, level as Level);
const NONPROD: ReadonlySet<string> = new Set(W.modifiers.nonprod);
const PROD: ReadonlySet<string> = new Set(W.modifiers.prod);
const HIGH: readonly string[] = W.integrityHigh;

function plural(w: string): string { return w.endsWith('y') ? `${w.slice(0, -1)}ies` : `${w}s`; }

/** Words of a name: split at `-_./:` and spaces, at camel case, and around holes, which say nothing. */
export function tokens(name: string): string[] {
  const literal = splitHoles(name).map((p) => (typeof p === 'string' ? p : ' ')).join('');
  return literal.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}

/** Words of a --rules folder, which win over ours. */
export type OwnWords = ReadonlyMap<string, Level>;
export const NO_WORDS: OwnWords = new Map();
export const ownWords = (lists: Partial<Record<Level, readonly string[]>>): OwnWords =>
  new Map(Object.entries(lists).flatMap(([level, list]) => (list ?? []).flatMap((w) => [[w.toLowerCase(), level as Level], [plural(w.toLowerCase()), level as Level]] as const)));

export interface WordSignal { level: Exclude<Sensitivity, 'unknown'>; words: string[] }
export interface NameReading { signals: WordSignal[]; prod: boolean; nonprod: boolean; integrityHigh: boolean }

/** What the words of several names say together. A word that stands in two names counts once. */
export function readNames(names: readonly string[], own: OwnWords = NO_WORDS): NameReading {
  const found = new Map<Level, Set<string>>();
  const all = new Set<string>();
  let integrityHigh = false;
  for (const name of names) {
    const ts = tokens(name);
    for (let i = 0; i < ts.length; i++) {
      all.add(ts[i]!);
      const pair = i + 1 < ts.length ? `${ts[i]} ${ts[i + 1]}` : '';
      if (HIGH.includes(ts[i]!) || HIGH.includes(pair)) integrityHigh = true;
      const phrase = PHRASES.get(pair);
      if (phrase !== undefined) {
        add(found, phrase, pair);
        all.add(ts[++i]!);
        continue;
      }
      const level = own.get(ts[i]!) ?? WORDS.get(ts[i]!);
      if (level !== undefined) add(found, level, ts[i]!);
    }
  }
  const signals = LEVELS.flatMap((level) => (found.has(level) ? [{ level, words: [...found.get(level)!].sort() }] : []));
  return { signals, prod: [...all].some((t) => PROD.has(t)), nonprod: [...all].some((t) => NONPROD.has(t)), integrityHigh };
}

function add(found: Map<Level, Set<string>>, level: Level, word: string): void {
  const set = found.get(level);
  if (set) set.add(word);
  else found.set(level, new Set([word]));
}
