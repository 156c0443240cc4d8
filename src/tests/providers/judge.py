"""Lets the types of OpenAI's own client judge request bodies.

Reads a JSON list of `{"path": ..., "json": ...}` or `{"path": ..., "form": [[name, value], ...]}` from standard input, and
writes a list with `null` for each body that is as its parameters' type wants it, or what is wrong with it. A key that the type
does not name is wrong, at any depth.
"""

import json
import re
import sys
import typing

# The types call lists iterables, which a validator looks into only when somebody walks them.
typing.Iterable = typing.List

import openai  # noqa: E402
import openai.types  # noqa: E402
from openai.types import (  # noqa: E402
    audio,
    chat,
    conversations,
    file_create_params,
    image_edit_params,
    image_generate_params,
    responses,
)
from pydantic import ConfigDict, TypeAdapter, ValidationError  # noqa: E402
from typing_extensions import is_typeddict  # noqa: E402

PARAMS = [
    (r"/chat/completions", chat.completion_create_params.CompletionCreateParamsStreaming),
    (r"/responses", responses.response_create_params.ResponseCreateParamsStreaming),
    (r"/conversations", conversations.conversation_create_params.ConversationCreateParams),
    (r"/conversations/[^/]+/items", conversations.item_create_params.ItemCreateParams),
    (r"/files", file_create_params.FileCreateParams),
    (r"/audio/speech", audio.speech_create_params.SpeechCreateParams),
    (r"/images/generations", image_generate_params.ImageGenerateParamsNonStreaming),
    (r"/images/edits", image_edit_params.ImageEditParamsNonStreaming),
]
BASES = r"(/v1|/openai/v1|/openai/deployments/[^/]+|/openai)"


def make_strict() -> None:
    """Forbids unknown keys in every type there is, and puts what a validator knows in the place of what it does not."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("openai."):
            continue
        for attribute, replacement in (("FileTypes", bytes), ("SequenceNotStr", typing.List)):
            if hasattr(module, attribute):
                setattr(module, attribute, replacement)
        if name.startswith("openai.types"):
            for value in list(vars(module).values()):
                if is_typeddict(value):
                    value.__pydantic_config__ = ConfigDict(extra="forbid")


def params_of(path: str, body: dict) -> type:
    if re.fullmatch(BASES + r"/audio/transcriptions", path):
        kinds = audio.transcription_create_params
        return kinds.TranscriptionCreateParamsStreaming if body.get("stream") else kinds.TranscriptionCreateParamsNonStreaming
    for pattern, params in PARAMS:
        if re.fullmatch(BASES + pattern, path):
            return params
    raise KeyError(f"no parameters are known for {path}")


def of_form(fields: list) -> dict:
    """A form as the dictionary that the client would have made it of: `a[b]` is in `a`, `a[]` is one of a list."""
    body: dict = {}
    for name, value in fields:
        if value is None:  # a file
            value = b"bytes"
        elif value in ("true", "false"):
            value = value == "true"
        nested = re.fullmatch(r"(\w+)\[(\w+)\]", name)
        if nested:
            body.setdefault(nested[1], {})[nested[2]] = value
        elif name.endswith("[]"):
            body.setdefault(name[:-2], []).append(value)
        else:
            body[name] = value
    return body


def judge(case: dict) -> "str | None":
    is_form = "form" in case
    body = of_form(case["form"]) if is_form else case["json"]
    adapter = TypeAdapter(params_of(case["path"], body))
    try:
        # A form has texts only; in JSON a number is a number.
        adapter.validate_python(body, strict=not is_form)
    except ValidationError as error:
        return str(error)
    return None


make_strict()
json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
