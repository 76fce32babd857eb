import { separators, type Block, type Diagram, type Element, type Participant } from './model.ts';

const encoded = (text: string) => text.replace(/[#;]/g, (character) => `#${character.codePointAt(0)};`);
const head = (word: string, label: string) => (label ? `${word} ${encoded(label)}` : word);

function printBlock({ type, branches }: Block, indent: string): string[] {
  const lines = branches.flatMap((branch, index) => [
    `${indent}${head(index === 0 ? type : separators[type]!, branch.label)}`,
    ...printBody(branch.body, `${indent}  `),
  ]);
  return [...lines, `${indent}end`];
}

function printElement(element: Element, indent: string): string[] {
  switch (element.kind) {
    case 'message':
      return [`${indent}${element.from}${element.arrow}${element.activation ?? ''}${element.to}: ${encoded(element.text)}`.trimEnd()];
    case 'note':
      return [`${indent}Note ${element.placement} ${element.participants.join(',')}: ${encoded(element.text)}`.trimEnd()];
    case 'block':
      return printBlock(element, indent);
    default:
      return [`${indent}${element.kind} ${element.participant}`];
  }
}

const printBody = (body: readonly Element[], indent: string): string[] => body.flatMap((element) => printElement(element, indent));
const printParticipant = ({ id, label, type }: Participant) => `  ${type} ${id}${label === id ? '' : ` as ${encoded(label)}`}`;

/** The diagram as Mermaid text that `parse` reads back to the same model, lines apart. */
export function print({ participants, body, autonumber, strict }: Diagram): string {
  const lines = [
    'sequenceDiagram',
    ...(strict ? ['  %% strict'] : []),
    ...(autonumber ? ['  autonumber'] : []),
    ...participants.map(printParticipant),
    ...printBody(body, '  '),
  ];
  return `${lines.join('\n')}\n`;
}
