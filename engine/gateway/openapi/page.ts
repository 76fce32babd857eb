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

type Operation = JsonSchema & {
  readonly operationId: string; readonly summary: string; readonly description?: string; readonly tags: string[]; readonly security: unknown[];
  readonly parameters: { name: string; in: string; required: boolean; schema: unknown }[];
  readonly requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }> }>;
};

function schemaLink(schema: { $ref?: string } | undefined): string {
  const name = schema?.$ref?.split('/').at(-1);
  return name ? ` <a href="#schema-${escaped(name)}">${escaped(name)}</a>` : '';
}

function operationBlock(path: string, method: string, operation: Operation): string {
  const parameters = operation.parameters.map((each) => `<tr><td><code>${escaped(each.name)}</code></td><td>${escaped(each.in)}${each.required ? ', required' : ''}</td><td><code>${escaped(JSON.stringify(each.schema))}</code></td></tr>`);
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const schema = content && Object.values(content)[0]?.schema;
    return `<tr><td><strong>${escaped(status)}</strong></td><td>${escaped(description)}${schemaLink(schema)}</td></tr>`;
  });
  const body = operation.requestBody && `<p>Body:${schemaLink(Object.values(operation.requestBody.content)[0]?.schema)}</p>`;
  return `<details id="${escaped(operation.operationId)}"><summary><span class="method">${escaped(method.toUpperCase())}</span> <code>${escaped(path)}</code> ${escaped(operation.summary)}</summary>
    <p>${escaped(operation.security.length > 0 ? 'Needs a bearer token.' : 'Open to everyone.')} ${escaped(operation.description)}</p>
    ${parameters.length > 0 ? `<table>${parameters.join('')}</table>` : ''}${body ?? ''}<table>${answers.join('')}</table></details>`;
}

export function openApiPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Operation })));
  const rooms = [...new Set(operations.flatMap(({ operation }) => operation.tags))].sort();
  const sections = rooms.map((room) => {
    const blocks = operations.filter(({ operation }) => operation.tags.includes(room)).map(({ path, method, operation }) => operationBlock(path, method, operation));
    return `<h2>${escaped(room)}</h2>${blocks.join('\n')}`;
  });
  const { schemas } = document['components'] as { schemas: Record<string, JsonSchema> };
  const shapes = Object.entries(schemas).map(([name, schema]) => `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(document.info.title)}</title><style>${style}</style></head>
<body><h1>${escaped(document.info.title)} ${escaped(document.info.version)}</h1><p>${escaped(document.info.description)}</p><p>The same as data: <a href="/openapi.json">openapi.json</a></p>
${sections.join('\n')}<h2>Shapes</h2>${shapes.join('\n')}</body></html>`;
}
