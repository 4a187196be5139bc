"""Hugging Face transformers as a second implementation, in a process of its own.

One JSON request a line, one JSON answer each:
  {"make": dir, "architecture": name, "config": {...}, "tokens": [ids]}   a model of random weights, saved there
  {"load": dir, "tokens": [ids]}                                          a model saved by someone else
Either answers {"logits": [[...]]} of the tokens, computed in float32 on one thread by the plainest code it has.
"""

import json
import sys

import torch
import transformers

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()


def logits_of(model, tokens):
    model.eval()
    model.config._attn_implementation = "eager"
    model.config._experts_implementation = "eager"
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0].tolist()


def make(request):
    torch.manual_seed(request.get("seed", 0))
    name = request["architecture"]
    config = getattr(transformers, name + "Config")(**request["config"])
    model = getattr(transformers, name + "ForCausalLM")(config).float()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.08)
            elif "norm" in key and "bias" not in key:
                parameter.normal_(1, 0.05)
            else:
                parameter.normal_(0, 0.02)
        for key, buffer in model.named_buffers():
            if "e_score" in key:
                buffer.normal_(0, 0.05)
    model.save_pretrained(request["make"])
    return logits_of(model, request["tokens"])


def load(request):
    model = transformers.AutoModelForCausalLM.from_pretrained(request["load"], dtype=torch.float32)
    return logits_of(model, request["tokens"])


print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"logits": make(request) if "make" in request else load(request)}
    except Exception as error:  # the caller names the case
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
