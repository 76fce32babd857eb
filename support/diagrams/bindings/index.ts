/** The bindings by flow: where a feature's @flow tag leads to. */
import { authnAuthz } from './hq-authn-authz.ts';
import { standardExecution } from './hq-standard-execution.ts';
import { tenantRequest } from './hq-tenant-request.ts';
import type { Binding } from './port.ts';
import { login } from './sys-login.ts';

export const bindings: ReadonlyMap<string, Binding> = new Map([authnAuthz, standardExecution, tenantRequest, login].map((binding) => [binding.flow, binding]));
