import type { Cursor } from './cursor.ts';
import { literalString, type Expression, type ForExpression, type ObjectItem } from './tree.ts';

/** `[…]`, `{…}` and their `for` forms; the cursor stands on the opening bracket. */
export function parseCollection(cursor: Cursor): Expression {
  const open = cursor.next();
  const isFor = cursor.newlines('skipped', () => cursor.isWord('for') && cursor.peekAfter().kind === 'word');
  if (isFor) return cursor.newlines('skipped', () => parseFor(cursor, open.kind === '{', open.start));
  return open.kind === '[' ? cursor.newlines('skipped', () => parseTuple(cursor, open.start)) : cursor.newlines('kept', () => parseObject(cursor, open.start));
}

function parseTuple(cursor: Cursor, start: number): Expression {
  const items: Expression[] = [];
  while (!cursor.is(']')) {
    items.push(cursor.expression());
    if (!cursor.take(',')) break;
  }
  cursor.expect(']', '"," or "]" in the list');
  return { kind: 'tuple', items, start, end: cursor.lastEnd };
}

function parseObject(cursor: Cursor, start: number): Expression {
  const items: ObjectItem[] = [];
  cursor.skipNewlines();
  while (!cursor.is('}')) {
    const key = parseKey(cursor);
    if (!cursor.take('=') && !cursor.take(':')) cursor.fail(`expected "=" after the key, found ${cursor.describe(cursor.peek())}`);
    cursor.skipNewlines();
    const value = cursor.expression();
    items.push({ key, value, start: key.start, end: value.end });
    if (!cursor.take(',') && !cursor.is('newline')) break;
    cursor.skipNewlines();
  }
  cursor.expect('}', '"," or a new line or "}" in the object');
  return { kind: 'object', items, start, end: cursor.lastEnd };
}

/** A bare word names the key literally. */
function parseKey(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (token.kind === 'word') {
    const after = cursor.peekAfter().kind;
    if (after === '=' || after === ':') {
      cursor.next();
      return literalString(cursor.text(token), token);
    }
  }
  return cursor.expression();
}

function parseFor(cursor: Cursor, object: boolean, start: number): ForExpression {
  cursor.next();
  const first = cursor.text(cursor.expect('word', 'the name of the loop variable'));
  const second = cursor.take(',') ? cursor.text(cursor.expect('word', 'the name of the loop variable')) : undefined;
  if (!cursor.isWord('in')) cursor.fail(`expected "in", found ${cursor.describe(cursor.peek())}`);
  cursor.next();
  const collection = cursor.expression();
  cursor.expect(':', '":" after the collection');
  let value = cursor.expression();
  let key: Expression | undefined;
  if (object) {
    cursor.expect('=>', '"=>" between key and value');
    key = value;
    value = cursor.expression();
  }
  const group = cursor.take('...') !== undefined;
  if (group && !object) cursor.fail('"..." groups the values of an object only');
  let condition: Expression | undefined;
  if (cursor.isWord('if')) {
    cursor.next();
    condition = cursor.expression();
  }
  cursor.expect(object ? '}' : ']', object ? '"}"' : '"]"');
  return { kind: 'for', keyName: second === undefined ? undefined : first, valueName: second ?? first, collection, key, value, condition, group, start, end: cursor.lastEnd };
}
