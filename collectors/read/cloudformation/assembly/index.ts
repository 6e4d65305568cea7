import { dirname, join, normalize } from 'node:path/posix';
import type { TemplateInput } from '../read-template.ts';
import { get, textOf, type Node } from '../syntax/node.ts';
import type { AssemblyStack } from './manifest.ts';
import type { Origins } from './origin.ts';

export { findAssemblies, type AssemblyStack } from './manifest.ts';
export { Origins } from './origin.ts';

/** Names of files with nested templates, as the framework writes them into a template. */
export const NESTED_ASSET = /"aws:asset:path"\s*:\s*"([^"]+\.template\.json|[^"]+\.json)"/g;

/** What an assembly adds to the reading of one of its templates. */
export function assemblyParts(stack: AssemblyStack, origins: Origins, has: (path: string) => boolean): Pick<TemplateInput, 'placement' | 'nestedPath' | 'origin'> {
  return {
    placement: { ...(stack.account && { account: stack.account }), ...(stack.region && { region: stack.region }) },
    nestedPath(resource: Node) {
      const name = textOf(get(get(resource, 'Metadata'), 'aws:asset:path'));
      const path = name === undefined ? undefined : normalize(join(dirname(stack.template), name));
      return path !== undefined && !path.startsWith('../') && has(path) ? path : undefined;
    },
    origin(resource: Node) {
      const path = textOf(get(get(resource, 'Metadata'), 'aws:cdk:path'));
      if (path === undefined) return undefined;
      return { path, ...origins.all(stack.traces.get(`/${path}`)) };
    },
  };
}
