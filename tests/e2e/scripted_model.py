"""A tiny language model, written as a file, whose answers are known: it is a table of next-token scores.

The token embeddings are the unit vectors, the one block adds nothing, and the output layer is the table. So what
follows a token depends on that token alone, and plain chat is answered "Bears sleep in winter."
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

SPACE: Final = "▁"
WIDTH: Final = 384
HEADS: Final = 4
FEED: Final = 32
ANSWER: Final = ["Bears", f"{SPACE}sleep", f"{SPACE}in", f"{SPACE}winter", "."]
TEMPLATE: Final = """{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""


def write_model(path: Path) -> None:
    """Write the model for llama.cpp."""
    import gguf
    import numpy as np

    kinds = gguf.TokenType
    tokens = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    tokens += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    tokens += [(SPACE, kinds.NORMAL), *((chr(code), kinds.NORMAL) for code in range(33, 127) if chr(code) != ".")]
    tokens += [("<|im_start|>", kinds.CONTROL), ("<|im_end|>", kinds.CONTROL)]
    tokens += [(word, kinds.NORMAL) for word in ANSWER]
    number = {text: index for index, (text, _) in enumerate(tokens)}
    size = len(tokens)

    table = np.zeros((size, size), np.float32)
    table[:, 3:259] -= 20  # no bytes
    table[:, :3] -= 30  # nothing special
    table[:, number["<|im_start|>"]] -= 30
    for text, wanted in {'"': 6.0, "}": 4.0, ":": 2.0, "0": 1.0}.items():
        table[:, number[text]] += wanted  # where a grammar leaves a choice, it ends soon
    for before, after in zip(["<0x0A>", *ANSWER], [*ANSWER, "<|im_end|>"], strict=True):
        table[number[before], number[after]] = 60

    def zeros(*shape: int) -> Any:  # Any: an array
        return np.zeros(shape, np.float32)

    embeddings, output = zeros(size, WIDTH), zeros(size, WIDTH)
    embeddings[range(size), range(size)] = 1
    output[:, :size] = table.T / np.sqrt(WIDTH)  # a unit vector, normalised, has this length

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("scripted")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(size)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text, _ in tokens])
    writer.add_token_scores([-1.0 if kind == kinds.NORMAL else 0.0 for _, kind in tokens])
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(number["<|im_end|>"])
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", embeddings)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", output)
    head = WIDTH // HEADS
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (head, WIDTH),
        "attn_v": (head, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (FEED, WIDTH),
        "ffn_up": (FEED, WIDTH),
        "ffn_down": (WIDTH, FEED),
    }
    for name, shape in shapes.items():
        writer.add_tensor(f"blk.0.{name}.weight", zeros(*shape))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
