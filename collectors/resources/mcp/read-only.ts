import type { EffectClass, Resource } from '../../../schema/index.ts';
import { fields, list, prop, text } from '../properties.ts';

const FLAG = /^--?(read-?only|access-mode=restricted)(=(true|1))?$/i;
const SETTING = /^(x-mcp-readonly|(\w+_)?read_?only(_mode)?)$/i;

/** Whether a server is started in the mode in which it offers no tool that changes anything. */
export function isReadOnly(r: Resource): boolean {
  if (list(prop(r, 'args')).some((a) => FLAG.test(text(a) ?? '')) || /[?&]read_?only=(true|1)\b/i.test(text(prop(r, 'url')) ?? '')) return true;
  return ['env', 'headers'].some((key) => Object.entries(fields(prop(r, key)) ?? {}).some(([name, v]) => SETTING.test(name) && /^(true|1|yes)$/i.test(text(v) ?? '')));
}

export const effectsIn = (effects: readonly EffectClass[], readOnly: boolean): readonly EffectClass[] => (readOnly ? effects.filter((x) => x === 'list' || x === 'read') : effects);
