import type { Span } from './source.ts';

/** Body of a file or block, in the order written. */
export interface Body extends Span { attributes: Attribute[]; blocks: Block[] }
export interface Attribute extends Span { name: string; nameSpan: Span; value: Expression }
export interface Label extends Span { text: string }
/** `span` runs from the block type to the closing brace. */
export interface Block extends Span { type: string; labels: Label[]; body: Body }

export type Expression =
  | LiteralExpression
  | TemplateExpression
  | TupleExpression
  | ObjectExpression
  | ForExpression
  | VariableExpression
  | TraversalExpression
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | ParenthesesExpression;

export interface LiteralExpression extends Span { kind: 'literal'; value: null | boolean | number }
/** A quoted string, heredoc or template file. A plain string is a template of at most one literal part (heredocs: one per line). */
export interface TemplateExpression extends Span { kind: 'template'; parts: TemplatePart[]; heredoc: boolean }
export interface TupleExpression extends Span { kind: 'tuple'; items: Expression[] }
/** A bare word as key is a literal template; a computed key is any other expression. */
export interface ObjectItem extends Span { key: Expression; value: Expression }
export interface ObjectExpression extends Span { kind: 'object'; items: ObjectItem[] }
/** `key` present: an object; absent: a tuple. */
export interface ForExpression extends Span {
  kind: 'for';
  keyName: string | undefined;
  valueName: string;
  collection: Expression;
  key: Expression | undefined;
  value: Expression;
  condition: Expression | undefined;
  group: boolean;
}
export interface VariableExpression extends Span { kind: 'variable'; name: string }
export interface TraversalExpression extends Span { kind: 'traversal'; target: Expression; steps: Step[] }
/** `provider::aws::arn_parse` keeps its colons in `name`. */
export interface CallExpression extends Span { kind: 'call'; name: string; args: Expression[]; expand: boolean }
export interface UnaryExpression extends Span { kind: 'unary'; operator: '-' | '!'; operand: Expression }
export interface BinaryExpression extends Span { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
export interface ConditionalExpression extends Span { kind: 'conditional'; condition: Expression; whenTrue: Expression; whenFalse: Expression }
export interface ParenthesesExpression extends Span { kind: 'parentheses'; inner: Expression }

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

export type Step = AttributeStep | IndexStep | SplatStep;
export interface AttributeStep extends Span { kind: 'attribute'; name: string }
export interface IndexStep extends Span { kind: 'index'; key: Expression }
/** `steps` apply to every element: all that follows `[*]`, only the attributes that follow `.*`. */
export interface SplatStep extends Span { kind: 'splat'; full: boolean; steps: Step[] }

export type TemplatePart = LiteralPart | InterpolationPart | IfPart | ForPart;
/** `exact`: the text stands in the file character by character from `start`. */
export interface LiteralPart extends Span { kind: 'literal'; text: string; exact: boolean }
export interface InterpolationPart extends Span { kind: 'interpolation'; value: Expression }
export interface IfPart extends Span { kind: 'if'; condition: Expression; whenTrue: TemplatePart[]; whenFalse: TemplatePart[] }
export interface ForPart extends Span { kind: 'for'; keyName: string | undefined; valueName: string; collection: Expression; body: TemplatePart[] }

/** The text of a template without interpolation or directive, else undefined. */
export function literalText(e: Expression): string | undefined {
  if (e.kind !== 'template') return undefined;
  let text = '';
  for (const part of e.parts) {
    if (part.kind !== 'literal') return undefined;
    text += part.text;
  }
  return text;
}

export const literalString = (text: string, span: Span, exact = false): TemplateExpression => ({
  kind: 'template', start: span.start, end: span.end, heredoc: false,
  parts: text === '' ? [] : [{ kind: 'literal', text, exact, start: span.start, end: span.end }],
});

/** Attribute `name` of a body, the first if it is repeated. */
export const attributeOf = (body: Body, name: string): Attribute | undefined => body.attributes.find((a) => a.name === name);
