"""`vicon ask LINK [COMMAND]`: how a conference stands, or one command to it, over HTTP."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout
from cyclopts import Parameter

from signaling.client import parse_link
from vicon.cli.agent import Authority
from vicon.cli.common import COULD_NOT, DONE, REFUSED, WrongUse, link_of, say, write_json
from vicon.ops.words import SpokenError, environment_language

PATIENCE_S = 15.0
TRIES = 3
"""Of a command whose answer did not come: under the same id it is done once."""
MOST_ID = 64


class CannotAsk(SpokenError):
    exit_code = COULD_NOT


def ask(
    link: Annotated[
        str,
        Parameter(
            help=say(
                "Tautan dari `vicon links`, atau @BERKAS yang memuatnya.",
                "A link of `vicon links`, or @FILE that holds it.",
            )
        ),
    ],
    command: Annotated[
        str | None,
        Parameter(
            help=say(
                'Perintah dalam JSON, misalnya \'{"type":"phase.set","phase":"live"}\'; tanpa itu '
                "keadaan vicon ditampilkan.",
                'A command in JSON, as \'{"type":"phase.set","phase":"live"}\'; without it, how '
                "the conference stands.",
            )
        ),
    ] = None,
    /,
    *,
    id: Annotated[
        str | None,
        Parameter(
            help=say(
                "Nomor perintah ini: dikirim lagi dengan nomor yang sama, tidak dilakukan lagi.",
                "The command's id: sent again under the same one, it is not done again.",
            )
        ),
    ] = None,
    ca: Authority = None,
) -> int:
    """Menanyakan keadaan vicon, atau mengirim satu perintah, lewat HTTP; jawabannya JSON.

    How a conference stands, or one command to it, over HTTP; the answer is JSON.
    """
    if id is not None and not 0 < len(id) <= MOST_ID:
        raise WrongUse(
            f"--id paling panjang {MOST_ID} huruf, dan tidak kosong.",
            f"--id has {MOST_ID} characters at most, and is not empty.",
        )
    body = _command(command, id or secrets.token_urlsafe(12))
    return asyncio.run(_ask(link_of(link), body, _trusting(ca)))


def _command(text: str | None, id: str) -> bytes | None:
    if text is None:
        return None
    try:
        return msgspec.json.encode({"id": id, "body": msgspec.json.decode(text)})
    except (msgspec.MsgspecError, RecursionError) as error:
        raise WrongUse(
            "Perintah itu bukan JSON. Tulis di antara tanda kutip tunggal.",
            "That command is not JSON. Put it between single quotes.",
        ) from error


def _trusting(ca: Path | None) -> ssl.SSLContext | bool:
    if ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise WrongUse(
            f"Sertifikat {ca} tidak dapat dibaca. Periksa nama berkasnya.",
            f"The certificate {ca} cannot be read. Check the file's name.",
        ) from error


async def _ask(link: str, body: bytes | None, tls: ssl.SSLContext | bool) -> int:
    try:
        _, token = parse_link(link)
    except ValueError as error:
        raise WrongUse(
            "Itu bukan tautan vicon. Salin tautannya seutuhnya, sampai huruf terakhir.",
            "That is not a link of vicon. Copy it whole, to its last letter.",
        ) from error
    at = urlsplit(link)
    base = f"{at.scheme}://{at.netloc}/api/v1/conferences"
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with ClientSession(headers=head, timeout=ClientTimeout(total=PATIENCE_S)) as http:
        known = await _call(http, "GET", base, None, tls)
        if isinstance(known, int):
            return known
        one = f"{base}/{known[0]['id']}"
        if body is None:
            answer = await _call(http, "GET", f"{one}/view", None, tls)
        else:
            answer = await _call(http, "POST", f"{one}/commands", body, tls)
    if isinstance(answer, int):
        return answer
    write_json(answer)
    return DONE


async def _call(
    http: ClientSession, method: str, url: str, body: bytes | None, tls: ssl.SSLContext | bool
) -> Any:
    """The answer, or the exit code of what was refused. Raises CannotAsk."""
    for left in reversed(range(TRIES)):
        try:
            async with http.request(method, url, data=body, ssl=tls) as answer:
                found = await answer.read()
                status = answer.status
            break
        except (ClientError, OSError, TimeoutError) as error:
            if not left:
                raise CannotAsk(
                    f"Server tidak menjawab ({type(error).__name__}). Periksa tautan dan jaringan.",
                    f"The server does not answer ({type(error).__name__}). Check the link and the "
                    "network.",
                ) from error
    try:
        told = msgspec.json.decode(found)
    except msgspec.MsgspecError as error:
        raise CannotAsk(
            f"Di alamat itu bukan server vicon (HTTP {status}). Periksa tautannya.",
            f"There is no vicon server at that address (HTTP {status}). Check the link.",
        ) from error
    if status < 400:
        return told
    said = told.get("text", {}).get(environment_language(), told.get("code", ""))
    print(f"vicon: {said} ({told.get('code', status)})", file=sys.stderr)
    return REFUSED
