import { derive } from '../../queries/derive/index.ts';
import { principalRows } from '../../queries/review/principals.ts';
import type { Estate as Derived } from '../../queries/attack/estate.ts';
import type { PrincipalRow } from '../../schema/index.ts';
import { goal, median, print, shown, timed } from './clock.ts';
import { random } from './generate.ts';
import { SCENES } from './scenes.ts';

const ROUNDS = 7;

/** `principals` of one account, from the stored graph: who is admin, who can become admin and how, the worst asset of each. */
export function measurePrincipals(): void {
  const { name, estate: make } = SCENES.account;
  const estate = make();
  let derived: Derived | undefined;
  let rows: PrincipalRow[] = [];
  const round = (): void => { derived = derive(estate.snapshot); rows = principalRows(derived); };
  const first = timed(round);
  print(`\nprincipals of ${name}: ${estate.statements} statements, ${estate.attachments} attachments`);
  const checked = agreement(derived!, rows);
  const of = (kind: string): number => derived!.snapshot.edges.filter((e) => e.kind === kind).length;
  print(`  rows, admins, can become admin   ${rows.length}, ${rows.filter((r) => r.isAdmin.value).length}, ${rows.filter((r) => !r.isAdmin.value && r.canBecomeAdmin.value).length}; ${of('CAN_ASSUME')} CAN_ASSUME, ${of('CAN_ESCALATE')} CAN_ESCALATE`);
  print(`  answers equal to decide          ${checked} of ${checked} sampled`);
  print(`  first round, nothing warm        ${shown([first])}`);
  const rounds = Array.from({ length: ROUNDS }, () => timed(round));
  print(`  all of principals                ${shown(rounds)}  ${goal(median(rounds, 'wall').wall <= 1000, '≤ 1 s on the wall')}`);
}

/** Admins against decisions on actions that only an admin holds all of, and chains against the edges they are made of. */
function agreement(estate: Derived, rows: readonly PrincipalRow[]): number {
  const rnd = random(7);
  const telling = ['iam:AttachRolePolicy', 'iam:PutUserPolicy', 'iam:CreatePolicyVersion', 'iam:PassRole', 'iam:DeleteRole', 'iam:CreateUser'];
  let n = 0;
  for (; n < 300; n++) {
    const row = rows[Math.floor(rnd() * rows.length)]!;
    const principal = estate.snapshot.node(row.identity.id)!;
    const every = telling.every((action) => ['allowed', 'conditional'].includes(estate.access.decide({ principal, action, resource: '*', position: 'direct' }).outcome));
    if (row.isAdmin.value && !every) throw new Error(`answers differ, no time is printed: ${principal.id} is no admin by decide`);
    const { value, steps } = row.canBecomeAdmin;
    let at = principal.id;
    for (const s of steps) {
      if (s.from.id !== at || !estate.snapshot.out(at).some((e) => e.to === s.to.id)) throw new Error(`answers differ, no time is printed: no edge for a step of ${principal.id}`);
      at = s.to.id;
    }
    if (value && !row.isAdmin.value) {
      const end = estate.snapshot.node(at)!;
      if (end.kind !== 'Scope' && !rows.some((r) => r.identity.id === at && r.isAdmin.value)) throw new Error(`answers differ, no time is printed: the chain of ${principal.id} ends at no admin`);
    }
  }
  return n;
}
