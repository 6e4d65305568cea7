import type { Problem } from '../../../../schema/index.ts';
import { parseJson } from './json.ts';
import type { Node } from './node.ts';
import { parseYaml } from './yaml.ts';

/** A template file as a tree; what was wrong with it is listed, and unknown in the tree. `root` is undefined when nothing could be kept. */
export interface Parsed { root: Node | undefined; problems: Problem[] }

export const SOURCE = 'cloudformation';

/** Reads YAML or JSON, told by the first character. */
export function parseTemplate(text: string, file: string): Parsed {
  return /^\s*\{/.test(text) ? parseJson(text, file) : parseYaml(text, file);
}
