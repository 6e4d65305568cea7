import { expect, test } from 'vitest';
import { ORDERS } from './orders.ts';
import { swap, tried, type Tried } from './tried.ts';

/** The door asks for a signature: what is left is what people outside put into a form. */
const QUIET = swap(ORDERS, ['  route_key = "POST /chat"', '  authorization_type = "AWS_IAM"\n  route_key = "POST /chat"']);
const FORMS = `scope: test
channels:
  - id: lead-form # the public web form
    writableBy: [E2]
    feeds:
      - { to: { kind: Agent, name: helper }, mode: auto }
  # two ways in
  - id: mailbox
    writableBy: [E2]
    feeds:
      - { to: { kind: Agent, name: nobody }, mode: manual }
      - to: { kind: Agent, name: helper } # since May
        mode: auto
`;
const read = (yaml: string): Promise<Tried> => tried({ 'main.tf': QUIET, 'overreach.yaml': yaml });
const says = /what arrives in .* no longer reach helper/;

test('hardening: a feed that overreach.yaml tells of goes there; near miss: a channel that only we write', async () => {
  const lead = FORMS.slice(0, FORMS.indexOf('  # two ways in'));
  const t = await read(lead);
  const f = t.hardening().find((x) => says.test(x.text))!;
  expect(f.weakens.length).toBeGreaterThan(0);
  expect(f.mightBreak[0]).toMatch(/not in this code/);
  expect(t.patch(f)).toEqual({ 'overreach.yaml': 'scope: test\nchannels:\n  - id: lead-form # the public web form\n    writableBy: [E2]\n' });
  expect(await t.reread(f)).toMatchObject({ weakens: expect.arrayContaining(f.weakens), opens: [] });
  expect((await read(swap(lead, ['[E2]', '[]']))).hardening().some((x) => says.test(x.text))).toBe(false);
});

test('of several feeds only the one that is meant goes', async () => {
  const mailbox = `scope: test\nchannels:\n${FORMS.slice(FORMS.indexOf('  # two ways in'))}`;
  const t = await read(mailbox);
  const f = t.hardening().find((x) => /arrives in mailbox/.test(x.text))!;
  expect(t.patch(f)).toEqual({ 'overreach.yaml': swap(mailbox, ['      - to: { kind: Agent, name: helper } # since May\n        mode: auto\n', '']) });
});
