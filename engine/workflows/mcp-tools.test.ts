import { describe, it } from 'node:test';
import { expect } from 'chai';
import { importWorkflow } from './import.ts';
import { mcpToolsOf } from './mcp-tools.ts';

const toolsOf = (...nodes: object[]) => mcpToolsOf(importWorkflow({ nodes, connections: {} }, 'tools').definition);

describe('nodes as MCP tools', () => {
  it('carry the documented names, and what the node reads of its item as required input', () => {
    const [fetch, code, second] = toolsOf(
      { name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
      {
        name: 'Fetch', type: 'n8n-nodes-base.httpRequest',
        parameters: { url: '=https://shop.example/orders/{{ $json.id }}?of={{ $json["customer id"] }}', method: 'POST', description: 'Reads an order', headerParameters: { parameters: [{ name: 'X-Key', value: 'secret-4711' }] } },
      },
      { name: 'Shape', type: 'n8n-nodes-base.code', parameters: { jsCode: 'return items' } },
      { name: 'Again', type: 'n8n-nodes-base.httpRequest', parameters: { url: 'https://shop.example' } },
    );
    expect([fetch?.name, fetch?.description, code?.name, code?.description, second?.name]).to.deep.equal(['http_request', 'Reads an order', 'code_execution', 'Execute custom code', 'http_request_2']);
    const schema = fetch?.inputSchema as { required: string[]; properties: Record<string, { required?: string[]; type?: string }> };
    expect(schema.required).to.deep.equal(['item']);
    expect(schema.properties['item']?.required).to.deep.equal(['id', 'customer id']);
    expect(schema.properties['method']?.type).to.equal('string');
    expect(JSON.stringify(fetch)).to.not.contain('secret-4711');
    expect(Object.keys((code?.inputSchema as typeof schema).properties)).to.deep.equal(['code', 'language']);
  });

  it('leave out starts, notes and disabled nodes, and name the others after their type', () => {
    const tools = toolsOf(
      { name: 'Hook', type: 'n8n-nodes-base.webhook' },
      { name: 'Note', type: 'n8n-nodes-base.stickyNote' },
      { name: 'Off', type: 'n8n-nodes-base.set', disabled: true },
      { name: 'Add row', type: 'n8n-nodes-base.googleSheets', parameters: { resource: 'sheet', operation: 'append' } },
    );
    expect(tools.map(({ name, description, node }) => [name, description, node])).to.deep.equal([['google_sheets', 'Add row: sheet append', 'Add row']]);
  });
});
