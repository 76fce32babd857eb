/**
 * workflows: definitions. n8n import, validation, graph, MCP tools, versions.
 *
 * Owns: what a tenant's workflows are, at every version they ever had, and what an n8n document means.
 * Does not know: how a definition is executed, or which node types can be (`describeNode` is injected).
 */
export type * from './port.ts';
export { createWorkflows, type WorkflowsOptions, type WorkflowsRoom } from './workflows.ts';
export type { Caller } from './operations.ts';
export { importWorkflow, type DescribeNode, type Imported, type NodeReport, type Verdict, type Warning } from './import.ts';
export { graphWarnings, isStart, refuseEndlessCycles, topologicalOrder } from './graph.ts';
export { mcpToolsOf, type McpTool } from './mcp-tools.ts';
export { workflowCycle, workflowInvalid, workflowUnknown, workflowVersionUnknown } from './errors.ts';
