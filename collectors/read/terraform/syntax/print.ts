import type { Body, Expression, Step, TemplatePart } from './tree.ts';

/** Native syntax of a body; parsing it gives the same tree but for positions and added parentheses. */
export function printBody(body: Body, indent = ''): string {
  let out = '';
  for (const a of body.attributes) out += `${indent}${a.name} = ${printExpression(a.value)}\n`;
  for (const b of body.blocks) {
    const labels = b.labels.map((l) => ` "${escapeText(l.text)}"`).join('');
    out += `${indent}${b.type}${labels} {\n${printBody(b.body, indent + '  ')}${indent}}\n`;
  }
  return out;
}

export function printExpression(e: Expression): string {
  switch (e.kind) {
    case 'literal': return String(e.value);
    case 'template': return `"${printParts(e.parts)}"`;
    case 'tuple': return `[${e.items.map(printExpression).join(', ')}]`;
    case 'object': return `{${e.items.map((i) => `${i.key.kind === 'template' ? printExpression(i.key) : `(${printExpression(i.key)})`} = ${printExpression(i.value)}`).join(', ')}}`;
    case 'for': {
      const names = e.keyName === undefined ? e.valueName : `${e.keyName}, ${e.valueName}`;
      const head = `for ${names} in ${printExpression(e.collection)} : `;
      const value = e.key ? `${printExpression(e.key)} => ${printExpression(e.value)}${e.group ? '...' : ''}` : printExpression(e.value);
      const all = head + value + (e.condition ? ` if ${printExpression(e.condition)}` : '');
      return e.key ? `{${all}}` : `[${all}]`;
    }
    case 'variable': return e.name;
    case 'traversal': return operand(e.target) + e.steps.map(printStep).join('');
    case 'call': return `${e.name}(${e.args.map(printExpression).join(', ')}${e.expand ? '...' : ''})`;
    case 'unary': return e.operator + operand(e.operand);
    case 'binary': return `${operand(e.left)} ${e.operator} ${operand(e.right)}`;
    case 'conditional': return `${operand(e.condition)} ? ${operand(e.whenTrue)} : ${operand(e.whenFalse)}`;
    case 'parentheses': return `(${printExpression(e.inner)})`;
  }
}

/** An operand, in parentheses where the context could read it otherwise. */
function operand(e: Expression): string {
  const text = printExpression(e);
  const simple = e.kind === 'template' || e.kind === 'tuple' || e.kind === 'object' || e.kind === 'for' || e.kind === 'variable' || e.kind === 'call' || e.kind === 'parentheses';
  return simple || (e.kind === 'literal' && typeof e.value !== 'number') ? text : `(${text})`;
}

function printStep(step: Step): string {
  if (step.kind === 'attribute') return `.${step.name}`;
  if (step.kind === 'index') return `[${printExpression(step.key)}]`;
  return (step.full ? '[*]' : '.*') + step.steps.map(printStep).join('');
}

function printParts(parts: readonly TemplatePart[]): string {
  return parts.map((p): string => {
    switch (p.kind) {
      case 'literal': return escapeText(p.text);
      case 'interpolation': return '${' + printExpression(p.value) + '}';
      case 'if': return `%{ if ${printExpression(p.condition)} }${printParts(p.whenTrue)}${p.whenFalse.length ? `%{ else }${printParts(p.whenFalse)}` : ''}%{ endif }`;
      case 'for': return `%{ for ${p.keyName === undefined ? p.valueName : `${p.keyName}, ${p.valueName}`} in ${printExpression(p.collection)} }${printParts(p.body)}%{ endfor }`;
    }
  }).join('');
}

function escapeText(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t').replace(/([$%])\{/g, '$1$1{');
}
