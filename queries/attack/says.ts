import { WHO } from './starts.ts';
import { fromConfigSays } from './transitions/from-config.ts';
import { fromContentSays } from './transitions/from-content.ts';
import { fromCredentialSays } from './transitions/from-credential.ts';
import { fromEffectSays } from './transitions/from-effect.ts';
import { fromExecutionSays } from './transitions/from-execution.ts';
import { fromGrantSays } from './transitions/from-grant.ts';
import { fromInfluenceSays } from './transitions/from-influence.ts';
import { fromPresenceSays } from './transitions/from-presence.ts';
import { fromStartSays } from './transitions/from-start.ts';
import { fromToolSays } from './transitions/from-tool.ts';

/** What a sentence may speak of. */
export interface Said { from: string; to: string; effect?: string; goal?: string; identity?: string; technique?: string }
export type Sentences = Readonly<Record<string, (s: Said) => string>>;

const ALL: Sentences = {
  ...fromStartSays, ...fromPresenceSays, ...fromContentSays, ...fromInfluenceSays, ...fromToolSays, ...fromEffectSays, ...fromExecutionSays, ...fromCredentialSays, ...fromConfigSays, ...fromGrantSays,
};

const PEOPLE: ReadonlySet<string> = new Set(Object.values(WHO));

/** One plain sentence for a transition. Throws for a transition without one, which a test looks for. */
export function sayHop(rule: string, s: Said): string {
  const say = ALL[rule];
  if (!say) throw new Error(`transition ${rule} has no sentence: add it beside the transition`);
  const text = say(s);
  const isName = [s.from, s.to, s.identity].some((n) => n !== undefined && !PEOPLE.has(n) && text.startsWith(n));
  return isName ? text : text.charAt(0).toUpperCase() + text.slice(1); // a name is written as it is
}

/** Names of all transitions, for reference pages and for checking rule files. */
export const TRANSITIONS: readonly string[] = Object.keys(ALL);
