/** Attributes that the providers mark in their schema; older states list none of them. */
const ALWAYS = ['password', 'master_password', 'master_user_password', 'secret', 'secret_string', 'secret_binary', 'private_key', 'private_key_pem', 'ses_smtp_password_v4', 'auth_token', 'client_secret', 'encrypted_secret', 'value_wo', 'token'];

interface Step { type?: string; value?: unknown }

/** `sensitive_attributes` of a state (lists of steps `get_attr` and `index`) as a tree of marks, in the form `terraform show -json` uses. */
export function marksOf(paths: unknown): Record<string, unknown> {
  const marks: Record<string, unknown> = Object.fromEntries(ALWAYS.map((name) => [name, true]));
  for (const path of Array.isArray(paths) ? paths : []) {
    const steps = (Array.isArray(path) ? path : [path]).map(stepOf);
    let here = marks;
    for (const [i, step] of steps.entries()) {
      if (step === undefined) break;
      if (i === steps.length - 1) here[step] = true;
      else if (here[step] === true) break;
      else here = (here[step] ??= {}) as Record<string, unknown>;
    }
  }
  return marks;
}

function stepOf(s: Step): string | undefined {
  if (typeof s?.value === 'string' || typeof s?.value === 'number') return String(s.value);
  const inner = (s?.value as Step | undefined)?.value;
  return typeof inner === 'string' || typeof inner === 'number' ? String(inner) : undefined;
}
