/**
 * The document as a page that a person can browse: one file, no script, nothing fetched from elsewhere, so it
 * works in a closed network and under the strictest content policy.
 */
import type { OpenApiDocument } from './document.ts';
import type { JsonSchema } from './schemas.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: unknown) => String(text ?? '').replace(/[&<>"']/g, (character) => entities[character] ?? character);

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fbfaf7; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  summary { cursor: pointer; padding: .35rem 0 } summary code { font-weight: 600 } .method { display: inline-block; width: 4.5rem; font-weight: 700; color: #7a4d00 }
  pre { background: #f1eee6; padding: .75rem; overflow: auto; font-size: .85rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd6c6 }
  details details { margin-left: 1rem } table { border-collapse: collapse } td { padding: .15rem 1rem .15rem 0; vertical-align: top } a { color: #7a4d00 }
`;

type Content = Record<string, { schema: { $ref?: string } }>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly unknown[];
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: unknown }[];
  readonly requestBody?: { content: Content };
  readonly responses: Readonly<Record<string, { description: string; content?: Content }>>;
}

interface Listed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const code = (text: unknown) => `<code>${escaped(text)}</code>`;
const table = (rows: readonly (readonly string[])[]) =>
  rows.length > 0 ? `<table>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>` : '';
const folded = (id: string, title: string, inside: string) => `<details id="${escaped(id)}"><summary>${title}</summary>${inside}</details>`;

function schemaLink(content: Content | undefined): string {
  const name = Object.values(content ?? {})[0]?.schema.$ref?.split('/').at(-1);
  return name ? ` <a href="#schema-${escaped(name)}">${escaped(name)}</a>` : '';
}

function operationBlock({ path, method, operation }: Listed): string {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const title = `<span class="method">${escaped(method.toUpperCase())}</span> ${code(path)} ${escaped(summary)}`;
  const access = security.length > 0 ? 'Needs a bearer token.' : 'Open to everyone.';
  const asked = table(parameters.map((each) => [code(each.name), `${escaped(each.in)}${each.required ? ', required' : ''}`, code(JSON.stringify(each.schema))]));
  const body = requestBody ? `<p>Body:${schemaLink(requestBody.content)}</p>` : '';
  const answered = table(Object.entries(responses).map(([status, answer]) => [escaped(status), escaped(answer.description) + schemaLink(answer.content)]));
  return folded(operationId, title, `<p>${access} ${escaped(description)}</p>${asked}${body}${answered}`);
}

const listed = ({ paths }: OpenApiDocument): Listed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as unknown as Operation })),
  );

export function openApiPage(document: OpenApiDocument): string {
  const { title, version, description } = document.info;
  const operations = listed(document);
  const rooms = [...new Set(operations.flatMap(({ operation }) => operation.tags))].sort();
  const inRoom = (room: string) => operations.filter(({ operation }) => operation.tags.includes(room)).map(operationBlock).join('\n');
  const sections = rooms.map((room) => `<h2>${escaped(room)}</h2>${inRoom(room)}`);
  const { schemas } = document['components'] as { schemas: Record<string, JsonSchema> };
  const shapes = Object.entries(schemas).map(([name, schema]) => folded(`schema-${name}`, code(name), `<pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)} ${escaped(version)}</h1><p>${escaped(description)}</p><p>The same as data: <a href="/openapi.json">openapi.json</a></p>
${sections.join('\n')}<h2>Shapes</h2>${shapes.join('\n')}</body></html>`;
}
