export type Level = 'info' | 'warn' | 'error';
export type Logger = (level: Level, message: string, fields?: Record<string, string | number | boolean | undefined>) => void;

const clean = (s: string): string => s.replace(/ovr_[0-9a-f]{12}_[A-Za-z0-9_-]+/g, 'ovr_…').slice(0, 4_000);

/** One JSON object a line. Fields are chosen by the caller one by one: never a header, a body, a variable or a query text. */
export function jsonLogger(write: (line: string) => void, now: () => Date): Logger {
  return (level, message, fields = {}) => {
    const safe = Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined).map(([k, v]) => [k, typeof v === 'string' ? clean(v) : v]));
    write(JSON.stringify({ time: now().toISOString(), level, message: clean(message), ...safe }));
  };
}
