import { isSeq, parseDocument, YAMLMap, type Document, type Node } from 'yaml';
import { showSource, UserError } from '../../schema/index.ts';
import type { IntentDraft } from '../../queries/review/intent-draft.ts';

const OPTIONS = { lineWidth: 0, flowCollectionPadding: true } as const;

/** Text for a comment: nothing in it may end the line. */
const comment = (lines: readonly string[]): string => lines.map((l) => ` ${l.replace(/[\r\n\t]+/g, ' ')}`).join('\n');

/**
 * Drafts as entries of overreach.yaml: into `text` where one is given, which keeps what stands there, comments included; else a file of its own.
 * Throws UserError when the given text is no such file.
 */
export function draftYaml(drafts: readonly IntentDraft[], text = '', name = 'overreach.yaml'): string {
  const doc = parseDocument(text);
  if (doc.errors.length > 0) throw new UserError(`${name}:${doc.errors[0]!.linePos?.[0].line ?? 1}: ${doc.errors[0]!.message.split('\n')[0]}`);
  if (doc.contents !== null && !(doc.contents instanceof YAMLMap)) throw new UserError(`${name}: a map of settings is expected at the top`);
  if (!doc.has('agents')) doc.set('agents', doc.createNode([]));
  const agents = doc.get('agents', true) as unknown;
  if (!isSeq(agents)) throw new UserError(`${name}: agents is no list`);
  agents.flow = false;
  for (const d of drafts) agents.items.push(entryOf(doc, d));
  const head = text === '' ? '# First draft of what each agent is for, made from what its tools say they do. Change it to what you mean:\n# what an agent may do beyond it then shows in `overreach access-review` and in AGT-028.\n' : '';
  return head + doc.toString(OPTIONS);
}

function entryOf(doc: Document, d: IntentDraft): Node {
  const flow = (v: unknown): Node => doc.createNode(v, { flow: true }) as Node;
  const entry = doc.createNode({}) as unknown as YAMLMap;
  entry.set(doc.createNode('match'), flow(d.match));
  if (d.owner !== undefined) entry.set(doc.createNode('owner'), doc.createNode(d.owner));
  const purpose = doc.createNode({}) as unknown as YAMLMap;
  const allow = doc.createNode(d.allow.map(() => null)) as unknown as { items: Node[]; flow: boolean };
  allow.items = d.allow.map((a) => { const n = flow({ effect: a.effect, resources: a.resources }); if (a.because !== '') n.comment = comment([a.because]); return n; });
  if (d.allow.length === 0) allow.flow = true;
  const key = doc.createNode('allow') as unknown as Node;
  const notes = [...(d.allow.length === 0 && d.unnamed.length === 0 ? ['nothing says what its tools are for: name what it needs'] : []), ...(d.unnamed.length > 0 ? [`its tools also do this, to things that cannot be named: ${d.unnamed.join(', ')}`] : []), ...(d.beyond.length > 0 ? [`may do now, and is not named below: ${d.beyond.join(', ')}`] : [])];
  if (notes.length > 0) key.commentBefore = comment(notes);
  purpose.set(key, allow);
  if (d.dataClassesMax !== undefined) purpose.set(doc.createNode('dataClassesMax'), doc.createNode(d.dataClassesMax));
  entry.set(doc.createNode('purpose'), purpose);
  entry.commentBefore = comment([`${d.agent.name}${d.agent.definedAt ? `, ${showSource(d.agent.definedAt)}` : ''}${d.owner === undefined ? '; nobody answers for it yet: owner: name@example.org' : ''}`]);
  return entry;
}
