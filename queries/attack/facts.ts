import { EFFECT_CLASSES, EntryClass, GoalKind, type Audience, type EffectClass, type FactKind } from '../../schema/index.ts';
import type { FactVariant } from './query.ts';

/**
 * Facts as small numbers (model 4.4). A vertex is (node, code); the code is the kind of fact and its variant. START stands for an entry class.
 * RELAY (a request has reached this code), GRANT and ATOM (model 4.9) are hidden: they keep the graph linear and never stand in a shown walk.
 */
export type VertexKind = FactKind | 'START' | 'RELAY' | 'GRANT' | 'ATOM';

/** Who the attacker is; `nobody` is the benign mistake of E7. A wider audience reads all a narrower one reads. */
export const AUD = { public: 0, partner: 1, tenant: 2, nobody: 3 } as const;
export type Aud = (typeof AUD)[keyof typeof AUD];
/** Whose session the model runs in. `any`: nothing that follows depends on it. */
export const SESSION = { any: 0, attacker: 1, victim: 2, none: 3 } as const;
export type Session = (typeof SESSION)[keyof typeof SESSION];
export const POSITION = { mute: 0, visible: 1, portable: 2 } as const;
export type Position = (typeof POSITION)[keyof typeof POSITION];

const ENTRY = EntryClass.options;
const GOALS = GoalKind.options;
const SIZES: readonly (readonly [VertexKind, number])[] = [
  ['START', ENTRY.length], ['PRESENCE', 6], ['RELAY', 6], ['CONTENT', 3], ['INFLUENCE', 24], ['TOOL', 32], ['EFFECT', EFFECT_CLASSES.length * 8], ['EXEC', 6], ['CRED', 3], ['CONFIG', 3],
  ['GOAL', GOALS.length], ['GRANT', 8], ['ATOM', 8],
];
const BASE = {} as Record<VertexKind, number>;
const KIND_OF: VertexKind[] = [];
for (const [kind, size] of SIZES) {
  BASE[kind] = KIND_OF.length;
  for (let i = 0; i < size; i++) KIND_OF.push(kind);
}
/** Codes are below this; a vertex key is node × CODES + code. */
export const CODES = 256;
if (KIND_OF.length > CODES) throw new Error('fact codes no longer fit: raise CODES in queries/attack/facts.ts');

const bit = (b: boolean): number => (b ? 1 : 0);
export const code = {
  start: (c: EntryClass): number => BASE.START + ENTRY.indexOf(c),
  presence: (aud: Aud, reply: boolean): number => BASE.PRESENCE + aud * 2 + bit(reply),
  relay: (aud: Aud, reply: boolean): number => BASE.RELAY + aud * 2 + bit(reply),
  content: (aud: Aud): number => BASE.CONTENT + aud,
  influence: (s: Session, aud: Aud, visible: boolean): number => BASE.INFLUENCE + (s * 3 + aud) * 2 + bit(visible),
  tool: (s: Session, aud: Aud, visible: boolean): number => BASE.TOOL + (s * 4 + aud) * 2 + bit(visible),
  effect: (e: EffectClass, aud: Aud, visible: boolean): number => BASE.EFFECT + (EFFECT_CLASSES.indexOf(e) * 4 + aud) * 2 + bit(visible),
  exec: (aud: Aud, visible: boolean): number => BASE.EXEC + aud * 2 + bit(visible),
  cred: (p: Position): number => BASE.CRED + p,
  config: (aud: Aud): number => BASE.CONFIG + aud,
  goal: (g: GoalKind): number => BASE.GOAL + GOALS.indexOf(g),
  grant: (aud: Aud, visible: boolean): number => BASE.GRANT + aud * 2 + bit(visible),
  atom: (aud: Aud, visible: boolean): number => BASE.ATOM + aud * 2 + bit(visible),
};

export const kindOf = (c: number): VertexKind => KIND_OF[c]!;
export const isHidden = (c: number): boolean => { const k = KIND_OF[c]!; return k === 'RELAY' || k === 'GRANT' || k === 'ATOM'; };

/** Numbers of a code, by kind: the inverse of `code`. */
export interface Parts { kind: VertexKind; aud: Aud; visible: boolean; session: Session; effect: EffectClass; position: Position; goal: GoalKind; entry: EntryClass }
export const decode = (c: number): Readonly<Parts> => (PARTS[c] ??= read(c));
const PARTS: Parts[] = [];

function read(c: number): Parts {
  const kind = KIND_OF[c]!;
  const v = c - BASE[kind];
  const p: Parts = { kind, aud: AUD.public, visible: false, session: SESSION.any, effect: 'list', position: POSITION.mute, goal: 'exfil', entry: 'E0' };
  switch (kind) {
    case 'START': p.entry = ENTRY[v]!; break;
    case 'PRESENCE': case 'RELAY': case 'EXEC': case 'GRANT': case 'ATOM': p.aud = (v >> 1) as Aud; p.visible = (v & 1) === 1; break;
    case 'CONTENT': case 'CONFIG': p.aud = v as Aud; break;
    case 'INFLUENCE': p.visible = (v & 1) === 1; p.aud = ((v >> 1) % 3) as Aud; p.session = Math.floor(v / 6) as Session; break;
    case 'TOOL': p.visible = (v & 1) === 1; p.aud = ((v >> 1) & 3) as Aud; p.session = (v >> 3) as Session; break;
    case 'EFFECT': p.visible = (v & 1) === 1; p.aud = ((v >> 1) & 3) as Aud; p.effect = EFFECT_CLASSES[v >> 3]!; break;
    case 'CRED': p.position = v as Position; break;
    case 'GOAL': p.goal = GOALS[v]!; break;
  }
  return p;
}

const AUD_NAMES: readonly (Audience | undefined)[] = ['public', 'partner', 'tenant', undefined];
const SESSION_NAMES = [undefined, 'attacker', 'victim', 'none'] as const;
const POSITION_NAMES = ['in_situ_mute', 'in_situ_visible', 'portable'] as const;
const VISIBLE_EFFECTS: ReadonlySet<EffectClass> = new Set(['read', 'credential', 'execute', 'invoke']);

/** The variant as people and rules read it. */
export function variantOf(c: number): FactVariant {
  const p = decode(c);
  const v: FactVariant = {};
  const audience = AUD_NAMES[p.aud];
  const withAud = (): void => { if (p.aud === AUD.nobody) v.benign = true; else if (audience) v.aud = audience; };
  switch (p.kind) {
    case 'PRESENCE': withAud(); v.reply = p.visible; break;
    case 'CONTENT': case 'CONFIG': withAud(); break;
    case 'INFLUENCE': case 'TOOL': { withAud(); v.visible = p.visible; const s = SESSION_NAMES[p.session]; if (s) v.session = s; break; }
    case 'EFFECT': if (p.aud === AUD.nobody) v.benign = true; if (VISIBLE_EFFECTS.has(p.effect)) v.visible = p.visible; break;
    case 'EXEC': withAud(); v.visible = p.visible; break;
    case 'CRED': v.position = POSITION_NAMES[p.position]; break;
  }
  return v;
}

/** Effects whose result can get back to the attacker. */
export const canBeVisible = (e: EffectClass): boolean => VISIBLE_EFFECTS.has(e);
/** Effects that can go on to a fact which has an audience. */
const GOES_ON: ReadonlySet<EffectClass> = new Set(['write', 'send', 'permission', 'execute', 'invoke']);
export const canGoOn = (e: EffectClass): boolean => GOES_ON.has(e);
/** What a benign mistake can do (E7). */
export const BENIGN: ReadonlySet<EffectClass> = new Set(['delete', 'spend', 'permission']);
export const audienceOf = (c: EntryClass): Aud => (c === 'E3' ? AUD.partner : c === 'E4' || c === 'E5' || c === 'E8' ? AUD.tenant : c === 'E7' ? AUD.nobody : AUD.public);
