"""The pictures and files in panels, for download."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.platforms.playground.messages import Message
from bot.services.panels import Attachment, Panel, Picture


def address_of(message: Message, number: int, name: str, reader: str) -> str:
    """Where the block ``number`` (from 0) of the message's panel can be had, by this reader."""
    return f"files/{message.id}/{number}/{quote(name, safe='')}?as={quote(reader, safe='')}"


def file_of(message: Message, number: int) -> Response:
    """The picture or the file in that block. Raises ``HTTPException`` (404) when there is none."""
    blocks = message.body.blocks if isinstance(message.body, Panel) else ()
    match blocks[number] if number < len(blocks) else None:
        case Picture(png=png):
            # An edit of the message may put another picture under the same address.
            return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})
        case Attachment(name, content, kind):
            named = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
            headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
            return Response(content, media_type=kind, headers=headers)
    raise HTTPException(404, "There is no such file (any more).")
