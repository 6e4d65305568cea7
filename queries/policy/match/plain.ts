/** Text without holes against `*` and `?`, which take any character. */
export function plainGlob(pattern: string): (text: string) => boolean {
  if (pattern.includes('?')) {
    const regexp = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 's');
    return (text) => regexp.test(text);
  }
  const parts = pattern.split('*');
  const head = parts[0]!;
  if (parts.length === 1) return (text) => text === head;
  const last = parts.at(-1)!;
  const inner = parts.slice(1, -1).filter((x) => x !== '');
  return (text) => {
    if (text.length < head.length + last.length || !text.startsWith(head) || !text.endsWith(last)) return false;
    let at = head.length;
    for (const x of inner) {
      const found = text.indexOf(x, at);
      if (found < 0) return false;
      at = found + x.length;
    }
    return at <= text.length - last.length;
  };
}
