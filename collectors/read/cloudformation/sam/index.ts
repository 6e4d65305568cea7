import type { Session } from '../intrinsics/session.ts';
import { get, itemsOf, textOf, type Entry, type Node } from '../syntax/node.ts';
import { addImplicitApis, expandHttpApi, expandRestApi } from './api.ts';
import { expandConnectors } from './connectors.ts';
import { Draft, type LocalFiles } from './draft.ts';
import { expandFunction } from './function.ts';
import { withGlobals } from './globals.ts';
import { expandApplication, expandLayer, expandStateMachine, expandTable } from './others.ts';
import { expandWebSocketApi } from './websocket.ts';

type Expand = (draft: Draft, entry: Entry, properties: Node) => void;

/** In order: events of functions and workflows put routes on APIs. */
const FIRST: Readonly<Record<string, Expand>> = { Function: expandFunction, StateMachine: expandStateMachine, SimpleTable: expandTable, LayerVersion: expandLayer, Application: expandApplication };
const APIS: Readonly<Record<string, Expand>> = { Api: expandRestApi, HttpApi: expandHttpApi, WebSocketApi: expandWebSocketApi };
const PREFIX = 'AWS::Serverless::';

/** The template that the SAM transform makes, with the lines of what the author wrote. A template without it stays as it is. */
export function expandServerless(template: Node, session: Session, files: LocalFiles): Node {
  if (template.kind !== 'map' || !itemsOf(get(template, 'Transform')).some((t) => textOf(t)?.startsWith(PREFIX.slice(0, -2)))) return template;
  const draft = new Draft(template, session, files);
  const originals = [...draft.resources.values()];
  const run = (makers: Readonly<Record<string, Expand>>): void => {
    for (const e of [...draft.resources.values()]) {
      const kind = kindOf(e);
      if (kind === undefined || !makers[kind]) continue;
      makers[kind](draft, e, withGlobals(template, kind, get(e.value, 'Properties'), e.at));
    }
  };
  run(FIRST);
  addImplicitApis(draft);
  run(APIS);
  expandConnectors(draft, originals);
  for (const e of draft.resources.values()) {
    const kind = kindOf(e);
    if (kind !== undefined) draft.note(`what SAM makes of ${e.key} (${PREFIX}${kind}) is not read`, e.at, e.key);
  }
  const resources = get(template, 'Resources');
  const entries = [...draft.resources.values()].map((e) => (draft.synonyms.size ? { ...e, value: renameReferences(e.value, draft.synonyms) } : e));
  return { ...template, entries: template.entries.map((e) => (e.key === 'Resources' && resources ? { ...e, value: { kind: 'map', entries, at: resources.at } } : draft.synonyms.size ? { ...e, value: renameReferences(e.value, draft.synonyms) } : e)) };
}

function kindOf(e: Entry): string | undefined {
  const type = textOf(get(e.value, 'Type'));
  return type?.startsWith(PREFIX) ? type.slice(PREFIX.length) : undefined;
}

/** `Ref: Api.Stage` means the stage that SAM made. */
function renameReferences(n: Node, names: ReadonlyMap<string, string>): Node {
  switch (n.kind) {
    case 'list': return { ...n, items: n.items.map((i) => renameReferences(i, names)) };
    case 'map': return { ...n, entries: n.entries.map((e) => ({ ...e, value: renameReferences(e.value, names) })) };
    case 'call': {
      const to = n.name === 'Ref' ? names.get(textOf(n.argument) ?? '') : undefined;
      return { ...n, argument: to === undefined ? renameReferences(n.argument, names) : { kind: 'scalar', value: to, at: n.argument.at } };
    }
    default: return n;
  }
}

export type { LocalFiles };
