export {
  type CommandEnd,
  type CommandOptions,
  type CommandResult,
  createSandbox,
  runInSandbox,
  type Sandbox,
  type SandboxLimits,
  sandboxUnavailableReason,
} from "@cachalot/sandbox";
export type { ContextEdit } from "./context/context-manager.js";
export { CONTEXT_STRATEGIES, type ContextOptions, DEFAULT_STRATEGY } from "./context/context-options.js";
export { type FewestSteps, fewestSteps, runFewestSteps, type TrajectoryEvent } from "./context/fewest-steps.js";
export type { PromptReport } from "./context/prompt-history.js";
export { createPromptTokenizer, type TextTokenizer } from "./context/prompt-tokens.js";
export type { ContextStrategy } from "./context/strategies/index.js";
export type { MessageEdit } from "./context/trajectory.js";
export {
  type Corpus,
  type CorpusOptions,
  type OpenedPage,
  openCorpus,
  type Passage,
  type SearchHit,
} from "./corpus/corpus.js";
export { openWorkflows, type Workflows, type WorkflowsOptions } from "./durable/open-workflows.js";
export { orAborted } from "./durable/or-aborted.js";
export type { Workflow, WorkflowContext, WorkflowStatus } from "./durable/workflow.js";
export { AgentError, type AgentErrorCode } from "./errors.js";
export type { AgentEvent, AgentResult, CallPurpose, StopReason, ToolOutcome } from "./loop/events.js";
export { executeCall, type PreparedCall, prepareCall } from "./loop/execute-call.js";
export { historyMessage } from "./loop/history-message.js";
export type { AgentHooks, Approval, Approve } from "./loop/hooks.js";
export type { Journal, Recorded } from "./loop/journal.js";
export type { RunLimits } from "./loop/limits.js";
export type { ModelStep, TokenRecord } from "./loop/model-step.js";
export { parseObject } from "./loop/parse-object.js";
export { agentResult, runAgent } from "./loop/run-agent.js";
export type { RunOptions } from "./loop/run-options.js";
export type { OutputOptions } from "./loop/structured-output.js";
export { connectMcp, type McpConnection, type McpOptions } from "./mcp/connect-mcp.js";
export type { McpPlan } from "./mcp/mcp-plan.js";
export type { McpCommand, McpUrl } from "./mcp/mcp-server.js";
export { type AgentWorkflows, agentWorkflows } from "./runs/agent-workflows.js";
export { type AgentRuns, agentRunsOn, createRunId, openRuns, type RunsOptions } from "./runs/open-runs.js";
export { tracePath } from "./runs/run-directory.js";
export type { AgentSetup, RunOutcome, RunSpec, SetUp } from "./runs/run-spec.js";
export { type AgentHost, type AgentHostOptions, createAgentHost, type ServedModel } from "./setup/agent-host.js";
export { oncePerPlan } from "./setup/once-per-plan.js";
export type { ToolPlan } from "./setup/tool-plan.js";
export { bashTool, type InterpreterToolOptions } from "./tools/bash.js";
export { calculate, calculatorDefinition, calculatorTool } from "./tools/calculator.js";
export { fileEditorTool } from "./tools/file-editor.js";
export { TOOL_SET_NAMES, type ToolSetName } from "./tools/index.js";
export type { JsonSchema } from "./tools/input-schema.js";
export { pythonTool } from "./tools/python.js";
export { forgivingSearchTools, searchTools } from "./tools/search.js";
export { type Tool, type ToolContext, type ToolOptions, tool } from "./tools/tool.js";
export { openToolSet, type ToolSet, type ToolSetOptions } from "./tools/tool-set.js";
export { conversationOf, type LedgerRow, ledgerRows, writeLedger } from "./trace/export-trace.js";
export { listRuns, type RunSummary } from "./trace/list-runs.js";
export { type SpanOptions, withSpans } from "./trace/spans.js";
export { type LedgerCall, type TokenSequence, tokenLedger } from "./trace/token-ledger.js";
export { openTrace, readTrace, type Trace, type TraceWriter } from "./trace/trace-file.js";
export { type RunRecord, recordOf, TRACE_FORMAT, type TraceRecord } from "./trace/trace-record.js";
export {
  applyWorkspace,
  importWorkspace,
  type WorkspaceDiff,
  type WorkspacePlan,
  workspaceDiff,
} from "./workspace/run-workspace.js";
