import type { CompletionEvent, CompletionModel, CompletionRequest, RecordOptions } from "@cachalot/chat";
import { type ModelConfig, outputHead, packedForward, RoutingRecorder } from "@cachalot/model";
import { Context, Random, sampleTokens, type Tensor } from "@cachalot/tensor";
import type { OpenPolicy } from "../rl/rollout-source.js";
import { TrainableNetwork } from "../trainer/network.js";

/** A policy without an engine: every token from a forward pass over all before it, by the trainer's own network. */
export const openTinyPolicy: OpenPolicy = async ({ config, parameters }, { version = 0 }) => {
  const network = networkOver(config, parameters);
  let current = version;
  const model: CompletionModel = {
    id: "tiny",
    contextLength: config.maxPositionEmbeddings,
    complete: (request) => complete(network, request, current),
  };
  return {
    model,
    tokenizer: { encode: () => [], decode: (ids) => ids.join(" "), eosTokenId: 1 },
    get version() {
      return current;
    },
    update: async () => void current++,
    close: async () => {},
  };
};

function networkOver(config: ModelConfig, parameters: ReadonlyMap<string, Tensor>): TrainableNetwork {
  return new TrainableNetwork(config, parameters.values().next().value!.device, parameters);
}

async function* complete(
  network: TrainableNetwork,
  request: CompletionRequest,
  version: number,
): AsyncGenerator<CompletionEvent> {
  const promptIds = [...(request.prompt as readonly number[])];
  const { temperature = 1, topP = 1, topK = 0, maxTokens = 8, seed = 0, record = {} } = request;
  const random = new Random(seed);
  const [ids, logprobs, rawLogprobs, keptIds, keptCounts]: number[][] = [[], [], [], [], []];
  let experts: Int32Array | undefined;
  let shape: [number, number, number] = [0, 0, 0];
  while (ids!.length < maxTokens && ids!.at(-1) !== 1) {
    const drawn = await nextToken(
      network,
      [...promptIds, ...ids!],
      [temperature, topP, topK, random.next(), 0],
      record,
    );
    ids!.push(drawn.token);
    logprobs!.push(drawn.logprob);
    rawLogprobs!.push(drawn.raw);
    keptIds!.push(...drawn.kept);
    keptCounts!.push(drawn.kept.length);
    if (drawn.experts)
      [experts, shape] = [
        drawn.experts.data,
        [promptIds.length + ids!.length - 1, drawn.experts.layers, drawn.experts.k],
      ];
  }
  yield {
    type: "generated",
    tokens: {
      promptIds,
      ids: ids!,
      logprobs: logprobs!,
      rawLogprobs: rawLogprobs!,
      versions: ids!.map(() => version),
      ...(record.kept ? { kept: { ids: Int32Array.from(keptIds!), counts: Int32Array.from(keptCounts!) } } : {}),
      ...(experts ? { experts: { data: Uint8Array.from(experts), shape, start: 0 } } : {}),
    },
  };
  yield { type: "finish", reason: ids!.at(-1) === 1 ? "stop" : "length" };
}

async function nextToken(network: TrainableNetwork, tokens: number[], parameters: number[], wanted: RecordOptions) {
  const ctx = new Context(network.device);
  const recorder = new RoutingRecorder([{ experts: wanted.experts }]);
  try {
    const batch = { batch: 1, seq: tokens.length, inputs: Int32Array.from(tokens) };
    const { routing } = recorder;
    const { hidden } = packedForward(ctx, network, batch, { attention: "sparse", ...(routing ? { routing } : {}) });
    const logits = outputHead(ctx, network, ctx.own(hidden.rows(tokens.length - 1, 1)));
    const drawn = sampleTokens(ctx, logits, ctx.from("f32", [1, 5], parameters), { top: 0, kept: true });
    const bits = drawn.kept!.data;
    const vocab = network.config.vocabSize;
    const kept = Array.from({ length: vocab }, (_, id) => id).filter((id) => (bits[id >> 3]! >> (id & 7)) & 1);
    const limits = { layers: network.config.numHiddenLayers, topK: network.config.indexer?.topk };
    const [records] = await recorder.records([tokens.length], limits);
    return {
      token: drawn.tokens.data[0]!,
      logprob: drawn.logprobs.data[0]!,
      raw: drawn.rawLogprobs!.data[0]!,
      kept: wanted.kept && kept.length < vocab ? kept : [],
      experts: records?.experts,
    };
  } finally {
    ctx.dispose();
  }
}
