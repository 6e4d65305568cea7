import type { Answers } from '../service/answers.ts';

export interface ApiContext { answers: Answers }
