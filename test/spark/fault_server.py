"""A fault server for tests: stands before moto, passes every call on, and spoils the ones it is told to."""

import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

# What a fault does. `lose`: the call takes effect, and its answer never arrives.
THROTTLE, DENY, LOSE = "throttle", "deny", "lose"
ANSWERS = {
    THROTTLE: (400, b'{"__type":"ThrottlingException","message":"Rate exceeded"}'),
    DENY: (400, b'{"__type":"AccessDeniedException","message":"not allowed here"}'),
}
GLUE_TYPE = "application/x-amz-json-1.1"
S3_ANSWERS = {
    THROTTLE: (503, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
    DENY: (403, b"<Error><Code>AccessDenied</Code><Message>not allowed here</Message></Error>"),
}


@dataclass
class Fault:
    """Spoils the next `times` calls whose name ends so, after letting `skip` of them pass."""

    call: str
    kind: str
    times: int = 1
    skip: int = 0


@dataclass
class FaultServer:
    upstream: str
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __enter__(self) -> "FaultServer":
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fault_for(self, call: str) -> str | None:
        with self._lock:
            self.calls.append(call)
            for fault in self.faults:
                if not call.endswith(fault.call) or fault.times == 0:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault.kind
        return None


def handler_of(faults: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_call(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            # Glue names its call in a header, S3 by method and path.
            call = self.headers.get("X-Amz-Target") or f"{self.command} {urlparse(self.path).path}"
            kind = faults.fault_for(call)
            if kind in ANSWERS:
                is_glue = "X-Amz-Target" in self.headers
                status, content = ANSWERS[kind] if is_glue else S3_ANSWERS[kind]
                self.answer(status, content, {"Content-Type": GLUE_TYPE if is_glue else "application/xml"})
                return
            status, content, headers = self.pass_on(body)
            if kind == LOSE:
                self.close_connection = True
                return
            self.answer(status, content, headers)

        def pass_on(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
            place = urlparse(faults.upstream)
            connection = HTTPConnection(place.hostname or "", place.port, timeout=30)
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            content = response.read()
            connection.close()
            return response.status, content, dict(response.getheaders())

        def answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            length = headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_call

        def log_message(self, *_: object) -> None:
            pass

    return Handler
