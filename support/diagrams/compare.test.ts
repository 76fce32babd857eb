/** The worked example of bindings/, and what a comparison refuses to judge. */
import { describe, it } from 'node:test';
import { expect } from 'chai';
import { standardExecution } from './bindings/hq-standard-execution.ts';
import { compare } from './compare.ts';
import { observe } from './observe.ts';
import { observedDiagram } from './observed-diagram.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';
import { orderBinding } from './recordings/order.ts';
import type { Fact, RecordedSpan } from './spans.ts';

/** A call of the engine with the calls inside it, as a run would nest them. */
type Call = readonly [from: string, to: string, message: string, inner?: readonly Call[]];

/** Spans of one process in the order of a depth-first walk. */
function spansOf(calls: readonly Call[]): RecordedSpan[] {
  const spans: RecordedSpan[] = [];
  let moment = 0;
  const walk = ([from, to, message, inner = []]: Call, parentSpanId: string | undefined) => {
    const attributes: Record<string, Fact> = { 'hive.from': from, 'hive.to': to, 'hive.message': message, 'hive.start': ++moment };
    const spanId = `span ${moment}`;
    for (const call of inner) walk(call, spanId);
    spans.push({ traceId: 't', spanId, parentSpanId, name: message, process: 'queen-a', startNano: 0n, endNano: 0n, failed: false, attributes: { ...attributes, 'hive.end': ++moment } });
  };
  for (const call of calls) walk(call, undefined);
  return spans;
}

const flush: Call = ['journal', 'postgres', 'append_flush'];
const trigger = (event: string, audit: string): Call => ['orchestrator', 'hook-system', `trigger ${event}`, [['hook-system', 'audit-logger', audit]]];
const step: readonly Call[] = [
  trigger('task:will:call', 'Log Task Start'),
  ['orchestrator', 'task-registry', 'execute task', [['task-registry', 'task-registry', 'validate input'], flush, ['task-registry', 'task-registry', 'run task logic']]],
  ['orchestrator', 'state-manager', 'update state', [flush]],
  trigger('task:did:call', 'Log Task Complete'),
];
const execution: Call = ['client', 'gateway', 'POST /workflows/execute', [
  ['gateway', 'redis', 'count request'],
  ['gateway', 'identity', 'authenticate', [['identity', 'postgres', 'find_session']]],
  ['gateway', 'execution', 'executeWorkflowById', [
    ['orchestrator', 'task-registry', 'load workflow definition', [['workflows', 'postgres', 'find_workflow']]],
    ['orchestrator', 'state-manager', 'initialise state', [flush]],
    trigger('workflow:start', 'Log Workflow Start'),
    ...step, ...step,
    trigger('workflow:complete', 'Log Workflow Complete'),
    ['orchestrator', 'state-manager', 'finalise state', [flush]],
  ]],
]];

const standard = `sequenceDiagram
  participant Client
  participant Gateway
  participant Orchestrator
  participant TaskRegistry
  participant StateManager
  participant HookSystem
  participant AuditLogger
  participant Database
  Client->>Gateway: Execute workflow
  Gateway->>Gateway: Authenticate and authorize
  Gateway->>Orchestrator: Execute workflow request
  Orchestrator->>TaskRegistry: Load workflow definition
  TaskRegistry-->>Orchestrator: Workflow schema and steps
  Orchestrator->>StateManager: Initialize workflow state
  StateManager->>Database: Create workflow instance
  Database-->>StateManager: Instance stored
  Orchestrator->>HookSystem: Trigger workflow:start
  HookSystem->>AuditLogger: Log workflow start
  loop each step
    Orchestrator->>HookSystem: Trigger task:will:call
    HookSystem->>AuditLogger: Log task start
    Orchestrator->>TaskRegistry: Execute task
    TaskRegistry->>TaskRegistry: Validate input
    TaskRegistry->>TaskRegistry: Run task logic
    TaskRegistry-->>Orchestrator: Task result
    Orchestrator->>StateManager: Update state
    StateManager->>Database: Persist state
    Orchestrator->>HookSystem: Trigger task:did:call
    HookSystem->>AuditLogger: Log task completion
  end
  Orchestrator->>HookSystem: Trigger workflow:complete
  HookSystem->>AuditLogger: Log workflow completion
  Orchestrator->>StateManager: Finalize state
  StateManager->>Database: Update final state
  Orchestrator-->>Gateway: Workflow result
  Gateway-->>Client: Response
`;
const diagram = parse(standard);
const judge = (calls: readonly Call[], text = standard) => compare({ diagram: parse(text), binding: standardExecution, events: observe(spansOf(calls)), loops: { 'each step': 2 } });

describe('a standard execution', () => {
  it('is what its diagram says, internal calls apart', () => {
    expect(judge([execution])).to.deep.equal({ verdict: 'same', loops: [{ label: 'each step', rounds: [2] }], branches: [] });
  });

  it('is not, when a step is told of before it is stored', () => {
    const [will, execute, update, did] = step;
    const hasty: Call = [...execution];
    const inner = (execution[3]![2]![3] as Call[]).toSpliced(3, 4, will!, execute!, did!, update!);
    const verdict = judge([[hasty[0], hasty[1], hasty[2], [...execution[3]!.slice(0, 2), ['gateway', 'execution', 'executeWorkflowById', inner]]]]);
    expect(verdict).to.include({ verdict: 'drift', kind: 'reordered' });
  });

  it('is judged in less than 2 ms for 50 spans, and without delay for 500', () => {
    const long = (steps: number): Call => ['client', 'gateway', 'POST /execute', [
      ['gateway', 'identity', 'authenticate'],
      ['gateway', 'execution', 'execute', [...(execution[3]![2]![3] as Call[]).slice(0, 3), ...Array.from({ length: steps }, () => step).flat(), ...(execution[3]![2]![3] as Call[]).slice(-2)]],
    ]];
    const time = (steps: number) => {
      const events = observe(spansOf([long(steps)]));
      const taken = Array.from({ length: 30 }, () => {
        const start = performance.now();
        expect(compare({ diagram, binding: standardExecution, events }).verdict).to.equal('same');
        return performance.now() - start;
      }).toSorted((one, other) => one - other);
      // The fastest of many: the others measure what else the machine had to do.
      return { spans: events.length / 2, fastest: taken[0]! };
    };
    const [short, wide] = [time(4), time(54)];
    expect(short.spans).to.be.within(45, 60);
    expect(wide.spans).to.be.above(500);
    expect(short.fastest, 'ms for about 50 spans').to.be.below(2);
    expect(wide.fastest, 'ms for more than 500 spans').to.be.below(40);
  });

  it('is drawn as it was observed, with the participants of its diagram', () => {
    const drawn = print(observedDiagram({ diagram, binding: standardExecution, events: observe(spansOf([execution])) }));
    expect(drawn).to.include('Gateway->>Gateway: authenticate\n').and.to.include('StateManager->>Database: append_flush\n').and.to.not.include('count request');
    expect(parse(drawn).participants).to.have.length(8);
  });
});

describe('a comparison', () => {
  const small = (text: string, spans: readonly Call[] = [], expected: object = {}) =>
    compare({ diagram: parse(`sequenceDiagram\n${text}`), binding: orderBinding, events: observe(spansOf(spans)), ...expected });

  it('refuses a diagram that is not bound, and says what to write where', () => {
    expect(() => small('Shop->>Store: Burn the books')).to.throw(/line 2: the message "Shop->>Store: Burn the books" is not bound.*binding of order: { from: 'Shop', to: 'Store', label: 'Burn the books', call: /s);
    expect(() => small('Shop->>Bank: Pay')).to.throw(/line 2: the participant Bank is not bound.*"Bank": { spans:/s);
  });

  it('refuses an expectation that names nothing in the diagram', () => {
    expect(() => small('Shop->>Kitchen: Bake', [], { branch: 'granted' })).to.throw(/no branch "granted"/);
    expect(() => small('loop pies\nShop->>Kitchen: Bake\nend', [], { loops: { cakes: 2 } })).to.throw(/no loop "cakes"; it has "pies"/);
  });

  it('says what was expected of a run in which nothing happened', () => {
    expect(small('Shop->>Kitchen: Bake')).to.include({ verdict: 'drift', kind: 'missing', at: 2 });
  });

  it('accepts a reply that answers its own call only', () => {
    const crossed = 'Shop->>Kitchen: Bake\nKitchen->>Store: Take flour\nKitchen-->>Shop: Pie\nStore-->>Kitchen: Flour';
    expect(small(crossed, [['shop', 'kitchen', 'bake', [['kitchen', 'store', 'take_flour']]]])).to.include({ verdict: 'drift', kind: 'reordered' });
  });

  it('accepts a reply in the place of another call’s only where the diagram does', () => {
    const nested = 'Shop->>Kitchen: Bake\nShop->>Kitchen: Bake\nKitchen-->>Shop: Pie\nShop->>Store: Close the order\nKitchen-->>Shop: Pie';
    const bake: Call = ['shop', 'kitchen', 'bake'];
    const spans = spansOf([['shop', 'kitchen', 'bake', [bake, ['shop', 'store', 'close']]]]);
    const judged = (recorded: readonly RecordedSpan[]) => compare({ diagram: parse(`sequenceDiagram\n${nested}`), binding: orderBinding, events: observe(recorded) });
    expect(judged(spans).verdict).to.equal('same');
    const [inner, , outer] = spans as [RecordedSpan, RecordedSpan, RecordedSpan];
    const endingAt = (span: RecordedSpan, moment: Fact) => ({ ...span, attributes: { ...span.attributes, 'hive.end': moment } });
    const crossed = [endingAt(inner, outer.attributes['hive.end']!), spans[1]!, endingAt(outer, inner.attributes['hive.end']!)];
    expect(judged(crossed)).to.include({ verdict: 'drift', kind: 'unpaired-reply', at: 4 });
  });

  it('finds the way to read a run on which a loop goes round as often as it states', () => {
    const write: Call = ['shop', 'store', 'write_down'];
    const maybeOnceMore = 'opt maybe\nShop->>Store: Write down\nend\nloop 2 times\nShop->>Store: Write down\nend';
    expect(small(maybeOnceMore, [write, write])).to.deep.include({ verdict: 'same', branches: [] });
    expect(small(maybeOnceMore, [write, write, write])).to.deep.include({ verdict: 'same', branches: ['maybe'] });
    expect(small(maybeOnceMore, [write])).to.include({ verdict: 'drift', kind: 'wrong-loop-count' });
  });

  it('takes a critical part with at most one of its options, and a break as the end of what is around it', () => {
    const critical = 'critical c\nShop->>Store: Write down\noption o\nShop->>Store: Note the refusal\noption p\nShop->>Store: Forget the order\nend';
    const [write, note, forget]: Call[] = [['shop', 'store', 'write_down'], ['shop', 'store', 'note'], ['shop', 'store', 'forget']];
    expect(small(critical, [write!]).verdict).to.equal('same');
    expect(small(critical, [write!, forget!], { branch: 'p' })).to.deep.include({ verdict: 'same', branches: ['p'] });
    expect(small(critical, [write!, note!, forget!]).verdict).to.equal('drift');
    const broken = 'loop l\nShop->>Store: Write down\nbreak b\nShop->>Store: Note the refusal\nend\nend\nShop->>Store: Close the order';
    expect(small(broken, [write!, write!, note!, ['shop', 'store', 'close']]).verdict).to.equal('same');
    expect(small(broken, [write!, note!, write!, ['shop', 'store', 'close']]).verdict).to.equal('drift');
  });
});
