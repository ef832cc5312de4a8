"""A collector of traces on this machine: OTLP over HTTP, nothing kept but what came."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """An OTLP receiver on this machine; `status`: what it answers."""

    def __init__(self, status: int = 200) -> None:
        self.spans: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []
        """Span, its attributes, those of its process."""
        self.bodies = b""
        self.heads: list[dict[str, str]] = []
        self.came = threading.Event()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(self.path, dict(self.headers), body)
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def take(self, path: str, heads: dict[str, str], body: bytes) -> None:
        assert path == "/v1/traces"
        self.heads.append(heads)
        self.bodies += body
        for part in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = _plain(part.resource.attributes)
            for scope in part.scope_spans:
                self.spans += [(span, _plain(span.attributes), about) for span in scope.spans]
        self.came.set()

    @contextmanager
    def open(self) -> Iterator[Collector]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join(5)
            self._server.server_close()


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
