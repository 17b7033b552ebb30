"""A stand-in for Ollama that fails on demand, as the real one cannot be made to. The real one is tested elsewhere."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Literal

Mode = Literal["ok", "hang", "hang_in_chat", "garbage", "wrong_json", "refuse", "no_model", "stall", "endless", "empty"]
MODEL = "smollm2:135m"


class OllamaDouble:
    def __init__(self) -> None:
        self.mode: Mode = "ok"
        self.says = ["Hello", " there", ". How", " are you?"]
        self.calls: Callable[[str], list[dict[str, Any]]] | None = (
            None  # by what the user said, where tools are offered
        )
        self.digest = "d1"
        self.notes: dict[str, str] = {}  # licences of models that were made here
        self.chats: list[dict[str, object]] = []
        self.gone = asyncio.Event()  # a client left before it was answered
        self.asked = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        body = json.loads(await reader.readexactly(length)) if length else {}
        chat = path == "/api/chat"
        if chat:
            self.chats.append(body)
            self.asked.set()
        if self.mode == "hang" or (self.mode == "hang_in_chat" and chat):
            await self._until_gone(reader)
        elif self.mode == "garbage":
            await _send(writer, b"\x00\xff<html>not json at all", "text/html")
        elif self.mode == "wrong_json":
            await _send(writer, b'[1, 2, "three"]')
        elif self.mode == "refuse":
            await _send(writer, b'{"error": "busy"}', status="503 Service Unavailable")
        elif path == "/api/tags":
            models = [] if self.mode == "no_model" else [{"name": MODEL, "model": MODEL, "digest": self.digest}]
            models += [{"name": note, "model": note, "digest": "d2"} for note in self.notes]
            await _send(writer, json.dumps({"models": models}).encode())
        elif path in ("/api/create", "/api/show"):
            await self._note(writer, path, body)
        elif path == "/api/generate":
            await _send(writer, json.dumps({"model": MODEL, "response": "Hi", "done": True}).encode())
        elif body.get("tools"):
            calls = self.calls(body["messages"][-1]["content"]) if self.calls else []
            message = {"role": "assistant", "content": "".join(self.says), "tool_calls": calls}
            await _send(writer, json.dumps({"message": message, "done": True}).encode())
        else:
            await self._chat(reader, writer)

    async def _note(self, writer: asyncio.StreamWriter, path: str, body: dict[str, str]) -> None:
        if path == "/api/create":
            self.notes[body["model"]] = body["license"]
            await _send(writer, b'{"status": "success"}')
        else:
            shown = {"license": self.notes[body["model"]], "model_info": {}}
            await _send(writer, json.dumps(shown).encode())

    async def _chat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n")
        if self.mode == "endless":
            while not reader.at_eof():
                writer.write(_chunk("bla "))
                await writer.drain()
                await asyncio.sleep(0)  # let the other side read
            self.gone.set()
            return
        for words in [] if self.mode == "empty" else self.says:
            writer.write(_chunk(words))
            await writer.drain()
        if self.mode == "stall":
            await self._until_gone(reader)
            return
        writer.write(_chunk("", done=True))
        await writer.drain()

    async def _until_gone(self, reader: asyncio.StreamReader) -> None:
        await reader.read()
        self.gone.set()


def _chunk(words: str, *, done: bool = False) -> bytes:
    return json.dumps({"message": {"role": "assistant", "content": words}, "done": done}).encode() + b"\n"


async def _send(
    writer: asyncio.StreamWriter, body: bytes, kind: str = "application/json", status: str = "200 OK"
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
