import { collection, sets } from './collection.ts';
import { conversion } from './conversion.ts';
import { datetime } from './datetime.ts';
import type { FunctionDefinition } from './define.ts';
import { encoding } from './encoding.ts';
import { filesystem } from './filesystem.ts';
import { format } from './format.ts';
import { hash } from './hash.ts';
import { networks } from './network.ts';
import { numeric } from './numeric.ts';
import { provider } from './provider.ts';
import { string } from './string.ts';

/** Every function of the language but `try` and `can`, which look at their arguments unevaluated (call.ts). */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [collection, sets, conversion, datetime, encoding, filesystem, format, hash, networks, numeric, provider, string].flat().map((f) => [f.name, f]),
);
