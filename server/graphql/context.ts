import type { Caller } from '../auth/roles.ts';
import type { Service } from '../service/service.ts';
import type { Asked } from '../service/scoped/answers.ts';

/** `answers`: what the caller may see of them. Nothing of the estate is asked of `service` itself. */
export interface ApiContext { answers: Asked; service: Service; caller: Caller; request: string }
