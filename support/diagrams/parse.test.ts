import { describe, it } from 'node:test';
import { expect } from 'chai';
import { blocksOf, messagesOf } from './model.ts';
import { DiagramSyntaxError, parse } from './parse.ts';
import { print } from './print.ts';

const whole = `%% before
sequenceDiagram
  %% strict
  autonumber
  actor U as User of the platform
  participant API Gateway
  U->>+API Gateway: all; no
`.replace('all; no', 'semi#59;colon');

const everything = `sequenceDiagram
  participant A
  A->>B: 1
  B-->>A: 2
  A->B: 3
  A-->B: 4
  A-)B: 5
  A--)B: 6
  A-xB: 7
  A--xB: 8
  activate B
  B->>+A: begin
  A-->>-B: end
  deactivate B
  Note over A,B: both
  note right of B: one
  loop each
    alt yes
      A->>B: inside
    else no
      par one
        A->>B: p1
      and two
        A->>B: p2
      end
    end
    critical connect
      A->>B: c
    option timeout
      A->>B: o
    end
    break when broken
      A->>B: stop
    end
    rect rgb(0, 0, 0)
      opt perhaps
        A->>B: last
      end
    end
  end
`;

describe('parse', () => {
  it('reads titles, flags, names with spaces and entities', () => {
    const diagram = parse(whole);
    expect(diagram.participants.map(({ id, label, type }) => [id, label, type])).to.deep.equal([['U', 'User of the platform', 'actor'], ['API Gateway', 'API Gateway', 'participant']]);
    expect([diagram.strict, diagram.autonumber]).to.deep.equal([true, true]);
    expect(diagram.body).to.deep.equal([{ kind: 'message', from: 'U', to: 'API Gateway', arrow: '->>', activation: '+', text: 'semi;colon', line: 7 }]);
  });

  it('reads every arrow, block, note and activation, and print gives the text back', () => {
    const diagram = parse(everything);
    expect(messagesOf(diagram.body).slice(0, 8).map(({ arrow }) => arrow)).to.deep.equal(['->>', '-->>', '->', '-->', '-)', '--)', '-x', '--x']);
    expect(blocksOf(diagram.body).map(({ type, branches }) => [type, branches.map(({ label }) => label)])).to.deep.equal([
      ['loop', ['each']], ['alt', ['yes', 'no']], ['par', ['one', 'two']], ['critical', ['connect', 'timeout']], ['break', ['when broken']], ['rect', ['rgb(0, 0, 0)']], ['opt', ['perhaps']],
    ]);
    expect(print(diagram)).to.equal(everything.replace('participant A\n', 'participant A\n  participant B\n').replace('note right', 'Note right'));
  });

  const faults: [source: string, line: number, column: number, message: RegExp][] = [
    ['graph TD', 1, 1, /found "graph TD", expected "sequenceDiagram"/],
    ['sequenceDiagram\n  A=>B: x', 2, 4, /found "=>B: x", expected an arrow/],
    ['sequenceDiagram\n  A->>: x', 2, 7, /expected the participant that receives the message/],
    ['sequenceDiagram\n  A->>B', 2, 8, /found the end of the line, expected ":" and the text/],
    ['sequenceDiagram\n  A->>B: one; two', 2, 13, /no ";" or "#" in a text/],
    ['sequenceDiagram\n  loop x\n  A->>B: x', 3, 1, /expected "end" of the "loop" on line 2/],
    ['sequenceDiagram\n  end', 2, 3, /no block is open/],
    ['sequenceDiagram\n  loop x\n    else y\n  end', 3, 5, /no "else" here; it belongs inside alt/],
    ['sequenceDiagram\n  alt x\n    and y\n  end', 3, 5, /"else" or "end" inside "alt"/],
    ['sequenceDiagram\n  participant A\n  participant A', 3, 15, /named before; A stands on line 2/],
    ['sequenceDiagram\n  A-->>-B: x', 2, 3, /A to be active before it is deactivated/],
    ['sequenceDiagram\n  Note left of A,B: x', 2, 17, /only "over" spans two/],
    ['sequenceDiagram\n  box Blue', 2, 3, /supported part of Mermaid/],
  ];
  for (const [source, line, column, message] of faults)
    it(`says where and why it cannot read ${JSON.stringify(source.split('\n').at(-1))}`, () => {
      expect(() => parse(source)).to.throw(DiagramSyntaxError, message).that.includes({ line, column });
    });
});
