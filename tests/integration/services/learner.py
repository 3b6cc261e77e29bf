"""A member who types commands and presses buttons of panels, over the services on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.cards import Notice
from bot.services.commands import Actor
from bot.services.panels import Code, Facts, Form, OpenPanel, Panel, Press, PressPanel, Prose, Table, Words
from tests.unit.services.fakes.world import World


@dataclass
class Learner:
    """One member at a keyboard."""

    world: World
    actor: Actor

    async def open(self, name: str, word: str = "", **values: str) -> Panel:
        request = OpenPanel(
            actor=self.actor, event_id=self.world.event(), at=self.world.clock.now(), values=values
        )
        answer = await self.world.services.panels.open(name, word, request)
        assert isinstance(answer, Panel), answer
        return answer

    def _request(self, press: Press, values: dict[str, str]) -> PressPanel:
        return PressPanel(
            actor=self.actor,
            event_id=self.world.event(),
            at=self.world.clock.now(),
            arguments=press.arguments,
            values=values,
        )

    async def push(self, panel: Panel, label: str, **values: str) -> Panel | Notice:
        """Press the button whose label begins so."""
        press = button(panel, label)
        assert not press.disabled, press
        if press.asks:
            await self.form(panel, label)
        return await self.world.services.panels.press(press.name, self._request(press, values))

    async def press(self, panel: Panel, label: str, **values: str) -> Panel:
        answer = await self.push(panel, label, **values)
        assert isinstance(answer, Panel), answer
        return answer

    async def form(self, panel: Panel, label: str) -> Form:
        press = button(panel, label)
        return await self.world.services.panels.form(press.name, self._request(press, {}))


def buttons(panel: Panel) -> list[Press]:
    return [press for row in panel.presses for press in row]


def button(panel: Panel, label: str) -> Press:
    found = [press for press in buttons(panel) if press.label.startswith(label)]
    assert found, f"no button {label!r} among {[press.label for press in buttons(panel)]}"
    return found[0]


def text(panel: Panel) -> str:
    """Everything that a panel says."""
    parts = [panel.title, panel.footer]
    for block in panel.blocks:
        match block:
            case Prose() | Words() | Code():
                parts.append(block.text)
            case Facts():
                parts += [f"{name}: {value}" for name, value in block.pairs]
            case Table():
                parts += [" | ".join(row) for row in (block.head, *block.rows)]
            case _:
                parts.append(getattr(block, "text", "") or getattr(block, "alt", "") or str(block))
    return "\n".join(parts)
