/** Flow hq-standard-execution: the words of features/execution/standard-execution.feature and the engine's spans. */
import type { Binding } from './port.ts';

const step = (message: string) => ({ call: { message } });
/** The gateway names a request by its route's operation; the documents have three forms of it (conflict X01). */
const EXECUTE = /^execute(Workflow(ById)?)?$/;
const REQUEST = /^POST (\/workflows(\/\{id\})?)?\/execute$/;
/** An effect is announced in the log too, outside these: that is the journal's business and not drawn. */
const stored = (within: string) => ({ message: 'append_flush', within });
const trigger = (event: string, audit: string, word: string) =>
  [
    { from: 'Orchestrator', to: 'HookSystem', label: `Trigger ${event}`, call: { message: `trigger ${event}` } },
    { from: 'HookSystem', to: 'AuditLogger', label: word, call: { message: audit } },
  ] as const;

export const standardExecution: Binding = {
  flow: 'hq-standard-execution',
  participants: {
    Client: { spans: ['client'] },
    Gateway: { spans: ['gateway'] },
    Orchestrator: { spans: ['execution', 'orchestrator'] },
    TaskRegistry: { spans: ['task-registry'] },
    StateManager: { spans: ['state-manager', 'journal'] },
    HookSystem: { spans: ['hook-system'] },
    AuditLogger: { spans: ['audit-logger'] },
    Database: { spans: ['postgres'] },
  },
  messages: [
    { from: 'Client', to: 'Gateway', label: /^Execute workflow/i, call: { message: REQUEST } },
    { from: 'Gateway', to: 'Client', label: /response/i, reply: { message: REQUEST } },
    { from: 'Gateway', to: 'Gateway', label: /^Authenticate/i, call: { to: 'identity', message: 'authenticate' } },
    { from: 'Gateway', to: 'Orchestrator', label: /^Execute workflow request/i, call: { message: EXECUTE } },
    { from: 'Orchestrator', to: 'Gateway', label: /^Workflow result/i, reply: { message: EXECUTE, error: false } },
    { from: 'Orchestrator', to: 'TaskRegistry', label: /^Load workflow definition/i, ...step('load workflow definition') },
    { from: 'TaskRegistry', to: 'Orchestrator', label: /^Workflow schema/i, reply: { message: 'load workflow definition', error: false } },
    { from: 'Orchestrator', to: 'StateManager', label: /^Initialize workflow state/i, ...step('initialise state') },
    { from: 'StateManager', to: 'Database', label: /^Create workflow instance/i, call: stored('initialise state') },
    { from: 'Database', to: 'StateManager', label: /^Instance/i, reply: { ...stored('initialise state'), error: false } },
    { from: 'StateManager', to: 'Database', label: /^Persist state/i, call: stored('update state') },
    { from: 'StateManager', to: 'Database', label: /^Update final state/i, call: stored('finalise state') },
    ...trigger('workflow:start', 'Log Workflow Start', 'Log workflow start'),
    ...trigger('task:will:call', 'Log Task Start', 'Log task start'),
    { from: 'Orchestrator', to: 'TaskRegistry', label: /^Execute task/i, ...step('execute task') },
    { from: 'TaskRegistry', to: 'TaskRegistry', label: /^Validate input/i, ...step('validate input') },
    { from: 'TaskRegistry', to: 'TaskRegistry', label: /^Run task logic/i, ...step('run task logic') },
    { from: 'TaskRegistry', to: 'Orchestrator', label: /^Task result/i, reply: { message: 'execute task', error: false } },
    { from: 'Orchestrator', to: 'StateManager', label: /^Update state/i, ...step('update state') },
    ...trigger('task:did:call', 'Log Task Complete', 'Log task completion'),
    ...trigger('workflow:complete', 'Log Workflow Complete', 'Log workflow completion'),
    { from: 'Orchestrator', to: 'StateManager', label: /^Finalize state/i, ...step('finalise state') },
  ],
};
