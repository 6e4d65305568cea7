/** The inputs that put a row into the graph, as one sorted JSON list: a row goes only when all of them were read completely and none saw it again. */
export const parseCovers = (text: string): string[] => JSON.parse(text) as string[];
export const joinCovers = (a: readonly string[], b: readonly string[]): string => JSON.stringify([...new Set([...a, ...b])].sort());
/** What of an earlier run's list stays when `done` was read completely now. */
export const stillCovered = (text: string, done: ReadonlySet<string>): string[] => parseCovers(text).filter((c) => !done.has(c));
