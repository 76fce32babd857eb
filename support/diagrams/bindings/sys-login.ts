/** Flow sys-login: the words of features/identity/login.feature and the engine's spans. */
import type { Binding } from './port.ts';

const REQUEST = 'POST /auth/login';

export const login: Binding = {
  flow: 'sys-login',
  participants: {
    User: { spans: ['person'] },
    Frontend: { spans: ['client'] },
    Auth: { spans: ['gateway', 'identity'] },
    DB: { spans: ['postgres'] },
    Redis: { spans: ['redis'] },
  },
  messages: [
    { from: 'Frontend', to: 'Auth', label: /^Send credentials/i, call: { message: REQUEST } },
    { from: 'Auth', to: 'Frontend', label: /^Send tokens/i, reply: { message: REQUEST, error: false } },
    { from: 'Auth', to: 'DB', label: /^Validate user/i, call: { message: 'find_sign_in' } },
    { from: 'DB', to: 'Auth', label: /^User valid/i, reply: { message: 'find_sign_in', error: false } },
    { from: 'Auth', to: 'Redis', label: /^Store session/i, call: { message: /^set .*session/ } },
  ],
};
