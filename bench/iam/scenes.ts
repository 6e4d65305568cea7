import { withAccount } from './account.ts';
import { type Estate, generate } from './generate.ts';

export const SCENES = {
  large: { name: '5,000 principals × 5,000 resources', resources: 5_000, estate: (): Estate => generate({ principals: 5_000, users: 1_500, resources: 5_000, managed: 400, seed: 1 }) },
  account: { name: 'one account: 700 roles + 1,400 users', resources: 1_000, estate: (): Estate => withAccount(generate({ principals: 2_100, users: 1_400, resources: 1_000, managed: 300, seed: 2 }), 3) },
} as const;
export type Scene = keyof typeof SCENES;
