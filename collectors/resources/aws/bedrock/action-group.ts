import { stableHash, type Resource, type SourceRef, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { operations } from '../../openapi.ts';
import { at, documentAt, known, list, literal, ordered, pointer, prop, text } from '../../properties.ts';
import { type FunctionBehind, functionBehind, partOf, platformEvidence, toolRunsAsFunction, label } from '../shared.ts';

const INTERPRETER_DOCUMENT = 'https://docs.aws.amazon.com/bedrock/latest/userguide/agents-code-interpretation.html (read 2026-10)';
const CONFIRMATION_DOCUMENT = 'https://docs.aws.amazon.com/bedrock/latest/userguide/agents-userconfirmation.html (read 2026-10)';

/** One operation of an action group before it becomes a Tool. `path` locates it in the agent's properties. */
interface Declared { id: string; path: string; confirm: boolean; props: Record<string, unknown> }

interface Group { r: Resource; agent: string; index: number; name: string; value: Value; server: string; enabled: boolean; returnsControl: boolean; fn: FunctionBehind | undefined }

/** Action groups: a ToolServer each, a Tool per function, per OpenAPI operation, or one for a built-in. */
export function mapActionGroups(r: Resource, agent: string, ctx: MapContext): void {
  list(prop(r, 'ActionGroups')).forEach((value, index) => {
    const name = text(at(value, 'ActionGroupName')) ?? `action group ${index + 1}`;
    const executor = at(value, 'ActionGroupExecutor');
    const returnsControl = literal(at(executor, 'CustomControl')) === 'RETURN_CONTROL';
    const builtIn = literal(at(value, 'ParentActionGroupSignature'));
    const server = ctx.node(r, {
      kind: 'ToolServer', nativeId: partOf(agent, `action-group/${name}`), type: 'aws.bedrock.agentactiongroup', name, sources: sourcesOf(ctx, r, pointer('ActionGroups', index)),
      props: known({ serverType: 'action-group', publisher: 'own', listing: 'static', signature: builtIn }),
    });
    const fn = functionBehind(ctx, at(executor, 'Lambda'));
    const group: Group = { r, agent, index, name, value, server, fn, returnsControl, enabled: literal(at(value, 'ActionGroupState')) !== 'DISABLED' };
    if (fn) ctx.edge({ kind: 'IMPLEMENTED_BY', from: server, to: fn.id, evidence: ctx.evidence(r, pointer('ActionGroups', index, 'ActionGroupExecutor', 'Lambda')) });
    if (builtIn) mapBuiltIn(group, builtIn, ctx);
    else for (const declared of declaredTools(group)) mapTool(group, declared, ctx);
  });
}

const sourcesOf = (ctx: MapContext, r: Resource, p: string): SourceRef[] => [ctx.source(r, p)].filter((s) => s !== undefined);

/** Functions and OpenAPI operations; a group whose schema cannot be read still offers something: one tool of unknown contract. */
function declaredTools(g: Group): Declared[] {
  const base = ['ActionGroups', g.index] as const;
  const functions = list(at(g.value, 'FunctionSchema', 'Functions')).map((f, i): Declared => ({
    id: text(at(f, 'Name')) ?? `function ${i + 1}`,
    path: pointer(...base, 'FunctionSchema', 'Functions', i),
    confirm: literal(at(f, 'RequireConfirmation')) === 'ENABLED',
    props: { toolClass: 'undeclared', contract: 'undeclared', schemaHash: stableHash(ordered(f)) },
  }));
  if (functions.length > 0) return functions;
  const payload = [...base, 'ApiSchema', 'Payload'];
  const ops = operations(documentAt(g.r, ...payload)).map((o): Declared => ({
    id: o.id, path: pointer(...payload) + o.pointer, confirm: o.confirm,
    props: known({ toolClass: 'scoped_api', contract: 'declared', effects: o.effect && contractEffects(o.effect), schemaHash: stableHash(ordered(o.operation)), method: o.method, path: o.path }),
  }));
  if (ops.length > 0) return ops;
  return [{ id: g.name, path: pointer(...base), confirm: false, props: { toolClass: 'undeclared', contract: 'undeclared' } }];
}

/** What an HTTP method promises. It speaks of the operation, not of the store behind it. */
export const contractEffects = (effect: 'read' | 'write' | 'delete'): string[] => (effect === 'read' ? ['list', 'read'] : [effect]);

function mapTool(g: Group, declared: Declared, ctx: MapContext): void {
  const tool = ctx.node(g.r, {
    kind: 'Tool', nativeId: partOf(g.agent, `action-group/${g.name}/${declared.id}`), type: 'aws.bedrock.agentaction', name: declared.id, sources: sourcesOf(ctx, g.r, declared.path),
    props: known({ ...declared.props, operation: declared.id, argumentBinding: 'model_chosen', execution: g.returnsControl ? 'return_control' : undefined }),
  });
  const gates = [
    ...(declared.confirm ? [confirmation(g, declared, ctx)] : []),
    ...(g.returnsControl ? [returnOfControl(g, ctx)] : []),
  ];
  offer(g, tool, gates, declared.path, ctx);
  for (const gate of gates) ctx.edge({ kind: 'GUARDED_BY', from: tool, to: gate, evidence: ctx.evidence(g.r, declared.path) });
  if (!g.fn) return;
  ctx.edge({ kind: 'IMPLEMENTED_BY', from: tool, to: g.fn.id, evidence: ctx.evidence(g.r, pointer('ActionGroups', g.index, 'ActionGroupExecutor', 'Lambda')) });
  toolRunsAsFunction(ctx, tool, g.fn);
}

function offer(g: Group, tool: string, gates: string[], where: string, ctx: MapContext): void {
  ctx.edge({ kind: 'HAS_TOOL', from: g.agent, to: tool, props: { gates, enabled: g.enabled, selection: 'listed' }, evidence: ctx.evidence(g.r, where) });
  ctx.edge({ kind: 'PROVIDED_BY', from: tool, to: g.server, evidence: ctx.evidence(g.r, pointer('ActionGroups', g.index)) });
}

/** The confirmation is answered by whoever called InvokeAgent. */
function confirmation(g: Group, declared: Declared, ctx: MapContext): string {
  return ctx.node(g.r, {
    kind: 'Control', nativeId: partOf(g.agent, `confirmation/${g.name}/${declared.id}`), type: 'aws.bedrock.userconfirmation', name: `confirmation of ${declared.id}`, sources: sourcesOf(ctx, g.r, declared.path),
    props: { controlType: 'approval', mode: 'enforce', approver: 'session_user', enforcedBy: 'platform', enforcedOutsideCompute: true, document: CONFIRMATION_DOCUMENT },
  });
}

/** The calling application decides whether the action happens, and executes it with its own identity. */
function returnOfControl(g: Group, ctx: MapContext): string {
  const at = pointer('ActionGroups', g.index, 'ActionGroupExecutor', 'CustomControl');
  return ctx.node(g.r, {
    kind: 'Control', nativeId: partOf(g.agent, `return-of-control/${g.name}`), type: 'aws.bedrock.returnofcontrol', name: `return of control of ${g.name}`, sources: sourcesOf(ctx, g.r, at),
    props: { controlType: 'approval', approver: 'unknown', enforcedBy: 'app', enforcedOutsideCompute: false },
  });
}

function mapBuiltIn(g: Group, signature: string, ctx: MapContext): void {
  const asks = signature === 'AMAZON.UserInput';
  const interprets = signature === 'AMAZON.CodeInterpreter';
  const tool = ctx.node(g.r, {
    kind: 'Tool', nativeId: partOf(g.agent, `action-group/${g.name}/${signature}`), type: 'aws.bedrock.agentaction', name: signature, sources: sourcesOf(ctx, g.r, pointer('ActionGroups', g.index)),
    props: known({ ...BUILT_IN[signature] ?? { toolClass: 'undeclared', contract: 'undeclared' }, operation: signature, execution: asks || interprets ? undefined : 'return_control' }),
  });
  offer(g, tool, asks || interprets ? [] : [returnOfControl(g, ctx)], pointer('ActionGroups', g.index), ctx);
  if (!interprets) return;
  const sandbox = ctx.node(g.r, {
    kind: 'Compute', nativeId: partOf(g.agent, `action-group/${g.name}/sandbox`), type: 'aws.bedrock.codeinterpreter', name: `code interpreter of ${label(g.r)}`, sources: sourcesOf(ctx, g.r, pointer('ActionGroups', g.index)),
    props: { computeType: 'microvm', egress: 'unknown', metadataService: 'none' },
  });
  ctx.edge({
    kind: 'EXECUTES_IN', from: tool, to: sandbox,
    evidence: platformEvidence(ctx, g.r, pointer('ActionGroups', g.index, 'ParentActionGroupSignature'), 'code that the model writes runs in a sandbox of the service', INTERPRETER_DOCUMENT),
  });
}

/** Built-in groups; all but the first two are carried out by the calling application. */
const BUILT_IN: Readonly<Record<string, Record<string, unknown>>> = {
  'AMAZON.UserInput': { toolClass: 'scoped_api', contract: 'declared', effects: [] },
  'AMAZON.CodeInterpreter': { toolClass: 'code_exec', contract: 'all' },
  'ANTHROPIC.Computer': { toolClass: 'browser', contract: 'all' },
  'ANTHROPIC.Bash': { toolClass: 'code_exec', contract: 'all' },
  'ANTHROPIC.TextEditor': { toolClass: 'file_generic', contract: 'all' },
};
