import type { Caller } from '../auth/roles.ts';
import type { Service } from '../service/service.ts';
import type { Answers } from '../service/answers.ts';

export interface ApiContext { answers: Answers; service: Service; caller: Caller; request: string }
