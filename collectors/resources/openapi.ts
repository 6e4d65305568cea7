import type { Value } from '../../schema/index.ts';
import { at, fields, list, pointer, text, texts } from './properties.ts';

const METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete', 'trace'] as const;
const EFFECT = { get: 'read', head: 'read', options: 'read', trace: 'read', post: 'write', put: 'write', patch: 'write', delete: 'delete' } as const;

/** One operation of an OpenAPI document. `pointer` locates it inside the document. */
export interface Operation {
  method: string;
  path: string;
  id: string;
  pointer: string;
  /** What the method declares about state; says nothing about which store it touches. `undefined` for a method that stands for any. */
  effect: 'read' | 'write' | 'delete' | undefined;
  /** `x-requireConfirmation: ENABLED` of Bedrock action groups. */
  confirm: boolean;
  operation: { [key: string]: Value };
  /** Own `security`, else the document's; undefined when neither says anything. */
  security: Value | undefined;
}

/** Operations of an OpenAPI 2 or 3 document, in document order. Path-level keys that are no method are left out. */
export function operations(document: Value | undefined): Operation[] {
  const out: Operation[] = [];
  for (const [path, item] of Object.entries(fields(at(document, 'paths')) ?? {})) {
    for (const [key, value] of Object.entries(fields(item) ?? {})) {
      const method = key.toLowerCase();
      const any = method === 'x-amazon-apigateway-any-method';
      const op = fields(value);
      if (!op || (!any && !isMethod(method))) continue;
      out.push({
        method: any ? 'ANY' : method.toUpperCase(),
        path,
        id: text(op.operationId) ?? `${any ? 'ANY' : method.toUpperCase()} ${path}`,
        pointer: pointer('paths', path, key),
        effect: isMethod(method) ? EFFECT[method] : undefined,
        confirm: text(op['x-requireConfirmation'])?.toUpperCase() === 'ENABLED',
        operation: op,
        security: op.security ?? at(document, 'security'),
      });
    }
  }
  return out;
}

const isMethod = (m: string): m is (typeof METHODS)[number] => (METHODS as readonly string[]).includes(m);

/** Server addresses of the document (`servers` of version 3, host and base path of version 2). */
export function servers(document: Value | undefined): string[] {
  const three = list(at(document, 'servers')).flatMap((s) => text(at(s, 'url')) ?? []);
  const host = text(at(document, 'host'));
  if (three.length > 0 || host === undefined) return three;
  const scheme = texts(at(document, 'schemes'))[0] ?? 'https';
  return [`${scheme}://${host}${text(at(document, 'basePath')) ?? ''}`];
}
