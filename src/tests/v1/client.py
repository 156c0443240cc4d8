"""OpenAI's own client against our server: one part a run, named by the argument.

Address and token come from the environment, as in anybody's program.
"""

import base64
import io
import sys

import openai
from pydantic import BaseModel

client = openai.OpenAI(max_retries=0, timeout=30)

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


class Place(BaseModel):
    city: str
    population: int


PLACE = '{"city":"Köln","population":1087353}'


def models() -> None:
    listed = [model.id for model in client.models.list()]
    assert "echo" in listed, listed
    assert client.models.retrieve("echo").id == "echo"


def chat() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "good morning"}]
    completion = client.chat.completions.create(model="echo", messages=messages)
    assert completion.choices[0].message.content == "good morning"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens > 0
    assert completion._request_id

    stream = client.chat.completions.create(
        model="echo", messages=messages, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "good morning", text
    assert chunks[-1].usage.total_tokens > 0

    with client.chat.completions.stream(model="echo", messages=messages) as events:
        assert events.get_final_completion().choices[0].message.content == "good morning"


def tools() -> None:
    tool = {"type": "function", "function": {"name": "weather", "parameters": WEATHER, "strict": True}}
    messages = [{"role": "user", "content": "Does it rain in Köln?"}]
    asked = client.chat.completions.create(model="calls", messages=messages, tools=[tool]).choices[0]
    assert asked.finish_reason == "tool_calls"
    (call,) = asked.message.tool_calls
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"Köln"}'), call

    with client.chat.completions.stream(model="calls", messages=messages, tools=[tool]) as events:
        streamed = events.get_final_completion().choices[0].message.tool_calls[0]
    assert streamed.function.arguments == '{"city":"Köln"}', streamed

    messages += [asked.message, {"role": "tool", "tool_call_id": call.id, "content": "It is dry."}]
    answered = client.chat.completions.create(model="echo", messages=messages, tools=[tool]).choices[0]
    assert answered.finish_reason == "stop" and answered.message.content

    tool = {"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}
    response = client.responses.create(model="calls", input="Does it rain in Köln?", tools=[tool])
    (called,) = response.output
    assert (called.type, called.name, called.arguments) == ("function_call", "weather", '{"city":"Köln"}')
    result = {"type": "function_call_output", "call_id": called.call_id, "output": "It is dry."}
    question = {"role": "user", "content": "Does it rain in Köln?"}
    answered = client.responses.create(model="echo", input=[question, called, result], tools=[tool])
    assert answered.output_text


def structured() -> None:
    messages = [{"role": "user", "content": f"json={PLACE}"}]
    parsed = client.chat.completions.parse(model="json", messages=messages, response_format=Place)
    assert parsed.choices[0].message.parsed == Place(city="Köln", population=1087353)
    response = client.responses.parse(model="json", input=f"json={PLACE}", text_format=Place)
    assert response.output_parsed == Place(city="Köln", population=1087353)
    refused = client.chat.completions.parse(model="refuse", messages=messages, response_format=Place)
    assert refused.choices[0].message.parsed is None and refused.choices[0].message.refusal


def vision() -> None:
    url = f"data:image/png;base64,{PIXEL}"
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": url, "detail": "high"}},
    ]
    seen = client.chat.completions.create(model="echo", messages=[{"role": "user", "content": content}])
    assert "What is this?" in seen.choices[0].message.content
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": url, "detail": "auto"},
    ]
    seen = client.responses.create(model="echo", input=[{"role": "user", "content": content}])
    assert "What is this?" in seen.output_text


def responses() -> None:
    response = client.responses.create(model="echo", instructions="Be brief.", input="good morning")
    assert response.output_text == "good morning" and response.status == "completed"
    assert response.usage.output_tokens_details.reasoning_tokens == 0

    events = list(client.responses.create(model="thinking", input="good morning", stream=True))
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == "good morning", text
    assert events[-1].response.output[0].type == "reasoning"

    with client.responses.stream(model="json", input=f"json={PLACE}", text_format=Place) as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().output_parsed == Place(city="Köln", population=1087353)

    short = client.responses.create(model="length", input="tokens=4")
    assert short.status == "incomplete" and short.incomplete_details.reason == "max_output_tokens"


def files() -> None:
    stored = client.files.create(file=("notes.txt", io.BytesIO(b"one, two")), purpose="user_data")
    assert (stored.filename, stored.bytes, stored.purpose) == ("notes.txt", 8, "user_data")
    assert [file.id for file in client.files.list()] == [stored.id]
    assert client.files.retrieve(stored.id).id == stored.id
    assert client.files.content(stored.id).read() == b"one, two"

    file = {"type": "file", "file": {"file_id": stored.id}}
    content = [{"type": "text", "text": "Read this."}, file]
    client.chat.completions.create(model="echo", messages=[{"role": "user", "content": content}])
    content = [{"type": "input_text", "text": "Read this."}, {"type": "input_file", "file_id": stored.id}]
    client.responses.create(model="echo", input=[{"role": "user", "content": content}])

    assert client.files.delete(stored.id).deleted
    assert list(client.files.list()) == []


def media() -> None:
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input="good morning", response_format="mp3"
    ) as speech:
        assert b"good morning" in speech.read()
    recording = ("hello.wav", io.BytesIO(b"RIFF"))
    heard = client.audio.transcriptions.create(model="whisper-1", file=recording)
    assert heard.text == "hello.wav of 4 bytes", heard
    recording = ("hello.wav", io.BytesIO(b"RIFF"))
    events = list(client.audio.transcriptions.create(model="gpt-4o-transcribe", file=recording, stream=True))
    assert events[-1].type == "transcript.text.done" and events[-1].text == heard.text
    made = client.images.generate(model="gpt-image-2.6-flare", prompt="a cat", n=2)
    assert len(made.data) == 2 and base64.b64decode(made.data[0].b64_json)[:4] == b"\x89PNG"


def raises(kind: type[openai.APIError], act) -> openai.APIError:
    try:
        act()
    except kind as error:
        assert error.message, error
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def errors() -> None:
    hello = [{"role": "user", "content": "hello"}]
    stranger = client.with_options(api_key="iai-nobody")
    raises(openai.AuthenticationError, lambda: stranger.models.list())
    missing = raises(
        openai.NotFoundError, lambda: client.chat.completions.create(model="no-such", messages=hello)
    )
    assert (missing.code, missing.param) == ("model_not_found", "model")
    wrong = raises(
        openai.BadRequestError,
        lambda: client.chat.completions.create(model="echo", messages=hello, temperature=9),
    )
    assert wrong.param == "temperature" and wrong.request_id
    raises(
        openai.BadRequestError,
        lambda: client.responses.create(model="echo", input="x", previous_response_id="resp_1"),
    )
    stream = client.chat.completions.create(
        model="error-in-stream", messages=[{"role": "user", "content": "after=2"}], stream=True
    )
    raises(openai.APIError, lambda: list(stream))
    limited = raises(openai.RateLimitError, lambda: [client.models.list() for _ in range(9)])
    assert int(limited.response.headers["retry-after"]) > 0


def local() -> None:
    """The model in the server itself: words, streamed and not, held to a schema."""
    (model,) = {model.id for model in client.models.list() if model.id == "local-assistant"}
    messages = [{"role": "user", "content": "Say hello."}]
    completion = client.chat.completions.create(model=model, messages=messages, max_tokens=8, seed=1)
    assert completion.choices[0].message.content and completion.usage.completion_tokens <= 8
    chunks = client.chat.completions.create(model=model, messages=messages, max_tokens=8, stream=True)
    assert any(chunk.choices and chunk.choices[0].delta.content for chunk in chunks)
    assert client.responses.create(model=model, input="Say hello.", max_output_tokens=16).output_text
    tool = {"type": "function", "function": {"name": "weather", "parameters": WEATHER}}
    refused = raises(
        openai.BadRequestError,
        lambda: client.chat.completions.create(model=model, messages=messages, tools=[tool]),
    )
    assert refused.param == "tools"


globals()[sys.argv[1]]()
